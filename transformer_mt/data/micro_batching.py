"""Cutting a pool of pairs into micro-batches of similar length within a token budget."""

import math

import numpy as np
import numpy.typing as npt

from transformer_mt.errors import UserError

Indices = npt.NDArray[np.int64]


def micro_batch_budget(*, tokens_per_update: int, max_tokens_per_batch: int, longest: int) -> int:
    """Return how many padded tokens of one side a micro-batch may hold.

    An update is cut into as few micro-batches as `max_tokens_per_batch` allows, of equal
    size, but never smaller than the `longest` pair that may have to fit.

    Raises:
        UserError: the longest pair would not fit into `max_tokens_per_batch`.
    """
    if max_tokens_per_batch < longest:
        raise UserError(
            f"training.max_tokens_per_batch: {max_tokens_per_batch} is less than the longest "
            f"sentence allowed, {longest} tokens.\n"
            f"Raise it to at least {longest}, or lower data.max_source_length and "
            "data.max_target_length."
        )
    accumulation = math.ceil(tokens_per_update / max_tokens_per_batch)
    return max(math.ceil(tokens_per_update / accumulation), longest)


def cut_into_micro_batches(
    source_lengths: Indices, target_lengths: Indices, *, max_tokens: int
) -> list[Indices]:
    """Return groups of places in the two arrays, each within the budget, shortest first.

    A group's number of pairs times its longest source, and times its longest target, is at
    most `max_tokens`. Groups are as few as a greedy cut of the sorted pairs gives, and filled
    evenly. Pairs of equal lengths keep their order.
    """
    # Source lengths rise and fall in turn from one target length to the next, so that a group
    # that spans two target lengths does not mix the longest sources with the shortest.
    rising = np.where(target_lengths % 2 == 0, source_lengths, -source_lengths)
    order = np.lexsort((rising, target_lengths))
    source_lengths, target_lengths = source_lengths[order], target_lengths[order]
    ends = _even_cut(source_lengths, target_lengths, max_tokens=max_tokens)
    return np.split(order, ends[:-1])


def _even_cut(source_lengths: Indices, target_lengths: Indices, *, max_tokens: int) -> list[int]:
    """Return the cut by the smallest budget that needs no more groups than `max_tokens`."""
    best = _greedy_cut(source_lengths, target_lengths, max_tokens=max_tokens)
    too_small = int(max(source_lengths.max(), target_lengths.max())) - 1
    enough = max_tokens
    while enough - too_small > 1:
        middle = (too_small + enough) // 2
        ends = _greedy_cut(source_lengths, target_lengths, max_tokens=middle)
        if len(ends) <= len(best):
            best, enough = ends, middle
        else:
            too_small = middle
    return best


def _greedy_cut(source_lengths: Indices, target_lengths: Indices, *, max_tokens: int) -> list[int]:
    """Return where each group ends, when each takes as many of the next pairs as fit.

    Target lengths are in ascending order.
    """
    ends = []
    start = 0
    while start < len(source_lengths):
        most = max_tokens // int(target_lengths[start])  # if no later target is longer
        sizes = np.arange(1, min(most, len(source_lengths) - start) + 1)
        targets = target_lengths[start : start + most]
        sources = np.maximum.accumulate(source_lengths[start : start + most])
        fits = np.maximum(sources, targets) * sizes <= max_tokens  # true, …, true, false, …
        size = int(np.count_nonzero(fits))
        assert size > 0, "a pair is longer than the budget"
        start += size
        ends.append(start)
    return ends
