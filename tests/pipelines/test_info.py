"""What `tmt info` tells of a run."""

import json
import os
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from transformer_mt.chosen_weights import describe_weights
from transformer_mt.errors import UserError
from transformer_mt.pipelines.info import info
from transformer_mt.pipelines.parameters import count_parameters
from transformer_mt.run_directory import RunDirectory, find_run


@pytest.fixture
def run(trained, tmp_path, monkeypatch):
    """Return runs/tiny, a finished run, in a working folder of its own."""
    shutil.copytree(trained[0] / "runs", tmp_path / "runs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "runs" / "tiny"


def record_of(run=None):
    return json.loads(info(run, as_json=True))


def validations_of(run, weights):
    records = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    return [r for r in records if r["type"] == "validation" and r["weights"] == weights]


def test_the_record_says_what_the_files_say(run, corpus):
    record = record_of()
    assert record["run"] == "runs/tiny"
    assert record["state"] == "finished"
    assert record["data"]["train"] == [
        {
            "source": str(corpus / "train.en"),
            "target": str(corpus / "train.de"),
            "weight": None,
        }
    ]
    assert record["data"]["pairs"]["kept"] == 300 - record["data"]["pairs"]["dropped"]["duplicate"]
    assert record["data"]["held_out"] == {}
    assert record["settings"]["model.d_model"] == 32
    assert record["settings"]["training.learning_rate"] == 0.01
    assert "model.norm" not in record["settings"]
    assert not any(key in record["settings"] for key in ("data.train", "data_sha256"))
    assert record["made_with"] == json.loads((run / "run.json").read_text())
    config = RunDirectory(run).load_config()
    assert record["weights"] == describe_weights(RunDirectory(run), config)
    validations = validations_of(run, "current")
    best = max(validations, key=lambda r: (r["bleu"], -r["loss"]))
    for name, expected in (
        ("best", best),
        ("last", validations[-1]),
        ("averaged", validations_of(run, "averaged")[-1]),
    ):
        figures = record["validations"][name]
        assert figures == {key: expected[key] for key in figures}
        assert set(figures) == {"step", "epoch", "bleu", "loss", "perplexity"}


def test_the_parameters_are_those_of_the_file(run):
    parameters = record_of()["parameters"]
    tensors = load_file(run / "checkpoints" / "step-00000060" / "model.safetensors")
    assert parameters["total"] == sum(tensor.numel() for tensor in tensors.values())
    assert parameters["encoder"] == sum(
        tensor.numel() for name, tensor in tensors.items() if name.startswith("encoder.")
    )
    shared = {"target_embedding": "source_embedding", "output": "target_embedding"}
    assert parameters["shared"] == shared


@pytest.mark.parametrize(
    ("settings", "shared"),
    [
        ({"tie_embeddings": False}, {}),
        ({"tie_embeddings": True}, {"output": "target embedding"}),
        (
            {"tie_embeddings": True, "shared_vocabulary": True, "target_vocab_size": 13},
            {"target embedding": "source embedding", "output": "target embedding"},
        ),
        ({"tie_embeddings": False, "positions": "learned", "norm": "pre"}, {}),
    ],
)
def test_every_parameter_is_counted_once(settings, shared, make_model, tmp_path):
    model = make_model(**settings)
    path = tmp_path / "model.safetensors"
    save_file({name: p.detach().contiguous() for name, p in model.named_parameters()}, path)
    counts = count_parameters(path)
    assert counts.total == sum(parameter.numel() for parameter in model.parameters())
    assert counts.parts["decoder"] == sum(p.numel() for p in model.decoder.parameters())
    assert ("positions" in counts.parts) == ("positions" in settings)
    assert counts.shared == shared
    assert "other" not in counts.parts


@pytest.mark.parametrize(
    "content",
    [b"", b"\x01", b"\xff" * 40, b"\x02" + b"\0" * 7 + b"[]", b"\x05" + b"\0" * 7 + b'{"a":',
     b"\x08" + b"\0" * 7 + b'{"a": 1}'],
)  # fmt: skip
def test_a_file_that_is_no_model_is_refused(content, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(ValueError):
        count_parameters(path)
    with pytest.raises(ValueError):
        count_parameters(tmp_path / "nowhere")


def test_the_text(run, corpus):
    text = info(None, as_json=False)
    for words in (
        "Run         runs/tiny (used where no --run is given)",
        "State       finished, step 60 of 60",
        "Languages   en -> de",
        f"train: source: {corpus / 'train.en'}, target: {corpus / 'train.de'}",
        "pairs kept (",
        "training.learning_rate: 0.01",
        "Parameters  in all",
        "output: that of the target embedding",
        "averaged  BLEU ",
        "Weights     the ",
        "Made with   transformer_mt 0.1.0",
        ", cpu, 1 thread, begun ",
    ):
        assert words in text


def test_it_fits_40_columns_but_for_what_has_no_spaces(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    lines = info(None, as_json=False).splitlines()
    long = [line for line in lines if len(line) > 40]
    assert all(" " not in line.strip() for line in long), long
    assert "  training.validate_every_steps: 20" in lines


def test_a_run_is_named_by_its_folder_or_its_name(run, tmp_path):
    assert record_of(run)["run"] == str(run)
    assert record_of(tmp_path / "runs" / "tiny")["default"]
    assert record_of(Path("tiny"))["run"] == "runs/tiny"


def test_who_is_training_is_told(run):
    shutil.rmtree(run / "checkpoints" / "step-00000060")
    with RunDirectory(run).lock():
        text = info(None, as_json=False)
    assert f"State       training, step 60 of 60\n            process {os.getpid()} on " in text


def test_the_commands_find_a_run_by_the_same_names(run, tmp_path):
    assert find_run(Path("tiny")).path == Path("runs/tiny")
    assert find_run(None).path == Path("runs/tiny")
    assert find_run(run).path == run
    assert find_run(Path("nothing")).path == Path("nothing")
    (tmp_path / "tiny").write_text("a file of this name goes first\n")
    assert find_run(Path("tiny")).path == Path("tiny")


def test_a_run_that_was_only_prepared(run):
    for name in ("checkpoints", "cache"):
        shutil.rmtree(run / name)
    for name in ("best.json", "averaged.json", "metrics.jsonl", "run.json"):
        (run / name).unlink()
    text = info(None, as_json=False)
    for words in (
        "State       prepared, step 0 of 60",
        "not counted: cache/ is not there",
        "Parameters  not known: no checkpoint can be read",
        "Validation  none yet",
        "Weights     none: there is no checkpoint yet",
        "Made with   not known: run.json is not there",
    ):
        assert words in text


def test_damage_is_told_and_the_rest_too(run):
    for path in (run / "checkpoints").glob("*/model.safetensors"):
        path.write_bytes(b"")
    (run / "run.json").write_text("{")
    with (run / "metrics.jsonl").open("a") as file:
        file.write('[]\n{"step": "x"}\n{"type": "validation", "step": 61}\n{"type": "va')
    text = info(None, as_json=False)
    assert "State       damaged" in text
    assert "model.safetensors has 0 bytes instead of" in text
    assert "Weights     none: no checkpoint is intact" in text
    assert "last" in text


def test_a_damaged_pointer_is_told(run):
    (run / "best.json").write_text("{}")
    assert "Weights     none: runs/tiny/best.json: is damaged." in info(None, as_json=False)


def test_held_out_pairs_are_counted(run):
    config = run / "config.yaml"
    text = config.read_text()
    start, end = text.index("  validation:"), text.index("  max_source_length")
    config.write_text(text[:start] + "  validation: null\n  test: null\n" + text[end:])
    (run / "held-out").mkdir()
    (run / "held-out" / "test.en").write_text("a\nb\n")
    record = record_of()
    assert record["data"]["held_out"] == {"test": 2}
    shown = info(None, as_json=False)
    assert "test: 2 pairs held out of train" in shown
    assert "validation: held out of train" in shown


@pytest.mark.parametrize(
    ("name", "words"),
    [("nowhere", "nowhere: there is no such folder"), ("foreign", "holds no run")],
)
def test_what_is_no_run_is_refused(run, name, words, tmp_path):
    (tmp_path / "foreign").mkdir()
    with pytest.raises(UserError, match=words):
        info(Path(name), as_json=False)


def test_without_a_run_trained_last(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="No run has been trained from this folder"):
        info(None, as_json=False)
