"""Ctrl-C, SIGTERM, and a reader that leaves: in every command, and every phase of it."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

RUN = ("--run", "runs/tiny")
TRAIN = ("train", "--config", "{config}", "--run", "new")
TRAIN += ("--set", "training.max_steps=4", "--set", "training.save_every_steps=1")
PHASES = {
    "translate: loading": (("translate", "x", *RUN), "pipelines.loading:Translator.load"),
    "translate: searching": (("translate", "x", *RUN), "decoding.translator:search"),
    "score: scoring": (
        ("score", *RUN, "--source", "{corpus}/test.en", "--target", "{corpus}/test.de"),
        "decoding.translator:score_pairs",
    ),
    "evaluate: reading": (("evaluate", *RUN), "pipelines.evaluation_sets:read_all"),
    "evaluate: searching": (("evaluate", *RUN), "decoding.translator:search"),
    "evaluate: scoring": (("evaluate", *RUN), "pipelines.evaluate:measure"),
    "runs": (("runs", "--format", "json"), "pipelines.runs:as_record"),
    "info": (("info",), "pipelines.info:_as_rows"),
    "train: reading settings": (TRAIN, "pipelines.train:resolve_settings"),
    "train: hashing the data": (TRAIN, "pipelines.run_setup:data_hashes"),
    "train: reading corpora": (TRAIN, "pipelines.train:prepare_corpora"),
    "train: learning the vocabulary": (TRAIN, "pipelines.tokenizers:train_tokenizer"),
    "train: tokenising": (TRAIN, "data.dataset:tokenized_chunks"),
    "train: planning": (TRAIN, "pipelines.train:describe_plan"),
    "train: the first update": (TRAIN, "training.trainer:Trainer._update"),
    "train: validating": (TRAIN, "pipelines.validation:Validator.__call__"),
    "train: averaging": (TRAIN, "training.milestones:average_weights"),
}


@pytest.fixture
def place(trained, tmp_path):
    """A folder with a run in it."""
    shutil.copytree(trained[0] / "runs", tmp_path / "runs")
    return tmp_path


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
@pytest.mark.parametrize("phase", PHASES)
def test_a_signal_ends_it_with_a_word(phase, number, code, place, corpus, command_server):
    words, at = PHASES[phase]
    words = [word.format(config=corpus / "tiny.yaml", corpus=corpus) for word in words]
    fault = {"kind": "signal", "at": f"transformer_mt.{at}", "call": 1, "signal": int(number)}
    outcome = command_server.tmt(*words, cwd=place, faults=[fault])
    assert "Traceback" not in outcome.err, outcome.err
    assert outcome.code == code, outcome.err
    assert outcome.out == ""
    assert "Stopped" in outcome.err
    assert not list((place / "runs" / "tiny" / "hypotheses").glob("*.tmp"))
    if words[0] == "train":
        done = command_server.tmt(*words, cwd=place)
        assert done.code == 0, done.err
        assert '"weights": "averaged"' in (place / "new" / "metrics.jsonl").read_text()


@pytest.mark.parametrize(
    "words",
    [
        ("translate", "--input", "{corpus}/train.en", "--beam-size", "1"),
        ("score", "--source", "{corpus}/train.en", "--target", "{corpus}/train.de"),
        ("evaluate", "--worst", "15"),
        ("runs", "--format", "json"),
        ("info", "--format", "json"),
    ],
    ids=lambda words: words[0],
)
def test_a_reader_that_leaves_is_no_error_worth_a_traceback(words, place, corpus):
    command = [sys.executable, "-m", "transformer_mt", *words]
    with subprocess.Popen(
        [word.format(corpus=corpus) for word in command],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as process:
        process.stdout.close()  # before the first line
        error = process.stderr.read().decode()
    assert "Traceback" not in error, error
    assert process.returncode == 1, error
