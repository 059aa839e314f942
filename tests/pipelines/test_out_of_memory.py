"""The real command line where the system really refuses memory."""

import json
import os
import subprocess
import sys

import pytest
from safetensors.numpy import load_file

# Memory is limited in the first update: what has been freed before would be used again.
PROGRAM = """
import resource, sys
from transformer_mt import cli
from transformer_mt.training.trainer import Trainer

megabytes = int(sys.argv.pop(1))
original = Trainer._update

def limited(self, micro_batches):
    if megabytes:
        with open("/proc/self/statm") as file:
            size = int(file.read().split()[0]) * resource.getpagesize()
        unlimited = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size + megabytes * 2**20, unlimited[1]))
    original(self, micro_batches)
    if megabytes:
        resource.setrlimit(resource.RLIMIT_AS, unlimited)

Trainer._update = limited
Trainer.seconds_per_update = lambda self: 1.0
cli.main()
"""
SETTINGS = {
    "model.d_model": 128,
    "model.d_ff": 2048,  # a batch takes nearly 400 MB
    "model.dropout": 0.0,
    "training.max_steps": 1,
    "training.tokens_per_update": 6000,
    "training.max_tokens_per_batch": 16_384,
    "training.warmup_steps": 0,
    "training.learning_rate": 0.001,
    "training.average_checkpoints": 0,
    "decoding.max_length_ratio": 0.1,
    "decoding.beam_size": 1,
}


@pytest.fixture
def train(corpus, tmp_path):
    """Give a function: train with so many megabytes more than there are then; 0 is no limit."""

    def train(megabytes):
        run = tmp_path / f"run-{len(list(tmp_path.iterdir()))}"
        words = [str(megabytes), "train", "--config", corpus / "tiny.yaml", "--run", run]
        for key, value in SETTINGS.items():
            words += ["--set", f"{key}={value}"]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *map(str, words), "--threads", "1"],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            cwd=tmp_path,
        )
        return done, run

    return train


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_training_goes_on_in_smaller_batches_to_the_same_weights(train):
    free, undisturbed = train(0)
    assert free.returncode == 0, free.stderr
    done, run = train(150)
    assert done.returncode == 0, done.stderr
    assert "step 1: out of memory; training.max_tokens_per_batch is " in done.stderr
    halvings = json.loads((run / "halvings.json").read_text("utf-8"))
    assert {halving["step"] for halving in halvings} == {1}
    assert halvings[-1]["max_tokens_per_batch"] <= 4096
    weights = "checkpoints/step-00000001/model.safetensors"
    mine, its = load_file(run / weights), load_file(undisturbed / weights)
    assert max(abs(mine[name] - its[name]).max() for name in its) < 1e-4
