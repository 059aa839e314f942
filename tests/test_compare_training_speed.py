"""The comparison with another library: its options, its settings and its table."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from transformer_mt.config_file import build_config

SCRIPT = Path(__file__).parents[1] / "scripts" / "compare_training_speed.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("compare_training_speed", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks itself up there
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def text(tmp_path):
    for name in ("train.en", "train.de"):
        (tmp_path / name).write_text("a\nb\n", encoding="utf-8")
    return tmp_path


def test_its_help_needs_nothing_but_python(tmp_path):
    done = subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, "--help"], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    for option in ("--data", "--source", "--target", "--size", "--rounds", "--threads", "--json"):
        assert option in done.stdout


def test_its_options(script, text):
    args = script.parse_arguments(["--data", str(text), "--threads", "2"])
    assert (args.source, args.target) == (text / "train.en", text / "train.de")
    assert (args.size, args.rounds, args.threads, args.precision) == ("S", 5, 2, "float32")
    words = ["--source", str(text / "train.de"), "--target", str(text / "train.en")]
    args = script.parse_arguments([*words, "--size", "B", "--rounds", "2", "--updates", "4"])
    assert (args.source, args.target) == (text / "train.de", text / "train.en")
    assert (args.size, args.rounds, args.updates) == ("B", 2, 4)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "which text? Give --data DIR, or --source FILE and --target FILE"),
        (["--source", "train.en"], "which text?"),
        (["--data", ".", "--source", "train.en"], "give --data, or --source and --target"),
        (["--data", "nowhere"], "nowhere/train.en: no such file"),
        (["--data", ".", "--size", "XL"], "invalid choice: 'XL'"),
        (["--data", ".", "--rounds", "0"], "argument --rounds: invalid positive value: '0'"),
    ],
)
def test_wrong_options(script, text, words, message, monkeypatch, capsys):
    monkeypatch.chdir(text)
    with pytest.raises(SystemExit) as ending:
        script.parse_arguments(words)
    assert ending.value.code == 2
    assert message in capsys.readouterr().err


def test_both_have_the_same_threads_and_allocator(script):
    environment = script.equal_environment(
        {"HOME": "/h", "OMP_NUM_THREADS": "9", "MALLOC_TRIM_THRESHOLD_": "7"}, threads=2
    )
    assert environment == {
        "HOME": "/h",
        "OMP_NUM_THREADS": "2",
        "MKL_NUM_THREADS": "2",
        "MALLOC_MMAP_THRESHOLD_": "33554432",
        "MALLOC_TRIM_THRESHOLD_": "7",
        "PYTHONPATH": str(script.ROOT),
    }


@pytest.mark.parametrize("name", ["S", "B"])
def test_its_settings_are_those_of_the_sizes(script, name, tmp_path):
    size = script.SIZES[name]
    written = script.config_of(tmp_path / "a.en", tmp_path / "a.de", tmp_path, size)
    config = build_config(yaml.safe_load(written), place="the comparison")
    assert config.model.d_model == {"S": 256, "B": 512}[name]
    assert config.model.num_encoder_layers == config.model.num_decoder_layers == size.layers
    assert (config.model.activation, config.model.dropout) == ("relu", 0.1)
    assert config.model.tie_embeddings
    assert (config.tokenizer.type, config.tokenizer.vocab_size) == ("bpe", 8000)
    assert config.tokenizer.shared
    training = config.training
    assert (training.tokens_per_update, training.label_smoothing) == (4096, 0.1)
    assert (training.max_grad_norm, training.optimizer) == (1.0, "adamw")


def loop_record(speed):
    return {
        "transformers": "5.23.0", "torch": "2.13.0+cpu", "threads": 2, "parameters": 7_700_000,
        "target_tokens_per_second": {"median": speed, "min": speed - 9, "max": speed + 9},
        "target_tokens_per_update": 4046.2, "padding": {"source": 0.1234, "target": 0.009},
    }  # fmt: skip


def our_record(speed):
    return {
        "transformer_mt": "0.1.0", "torch": "2.13.0", "precision": "float32",
        "parameters": 7_600_000,
        "target_tokens_per_second": {"median": speed, "min": speed - 9, "max": speed + 9},
        "target_tokens_per_update": 4001.0, "padding": {"source": 0.04, "target": 0.012},
    }  # fmt: skip


@pytest.fixture
def comparison(script, monkeypatch):
    monkeypatch.setattr(script, "cpu_name", lambda: "Some CPU")
    monkeypatch.setattr(script.platform, "python_version", lambda: "3.11.7")
    rounds = {
        script.LOOP_NAME: [loop_record(speed) for speed in (2000.0, 2300.0, 1900.0)],
        script.OUR_NAME: [our_record(speed) for speed in (2900.0, 3000.0, 3100.0)],
    }
    environment = {"HOME": "/h", "OMP_NUM_THREADS": "2", "MALLOC_TRIM_THRESHOLD_": "7"}
    return script.compare(rounds, size="S", environment=environment, updates=30)


def test_its_table(script, comparison):
    assert script.table(comparison).splitlines() == [
        "Size S: 3+3 layers, d_model 256, d_ff 1024, 4 heads; 4,096 target tokens an update",
        "CPU: Some CPU",
        "Environment: MALLOC_TRIM_THRESHOLD_=7, OMP_NUM_THREADS=2",
        "Versions: transformer_mt 0.1.0 on torch 2.13.0 (float32), transformers 5.23.0 on torch "
        "2.13.0+cpu (float32), Python 3.11.7",
        "Target tokens a second, 3 rounds of 30 updates:",
        "",
        "| | median | min | max | an update | padding source, target | parameters |",
        "|---|---:|---:|---:|---:|---:|---:|",
        "| transformers loop | 2,000 | 1,900 | 2,300 | 4,046 | 12.3%, 0.9% | 7,700,000 |",
        "| tmt | 3,000 | 2,900 | 3,100 | 4,001 | 4.0%, 1.2% | 7,600,000 |",
        "",
        "tmt / transformers loop, of the medians: 1.50",
    ]


def test_its_json(comparison):
    assert json.loads(json.dumps(comparison)) == comparison
    assert comparison["ratio_of_medians"] == 1.5
    assert comparison["systems"]["tmt"]["rounds"] == [2900.0, 3000.0, 3100.0]
    assert comparison["environment"] == {"OMP_NUM_THREADS": "2", "MALLOC_TRIM_THRESHOLD_": "7"}


def test_rounds_alternate_and_a_failure_is_told(script, text, monkeypatch, capsys):
    commands = []

    def run_command(command, environment, *, cwd=None):
        ours = "bench" in command
        commands.append("ours" if ours else "loop")
        return json.dumps(our_record(3000.0) if ours else loop_record(2000.0))

    monkeypatch.setattr(script, "run_command", run_command)
    monkeypatch.setattr(script, "install", lambda cache, version: Path("python"))
    monkeypatch.setattr(script, "prepare_run", lambda *args: Path("run"))
    words = ["--data", str(text), "--cache", str(text / "cache"), "--rounds", "3", "--json"]
    script.main(words)
    assert commands == ["loop", "ours", "ours", "loop", "loop", "ours"]
    out, err = capsys.readouterr()
    assert json.loads(out)["ratio_of_medians"] == 1.5
    assert "round 3 of 3: tmt 3,000 target tokens/s" in err


def test_a_command_that_fails_says_why(script, capsys):
    program = "import sys; print('no such thing', file=sys.stderr); sys.exit(3)"
    with pytest.raises(SystemExit, match="ended with exit code 3"):
        script.run_command([sys.executable, "-c", program], {})
    assert "no such thing" in capsys.readouterr().err
