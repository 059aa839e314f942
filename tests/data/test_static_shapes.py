"""Batches of a few shapes: what they hold, how little is padding, and that blank rows are inert."""

from itertools import combinations, pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from transformer_mt.data.batch import make_batch
from transformer_mt.data.static_shapes import (
    BatchShape,
    _best_chain,
    choose_shapes,
    cut_to_shapes,
    padded_to,
)
from transformer_mt.training.loss import linear_cross_entropy_sum

PAD, BOS, EOS = 0, 2, 3


def draw_lengths(count, *, seed=0, longest=100):
    generator = np.random.default_rng(seed)
    source = np.clip(generator.lognormal(2.5, 0.6, count), 2, longest).astype(np.int64)
    target = np.clip(source * generator.normal(1.1, 0.2, count), 2, longest).astype(np.int64)
    return source, target


def choose(source, target, *, max_tokens=2048, longest=100, **options):
    limits = {"max_source_length": longest, "max_target_length": longest}
    return choose_shapes(source, target, max_tokens=max_tokens, **limits, **options)


def empty_share(lengths, groups, side):
    places = sum(shape.rows * getattr(shape, side) for shape, _ in groups)
    return 1 - lengths.sum() / places


def test_shapes_form_a_chain_that_holds_every_pair_and_keeps_the_budget():
    shapes = choose(*draw_lengths(3000))
    assert 2 < len(shapes) <= 12
    for inner, outer in pairwise(shapes):
        assert inner.source_len <= outer.source_len
        assert inner.target_len <= outer.target_len
        assert inner != outer
    assert (shapes[-1].source_len, shapes[-1].target_len) == (100, 100)
    for shape in shapes:
        assert 1 <= shape.rows * max(shape.source_len, shape.target_len) <= 2048


def test_the_shapes_of_a_corpus_are_always_the_same():
    assert choose(*draw_lengths(2000)) == choose(*draw_lengths(2000))
    assert choose(*draw_lengths(2000)) != choose(*draw_lengths(2000, seed=1))


def test_little_is_padding_and_more_shapes_leave_less():
    lengths = draw_lengths(20_000)
    shares = []
    for most in (1, 4, 12):
        shapes = choose(*lengths, max_tokens=4096, most=most)
        assert len(shapes) <= most
        groups = cut_to_shapes(*lengths, shapes)
        shares.append(empty_share(lengths[1], groups, "target_len"))
    assert shares[0] > 0.8
    assert shares[0] > shares[1] > shares[2]
    assert shares[2] < 0.25


def test_the_chain_is_the_best_of_all():
    generator = np.random.default_rng(3)
    grid = np.array([4, 8, 12])
    sources, targets = np.repeat(grid, 3), np.tile(grid, 3)
    for _ in range(20):
        held = generator.integers(0, 9, (3, 3)).cumsum(axis=0).cumsum(axis=1).ravel().astype(float)

        def cost(chain, held=held):
            before = [0.0, *(held[place] for place in chain)]
            return sum(
                (held[place] - less) * (sources[place] + targets[place])
                for place, less in zip(chain, before, strict=False)
            )

        chains = [
            (*inner, 8)
            for count in range(3)
            for inner in combinations(range(8), count)
            if all(
                sources[a] <= sources[b] and targets[a] <= targets[b]
                for a, b in pairwise((*inner, 8))
            )
        ]
        found = _best_chain(held, sources, targets, most=3)
        assert cost(found) == min(map(cost, chains))


@given(st.integers(1, 400), st.integers(0, 5), st.sampled_from([100, 256, 1000]))
def test_each_pair_is_in_one_batch_that_holds_it(count, seed, max_tokens):
    source, target = draw_lengths(count, seed=seed)
    shapes = choose(*draw_lengths(500, seed=9), max_tokens=max_tokens)
    groups = cut_to_shapes(source, target, shapes)
    assert sorted(place for _, group in groups for place in group) == list(range(count))
    for shape, group in groups:
        assert shape in shapes
        assert 1 <= len(group) <= shape.rows
        assert source[group].max() <= shape.source_len
        assert target[group].max() <= shape.target_len
    assert all(len(group) == shape.rows for shape, group in groups[:-1])


def test_what_is_left_moves_up_no_further_than_it_must():
    shapes = [BatchShape(3, 4, 4), BatchShape(2, 8, 8), BatchShape(1, 99, 99)]
    lengths = np.array([2, 3, 2, 4, 7])
    groups = [(s.rows, group.tolist()) for s, group in cut_to_shapes(lengths, lengths, shapes)]
    assert groups == [(3, [0, 2, 1]), (2, [3, 4])]
    groups = [(s.rows, g.tolist()) for s, g in cut_to_shapes(lengths[:4], lengths[:4], shapes)]
    assert groups == [(3, [0, 2, 1]), (3, [3])]


def make_small_batch():
    return make_batch([[4, 5, 6], [7]], [[9, 4], [5, 6, 7]], pad_id=PAD, bos_id=BOS, eos_id=EOS)


def padded(batch, shape):
    return padded_to(batch, shape, pad_id=PAD, bos_id=BOS, eos_id=EOS)


def test_a_batch_is_padded_to_exactly_its_shape():
    batch = padded(make_small_batch(), BatchShape(4, 6, 5))
    assert batch.source_ids.tolist() == [
        [4, 5, 6, EOS, PAD, PAD],
        [7, EOS, PAD, PAD, PAD, PAD],
        [EOS, PAD, PAD, PAD, PAD, PAD],
        [EOS, PAD, PAD, PAD, PAD, PAD],
    ]
    assert batch.target_input_ids.tolist() == [
        [BOS, 9, 4, PAD, PAD],
        [BOS, 5, 6, 7, PAD],
        [BOS, PAD, PAD, PAD, PAD],
        [BOS, PAD, PAD, PAD, PAD],
    ]
    assert batch.target_label_ids.tolist() == [
        [9, 4, EOS, PAD, PAD],
        [5, 6, 7, EOS, PAD],
        [PAD] * 5,
        [PAD] * 5,
    ]
    assert (batch.num_source_tokens, batch.num_target_tokens) == (6, 7)


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_padding_and_blank_rows_change_neither_loss_nor_gradients(make_model, norm):
    model = make_model(norm=norm).train()
    results = []
    for batch in (make_small_batch(), padded(make_small_batch(), BatchShape(5, 9, 7))):
        model.zero_grad()
        loss = linear_cross_entropy_sum(
            model.hidden(batch.source_ids, batch.target_input_ids),
            model.output_projection.weight,
            batch.target_label_ids,
            pad_id=PAD,
            label_smoothing=0.1,
            num_labels=batch.num_target_tokens,
        )
        loss.backward()
        results.append([loss.detach(), *(p.grad for p in model.parameters())])
    for mine, other in zip(*results, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-5)
