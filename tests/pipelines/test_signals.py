"""Ctrl-C, SIGTERM, and a reader that leaves: in every command, and every phase of it."""

import gzip
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

RUN = ("--run", "runs/tiny")
TRAIN = ("train", "--config", "{config}", "--run", "new")
TRAIN += ("--set", "training.max_steps=4", "--set", "training.save_every_steps=1")
CHECK = ("check", "--source", "{corpus}/test.en", "--target", "{corpus}/test.de")
BENCH = ("bench", "--config", "{config}", "--updates", "1", "--warmup", "1")
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
    "translate: writing": (
        ("translate", *RUN, "--input", "{corpus}/test.en", "--output", "out.de.gz"),
        "pipelines.line_formats:TextFormat.write",
    ),
    "score: writing": (
        ("score", *RUN, "--pairs", "{corpus}/train.tsv", "--output", "out.tsv"),
        "pipelines.score:_line",
    ),
    "evaluate: saving": (("evaluate", *RUN, "--output", "out.de"), "run_directory:os.fsync"),
    "check: reading": ((*CHECK, "--write-clean", "clean"), "checking.reading:_paired"),
    "check: writing": ((*CHECK, "--write-clean", "clean"), "checking.cleaning:CorpusCleaner.write"),
    "check: learning a vocabulary": (CHECK, "data.tokenizer_training:_write_atomically"),
    "check: counting tokens": (CHECK, "pipelines.check:_read_tokens"),
    "check: estimating": (CHECK, "pipelines.check:estimate_training"),
    "bench: reading corpora": (BENCH, "pipelines.preparation:prepare_corpora"),
    "bench: tokenising": (BENCH, "data.dataset:tokenized_chunks"),
    "bench: the first update": (BENCH, "training.trainer:Trainer._update"),
    "bench: profiling": (BENCH, "training.benchmark:seconds_in_products"),
    "bench: measuring products": (BENCH, "training.matrix_products:product_rate"),
    "runs": (("runs", "--format", "json"), "pipelines.runs:as_record"),
    "info": (("info",), "pipelines.info:_as_rows"),
    "train: reading settings": (TRAIN, "pipelines.train:resolve_settings"),
    "train: hashing the data": (TRAIN, "pipelines.run_setup:data_hashes"),
    "train: reading corpora": (TRAIN, "pipelines.preparation:prepare_corpora"),
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
    (tmp_path / "temporary").mkdir()
    return tmp_path


SIGNALS = pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)


def assert_it_ended_well(outcome, code, place):
    """With a word, and with files that are whole or not there."""
    assert "Traceback" not in outcome.err, outcome.err
    assert outcome.code == code, outcome.err
    assert outcome.out == ""
    assert outcome.err.count("Stopped") == 1
    assert not list((place / "temporary").iterdir())
    assert not list(place.glob("*.tmp"))
    assert not list((place / "runs" / "tiny").rglob("*.tmp"))
    assert not (place / "clean").exists()
    assert not (place / "out.de").exists()
    if (place / "out.tsv").exists():
        assert re.fullmatch(r"(-\d\.\d{4}\t-\d+\.\d{4}\n)*", (place / "out.tsv").read_text())
    if (place / "out.de.gz").exists():
        assert re.fullmatch(rb"([^\n]+\n)*", gzip.decompress((place / "out.de.gz").read_bytes()))


@SIGNALS
@pytest.mark.parametrize("phase", PHASES)
def test_a_signal_ends_it_with_a_word(phase, number, code, place, corpus, command_server):
    words, at = PHASES[phase]
    words = [word.format(config=corpus / "tiny.yaml", corpus=corpus) for word in words]
    call = 7 if phase in ("translate: writing", "score: writing") else 1
    fault = {"kind": "signal", "at": f"transformer_mt.{at}", "call": call, "signal": int(number)}
    temporary = str(place / "temporary")
    outcome = command_server.tmt(*words, cwd=place, faults=[fault], TMPDIR=temporary)
    assert_it_ended_well(outcome, code, place)
    if words[0] == "train":
        done = command_server.tmt(*words, cwd=place)
        assert done.code == 0, done.err
        assert '"weights": "averaged"' in (place / "new" / "metrics.jsonl").read_text()


@SIGNALS
@pytest.mark.parametrize("phase", [phase for phase in PHASES if not phase.startswith("train")])
def test_further_signals_disturb_no_ending(phase, number, code, place, corpus, command_server):
    words, at = PHASES[phase]
    send = {"call": 1, "signal": int(number)}
    faults = [{"kind": "signal twice", "at": f"transformer_mt.{at}", **send}]
    for cleaning in ("shutil:rmtree", "sys:exit"):
        faults.append({"kind": "signal", "at": cleaning, **send})
    if phase == "evaluate: saving":
        faults.append({"kind": "signal", "at": "pathlib:Path.unlink", **send})
    words = [word.format(config=corpus / "tiny.yaml", corpus=corpus) for word in words]
    temporary = str(place / "temporary")
    outcome = command_server.tmt(*words, cwd=place, faults=faults, TMPDIR=temporary)
    assert_it_ended_well(outcome, code, place)


def test_a_signal_that_nobody_saw_is_not_the_last_one(place, command_server):
    """An exception in a callback of C code gets lost; the next Ctrl-C must still be heard."""
    at = {"at": "transformer_mt.pipelines.runs:as_record", "call": 1, "signal": int(signal.SIGINT)}
    faults = [{"kind": "unseen signal", **at}, {"kind": "signal", **at}]
    outcome = command_server.tmt("runs", "--format", "json", cwd=place, faults=faults)
    assert outcome.code == 130, outcome.err
    assert outcome.err.endswith("\nStopped.\n")


@pytest.mark.parametrize(
    "words",
    [
        ("translate", "--input", "{corpus}/train.en", "--beam-size", "1"),
        ("score", "--source", "{corpus}/train.en", "--target", "{corpus}/train.de"),
        ("evaluate", "--worst", "15"),
        ("runs", "--format", "json"),
        ("info", "--format", "json"),
        ("check", "--config", "{corpus}/tiny.yaml", "--json"),
    ],
    ids=lambda words: words[0],
)
def test_a_reader_that_leaves_is_no_error_worth_a_traceback(words, place, corpus, command_server):
    words = [word.format(corpus=corpus) for word in words]
    outcome = command_server.tmt(*words, cwd=place, stdout="|")
    assert "Traceback" not in outcome.err, outcome.err
    assert "Error" not in outcome.err, outcome.err
    assert outcome.code == 1, outcome.err


def test_nor_when_the_last_of_the_output_is_written(place):
    with subprocess.Popen(
        [sys.executable, "-m", "transformer_mt", "runs"],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as process:
        process.stdout.close()  # before the first line
        error = process.stderr.read().decode()
    assert error == ""
    assert process.returncode == 1


INTERRUPT_AN_IMPORT = """
import os, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
sys.argv = ["tmt", "--version"]
from transformer_mt.__main__ import main
main()
"""


def test_ctrl_c_while_python_still_imports():
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPT_AN_IMPORT], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "\nStopped.\n")
