"""Ctrl-C and SIGTERM: saved, said how to go on, and nothing lost or changed by it."""

import random
from signal import SIGINT, SIGTERM

import pytest

CODES = {SIGINT: 130, SIGTERM: 143}
DROPOUT = "transformer_mt.training.trainer:seed_dropout"
SEARCH = "transformer_mt.decoding.batched_search:beam_search"


def send(signal, at, call):
    return {"kind": "signal", "at": at, "call": call, "signal": signal}


def saved_steps(run):
    folders = (run / "checkpoints").glob("step-*")
    return sorted(int(path.name.removeprefix("step-")) for path in folders)


def test_interrupted_again_and_again(workplace, finished, contents):
    run = workplace.run("interrupted")
    generator = random.Random(3)
    places = [(SEARCH, 1), (DROPOUT, 14), (DROPOUT, 14), (SEARCH, 2)]
    for number, (at, largest) in enumerate(places):
        signal = (SIGINT, SIGTERM)[number % 2]
        outcome = workplace.train(run, faults=[send(signal, at, generator.randint(1, largest))])
        assert outcome.code == CODES[signal], outcome
        step = saved_steps(run)[-1]
        assert f"Stopped at step {step}; everything is saved. Go on with:" in outcome.err
        assert f"  tmt train --run {run}" in outcome.err
        assert "Traceback" not in outcome.err
    average = send(SIGTERM, "transformer_mt.training.milestones:average_weights", 1)
    assert workplace.train(run, faults=[average]).code == 143
    # As the message says: without the config.
    outcome = workplace.tmt("train", "--run", run, "--threads", "1")
    assert outcome.code == 0, outcome.err
    assert contents(run) == contents(finished)


def test_a_second_signal_ends_at_once_and_says_what_is_saved(workplace, finished, contents):
    run = workplace.run("hurried")
    trainer = "transformer_mt.training.trainer:Trainer."
    faults = [send(SIGINT, f"{trainer}{name}", 6) for name in ("_update", "_refuse_non_finite")]
    outcome = workplace.train(run, faults=faults)
    assert outcome.code == 130, outcome
    assert saved_steps(run) == [4]
    assert "Stopped at step 5; saved is step 4. Go on with:" in outcome.err
    workplace.train_to_the_end(run)
    assert contents(run) == contents(finished)


@pytest.mark.parametrize("signal", [SIGINT, SIGTERM])
def test_interrupted_before_training(workplace, signal):
    run = workplace.run(f"early-{signal}")
    at = "transformer_mt.data.tokenizer_training:_write_atomically"
    outcome = workplace.train(run, faults=[send(signal, at, 1)])
    assert outcome.code == CODES[signal]
    assert "Stopped." in outcome.err
    assert "Traceback" not in outcome.err
    assert not (run / "checkpoints").exists()
