"""The real command line where the system really refuses memory."""

import json
import os
import subprocess
import sys

import pytest
from safetensors.numpy import load_file

# Memory is limited when all is ready, before the first batch is passed.
PROGRAM = """
import resource, sys
import transformer_mt.pipelines.train as pipeline
from transformer_mt import cli

megabytes = int(sys.argv.pop(1))
original = pipeline.describe_plan

def limited(*arguments, **options):
    if megabytes:
        with open("/proc/self/statm") as file:
            size = int(file.read().split()[0]) * resource.getpagesize()
        limit = size + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return original(*arguments, **options)

pipeline.describe_plan = limited
cli.main()
"""
SETTINGS = {
    "model.d_model": 128,
    "model.d_ff": 1024,
    "model.dropout": 0.0,
    "training.max_steps": 2,
    "training.tokens_per_update": 12_000,
    "training.max_tokens_per_batch": 16_384,
    "training.warmup_steps": 0,
    "training.learning_rate": 0.001,
    "training.average_checkpoints": 0,
    "decoding.max_length_ratio": 0.1,
    "decoding.beam_size": 1,
}


@pytest.fixture
def train(corpus, tmp_path):
    def train(megabytes, **changes):
        run = tmp_path / f"run-{len(list(tmp_path.iterdir()))}"
        words = [str(megabytes), "train", "--config", corpus / "tiny.yaml", "--run", run]
        for key, value in (SETTINGS | changes).items():
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
    done, run = train(250)
    assert done.returncode == 0, done.stderr
    assert "step 1: out of memory; training.max_tokens_per_batch is 4,096 from here on" in (
        done.stderr
    )
    halvings = json.loads((run / "halvings.json").read_text("utf-8"))
    assert halvings[0] == {"step": 1, "max_tokens_per_batch": 4096}
    weights = "checkpoints/step-00000002/model.safetensors"
    mine, its = load_file(run / weights), load_file(undisturbed / weights)
    assert max(abs(mine[name] - its[name]).max() for name in its) < 1e-4


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_where_nothing_fits_it_says_what_would(train):
    done, _ = train(4)
    assert done.returncode == 1
    assert "too little memory" in done.stderr
    assert "Traceback" not in done.stderr
