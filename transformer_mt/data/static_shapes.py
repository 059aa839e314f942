"""Batches of a few fixed shapes, for kernels that are compiled for each shape.

The shapes form a chain: each holds every pair that the one before it holds. A pair belongs to the
first that holds it, and may move up where there are too few of its kind to fill a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from torch import Tensor
from torch.nn import functional as F

from transformer_mt.data.batch import Batch
from transformer_mt.data.micro_batching import Indices

MOST_SHAPES = 12
_FINEST_STEP = 4  # in tokens; longer sentences are told apart by an eighth of their length
_ROWS_IN_A_TILE, _ROWS_TO_ROUND = 8, 64  # many rows are rounded down, for the matrix units


@dataclass(frozen=True)
class BatchShape:
    """Rows of a batch, and the places for tokens in each row."""

    rows: int
    source_len: int
    target_len: int


def choose_shapes(
    source_lengths: Indices,
    target_lengths: Indices,
    *,
    max_source_length: int,
    max_target_length: int,
    max_tokens: int,
    most: int = MOST_SHAPES,
) -> list[BatchShape]:
    """Return at most `most` shapes that leave the fewest places empty, smallest first.

    Of all chains of shapes on a grid of lengths it is the best one, found by dynamic programming.

    Args:
        source_lengths: of the pairs to be batched, or a sample of them; `</s>` counted.
        target_lengths: of the same pairs.
        max_source_length: which the last shape holds; no pair is longer.
        max_target_length: of the other side.
        max_tokens: places of one side that a batch may have.
        most: from 1 up.
    """
    source_grid, target_grid = _grid(max_source_length), _grid(max_target_length)
    # Of each pair of grid lengths: how many pairs of sentences they hold.
    counts = np.zeros((len(source_grid), len(target_grid)))
    places = (
        np.searchsorted(source_grid, source_lengths),
        np.searchsorted(target_grid, target_lengths),
    )
    np.add.at(counts, places, 1)
    held = counts.cumsum(axis=0).cumsum(axis=1).ravel()
    sources = np.repeat(source_grid, len(target_grid))
    targets = np.tile(target_grid, len(source_grid))
    chain = _best_chain(held, sources, targets, most=most)
    return [
        BatchShape(_rows(max_tokens // int(max(s, t))), int(s), int(t))
        for s, t in zip(sources[chain], targets[chain], strict=True)
    ]


def _grid(longest: int) -> Indices:
    """Return the lengths that a shape may have, in ascending order."""
    lengths = [min(_FINEST_STEP, longest)]
    while lengths[-1] < longest:
        step = max(_FINEST_STEP, lengths[-1] // 8 // _FINEST_STEP * _FINEST_STEP)
        lengths.append(min(lengths[-1] + step, longest))
    return np.array(lengths)


def _rows(most: int) -> int:
    return most - most % _ROWS_IN_A_TILE if most >= _ROWS_TO_ROUND else most


def _best_chain(
    held: npt.NDArray[np.float64], sources: Indices, targets: Indices, *, most: int
) -> list[int]:
    """Return the places of the chain's shapes in the three arrays; the last one is the last."""
    width = sources + targets
    nested = (sources[:, None] <= sources) & (targets[:, None] <= targets)  # (inner, outer)
    cost = held * width  # of a chain of one shape that ends here
    inner_ones: list[Indices] = []
    for _ in range(most - 1):
        longer = np.where(nested, cost[:, None] - held[:, None] * width, np.inf)
        inner_ones.append(longer.argmin(axis=0))
        cost = np.minimum(cost, longer.min(axis=0) + held * width)
    chain = [len(held) - 1]
    for inner in reversed(inner_ones):
        chain.append(int(inner[chain[-1]]))
    used = sorted(set(chain))
    # A shape that holds no more than the one before it is of no use, unless it is the last.
    return [
        place
        for before, place in zip([None, *used], used, strict=False)
        if place == used[-1] or held[place] > (0 if before is None else held[before])
    ]


def cut_to_shapes(
    source_lengths: Indices, target_lengths: Indices, shapes: Sequence[BatchShape]
) -> list[tuple[BatchShape, Indices]]:
    """Return groups of places in the two arrays, each with the shape that holds it.

    All groups but the last are full. What is left of a shape moves up, the longest pairs; pairs of
    equal lengths keep their order.
    """
    smallest = np.full(len(source_lengths), len(shapes))
    for number, shape in reversed([*enumerate(shapes)]):
        fits = (source_lengths <= shape.source_len) & (target_lengths <= shape.target_len)
        smallest[fits] = number
    assert len(smallest) == 0 or smallest.max() < len(shapes), "a pair is longer than every shape"
    groups: list[tuple[BatchShape, Indices]] = []
    left = np.empty(0, dtype=np.int64)
    for number, shape in enumerate(shapes):
        own = np.flatnonzero(smallest == number)
        own = own[np.lexsort((source_lengths[own], target_lengths[own]))]
        # What moved up comes first: it cannot be left over again before the longer ones are.
        pairs = np.concatenate([left, own])
        is_last = not (smallest > number).any()
        end = len(pairs) if is_last else len(pairs) - len(pairs) % shape.rows
        groups += [
            (shape, pairs[start : start + shape.rows]) for start in range(0, end, shape.rows)
        ]
        left = pairs[end:]
        if is_last:
            break
    return groups


def padded_to(batch: Batch, shape: BatchShape, *, pad_id: int, bos_id: int, eos_id: int) -> Batch:
    """Return a batch with padding up to a shape; its counts of tokens stay.

    A row without a pair reads `</s>` and `<s>`, so that attention has something to look at, and
    has no label.
    """
    rows = len(batch.source_ids)

    def pad(ids: Tensor, length: int) -> Tensor:
        return F.pad(ids, (0, length - ids.shape[1], 0, shape.rows - rows), value=pad_id)

    source_ids = pad(batch.source_ids, shape.source_len)
    target_input_ids = pad(batch.target_input_ids, shape.target_len)
    source_ids[rows:, 0], target_input_ids[rows:, 0] = eos_id, bos_id
    return replace(
        batch,
        source_ids=source_ids,
        target_input_ids=target_input_ids,
        target_label_ids=pad(batch.target_label_ids, shape.target_len),
    )
