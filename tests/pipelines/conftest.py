"""A tiny corpus and a trained run of it, made once."""

import random

import pytest

NOUNS = {"dog": "Hund", "cat": "Katze", "house": "Haus", "tree": "Baum", "book": "Buch"}
VERBS = {"sees": "sieht", "likes": "mag", "finds": "findet"}
ADJECTIVES = {"big": "groß", "small": "klein", "old": "alt", "red": "rot"}


def make_pairs(count, seed):
    generator = random.Random(seed)
    pairs = []
    for _ in range(count):
        first, second = generator.choice(list(NOUNS)), generator.choice(list(NOUNS))
        verb, adjective = generator.choice(list(VERBS)), generator.choice(list(ADJECTIVES))
        source = f"The {first} {verb} {second} and is {adjective}."
        target = f"{NOUNS[first]} {VERBS[verb]} {NOUNS[second]} und ist {ADJECTIVES[adjective]}."
        pairs.append((source, target))
    return pairs


def write_side(path, pairs, side):
    path.write_text("".join(f"{pair[side]}\n" for pair in pairs), encoding="utf-8")


SETTINGS = """\
data:
  source_language: en
  target_language: de
  train: [{source: train.en, target: train.de}]
  validation: [{source: valid.en, target: valid.de}]
  test: [{source: test.en, target: test.de}]
  max_source_length: 64
  max_target_length: 64
tokenizer: {vocab_size: 350}
model: {d_model: 32, num_heads: 2, d_ff: 64, num_encoder_layers: 1, num_decoder_layers: 1}
training:
  max_steps: 60
  precision: float32
  tokens_per_update: 600
  max_tokens_per_batch: 600
  learning_rate: 1.0e-2
  warmup_steps: 15
  validate_every_steps: 20
  save_every_steps: 10
  log_every_steps: 10
  average_checkpoints: 3
decoding: {beam_size: 3}
"""


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    """Return a folder with train, valid and test files and tiny.yaml."""
    folder = tmp_path_factory.mktemp("corpus")
    splits = {"train": make_pairs(300, 1), "valid": make_pairs(20, 2), "test": make_pairs(15, 3)}
    # longer than data.max_source_length: translated in parts
    splits["valid"].append(tuple(" ".join(side) for side in zip(*splits["valid"][:9], strict=True)))
    for name, pairs in splits.items():
        write_side(folder / f"{name}.en", pairs, 0)
        write_side(folder / f"{name}.de", pairs, 1)
    lines = "".join(f"{source}\t{target}\n" for source, target in splits["train"])
    (folder / "train.tsv").write_text(lines, encoding="utf-8")
    (folder / "tiny.yaml").write_text(SETTINGS, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tmt(tmp_path_factory):
    """Return a function that runs the command line in a process of its own."""
    import subprocess
    import sys

    def tmt(*words, cwd, stdin="", **environment):
        import os

        command = [sys.executable, "-W", "error", "-m", "transformer_mt", *map(str, words)]
        return subprocess.run(
            command,
            cwd=cwd,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        )

    return tmt


@pytest.fixture(scope="session")
def train(corpus, tmt):
    """Return a function that trains with tiny.yaml, or `config`, and settings in its place."""

    def train(*settings, cwd, run=None, config=None):
        words = ["train", "--config", config or corpus / "tiny.yaml", "--threads", 1]
        words += [] if run is None else ["--run", run]
        done = tmt(*words, *(word for each in settings for word in ("--set", each)), cwd=cwd)
        assert done.returncode == 0, done.stderr
        return done

    return train


@pytest.fixture(scope="session")
def trained(train, tmp_path_factory):
    """Return a folder whose runs/tiny is a finished run, and what training printed."""
    folder = tmp_path_factory.mktemp("trained")
    return folder, train(cwd=folder)


@pytest.fixture
def tmt_here(capsys):
    """Return a function that runs the command line in this process, where a test can look on.

    What it printed is `out` and `err` of the result.
    """
    import torch

    from transformer_mt import cli

    threads = torch.get_num_threads()

    def tmt_here(*words):
        capsys.readouterr()
        cli.app([str(word) for word in words], standalone_mode=False)
        return capsys.readouterr()

    yield tmt_here
    torch.set_num_threads(threads)
