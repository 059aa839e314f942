import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer_mt.data.micro_batching import cut_into_micro_batches, micro_batch_budget
from transformer_mt.errors import UserError


def padded_tokens(lengths, groups):
    return [len(group) * int(lengths[group].max()) for group in groups]


@pytest.mark.parametrize(
    ("tokens_per_update", "max_tokens_per_batch", "longest", "budget"),
    [
        (25_000, 8192, 256, 6250),  # four micro-batches of equal size
        (8192, 8192, 256, 8192),
        (8193, 8192, 256, 4097),
        (1000, 8192, 256, 1000),
        (100, 8192, 256, 256),  # never below the longest pair
        (1000, 300, 256, 256),  # 4 × 250, but a pair must fit
        (1000, 256, 256, 256),
    ],
)
def test_budget(tokens_per_update, max_tokens_per_batch, longest, budget):
    assert budget == micro_batch_budget(
        tokens_per_update=tokens_per_update,
        max_tokens_per_batch=max_tokens_per_batch,
        longest=longest,
    )


def test_a_budget_below_the_longest_pair_is_refused():
    with pytest.raises(UserError) as caught:
        micro_batch_budget(tokens_per_update=1000, max_tokens_per_batch=255, longest=256)
    message = str(caught.value)
    assert message.startswith("training.max_tokens_per_batch: 255 is less than")
    assert "at least 256" in message
    assert "data.max_source_length and data.max_target_length" in message


@given(
    lengths=st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=1),
    max_tokens=st.integers(30, 200),
)
def test_groups_are_a_partition_within_the_budget(lengths, max_tokens):
    source, target = np.array(lengths, dtype=np.int64).T
    groups = cut_into_micro_batches(source, target, max_tokens=max_tokens)
    assert sorted(np.concatenate(groups).tolist()) == list(range(len(lengths)))
    assert all(len(group) for group in groups)
    assert max(padded_tokens(source, groups)) <= max_tokens
    assert max(padded_tokens(target, groups)) <= max_tokens
    ascending = target[np.concatenate(groups)]
    assert (np.diff(ascending) >= 0).all()


def test_pairs_of_equal_lengths_keep_their_order():
    lengths = np.full(1000, 7)
    groups = cut_into_micro_batches(lengths, lengths, max_tokens=70)
    assert np.concatenate(groups).tolist() == list(range(1000))


def test_groups_are_filled_evenly():
    lengths = np.full(1010, 10)  # 10 full groups of 100, or 11 of 92 and one of 90
    groups = cut_into_micro_batches(lengths, lengths, max_tokens=1000)
    assert [len(group) for group in groups] == [92] * 10 + [90]


def test_a_pair_that_cannot_fit_is_a_bug():
    with pytest.raises(AssertionError, match="longer than the budget"):
        cut_into_micro_batches(np.array([3, 31]), np.array([3, 2]), max_tokens=30)


def test_padding_is_small_on_29000_pairs_of_common_lengths():
    """Lognormal lengths about 14 tokens, with a correlation of 0.8 between the two sides."""
    generator = np.random.default_rng(1)
    target_part, other_part = generator.normal(size=(2, 29_000))
    source_part = 0.8 * target_part + 0.6 * other_part
    target = np.exp(np.log(14) + 0.45 * target_part).round().clip(2, 255).astype(np.int64)
    source = np.exp(np.log(14) + 0.45 * source_part).round().clip(2, 255).astype(np.int64)
    groups = cut_into_micro_batches(source, target, max_tokens=4096)
    target_padding = 1 - target.sum() / sum(padded_tokens(target, groups))
    source_padding = 1 - source.sum() / sum(padded_tokens(source, groups))
    assert target_padding < 0.03
    assert source_padding < 0.20
    larger = np.maximum(padded_tokens(source, groups), padded_tokens(target, groups))
    assert larger.mean() > 0.97 * 4096
