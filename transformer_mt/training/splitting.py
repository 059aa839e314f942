"""A micro-batch in parts that a smaller budget holds, or in two of the same cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from transformer_mt.data.batch import Batch
from transformer_mt.data.micro_batching import Indices, cut_into_micro_batches


def split_batch(batch: Batch, *, max_tokens: int, pad_id: int) -> list[Batch]:
    """Return the batch itself, or parts of it whose padded sides hold `max_tokens` at most.

    The parts are a pure function of the arguments; each pair is in one of them, without the
    padding that only the others need. A sentence longer than the budget is a part by itself.
    """
    source_lengths = _lengths(batch.source_ids, pad_id)
    target_lengths = _lengths(batch.target_label_ids, pad_id)
    longest = np.maximum(source_lengths, target_lengths)
    if len(longest) * longest.max() <= max_tokens or len(longest) == 1:
        return [batch]
    groups = [np.array([row]) for row in np.flatnonzero(longest > max_tokens)]
    rest = np.flatnonzero(longest <= max_tokens)
    if len(rest):
        cut = cut_into_micro_batches(
            source_lengths[rest], target_lengths[rest], max_tokens=max_tokens
        )
        groups += [rest[group] for group in cut]
    return [_rows(batch, group, source_lengths, target_lengths) for group in groups]


def split_in_two(batch: Batch, *, pad_id: int) -> list[Batch]:
    """Return two parts of a batch that take about the same time; a single pair stays as it is.

    Time goes with the padded tokens of both sides. The parts are a pure function of the batch.
    """
    if len(batch.source_ids) == 1:
        return [batch]
    source_lengths = _lengths(batch.source_ids, pad_id)
    target_lengths = _lengths(batch.target_label_ids, pad_id)
    cuts = [
        _even_halves(source_lengths, target_lengths, np.argsort(lengths, kind="stable"))
        for lengths in (source_lengths, target_lengths)
    ]
    _, halves = min(cuts, key=lambda cut: cut[0])
    return [_rows(batch, half, source_lengths, target_lengths) for half in halves]


def _even_halves(
    source_lengths: Indices, target_lengths: Indices, order: Indices
) -> tuple[int, list[Indices]]:
    """Cut an order of rows so that the larger cost of the two is least; return that cost, too."""

    def costs(order: Indices) -> Indices:
        """Return the padded tokens of the first row, of the first two, and so on."""
        source, target = source_lengths[order], target_lengths[order]
        longest = np.maximum.accumulate(source) + np.maximum.accumulate(target)
        return longest * np.arange(1, len(order) + 1)

    larger = np.maximum(costs(order)[:-1], costs(order[::-1])[-2::-1])
    first = int(larger.argmin()) + 1
    return int(larger.min()), [order[:first], order[first:]]


def _lengths(ids: torch.Tensor, pad_id: int) -> Indices:
    """Return the tokens of each row, (batch,)."""
    lengths: Indices = (ids != pad_id).sum(dim=1).numpy()
    return lengths


def _rows(batch: Batch, group: Indices, source_lengths: Indices, target_lengths: Indices) -> Batch:
    """Return the batch of some rows."""
    rows = torch.from_numpy(group)
    source_len, target_len = int(source_lengths[group].max()), int(target_lengths[group].max())
    return replace(
        batch,
        source_ids=batch.source_ids[rows, :source_len],
        target_input_ids=batch.target_input_ids[rows, :target_len],
        target_label_ids=batch.target_label_ids[rows, :target_len],
        num_source_tokens=int(source_lengths[group].sum()),
        num_target_tokens=int(target_lengths[group].sum()),
    )
