"""The README is true: its commands run, its tables name what is there."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)

# What makes the README's training fit into a test; all else in its commands is as printed.
SMALL = [
    "training.max_steps=2",
    "training.tokens_per_update=512",
    "model.d_model=32",
    "model.num_heads=2",
    "model.d_ff=32",
    "model.num_encoder_layers=1",
    "model.num_decoder_layers=1",
]


def tmt_commands() -> list[str]:
    """Return the tmt commands of the README's blocks in order, without their comments."""
    found = []
    for kind, text in BLOCKS:
        if not kind:
            for line in text.splitlines():
                line = line.split("  #")[0].strip().removeprefix(".venv/bin/")
                if re.match(r"(tmt|cat) ", line) and "[--" not in line:
                    found.append(line)
    return found


def test_there_are_commands_of_every_kind():
    words = " ".join(tmt_commands())
    for name in ("tmt train", "tmt translate", "tmt score", "tmt evaluate"):
        assert words.count(name) >= 2


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    """Return a folder with the files that the README speaks of."""
    folder = tmp_path_factory.mktemp("readme")
    colours = ("red", "rot"), ("green", "grün"), ("blue", "blau"), ("white", "weiß")
    things = ("house", "Haus"), ("tree", "Baum"), ("dog", "Hund"), ("ball", "Ball")
    pairs = [
        (f"The {thing} number {n} is {colour}.", f"{ding} Nummer {n} ist {farbe}.")
        for n in range(30)
        for thing, ding in things
        for colour, farbe in colours
    ]
    for name, chosen in (("train", pairs), ("valid", pairs[:9]), ("a", pairs[:5])):
        for side, language in enumerate(("en", "de")):
            text = "".join(f"{pair[side]}\n" for pair in chosen)
            (folder / f"{name}.{language}").write_text(text, encoding="utf-8")
    shutil.copy(folder / "a.en", folder / "in.en")
    rows = "".join(f"{source}\t{target}\n" for source, target in pairs[:6])
    (folder / "test.tsv").write_text(rows, encoding="utf-8")
    rows = "".join(f"{source}\t{target}\n" for source, target in pairs)
    (folder / "en-de.tsv").write_text(rows, encoding="utf-8")
    (yaml,) = (text for kind, text in BLOCKS if kind == "yaml")
    (folder / "my.yaml").write_text(yaml, encoding="utf-8")
    tmt = folder / "bin" / "tmt"
    tmt.parent.mkdir()
    tmt.write_text(f'#!/bin/sh\nexec {sys.executable} -m transformer_mt "$@"\n')
    tmt.chmod(0o755)
    return folder


def test_its_commands_run(workplace, command_server):
    path = f"{workplace / 'bin'}:{os.environ['PATH']}"
    for command in tmt_commands():
        if command.startswith(("tmt train", "tmt bench --config")):
            command = " ".join([command, *(f"--set {setting}" for setting in SMALL)])
        if re.search("[|>]", command):  # for a shell
            shell = ["bash", "-o", "pipefail", "-c", command]
            done = subprocess.run(
                shell, cwd=workplace, env=command_server.environment | {"PATH": path},
                capture_output=True, text=True, timeout=300,
            )  # fmt: skip
            code, out, errors = done.returncode, done.stdout, done.stderr
        else:
            outcome = command_server.tmt(*shlex.split(command, comments=True)[1:], cwd=workplace)
            code, out, errors = outcome.code, outcome.out, outcome.err
        assert code == 0, f"{command}\n{errors}"
        if command.startswith("tmt translate") and "--output" not in command:
            assert out, command


def test_its_python_runs(workplace):
    (code,) = (text for kind, text in BLOCKS if kind == "python")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=workplace, capture_output=True, encoding="utf-8", timeout=300,
        env={**os.environ, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n")
    assert len(ast.literal_eval(lines[2])) == 3
    assert lines[3].startswith("-")
    assert lines[4] == "runs/nowhere: this run directory does not exist."


def test_its_synopsis_names_every_option_and_no_other():
    (synopsis,) = (text for kind, text in BLOCKS if not kind and "[--config FILE]" in text)
    six, rest = synopsis.split("these six")
    common = set(re.findall(r"--[a-z+-]+", rest.splitlines()[0]))
    shown = {
        match[1]: set(re.findall(r"--[a-z+-]+", match[2])) | (common if part is six else set())
        for part in (six, rest)
        for match in re.finditer(r"^tmt (\w+)(.*?)(?=^tmt |\Z)", part, re.MULTILINE | re.DOTALL)
    }
    for name, options in shown.items():
        text = subprocess.run(
            [sys.executable, "-m", "transformer_mt", name, "--help"],
            capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "200"},
        ).stdout  # fmt: skip
        real = set(re.findall(r"^\s+(--[a-z+-]+)", text, re.MULTILINE)) - {"--help"}
        assert options == real, name
    assert set(shown) == {
        *("train", "translate", "score", "evaluate", "check", "bench", "runs", "info")
    }


def test_its_settings_by_size_are_those_that_are_chosen():
    from transformer_mt.pipelines.size_defaults import choose_settings

    section = README.split("### Settings without a config")[1].split("\n### ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if "+" in line]
    for pairs, *shown in rows:
        number = int(pairs.split()[1].replace(",", "")) - pairs.startswith("below")
        chosen = {choice.key.split(".")[1]: choice.value for choice in choose_settings(number)}
        layers = chosen["num_encoder_layers"], chosen["num_decoder_layers"]
        assert shown == [
            f"{chosen['vocab_size']:,}",
            f"{chosen['d_model']}, {chosen['d_ff']:,}",
            "{}+{}".format(*layers),
            f"{chosen['dropout']}",
            f"{chosen['learning_rate']:g}, {chosen['warmup_steps']:,}",
            f"{chosen['max_steps']:,} of {chosen['tokens_per_update']:,}",
        ]
    assert len(rows) == 9


def table_rows() -> list[tuple[list[str], list[str]]]:
    """Return the files and the names of each row of the paper's table."""
    section = README.split("## The paper and the code")[1].split("\n## ")[0]
    rows = [line.split("|")[2:4] for line in section.splitlines() if line.startswith("| ")][1:]
    return [
        (re.findall(r"`([^`]+)`", files), re.findall(r"`([^`]+)`", names)) for files, names in rows
    ]


def defined_in(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            methods = [item.name for item in node.body if isinstance(item, ast.FunctionDef)]
            names |= {node.name, *(f"{node.name}.{m}" for m in methods)}
            names |= {f".{method}" for method in methods}
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
    return names


@pytest.mark.parametrize(("files", "names"), table_rows(), ids=lambda value: value[0])
def test_the_table_of_the_paper_leads_somewhere(files, names):
    defined = set().union(*(defined_in(ROOT / "transformer_mt" / file) for file in files))
    assert set(names) <= defined


def test_the_table_covers_the_paper():
    assert len(table_rows()) >= 11


def test_the_tree_of_a_run_is_the_one_that_training_leaves(workplace):
    (tree,) = (text for kind, text in BLOCKS if text.startswith("runs/<name>/"))
    named = set(re.findall(r"^  ([\w.-]+?)/? ", tree, re.MULTILINE)) | {"averaged.json"}
    run = workplace / "runs" / "my"
    real = {path.name for path in run.iterdir()}
    assert real <= named
    assert named - real <= {"held-out", "averaged.json", "halvings.json"}


def test_the_demo_translates_sentences_that_training_has_not_seen():
    from transformer_mt.data.phrasebook import phrases

    demo = (ROOT / "scripts" / "demo.sh").read_text(encoding="utf-8")
    texts = re.findall(r'"([A-Z][^"]*[.?!])"', demo)
    assert len(texts) == 3
    assert set(texts) <= {phrase.source for phrase in phrases("test")}
    assert any(text in README for text in texts)
