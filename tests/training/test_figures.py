"""Figures that arrive late: the same training, and no update that is not finite."""

import json
from contextlib import ExitStack

import numpy as np
import pytest
import torch

from transformer_mt.config import TrainingConfig
from transformer_mt.data.batch import make_batch
from transformer_mt.data.sampler import MicroBatch, Position
from transformer_mt.errors import UserError
from transformer_mt.run_directory import RunDirectory
from transformer_mt.training import loss as loss_module
from transformer_mt.training.figures import can_be_blocked, copy_for
from transformer_mt.training.optimizer import optimizer_tensors

pytestmark = pytest.mark.usefixtures("passing")

BAD_UPDATE, BAD_TOKEN = 3, 11


class LateCopy:
    """A copy that arrives when it is read; counts how many were on their way at once."""

    on_their_way = most = 0

    def __init__(self, numbers):
        self.numbers = numbers.clone()
        type(self).on_their_way += 1
        type(self).most = max(self.most, self.on_their_way)

    def read(self):
        type(self).on_their_way -= 1
        return self.numbers.tolist()


@pytest.fixture
def late(monkeypatch):
    monkeypatch.setattr(LateCopy, "on_their_way", 0)
    monkeypatch.setattr(LateCopy, "most", 0)
    return LateCopy


class Updates:
    """Stands in for the sampler: one micro-batch and two in turn; update 3 holds a bad token."""

    def updates(self, start):
        number = start.pool
        while True:
            last = BAD_TOKEN if number + 1 == BAD_UPDATE else 10
            yield [self.micro_batch(number, place, last) for place in range(1 + number % 2)]
            number += 1

    @staticmethod
    def micro_batch(number, place, last):
        source, target = [[4, 5, 6], [7, 8]], [[9, 4], [5, 6, 7 + place]]
        if place == 0:
            target[0].append(last)
        return MicroBatch(
            batch=make_batch(source, target, pad_id=0, bos_id=2, eos_id=3),
            indices=np.array([10 * number + place, 10 * number + place + 5], dtype=np.uint32),
            epoch=0,
            position_after=Position(pool=number + 1),
        )


@pytest.fixture
def build(tmp_path, make_model, open_trainer):
    """Return a trainer of a small model, and a function that gives what it wrote down."""
    with ExitStack() as opened:

        def build(name, copy, **changes):
            run = RunDirectory(tmp_path / name)
            values = {
                "max_steps": 6,
                "warmup_steps": 2,
                "learning_rate": 0.01,
                "precision": "float32",
                "log_every_steps": 2,
                "save_every_steps": 1,
                "average_checkpoints": 0,
            }
            settings = TrainingConfig(**values | changes)
            model = make_model(num_encoder_layers=1, num_decoder_layers=1, dropout=0.1)
            trainer = open_trainer(run, model, Updates(), settings, copy=copy)
            return opened.enter_context(trainer)

        yield build


def tensors(trainer):
    """Return copies of the weights and of the optimizer's state, by name."""
    named = dict(trainer.model.named_parameters())
    named |= optimizer_tensors(trainer.model, trainer.optimizer)
    return {name: tensor.detach().clone() for name, tensor in named.items()}


def assert_equal(mine, other):
    assert mine.keys() == other.keys()
    for name, tensor in mine.items():
        assert torch.equal(tensor, other[name]), name


def metrics(trainer):
    path = trainer.memory._file.parent / "metrics.jsonl"
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [{name: value for name, value in r.items() if name != "timing"} for r in records]


def poison(monkeypatch, kind):
    """Let the loss or its gradient be infinite where the bad token is."""
    real = loss_module.linear_cross_entropy_sum

    def poisoned(hidden, weight, labels, **options):
        loss = real(hidden, weight, labels, **options)
        if not (labels == BAD_TOKEN).any():
            return loss
        if kind == "the loss":
            return loss * torch.inf
        loss.register_hook(lambda gradient: gradient * torch.inf)
        return loss

    monkeypatch.setattr(loss_module, "linear_cross_entropy_sum", poisoned)


OPTIMIZERS = pytest.mark.parametrize("optimizer", ["adam", "muon"])


@OPTIMIZERS
@pytest.mark.parametrize("save_every_steps", [1, 4])
def test_training_and_its_figures_are_the_same(build, late, save_every_steps, optimizer):
    options = {"save_every_steps": save_every_steps, "optimizer": optimizer}
    expected = build("here", None, **options)
    expected.run()
    trainer = build("late", late, **options)
    trainer.run()
    assert_equal(tensors(trainer), tensors(expected))
    assert trainer.state == expected.state
    assert metrics(trainer) == metrics(expected)
    # Who saves after each update has to know of it at once.
    assert (late.most, late.on_their_way) == (1 if save_every_steps == 1 else 2, 0)


@OPTIMIZERS
@pytest.mark.parametrize("kind", ["the loss", "a gradient"])
@pytest.mark.parametrize("save_every_steps", [1, 2, 5])
def test_an_update_that_is_not_finite_is_not_made(
    build, late, monkeypatch, kind, save_every_steps, optimizer
):
    before = build("before", None, max_steps=BAD_UPDATE - 1, optimizer=optimizer)
    before.run()
    messages = []
    for name, copy in (("here", None), ("late", late)):
        with monkeypatch.context() as patch:
            poison(patch, kind)
            options = {"save_every_steps": save_every_steps, "optimizer": optimizer}
            trainer = build(name, copy, log_every_steps=50, **options)
            with pytest.raises(UserError) as caught:
                trainer.run()
        messages.append(str(caught.value))
        assert_equal(tensors(trainer), tensors(before))
        assert trainer.state.step == BAD_UPDATE - 1
        saved = [checkpoint.step for checkpoint in trainer.milestones.store.all()]
        assert saved == [step for step in (1, 2) if step % save_every_steps == 0]
    assert messages[0] == messages[1]
    assert messages[0].startswith(
        f"Step 3: {kind} is not finite; the update was not made.\nBatch: epoch 1, pairs 20, 25 ("
    )


def test_updates_after_one_that_was_blocked_are_blocked(build, late, monkeypatch):
    poison(monkeypatch, "a gradient")
    trainer = build("late", late, save_every_steps=50, log_every_steps=50)
    made = trainer.updates()
    next(made), next(made)
    before = tensors(trainer)
    next(made)  # the bad one: nobody has looked yet
    assert_equal(tensors(trainer), before)
    with pytest.raises(UserError, match="Step 3: a gradient is not finite"):
        next(made)
    assert_equal(tensors(trainer), before)


def test_who_measures_hears_of_the_last_update(build, late, monkeypatch):
    poison(monkeypatch, "a gradient")
    trainer = build("late", late, save_every_steps=50, log_every_steps=50)
    made = trainer.updates()
    for _ in range(BAD_UPDATE):
        next(made)
    with pytest.raises(UserError, match="Step 3: a gradient is not finite"):
        trainer.settle()


def test_only_an_optimizer_that_takes_the_flag_is_not_waited_for(build):
    parameters = [torch.nn.Parameter(torch.zeros(2))]
    for optimizer in ("adam", "adamw", "muon"):
        assert can_be_blocked(build(optimizer, None, optimizer=optimizer).optimizer)
    unfused = torch.optim.Adam(parameters, fused=False)
    assert not can_be_blocked(unfused)
    assert copy_for(torch.device("cuda"), unfused) is None
    assert copy_for(torch.device("cpu"), build("other", None).optimizer) is None
