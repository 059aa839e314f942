"""The loop against its recipe in plain torch, written by hand on the joint batch of an update."""

import copy
import json
import math
import random
from itertools import groupby

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from transformer_mt.config import TrainingConfig
from transformer_mt.data.batch import make_batch
from transformer_mt.data.sampler import MicroBatch, Position
from transformer_mt.errors import UserError
from transformer_mt.run_directory import RunDirectory
from transformer_mt.training.state import Validation

pytestmark = pytest.mark.usefixtures("passing")

PAD, BOS, EOS = 0, 2, 3
SOURCE_VOCAB, TARGET_VOCAB = 13, 17
# Pairs of each micro-batch, and their lengths: unequal, so that a wrong division shows.
MICRO_BATCHES = ((5, 2, 4), (1, 9, 12), (3, 5, 7))
NUM_STEPS = 4
RECIPE = {
    "max_steps": NUM_STEPS,
    "warmup_steps": 6,  # each step has a rate of its own
    "learning_rate": 0.05,
    "adam_epsilon": 1e-3,  # so large that Adam does not hide the size of a gradient
    "max_grad_norm": 0.5,
    "label_smoothing": 0.1,
    "precision": "float32",
    "log_every_steps": 1,
    "average_checkpoints": 0,
}


def make_updates(count, *, seed=0):
    """Draw updates: lists of micro-batches, which are lists of pairs of id lists."""
    generator = random.Random(seed)

    def draw(vocab_size, shortest, longest):
        length = generator.randint(shortest, longest)
        return [generator.randrange(4, vocab_size) for _ in range(length)]

    return [
        [
            [(draw(SOURCE_VOCAB, *ends), draw(TARGET_VOCAB, *ends)) for _ in range(num_pairs)]
            for num_pairs, *ends in MICRO_BATCHES
        ]
        for _ in range(count)
    ]


UPDATES = make_updates(NUM_STEPS)
TOKENS = [sum(len(t) + 1 for pairs in update for _, t in pairs) for update in UPDATES]


class FixedUpdates:
    """Stands in for the sampler: gives `UPDATES`, two to an epoch."""

    def updates(self, start):
        assert start == Position()
        for number, update in enumerate(UPDATES):
            positions = [Position(number // 2, number % 2, place) for place in range(1, 4)]
            positions[-1] = Position((number + 1) // 2, (number + 1) % 2)
            yield [
                MicroBatch(
                    batch=make_batch(*zip(*pairs, strict=True), pad_id=PAD, bos_id=BOS, eos_id=EOS),
                    indices=np.arange(len(pairs), dtype=np.uint32),
                    epoch=number // 2,
                    position_after=position,
                )
                for pairs, position in zip(update, positions, strict=True)
            ]


@pytest.fixture
def model(make_model):
    return make_model(
        source_vocab_size=SOURCE_VOCAB,
        target_vocab_size=TARGET_VOCAB,
        num_encoder_layers=1,
        num_decoder_layers=1,
    )


@pytest.fixture
def train(tmp_path, open_trainer):
    """Train a copy of a model by `UPDATES`; give the trainer and the logged objects."""

    def train(model, *, validate=None, **changes):
        run = RunDirectory(tmp_path / str(len(list(tmp_path.iterdir()))))
        settings = TrainingConfig(**RECIPE | changes)
        model = copy.deepcopy(model)
        with open_trainer(run, model, FixedUpdates(), settings, validate=validate) as trainer:
            trainer.run()
        records = [json.loads(line) for line in run.metrics.read_text("utf-8").splitlines()]
        return trainer, [record for record in records if record["type"] == "train"]

    return train


class Recorded:
    """Stands in for the compiled model."""

    uses_graphs = True

    def __init__(self, trainer, error=None):
        self.trainer, self.error = trainer, error

    def compile_all(self, shapes, pass_batch):
        if self.error:
            raise self.error
        self.gradients = [parameter.grad for parameter in self.trainer.model.parameters()]
        pass_batch(next(self.trainer.sampler.updates(Position()))[0].batch)
        return 1.0


@pytest.fixture
def compiling(model, tmp_path, open_trainer):
    """Return a trainer, to be given what stands in for a compiled model."""
    sampler = FixedUpdates()
    sampler.shapes = [None]
    settings = TrainingConfig(**RECIPE)
    with open_trainer(RunDirectory(tmp_path / "compiled"), model, sampler, settings) as trainer:
        yield trainer


def test_graphs_find_gradients_of_their_own_when_they_are_recorded(compiling):
    """Else autograd would take those over that the first replay writes, and the next destroys."""
    compiling.compiled = recorded = Recorded(compiling)
    assert compiling.compile_all() == 1.0
    parameters = list(compiling.model.parameters())
    assert all(map(torch.is_tensor, recorded.gradients))
    # Two threads add to the tensors of the first, whatever they add.
    for parameter, gradient in zip(parameters, recorded.gradients, strict=True):
        assert parameter.grad is gradient


def test_too_little_memory_to_compile_names_the_key(compiling):
    compiling.compiled = Recorded(compiling, torch.OutOfMemoryError("CUDA out of memory."))
    compiling.memory._may_halve = False  # as the trainer builds it with a compiled model
    with pytest.raises(UserError, match=r"training\.max_tokens_per_batch=4096"):
        compiling.compile_all()


def padded(sequences):
    return pad_sequence([torch.tensor(ids) for ids in sequences], batch_first=True)


def mean_loss(model, pairs, *, label_smoothing):
    """The loss of a batch, divided by its labels."""
    logits = model(padded([*s, EOS] for s, _ in pairs), padded([BOS, *t] for _, t in pairs))
    labels = padded([*t, EOS] for _, t in pairs)
    return F.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=PAD, label_smoothing=label_smoothing
    )


def train_by_hand(
    model,
    *,
    label_smoothing=0.1,
    max_grad_norm=0.5,
    rates=tuple(0.05 * step / 6 for step in range(1, NUM_STEPS + 1)),
    jointly=True,
):
    """Return a trained copy, and the loss, gradient norm and rate of each step.

    Without `jointly` each micro-batch is divided by its own labels, which is wrong.
    """
    model = copy.deepcopy(model).train()
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-3)
    steps = []
    for update, rate in zip(UPDATES, rates, strict=True):
        batches = [[pair for pairs in update for pair in pairs]] if jointly else update
        losses = [mean_loss(model, pairs, label_smoothing=label_smoothing) for pairs in batches]
        loss = torch.stack(losses).mean()
        optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), max_grad_norm)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
        steps.append({"loss": loss.item(), "grad_norm": norm.item(), "learning_rate": rate})
    return model, steps


def distance(model, other):
    """Return the largest difference of a weight."""
    pairs = zip(model.parameters(), other.parameters(), strict=True)
    return max((mine - its).abs().max().item() for mine, its in pairs)


@pytest.mark.parametrize("max_grad_norm", [0.5, 0.0])
def test_an_update_of_micro_batches_is_a_plain_step_on_all_their_pairs(model, train, max_grad_norm):
    expected, steps = train_by_hand(model, max_grad_norm=max_grad_norm or math.inf)
    assert all(step["grad_norm"] > 0.5 for step in steps), "clipping does nothing"
    trainer, records = train(model, max_grad_norm=max_grad_norm)
    assert distance(trainer.model, expected) < 1e-5
    for record, step in zip(records, steps, strict=True):
        assert {name: record[name] for name in step} == pytest.approx(step, rel=1e-5)
    assert trainer.state.step == NUM_STEPS
    assert trainer.state.position == Position(epoch=2)
    assert trainer.state.target_tokens == sum(TOKENS)


@pytest.mark.parametrize(
    "mistake",
    [
        {"jointly": False},
        {"max_grad_norm": math.inf},
        {"label_smoothing": 0.0},
        {"rates": [0.05] * NUM_STEPS},
        {"rates": [0.05 * step / 6 for step in range(NUM_STEPS)]},
    ],
    ids=["own tokens", "no clipping", "no smoothing", "no schedule", "rate of the step before"],
)
def test_a_mistake_in_the_recipe_would_show(model, mistake):
    """What the test above allows for rounding is far less than any of these."""
    assert distance(train_by_hand(model)[0], train_by_hand(model, **mistake)[0]) > 1e-3


def test_a_logged_loss_is_the_mean_over_the_tokens_since_the_last(model, train):
    _, steps = train_by_hand(model)
    sums = [step["loss"] * tokens for step, tokens in zip(steps, TOKENS, strict=True)]
    _, records = train(model, log_every_steps=3)
    assert [record["step"] for record in records] == [3, 4]
    assert [record["target_tokens"] for record in records] == [sum(TOKENS[:3]), sum(TOKENS)]
    assert records[0]["loss"] == pytest.approx(sum(sums[:3]) / sum(TOKENS[:3]), rel=1e-5)
    assert records[1]["loss"] == pytest.approx(steps[3]["loss"], rel=1e-5)


def test_the_logged_update_norm_is_that_of_the_change_of_all_weights(model, train):
    """Of the steps that are logged, the last one included."""
    after = [model] + [train(model, max_steps=steps)[0].model for steps in range(1, NUM_STEPS + 1)]
    vectors = [nn.utils.parameters_to_vector(each.parameters()).double() for each in after]
    _, records = train(model, log_every_steps=3)
    assert [record["step"] for record in records] == [3, 4]
    for record in records:
        step = record["step"]
        expected = (vectors[step] - vectors[step - 1]).norm().item()
        assert record["update_norm"] == pytest.approx(expected, rel=1e-5)
    _, (record,) = train(model, max_epochs=1, log_every_steps=100)
    assert record["update_norm"] == pytest.approx((vectors[2] - vectors[1]).norm().item(), rel=1e-5)


def test_training_ends_with_the_last_epoch(model, train):
    trainer, records = train(model, max_epochs=1)
    assert trainer.state.step == 2
    assert trainer.milestones.ended_by() == "training.max_epochs"
    assert [record["step"] for record in records] == [1, 2]


def test_dropout_works_in_updates_and_not_in_validations(model, train):
    modes = []

    def validate(model):
        modes.append(("validation", model.training))
        return Validation(1.0, 0.0, "")

    model.encoder.register_forward_hook(
        lambda encoder, inputs, output: modes.append(("update", encoder.training))
    )
    train(model, validate=validate, validate_every_steps=2)
    in_turn = [mode for mode, _ in groupby(modes)]
    assert in_turn == 2 * [("update", True), ("validation", False)]
    assert modes.count(("update", True)) >= NUM_STEPS * len(MICRO_BATCHES)


def test_bfloat16_is_autocast_and_close_to_float32(model, train):
    types = set()

    def watch(module, inputs, output):
        types.add(("training" if module.training else "validation", output.dtype))

    for module in (*model.encoder.modules(), *model.decoder.modules()):
        if isinstance(module, nn.Linear):
            module.register_forward_hook(watch)

    def validate(model):
        mean_loss(model, UPDATES[0][0], label_smoothing=0.0)
        return Validation(1.0, 0.0, "")

    exact, exact_records = train(model, validate=validate, max_steps=2)
    assert types == {("training", torch.float32), ("validation", torch.float32)}
    types.clear()
    rough, rough_records = train(model, validate=validate, max_steps=2, precision="bfloat16")
    assert types == {("training", torch.bfloat16), ("validation", torch.float32)}
    assert rough.optimizer.state
    for state in rough.optimizer.state.values():
        assert {tensor.dtype for tensor in state.values()} == {torch.float32}
    assert {parameter.dtype for parameter in rough.model.parameters()} == {torch.float32}
    for mine, its in zip(rough_records, exact_records, strict=True):
        assert mine["loss"] != its["loss"]
        assert mine["loss"] == pytest.approx(its["loss"], rel=1e-2)
    assert 0 < distance(rough.model, exact.model) < 0.5 * distance(exact.model, model)
