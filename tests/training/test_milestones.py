"""Which step is the best, when patience ends, what is kept and averaged: figures by plan."""

import json
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from torch import nn

from transformer_mt.checkpoint import CheckpointStore
from transformer_mt.config import TrainingConfig
from transformer_mt.interruption import StopRequest
from transformer_mt.run_directory import RunDirectory
from transformer_mt.training.milestones import Milestones
from transformer_mt.training.progress import Reporter
from transformer_mt.training.state import Validation

BLEU_RISES = [(10.0, 5.0), (12.0, 5.1), (14.0, 5.2), (16.0, 5.3)]
LOSS_FALLS = [(10.0, 5.0), (9.9, 4.0), (9.8, 3.0), (9.7, 2.0)]


@dataclass
class Planned:
    """A training whose weights are all the number of the step, and a plan of its validations."""

    path: Path
    milestones: Milestones
    validated: list = field(default_factory=list)
    """The weight that each validation found."""
    kept: list = field(default_factory=list)
    """The steps of the checkpoints on disk after each step."""

    @property
    def step(self):
        return self.milestones.state.step

    def pointer(self, name):
        return json.loads((self.path / f"{name}.json").read_text("utf-8"))

    def saved_weight(self, pointer):
        checkpoint = CheckpointStore(self.path).pointed(pointer)
        assert checkpoint.damage() is None
        return one_value(checkpoint.weights()["weight"])


def one_value(tensor):
    (value,) = set(tensor.flatten().tolist())
    return value


@pytest.fixture
def train(tmp_path):
    """Go through the steps of a training whose validations give the (BLEU, loss) of `plan`."""

    def train(plan, **changes):
        settings = TrainingConfig(
            **{
                "max_steps": len(plan),
                "validate_every_steps": 1,
                "save_every_steps": 1,
                "keep_checkpoints": 2,
                "average_checkpoints": 0,
                **changes,
            }
        )
        figures = iter(plan)

        def validate(model):
            planned.validated.append(one_value(model.weight))
            bleu, loss = next(figures)
            return Validation(loss=loss, bleu=bleu, bleu_signature="")

        model = nn.Linear(2, 2, bias=False)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.0)
        model(torch.ones(2)).sum().backward()
        optimizer.step()
        with closing(Reporter(RunDirectory(tmp_path), quiet=True)) as reporter:
            milestones = Milestones(
                model=model,
                optimizer=optimizer,
                settings=settings,
                store=CheckpointStore(tmp_path),
                validate=validate,
                reporter=reporter,
                stop=StopRequest(),
            )
            planned = Planned(tmp_path, milestones)
            while not milestones.finished():
                milestones.state.step += 1
                nn.init.constant_(model.weight, milestones.state.step)
                milestones.pass_step()
                planned.kept.append([checkpoint.step for checkpoint in milestones.store.all()])
            milestones.average()
        assert one_value(model.weight) == milestones.state.step
        assert milestones.complete()
        return planned

    return train


@pytest.mark.parametrize(
    ("select_by", "patience", "plan", "last", "best"),
    [
        ("bleu", 2, BLEU_RISES, 4, 4),
        ("loss", 2, BLEU_RISES, 3, 1),
        ("bleu", 2, LOSS_FALLS, 3, 1),
        ("loss", 2, LOSS_FALLS, 4, 4),
        ("bleu", 1, LOSS_FALLS, 2, 1),
        ("bleu", None, LOSS_FALLS, 4, 1),
        # a new best is waited for from anew
        ("bleu", 2, [(10, 5), (9, 5), (11, 5), (10, 5), (10.5, 5), (12, 5)], 5, 3),
        ("loss", 2, [(10, 5), (10, 6), (10, 4), (10, 5), (10, 4.5), (10, 3)], 5, 3),
        # of equals the earlier is the best, and the later is no new one
        ("bleu", 2, [(10, 5), (10, 5), (10, 5), (11, 4)], 3, 1),
        ("loss", 2, [(10, 5), (10, 5), (10, 5), (11, 4)], 3, 1),
        # unless the other figure tells them apart
        ("bleu", 2, [(10, 5), (10, 4), (10, 4.5), (10, 4), (11, 3)], 4, 2),
        ("loss", 2, [(10, 5), (11, 5), (10, 5), (11, 5), (12, 4)], 4, 2),
    ],
)
def test_patience_ends_and_best_points(train, select_by, patience, plan, last, best):
    run = train(plan, select_by=select_by, patience=patience)
    assert run.step == last
    stopped = run.milestones.state.stopped_early
    assert stopped == (last < len(plan))
    assert run.milestones.ended_by() == f"training.{'patience' if stopped else 'max_steps'}"
    bleu, loss = plan[best - 1]
    checkpoint = f"step-{best:08d}"
    assert run.pointer("best") == {
        "checkpoint": checkpoint, "step": best, "bleu": bleu, "loss": loss
    }  # fmt: skip
    assert run.saved_weight(run.pointer("best")) == best
    assert run.validated == list(range(1, last + 1))
    assert not (run.path / "averaged.json").exists()


def test_patience_counts_validations_and_not_steps(train):
    run = train(LOSS_FALLS, patience=2, validate_every_steps=3, max_steps=30)
    assert run.step == 9
    assert run.validated == [3, 6, 9]
    assert run.pointer("best")["step"] == 3


def test_the_last_step_is_validated_whatever_its_number(train):
    run = train(LOSS_FALLS, validate_every_steps=3, save_every_steps=4, max_steps=5)
    assert run.validated == [3, 5]
    assert run.kept == [[], [], [3], [3, 4], [3, 4, 5]]


@pytest.mark.parametrize(
    ("select_by", "kept"),
    [
        ("bleu", [[1], [1, 2], [2, 3], [2, 3, 4], [4, 5], [5, 6]]),
        ("loss", [[1], [1, 2], [2, 3], [3, 4], [3, 4, 5], [3, 5, 6]]),
    ],
)
def test_the_newest_and_the_best_are_kept(train, select_by, kept):
    plan = [(10, 5), (12, 6), (11, 4), (11, 7), (13, 8), (12, 9)]
    assert train(plan, select_by=select_by).kept == kept


@pytest.mark.parametrize(
    ("select_by", "of"),
    [("bleu", [2, 3, 6]), ("loss", [1, 4, 5])],
)
def test_the_best_are_averaged(train, select_by, of):
    plan = [(10, 1), (15, 9), (14, 8), (11, 2), (12, 3), (16, 7)]
    run = train(
        [*plan, (20, 0.5)],  # the last one is of the average
        max_steps=6,
        select_by=select_by,
        average_from="best",
        average_checkpoints=3,
        keep_checkpoints=1,
    )
    checkpoint = "averaged-00000006"
    assert run.pointer("averaged") == {
        "checkpoint": checkpoint, "step": 6, "bleu": 20, "loss": 0.5, "of": of
    }  # fmt: skip
    mean = torch.tensor(of).double().mean().float().item()
    assert run.validated == [1, 2, 3, 4, 5, 6, mean]
    assert run.saved_weight(run.pointer("averaged")) == mean
    assert run.pointer("best")["step"] == {"bleu": 6, "loss": 1}[select_by]
    assert run.kept[-1] == sorted({*of, 6})


def test_of_equals_the_earlier_are_averaged(train):
    run = train(
        [(10, 5)] * 5, max_steps=4, average_from="best", average_checkpoints=2, keep_checkpoints=1
    )
    assert run.pointer("averaged")["of"] == [1, 2]
    assert run.kept[-1] == [1, 2, 4]


def test_the_last_are_averaged_however_bad(train):
    run = train([*LOSS_FALLS, (1, 1)], max_steps=4, average_checkpoints=2)
    assert run.pointer("averaged")["of"] == [3, 4]
    assert run.validated == [1, 2, 3, 4, 3.5]
    assert run.pointer("best")["step"] == 1
