"""A small corpus, a small model, and `tmt` commands that can be killed at any point."""

import hashlib
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """
data:
  source_language: en
  target_language: de
  train: [{pairs: pairs.tsv}]
  max_source_length: 40
  max_target_length: 40
tokenizer: {vocab_size: 120, byte_fallback: false, sampling: 0.1}
model: {d_model: 16, num_heads: 2, d_ff: 32, num_encoder_layers: 1, num_decoder_layers: 1}
training:
  max_steps: 36
  precision: float32
  tokens_per_update: 400
  max_tokens_per_batch: 200
  learning_rate: 0.2  # so high that not every validation is better than the one before
  schedule: constant
  warmup_steps: 8
  seed: 3
  log_every_steps: 5
  validate_every_steps: 6
  save_every_steps: 4
  keep_checkpoints: 4
  average_checkpoints: 3
  select_by: loss
  patience: 4
decoding: {beam_size: 2, max_length_ratio: 0.1}
"""
WORDS = {
    "noun": "dog Hund tree Baum river Fluss garden Garten table Tisch mountain Berg king König "
    "bread Brotlaib bird Vogel baker Bäcker summer Sommer train Zug spoon Löffel forest Wald "
    "shoe Schuh moon Mond fish Fisch letter Brief apple Apfel winter Winter",
    "verb": "sees sieht likes mag finds findet paints malt carries trägt knows kennt needs "
    "braucht follows begleitet praises lobt forgets vergisst",
    "adjective": "old alte small kleine red rote quiet stille warm warme bright helle heavy "
    "schwere good gute",
}
NOT_COMPARED = {"lock", "train.log", "run.json"}


def make_pairs(count, *, seed):
    generator = random.Random(seed)

    def draw(kind):
        words = WORDS[kind].split()
        place = generator.randrange(0, len(words), 2)
        return words[place], words[place + 1]

    for _ in range(count):
        kinds = ["adjective", "noun", "verb", "adjective", "noun"]
        if generator.random() < 0.5:
            del kinds[3]
        pair = zip(*(draw(kind) for kind in kinds), strict=True)
        yield tuple(
            f"{language} {' '.join(words)}."
            for language, words in zip(("The", "Der"), pair, strict=True)
        )


class Workplace:
    """A folder with a corpus, a config and runs, and a server that runs `tmt` commands in it."""

    def __init__(self, folder, server):
        self.folder = folder
        self.environment = server.environment
        self._server = server
        self.config = folder / "small.yaml"
        self.data = folder / "pairs.tsv"
        self.config.write_text(CONFIG, encoding="utf-8")
        pairs = make_pairs(340, seed=5)
        self.data.write_text("".join(f"{s}\t{t}\n" for s, t in pairs), encoding="utf-8")

    def tmt(self, *arguments, faults=()):
        """Run a command in a child of the server."""
        return self._server.tmt(*arguments, cwd=self.folder, faults=faults)

    def train(self, run, *options, faults=()):
        """Train a run by the config, or go on with it, in one thread."""
        return self.tmt("train", *self.training_arguments(run), *options, faults=faults)

    def train_in_ranks(self, count, run, *options, faults=None, **environment):
        """Train a run in several processes, as torchrun would; give the outcome of each."""
        words = ["train", *self.training_arguments(run), *options]
        return self._server.in_ranks(count, *words, cwd=self.folder, faults=faults, **environment)

    def training_arguments(self, run):
        return ["--config", self.config, "--run", run, "--threads", "1"]

    def train_to_the_end(self, run, *options, faults=()):
        outcome = self.train(run, *options, faults=faults)
        assert outcome.code == 0, outcome.err
        return outcome

    def run(self, name):
        return self.folder / "runs" / name

    def copy(self, run, name):
        return Path(shutil.copytree(run, self.run(name)))


# Let batches be passed in halves however small they are; with two threads, at a time.
HALVES = {"kind": "true", "at": "transformer_mt.training.passes:_is_worth_two", "call": None}


@pytest.fixture(scope="session")
def halves():
    return HALVES


@pytest.fixture(scope="session")
def workplace(tmp_path_factory, command_server):
    return Workplace(tmp_path_factory.mktemp("workplace"), command_server)


@pytest.fixture(scope="session")
def finished(workplace):
    """The run that nothing disturbed, trained by the real command line; not to be changed."""
    run = workplace.run("finished")
    subprocess.run(
        [sys.executable, "-m", "transformer_mt", "train", *workplace.training_arguments(run)],
        check=True,
        capture_output=True,
        cwd=workplace.folder,
        env=workplace.environment,
    )
    return run


@pytest.fixture(scope="session")
def in_two(workplace):
    """The run that two ranks have trained undisturbed; not to be changed."""
    run = workplace.run("in-two")
    outcomes = workplace.train_in_ranks(2, run)
    assert [outcome.code for outcome in outcomes] == [0, 0], outcomes
    return run


@pytest.fixture(scope="session")
def contents():
    """Give a function: what a run directory holds, as far as it has to be repeatable."""

    def contents(run):
        files = {
            str(path.relative_to(run)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(run.rglob("*"))
            if path.is_file() and path.name not in NOT_COMPARED and "cache" not in path.parts
        }
        del files["metrics.jsonl"]
        return files, read_metrics(run)

    return contents


@pytest.fixture(scope="session")
def metrics():
    return read_metrics


def read_metrics(run):
    """Return the objects of metrics.jsonl without what was measured with a clock."""
    records = [json.loads(line) for line in (run / "metrics.jsonl").read_text("utf-8").splitlines()]
    for record in records:
        del record["timing"]
    return records
