"""Steps that run out of memory: done again in parts, and written down."""

import hashlib
import json
import random
import re
import weakref
from contextlib import closing

import numpy as np
import pytest
import torch

from transformer_mt.config import TrainingConfig
from transformer_mt.data.batch import make_batch
from transformer_mt.data.sampler import MicroBatch, Position
from transformer_mt.errors import UserError
from transformer_mt.run_directory import RunDirectory
from transformer_mt.training.memory_budget import MemoryBudget
from transformer_mt.training.progress import Reporter
from transformer_mt.training.trainer import Trainer, seed_dropout

pytestmark = pytest.mark.usefixtures("passing")

PAD, BOS, EOS = 0, 2, 3
NUM_STEPS, MICRO_BATCHES, PAIRS = 4, 3, 6
SETTINGS = {
    "max_steps": NUM_STEPS,
    "max_tokens_per_batch": 64,
    "warmup_steps": 2,
    "learning_rate": 0.01,
    "adam_epsilon": 1e-3,
    "precision": "float32",
    "log_every_steps": 1,
    "average_checkpoints": 0,
}


def full(_):
    return torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


class Updates:
    """Stands in for the sampler: micro-batches of 6 pairs, of 60 and 54 padded tokens."""

    def updates(self, start):
        generator = random.Random(3)
        for step in range(NUM_STEPS):
            update = []
            for place in range(MICRO_BATCHES):
                lengths = [generator.randint(4, 8) for _ in range(PAIRS - 1)] + [9 - place % 2]
                sides = [
                    [[generator.randrange(4, size) for _ in range(n)] for n in lengths]
                    for size in (13, 17)
                ]
                update.append(
                    MicroBatch(
                        batch=make_batch(*sides, pad_id=PAD, bos_id=BOS, eos_id=EOS),
                        indices=np.arange(PAIRS, dtype=np.uint32),
                        epoch=0,
                        position_after=Position(0, 0, step * MICRO_BATCHES + place + 1),
                    )
                )
            if start.micro_batch <= step * MICRO_BATCHES:
                yield update


class Outcome:
    """What a training left."""

    def __init__(self, trainer, run):
        self.weights = [parameter.detach() for parameter in trainer.model.parameters()]
        self.state = trainer.state
        self.records = [json.loads(line) for line in run.metrics.read_text("utf-8").splitlines()]
        for record in self.records:
            del record["timing"]
        self.log = run.log.read_text("utf-8")
        self.run = run

    def halvings(self):
        return json.loads(self.run.halvings.read_text("utf-8"))


@pytest.fixture
def train(tmp_path, make_model, open_trainer, monkeypatch):
    """Train where parts larger than `fits(step)` run out of memory; see `error`."""
    original = Trainer._forward_backward

    def train(*, fits=lambda step: 10**9, error=full, dropout=0.0, halvings=None, **changes):
        run = RunDirectory(tmp_path / str(len(list(tmp_path.iterdir()))))
        run.path.mkdir()
        if halvings is not None:
            run.halvings.write_text(json.dumps(halvings), encoding="utf-8")
        settings = TrainingConfig(**SETTINGS | changes)
        model = make_model(num_encoder_layers=1, num_decoder_layers=1, dropout=dropout)
        tried, left = [], []

        def limited(self, batch, *, num_tokens, last):
            assert all(reference() is None for reference in left), "memory is held"
            loss = original(self, batch, num_tokens=num_tokens, last=last)
            taken = torch.zeros(5)
            step = self.state.step + 1
            longest = max(batch.source_ids.shape[1], batch.target_label_ids.shape[1])
            size = len(batch.source_ids) * longest
            tried.append((step, size))
            if size > fits(step):
                left.append(weakref.ref(taken))
                raise error(step)
            return loss

        monkeypatch.setattr(Trainer, "_forward_backward", limited)
        with open_trainer(run, model, Updates(), settings) as trainer:
            trainer.run()
        outcome = Outcome(trainer, run)
        outcome.tried = tried
        return outcome

    return train


def distance(outcome, other):
    pairs = zip(outcome.weights, other.weights, strict=True)
    return max((mine - its).abs().max().item() for mine, its in pairs)


def test_the_update_is_the_undisturbed_one(train):
    undisturbed = train()
    assert not undisturbed.run.halvings.exists()
    assert {record["type"] for record in undisturbed.records} == {"train", "validation"}
    halved = train(fits=lambda step: 40 if step >= 2 else 10**9)
    assert 0 < distance(halved, undisturbed) < 1e-5
    assert halved.state.position == undisturbed.state.position
    assert halved.state.target_tokens == undisturbed.state.target_tokens
    mine = [record for record in halved.records if record["type"] == "train"]
    its = [record for record in undisturbed.records if record["type"] == "train"]
    for record, expected in zip(mine, its, strict=True):
        assert record.pop("type") == expected.pop("type")
        assert record == pytest.approx(expected, rel=1e-4)


def test_the_step_is_done_again_from_its_first_micro_batch(train):
    halved = train(fits=lambda step: 55 if step >= 2 else 10**9, max_steps=3)
    assert [size for step, size in halved.tried if step == 1] == [60, 54, 60]
    second = [size for step, size in halved.tried if step == 2]
    assert second[0] == 60, "the first attempt ends with the first micro-batch"
    assert all(size <= 32 for size in second[1:])
    assert len(second) - 1 == 3 * 2
    assert all(size <= 32 for step, size in halved.tried if step == 3)


def test_a_later_micro_batch_may_be_too_large(train):
    """What the ones before it have added to the gradients is dropped."""
    seen = []

    def fits(step):
        seen.append(step)
        return 59 if step == 3 and seen.count(3) == 3 else 10**9

    undisturbed = train()
    third = train(fits=fits)
    assert [size for step, size in third.tried if step == 3][:3] == [60, 54, 60]
    assert len(third.halvings()) == 1
    assert distance(third, undisturbed) < 1e-5


def test_it_is_halved_until_it_fits_and_said_each_time(train):
    halved = train(fits=lambda step: 20 if step >= 3 else 10**9)
    assert halved.halvings() == [
        {"step": 3, "max_tokens_per_batch": 32},
        {"step": 3, "max_tokens_per_batch": 16},
    ]
    memory = [record for record in halved.records if record["type"] == "memory"]
    assert memory == [{"type": "memory", **halving} for halving in halved.halvings()]
    assert [record["step"] for record in halved.records] == [1, 2, 3, 3, 3, 4, 4]
    assert "step 3: out of memory; training.max_tokens_per_batch is 16 from here on" in halved.log


def test_a_budget_far_above_the_batch_is_halved_until_it_cuts_it(train):
    halved = train(fits=lambda step: 59, max_tokens_per_batch=4096)
    assert halved.halvings() == [{"step": 1, "max_tokens_per_batch": 32}]


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_the_record_alone_repeats_a_halving_bit_for_bit(train, dropout):
    first = train(fits=lambda step: {2: 40, 3: 20}.get(step, 10**9), dropout=dropout)
    again = train(halvings=first.halvings(), dropout=dropout)
    assert distance(again, first) == 0.0
    assert again.records == first.records
    assert again.halvings() == first.halvings()
    assert distance(train(dropout=dropout), first) > 0.0


def test_memory_may_run_out_before_a_halving_that_is_on_record(train):
    halved = train(
        fits=lambda step: 40 if step == 2 else 10**9,
        halvings=[{"step": 4, "max_tokens_per_batch": 8}],
    )
    assert halved.halvings() == [
        {"step": 2, "max_tokens_per_batch": 32},
        {"step": 4, "max_tokens_per_batch": 8},
    ]
    memory = [record["step"] for record in halved.records if record["type"] == "memory"]
    assert memory == [2, 4]


@pytest.mark.parametrize(
    "error",
    [
        lambda _: RuntimeError(
            "[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory: you "
            "tried to allocate 9 bytes. Error code 12 (Cannot allocate memory)"
        ),
        lambda _: MemoryError("std::bad_alloc"),
        lambda _: RuntimeError("MPS backend out of memory (MPS allocated: 9.0 GB)"),
        lambda _: RuntimeError(
            "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"
        ),
    ],
)
def test_every_device_says_it_in_its_own_way(train, error):
    assert train(fits=lambda step: 40, error=error).halvings()[0]["max_tokens_per_batch"] == 32


def test_other_errors_are_not_taken_for_it(train):
    with pytest.raises(RuntimeError, match="shapes"):
        train(fits=lambda step: 40, error=lambda _: RuntimeError("shapes do not match"))


@pytest.mark.parametrize("checkpointing", [False, True])
def test_a_single_pair_that_does_not_fit_ends_training(train, checkpointing):
    with pytest.raises(UserError) as caught:
        train(fits=lambda step: 8, activation_checkpointing=checkpointing)
    assert caught.value.exit_code == 1
    message = str(caught.value)
    found = re.match(r"Step 1: the device has too little memory for one pair of (\d+) tok", message)
    half = int(found[1]) // 2
    assert half in (4, 5)
    assert f"data.max_source_length and data.max_target_length of {half}" in message
    assert ("training.activation_checkpointing=true" in message) is not checkpointing
    assert len(message.splitlines()) <= 5


def budget_of(run, reporter, **changes):
    return MemoryBudget(
        TrainingConfig(max_tokens_per_batch=64, **changes),
        run,
        device=torch.device("cpu"),
        pad_id=PAD,
        reporter=reporter,
        world_size=2,
    )


def test_with_several_ranks_it_is_an_error_that_names_what_fits(tmp_path):
    run = RunDirectory(tmp_path)
    calls = []

    def work():
        calls.append(1)
        raise full(1)

    with closing(Reporter(run, quiet=True)) as reporter:
        budget = budget_of(run, reporter)
        assert budget.attempt(1, lambda: 5) == 5
        with pytest.raises(UserError) as caught:
            budget.attempt(7, work)
    assert caught.value.exit_code == 1
    assert "too little memory for training.max_tokens_per_batch 64." in str(caught.value)
    assert "training.max_tokens_per_batch=32" in str(caught.value)
    assert len(calls) == 1
    assert not run.halvings.exists()


@pytest.mark.parametrize("content", ["{", "[1]", '[{"step": 1}]'])
def test_a_damaged_record_is_named(tmp_path, content):
    run = RunDirectory(tmp_path)
    run.halvings.write_text(content, encoding="utf-8")
    with closing(Reporter(run, quiet=True)) as reporter, pytest.raises(UserError) as caught:
        budget_of(run, reporter)
    assert str(caught.value).startswith(f"{run.halvings}: is damaged. Delete it")


def test_a_whole_micro_batch_is_seeded_as_ever_and_each_part_by_itself():
    def first_draw(*place):
        seed_dropout(*place)
        return torch.rand(1).item()

    digest = hashlib.blake2b(b"3 5 0", digest_size=8).digest()
    torch.manual_seed(int.from_bytes(digest, "little") >> 1)
    whole = torch.rand(1).item()
    assert first_draw(3, 5, 0) == first_draw(3, 5, 0, None) == whole
    draws = {first_draw(3, 5, 0, None), first_draw(3, 5, 0, 0), first_draw(3, 5, 0, 1)}
    assert len(draws | {first_draw(3, 50, 0), first_draw(3, 5, 1), first_draw(3, 5, 1, 0)}) == 6
