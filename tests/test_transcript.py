"""The README's transcript of a first training is what the commands print today.

The same commands run on 5,000 other pairs with a small model for a few updates. Every line of the
transcript must come, in its order and in these words; numbers and the corpus' own text aside.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from transformer_mt.data.phrasebook import phrases
from transformer_mt.pipelines.size_defaults import choose_settings

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
(TRANSCRIPT,) = re.findall(r"^```console\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
PAIRS = 5000
LEFT_OUT = "…"
SMALL = [
    "training.max_steps=4", "training.tokens_per_update=512", "training.log_every_steps=2",
    "training.validate_every_steps=2", "training.save_every_steps=2", "model.d_model=32",
    "model.num_heads=2", "model.d_ff=32", "model.num_encoder_layers=1",
    "model.num_decoder_layers=1", "decoding.beam_size=1", "decoding.max_length_ratio=0.1",
]  # fmt: skip
SETTING = re.compile(r"  [a-z]+\.[a-z_]+  +\S+  .+")


def parts():
    """Return the commands of the transcript, each with the lines that it prints."""
    found = [part.split("\n", 1) for part in re.split(r"^\$ ", TRANSCRIPT, flags=re.MULTILINE)[1:]]
    return [(command, printed.splitlines()) for command, printed in found]


def shape(line):
    """Return what a line says without its numbers and without the text of the corpus."""
    sample = re.match(r" +(?:source|reference|translation) ", line)
    if sample:
        return sample[0]
    line = re.sub(r"\b(second|minute|hour|day|thread)s?\b", r"\1s", line)
    line = re.sub(r"\b(seconds|minutes|hours|days)\b", "<time>", line)
    line = re.sub(r"\b(float32|bfloat16)$", "<what the CPU is fast in>", line)
    return re.sub(r"\d[\d.,]*(?:e[+-]\d+)?(?<![.,])", "<number>", line)


def assert_printed(expected, printed):
    """Each line is the next one printed, or a later one where lines were left out before it."""
    lines = iter(map(shape, printed))
    left_out = False
    for line in expected:
        if line.strip() == LEFT_OUT:
            left_out = True
            continue
        found = next((other for other in lines if not left_out or other == shape(line)), None)
        assert found == shape(line)
        left_out = False
    if not left_out:
        assert list(lines) == []


@pytest.fixture(scope="module")
def run_command(tmp_path_factory):
    """Return a function that runs a command of the transcript: what it says, and its results."""
    folder = tmp_path_factory.mktemp("transcript")
    rows = "".join(f"{each.source}\t{each.target}\n" for each in phrases("train")[:PAIRS])
    (folder / "en-de.tsv").write_text(rows, encoding="utf-8")
    tmt = folder / "bin" / "tmt"
    tmt.parent.mkdir()
    tmt.write_text(f'#!/bin/sh\nexec {sys.executable} -W error -m transformer_mt "$@"\n')
    tmt.chmod(0o755)
    path = f"{tmt.parent}:{os.environ['PATH']}"

    def run_command(command):
        if command.startswith("tmt train"):
            command = " ".join([command, *(f"--set {setting}" for setting in SMALL)])
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stderr.splitlines(), done.stdout.splitlines()

    return run_command


def test_the_settings_are_those_chosen_for_5000_pairs():
    (_, printed), *_ = parts()
    shown = [line.split(maxsplit=2) for line in printed if SETTING.fullmatch(line)]
    chosen = {choice.key: choice for choice in choose_settings(PAIRS)}
    assert len(shown) >= 5
    for key, value, reason in shown:
        assert value.replace(",", "") == str(chosen[key].value)
        assert reason == chosen[key].reason


def test_two_commands_lead_to_translations_and_print_what_it_says(run_command):
    (train, plan), (translate, printed) = parts()
    assert train == "tmt train --pairs en-de.tsv"
    messages, results = run_command(train)
    assert_printed(
        [line for line in plan if not SETTING.fullmatch(line)],
        [line for line in messages if not SETTING.fullmatch(line)],
    )
    assert results == []
    texts = re.findall('"[^"]+"', translate)
    assert translate == " ".join(["tmt translate", *texts])
    messages, results = run_command(translate)
    assert shape(messages[0]) == shape(printed[0])
    assert len(results) == len(texts) == len(printed) - 1
