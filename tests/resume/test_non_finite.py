"""A loss or a gradient that is not finite stops training before it reaches the weights."""

import re

import pytest

LOSS = "transformer_mt.training.passes:batch_loss"


@pytest.mark.parametrize(
    ("kind", "what"), [("nan", "the loss"), ("infinite gradient", "a gradient")]
)
def test_training_stops_before_the_update(workplace, finished, contents, kind, what):
    run = workplace.run(kind.replace(" ", "-"))
    outcome = workplace.train(run, faults=[{"kind": kind, "at": LOSS, "call": 17}])
    assert outcome.code == 1, outcome
    assert "Traceback" not in outcome.err
    message = re.search(
        r"Error: Step (\d+): (.*) is not finite; the update was not made", outcome.err
    )
    assert message[2] == what
    steps = sorted(path.name for path in (run / "checkpoints").iterdir())
    assert steps == ["step-00000004", "step-00000006"]
    assert int(message[1]) in (7, 8)
    assert re.search(r"Batch: epoch 1, pairs \d+, \d+", outcome.err)
    assert "Step 6 is saved and translates." in outcome.err
    assert len(outcome.err[message.start() :].splitlines()) <= 5
    workplace.train_to_the_end(run)
    assert contents(run) == contents(finished)
