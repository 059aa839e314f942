"""A batch cut into parts: nothing is lost, everything fits, and gradients add up."""

import copy
from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from transformer_mt.data.batch import make_batch
from transformer_mt.training.loss import batch_loss
from transformer_mt.training.splitting import split_batch, split_in_two

PAD, BOS, EOS = 0, 2, 3


def batch_of(lengths):
    """Return a batch of pairs of these lengths, `</s>` counted; each id names its pair."""
    sides = zip(*lengths, strict=True)
    source, target = (
        [[4 + row] * (length - 1) for row, length in enumerate(side)] for side in sides
    )
    return make_batch(source, target, pad_id=PAD, bos_id=BOS, eos_id=EOS)


def pairs_of(batch):
    """Return the rows of a batch without padding, as a set of tuples."""
    rows = zip(batch.source_ids, batch.target_input_ids, batch.target_label_ids, strict=True)
    return [tuple(tuple(ids[ids != PAD].tolist()) for ids in row) for row in rows]


LENGTHS = st.lists(st.tuples(st.integers(2, 9), st.integers(2, 9)), min_size=1, max_size=12)


@given(lengths=LENGTHS, max_tokens=st.integers(1, 120))
def test_each_pair_is_in_one_part_that_fits(lengths, max_tokens):
    batch = batch_of(lengths)
    parts = split_batch(batch, max_tokens=max_tokens, pad_id=PAD)
    assert sorted(chain.from_iterable(map(pairs_of, parts))) == sorted(pairs_of(batch))
    assert sum(part.num_target_tokens for part in parts) == batch.num_target_tokens
    assert sum(part.num_source_tokens for part in parts) == batch.num_source_tokens
    for part in parts:
        pairs, source_len = part.source_ids.shape
        assert part.target_input_ids.shape == part.target_label_ids.shape
        size = pairs * max(source_len, part.target_label_ids.shape[1])
        assert size <= max_tokens or pairs == 1
        assert part.num_target_tokens == int((part.target_label_ids != PAD).sum())
        for ids in (part.source_ids, part.target_label_ids):
            assert (ids[:, -1] != PAD).any(), "padding that no pair of the part needs"
    again = split_batch(batch_of(lengths), max_tokens=max_tokens, pad_id=PAD)
    assert [pairs_of(part) for part in again] == [pairs_of(part) for part in parts]


@given(lengths=LENGTHS)
def test_what_fits_stays_the_same_batch(lengths):
    batch = batch_of(lengths)
    size = len(lengths) * int(np.max(lengths))
    (part,) = split_batch(batch, max_tokens=size, pad_id=PAD)
    assert part is batch
    if len(lengths) > 1:
        assert len(split_batch(batch, max_tokens=size - 1, pad_id=PAD)) > 1


def test_a_halved_batch_has_two_halves():
    parts = split_batch(batch_of([(8, 8)] * 6), max_tokens=24, pad_id=PAD)
    assert [len(part.source_ids) for part in parts] == [3, 3]


def test_a_sentence_longer_than_the_budget_is_alone():
    parts = split_batch(batch_of([(2, 3), (9, 2), (3, 3), (2, 8)]), max_tokens=6, pad_id=PAD)
    assert [tuple(part.source_ids.shape) for part in parts] == [(1, 9), (1, 2), (2, 3)]


@pytest.mark.parametrize("max_tokens", [9, 20, 40])
def test_the_gradients_of_the_parts_add_up(make_model, max_tokens):
    generator = np.random.default_rng(1)
    sides = (
        [generator.integers(4, size, n).tolist() for n in (3, 8, 5, 2, 7)] for size in (13, 17)
    )
    batch = make_batch(*sides, pad_id=PAD, bos_id=BOS, eos_id=EOS)
    model = make_model().train()
    whole = copy.deepcopy(model)

    def add_gradients(model, batch):
        loss = batch_loss(model, batch, label_smoothing=0.1)
        loss.backward()
        return loss.item()

    parts = split_batch(batch, max_tokens=max_tokens, pad_id=PAD)
    assert len(parts) > 1
    losses = [add_gradients(model, part) for part in parts]
    assert sum(losses) == pytest.approx(add_gradients(whole, batch), rel=1e-5)
    for mine, its in zip(model.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, its.grad, atol=1e-5, rtol=1e-5)


def cost(batch):
    return batch.source_ids.numel() + batch.target_label_ids.numel()


@given(lengths=LENGTHS)
def test_two_parts_hold_all_pairs_and_cost_as_evenly_as_any_cut_of_a_sorted_batch(lengths):
    batch = batch_of(lengths)
    parts = split_in_two(batch, pad_id=PAD)
    assert len(parts) == min(2, len(lengths))
    assert sorted(chain.from_iterable(map(pairs_of, parts))) == sorted(pairs_of(batch))
    assert sum(part.num_target_tokens for part in parts) == batch.num_target_tokens
    assert sum(part.num_source_tokens for part in parts) == batch.num_source_tokens
    if len(lengths) == 1:
        assert parts == [batch]
        return
    cuts = []
    for side in (0, 1):
        ordered = sorted(lengths, key=lambda pair: pair[side])
        for end in range(1, len(ordered)):
            both = (ordered[:end], ordered[end:])
            cuts.append(max(len(p) * (max(p)[0] + max(t for _, t in p)) for p in both))
    assert max(map(cost, parts)) == min(cuts)
