"""Training killed at any moment and resumed is, bit for bit, training never interrupted."""

import json
import random
import subprocess
import sys
import time
from itertools import pairwise
from signal import SIGINT, SIGKILL

import pytest
import yaml


def kill(at, call, *, after=False, signal=SIGKILL):
    return {"kind": "signal", "at": at, "call": call, "after": after, "signal": signal}


def tear(at, call):
    return {"kind": "tear", "at": at, "call": call}


WITHOUT_SEEDING = {
    "kind": "nothing",
    "at": "transformer_mt.training.trainer:seed_dropout",
    "call": None,
}


def test_the_undisturbed_run_has_all_that_could_go_wrong(finished, metrics):
    training = yaml.safe_load((finished / "config.yaml").read_text("utf-8"))["training"]
    assert training["tokens_per_update"] > training["max_tokens_per_batch"]
    records = metrics(finished)
    assert records[-1]["step"] == training["max_steps"]
    assert {record["epoch"] for record in records} >= {1, 2, 3}
    assert [r["weights"] for r in records if r["type"] == "validation"][-1] == "averaged"
    losses = [record["loss"] for record in records if record.get("weights") == "current"]
    pending = [loss > min(losses[:place]) for place, loss in enumerate(losses) if place]
    assert any(pending), "patience counts nothing"
    kept = sorted(path.name for path in (finished / "checkpoints").iterdir())
    assert len([name for name in kept if name.startswith("step-")]) >= 4
    assert len(json.loads((finished / "averaged.json").read_text("utf-8"))["of"]) == 3


# One after the other, each in the run that the one before has left; saved are the steps 4, 6, 8,
# 12, 16, 18, …, validated 6, 12, 18, …
MOMENTS = {
    "config.yaml is written": kill("os:fsync", 1),
    "the tokenizer is written": kill("transformer_mt.data.tokenizer_training:_write_atomically", 1),
    "text is tokenised": kill("transformer_mt.data.dataset_cache:DatasetCache.commit_part", 1),
    "between two micro-batches": kill("transformer_mt.training.trainer:seed_dropout", 4),
    "half of the weights of step 4 is written": tear("safetensors.torch:save_file", 1),
    "half of the optimizer of step 6 is written": tear("safetensors.torch:save_file", 4),
    "validating step 6": kill("transformer_mt.decoding.batched_search:beam_search", 1),
    "step 6 is validated and not saved": kill(
        "transformer_mt.training.milestones:Milestones.save", 1
    ),
    "step 6 is saved, best.json is not": kill(
        "transformer_mt.training.milestones:Milestones._point_to_best", 2
    ),
    "removing step 4": kill("transformer_mt.checkpoint:_remove", 1),
    "half removed": kill("os:unlink", 2),
    "an old optimizer is no longer in the manifest": kill(
        "transformer_mt.checkpoint:_write_manifest", 3, after=True
    ),
    "a folder is flushed": kill("transformer_mt.checkpoint:sync_folder", 2),
    "Ctrl-C while validating": kill(
        "transformer_mt.decoding.batched_search:beam_search", 1, signal=SIGINT
    ),
    "the validation is made up for and not saved": kill(
        "transformer_mt.training.milestones:Milestones.save", 1
    ),
    "the checkpoint without it is removed": kill(
        "transformer_mt.checkpoint:_remove", 1, after=True
    ),
    "metrics are cut back": kill("transformer_mt.training.progress:write_atomically", 1),
    "validating step 36 while patience counts": kill(
        "transformer_mt.decoding.batched_search:beam_search", 3
    ),
    "reading checkpoints to average": kill("transformer_mt.training.milestones:average_weights", 1),
    "the average is validated and not saved": kill(
        "transformer_mt.training.milestones:CheckpointStore.save_averaged", 1
    ),
    "half of the average is written": tear("safetensors.torch:save_file", 1),
    "the average is saved, averaged.json is not": kill(
        "transformer_mt.training.milestones:CheckpointStore.write_pointer", 1
    ),
}


def test_killed_at_chosen_moments(workplace, finished, contents):
    run = workplace.run("chosen")
    for moment, fault in MOMENTS.items():
        outcome = workplace.train(run, faults=[fault])
        assert outcome.code == (130 if fault.get("signal") == SIGINT else -SIGKILL), (
            f"{moment}: {outcome}"
        )
    workplace.train_to_the_end(run)
    assert contents(run) == contents(finished)


@pytest.mark.parametrize("seed", [1])
def test_killed_at_random_moments(workplace, finished, contents, seed):
    run = workplace.run(f"random-{seed}")
    generator = random.Random(seed)
    places = {
        "os:fsync": 30,
        "os:replace": 15,
        "transformer_mt.training.trainer:seed_dropout": 20,
        "transformer_mt.model.decoder:Decoder.forward": 25,
    }
    kills = 0
    while True:
        at = generator.choice(list(places))
        outcome = workplace.train(run, faults=[kill(at, generator.randint(1, places[at]))])
        if outcome.code == 0:
            break
        assert outcome.code == -SIGKILL, outcome
        kills += 1
    assert kills >= 8
    assert contents(run) == contents(finished)


def test_killed_from_outside(workplace, finished, contents):
    """The real command line, killed when so many lines of metrics are there."""
    run = workplace.run("outside")
    command = [sys.executable, "-m", "transformer_mt", "train", *workplace.training_arguments(run)]
    process = subprocess.Popen(
        command, cwd=workplace.folder, env=workplace.environment, stderr=subprocess.DEVNULL
    )
    file = run / "metrics.jsonl"
    while process.poll() is None and not (file.exists() and file.read_bytes().count(b"\n") >= 5):
        time.sleep(0.005)
    process.kill()
    process.wait()
    workplace.train_to_the_end(run)
    assert contents(run) == contents(finished)


def test_patience_that_ends_training_ends_it_at_the_same_step(workplace, contents):
    options = ["--set", "training.patience=1", "--set", "training.average_checkpoints=0"]
    undisturbed, disturbed = workplace.run("patient"), workplace.run("disturbed")
    workplace.train_to_the_end(undisturbed, *options)
    steps = [record["step"] for record in contents(undisturbed)[1]]
    assert steps[-1] < 36, "training did not stop early"
    saves, call = steps[-1] // 3, 2
    while saves > 0:  # killed after more saves each time, at last after the last one
        call = min(call, saves + 1)
        fault = kill("transformer_mt.training.milestones:Milestones._prune", call)
        assert workplace.train(disturbed, *options, faults=[fault]).code == -SIGKILL
        saves, call = saves - (call - 1), call + 1
    outcome = workplace.train_to_the_end(disturbed, *options)
    assert f"this run is finished, at step {steps[-1]}" in outcome.err
    assert contents(disturbed) == contents(undisturbed)
    assert all(before <= after for before, after in pairwise(steps))


def test_without_the_seed_of_each_step_a_resumed_run_differs(workplace, contents):
    options = ["--set", "training.max_steps=6", "--set", "training.average_checkpoints=0"]
    undisturbed, disturbed = workplace.run("unseeded"), workplace.run("unseeded-disturbed")
    at_step_5 = kill("transformer_mt.training.trainer:Trainer._refuse_non_finite", 5)
    outcome = workplace.train(undisturbed, *options, faults=[WITHOUT_SEEDING])
    assert outcome.code == 0, outcome.err
    outcome = workplace.train(disturbed, *options, faults=[WITHOUT_SEEDING, at_step_5])
    assert outcome.code == -SIGKILL
    outcome = workplace.train(disturbed, *options, faults=[WITHOUT_SEEDING])
    assert outcome.code == 0, outcome.err
    weights = "checkpoints/step-00000006/model.safetensors"
    earlier = "checkpoints/step-00000004/model.safetensors"
    files, other_files = contents(undisturbed)[0], contents(disturbed)[0]
    assert files[earlier] == other_files[earlier]
    assert files[weights] != other_files[weights]
