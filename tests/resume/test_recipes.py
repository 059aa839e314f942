"""Killed and resumed is never interrupted, whatever the optimizer, the precision and the rest."""

from signal import SIGKILL

import pytest

RECIPES = {
    "muon": ["training.optimizer=muon", "training.learning_rate=0.02"],
    "muon-bfloat16": [
        "training.optimizer=muon",
        "training.learning_rate=0.02",
        "training.precision=bfloat16",
    ],
}


@pytest.mark.parametrize("name", RECIPES)
def test_killed_and_resumed(workplace, contents, name):
    settings = [*RECIPES[name], "training.max_steps=18", "training.patience=null"]
    options = [word for setting in settings for word in ("--set", setting)]
    undisturbed, disturbed = workplace.run(name), workplace.run(f"{name}-disturbed")
    workplace.train_to_the_end(undisturbed, *options)
    for at, call in (
        ("transformer_mt.training.trainer:Trainer._refuse_non_finite", 10),
        ("transformer_mt.training.milestones:Milestones.save", 2),
        ("transformer_mt.training.trainer:Trainer._refuse_non_finite", 3),
        ("transformer_mt.training.milestones:average_weights", 1),
    ):
        fault = {"kind": "signal", "at": at, "call": call, "signal": SIGKILL}
        assert workplace.train(disturbed, *options, faults=[fault]).code == -SIGKILL
    workplace.train_to_the_end(disturbed, *options)
    assert contents(disturbed) == contents(undisturbed)
