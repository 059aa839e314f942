"""Killed and resumed is never interrupted, whatever the optimizer, the precision and the rest."""

from signal import SIGKILL

import pytest

RECIPES = {
    "two threads": [],
    "two threads, bfloat16": ["training.precision=bfloat16"],
    "muon": ["training.optimizer=muon", "training.learning_rate=0.02"],
    "muon-bfloat16": [
        "training.optimizer=muon",
        "training.learning_rate=0.02",
        "training.precision=bfloat16",
    ],
}


@pytest.mark.parametrize("name", RECIPES)
def test_killed_and_resumed(workplace, contents, halves, name):
    settings = [*RECIPES[name], "training.max_steps=18", "training.patience=null"]
    options = [word for setting in settings for word in ("--set", setting)]
    undisturbed, disturbed = workplace.run(name), workplace.run(f"{name}-disturbed")
    always = []
    if name.startswith("two threads"):
        options += ["--threads", "2"]
        always = [halves]
    workplace.train_to_the_end(undisturbed, *options, faults=always)
    for at, call in (
        ("transformer_mt.training.trainer:Trainer._refuse_non_finite", 10),
        ("transformer_mt.training.milestones:Milestones.save", 2),
        ("transformer_mt.training.trainer:Trainer._refuse_non_finite", 3),
        ("transformer_mt.training.milestones:average_weights", 1),
    ):
        fault = {"kind": "signal", "at": at, "call": call, "signal": SIGKILL}
        assert workplace.train(disturbed, *options, faults=[*always, fault]).code == -SIGKILL
    workplace.train_to_the_end(disturbed, *options, faults=always)
    assert contents(disturbed) == contents(undisturbed)
