"""scripts/measure_gpu.py with models of a few thousand weights, on a CPU."""

import importlib.util
import json
import random
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "measure_gpu.py"


@pytest.fixture(scope="module")
def script():
    specification = importlib.util.spec_from_file_location("measure_gpu", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    sys.modules["measure_gpu"] = module  # where dataclasses look for it
    specification.loader.exec_module(module)
    yield module
    del sys.modules["measure_gpu"]


@pytest.fixture
def files(tmp_path):
    generator = random.Random(1)
    names = ["ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu"]

    def sentence():
        words = ["".join(generator.choices(names, k=2)) for _ in range(generator.randint(3, 9))]
        return " ".join(words)

    paths = []
    for name in ("train.en", "train.de"):
        lines = [sentence() for _ in range(300)]
        paths.append(tmp_path / name)
        paths[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    return paths


def options(files):
    return ["--source", str(files[0]), "--target", str(files[1])]


def test_it_measures_all_three_small(script, files, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    output = tmp_path / "figures.json"
    script.main([*options(files), "--small", "--output", str(output)])
    record = json.loads(output.read_text(encoding="utf-8"))
    assert [result["case"] for result in record["cases"]] == ["base", "big", "tiny"]
    assert {"date", "device", "torch", "python", "transformer_mt", "command"} < set(record)
    for result in record["cases"]:
        bench = result["bench"]
        assert bench["updates"] == [4]
        assert bench["compile_seconds"] is None
        assert bench["parameters"] < 100_000
    base, _, tiny = record["cases"]
    assert base["figure"] == base["bench"]["target_tokens_per_second"]["median"]
    expected = 60 / tiny["bench"]["seconds_per_update"]["median"]
    assert tiny["figure"] == pytest.approx(expected, abs=0.06)
    shown = capsys.readouterr()
    rows = [line for line in shown.out.splitlines() if line.startswith("| ")]
    assert [row.split()[1] for row in rows] == ["case", "base", "big", "tiny"]
    assert "2,000 updates/minute" in rows[3]
    assert "tiny: " in shown.err


def test_what_was_measured_stays_when_a_later_case_fails(script, files, tmp_path, monkeypatch):
    def measure(case, args):
        if case.name == "big":
            raise SystemExit("big: tmt bench failed")
        bench = {"device": "cuda (some)", "torch": "2.11.0", "transformer_mt": "0.1"}
        return {"case": case.name, "figure": 7.0, "unit": case.unit, "seconds": 1.0, "bench": bench}

    monkeypatch.setattr(script, "measure", measure)
    output = tmp_path / "figures.json"
    with pytest.raises(SystemExit):
        script.main([*options(files), "--output", str(output)])
    record = json.loads(output.read_text(encoding="utf-8"))
    assert [result["case"] for result in record["cases"]] == ["base"]
    assert record["device"] == "cuda (some)"


def test_on_a_gpu_it_measures_the_configs_of_the_paper(script, files):
    args = script.parse_arguments([*options(files), "--set", "training.compile=false"])
    for case in script.CASES:
        command = script.bench_command(case, args)
        assert command[command.index("--device") + 1] == "cuda"
        assert "training.precision=bfloat16" in command
        assert command[-1] == "training.compile=false"
        assert not any("d_model" in word for word in command)
    base, big, tiny = script.CASES
    assert base.settings["tokenizer.vocab_size"] == 16000
    assert (base.goal, big.goal, tiny.goal) == (800_000, 300_000, 2_000)
    assert tiny.settings["training.tokens_per_update"] == 8192


def test_a_file_that_is_not_there_is_named(script, files, capsys):
    with pytest.raises(SystemExit):
        script.parse_arguments(["--source", str(files[0]), "--target", "nowhere.de"])
    assert "nowhere.de: no such file" in capsys.readouterr().err
