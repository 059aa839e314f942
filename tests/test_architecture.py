"""The shape of the project itself: imports one way, nothing on import, files of one sitting."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import transformer_mt

PACKAGE = Path(transformer_mt.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# From the bottom up; a module imports from its own layer and those below it. Within a layer
# the groups do not know each other.
LAYERS = [
    [{"errors"}, {"file_formats"}],
    [{"config_section"}, {"token_budget"}, {"compile_setting"}, {"interruption"}],
    [{"corpus_entries"}, {"temporary_folder"}],
    [{"config"}],
    [{"config_file"}],
    [{"data"}, {"model"}, {"device"}, {"available_memory"}, {"run_directory"}],
    [{"checkpoint"}],
    [{"chosen_weights"}],
    [{"saved_model"}],
    [{"training"}, {"decoding"}, {"evaluation"}, {"checking"}],
    [{"pipelines"}],
    [{"commands"}],
    [{"exit_codes"}],
    [{"cli"}],
    [{"__main__"}],
]


def group_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Return the modules of the package that a file imports, as dotted names without the root."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it points"
            if node.module and node.module.startswith("transformer_mt."):
                module = node.module.removeprefix("transformer_mt.")
                folder = PACKAGE.joinpath(*module.split("."))
                submodules = {a.name for a in node.names if (folder / f"{a.name}.py").exists()}
                found |= {f"{module}.{name}" for name in submodules}
                if len(submodules) < len(node.names):
                    found.add(module)
        elif isinstance(node, ast.Import):
            found |= {
                alias.name.removeprefix("transformer_mt.")
                for alias in node.names
                if alias.name.startswith("transformer_mt.")
            }
    return found


def layer_of(group: str) -> int:
    return next(n for n, groups in enumerate(LAYERS) if any(group in names for names in groups))


def test_every_part_has_its_layer():
    groups = {group_of(path) for path in FILES} - {"__init__"}
    assert groups == set().union(*(names for groups in LAYERS for names in groups))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path):
    own = group_of(path)
    if own == "__init__":
        return  # its names are loaded on first use; see below
    for module in imports_of(path):
        other = module.split(".")[0]
        if other != own:
            assert layer_of(other) < layer_of(own), f"{own} imports {module}"


def test_the_public_names_are_loaded_on_first_use(tmp_path):
    code = (
        "import sys, transformer_mt\n"
        "print(sorted(m for m in sys.modules if m.startswith(('torch', 'transformer_mt.'))))\n"
        "from transformer_mt import PairScore, Translation, Translator, UserError\n"
        "print(Translator.__module__, 'torch' in sys.modules)\n"
        "print(set(transformer_mt.__all__) <= set(dir(transformer_mt)))\n"
        "print(hasattr(transformer_mt, 'Nonsense'))\n"
    )
    lines = run_python(code, cwd=tmp_path).splitlines()
    assert lines == ["[]", "transformer_mt.decoding.translator True", "True", "False"]


def test_modules_have_no_cycles():
    graph = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): (
            imports_of(path)
        )
        for path in FILES
    }
    done: set[str] = set()

    def visit(module: str, chain: tuple[str, ...]) -> None:
        assert module not in chain, " -> ".join((*chain, module))
        if module in graph and module not in done:
            for other in graph[module]:
                visit(other, (*chain, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_the_search_knows_only_torch():
    allowed = {"decoding.candidates", "decoding.hypothesis"}
    for name in ("beam_search", "candidates", "hypothesis"):
        path = PACKAGE / "decoding" / f"{name}.py"
        assert imports_of(path) <= allowed
        roots = {
            (node.module or "").split(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
        }
        assert roots <= {"torch", "transformer_mt", "collections", "dataclasses", "typing"}


def test_evaluation_knows_only_text():
    for path in (PACKAGE / "evaluation").iterdir():
        if path.suffix == ".py":
            others = {module for module in imports_of(path) if "evaluation." not in module}
            assert others <= {"errors"}, path


def test_the_model_is_our_own():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert "nn.Transformer" not in text, path
        assert "nn.MultiheadAttention" not in text, path


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_are_read_in_one_sitting(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 320
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and group_of(path) != "cli":
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= 70, f"{path.name}:{node.lineno} {node.name} has {lines} lines"


def run_python(code: str, *options: str, cwd: Path) -> str:
    command = [sys.executable, *options, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=cwd)
    return done.stdout


def test_help_loads_no_heavy_library(tmp_path):
    code = (
        "import sys, typer.testing, transformer_mt.cli as cli\n"
        "for words in (['--help'], ['train', '--help'], ['translate', '--help'],"
        " ['evaluate', '--help'], ['runs', '--help'], ['info', '--help'], ['score', '--help'],"
        " ['check', '--help'], ['bench', '--help'],"
        " ['--version']):\n"
        "    result = typer.testing.CliRunner().invoke(cli.app, words)\n"
        "    assert result.exit_code == 0, result.output\n"
        "heavy = {'torch', 'datasets', 'numpy', 'sacrebleu', 'sentencepiece'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    assert run_python(code, cwd=tmp_path).strip() == "[]"


def test_nothing_happens_on_import(tmp_path):
    modules = [
        ".".join(("transformer_mt", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in FILES
        if path.name not in ("__init__.py", "__main__.py")
    ]
    code = (
        "import importlib, logging, random, signal, torch\n"
        "before = (random.getstate(), torch.initial_seed(), signal.getsignal(signal.SIGINT),\n"
        "          list(logging.root.handlers), torch.get_num_threads())\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "after = (random.getstate(), torch.initial_seed(), signal.getsignal(signal.SIGINT),\n"
        "         list(logging.root.handlers), torch.get_num_threads())\n"
        "print(before == after)\n"
    )
    assert run_python(code, "-W", "error", cwd=tmp_path).strip() == "True"
    assert list(tmp_path.iterdir()) == []
