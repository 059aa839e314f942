"""Suspects by length, measured against the corpus's own lengths.

Lengths are compared by their logarithms, as translations differ by factors.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transformer_mt.checking.chunk import Side
from transformer_mt.checking.features import Features

Floats = npt.NDArray[np.float64]

# For a normal distribution this many times the median deviation is one standard deviation.
_MEDIAN_TO_STANDARD = 1.4826
_LENGTH_LIMIT = 5.0  # in robust standard deviations, for texts longer than the others
_RATIO_LIMIT = 5.0
_SMALLEST_SPREAD = 0.25  # of the logarithm: no corpus is so even that a quarter more is odd
_SMALLEST_RATIO_SPREAD = 0.14
_FEWEST_PAIRS = 20
_PAIRS_PER_BIN = 200
_MOST_BINS = 32
# Of two short texts either may be several times the other.
_SHORTEST_FOR_RATIO = 12


@dataclass(frozen=True)
class LengthSuspect:
    """A line, counted from 0, and what is odd about its length."""

    row: int
    side: Side | None
    detail: str


def long_texts(features: Features) -> list[LengthSuspect]:
    """Return the texts that are very much longer than most of their side."""
    suspects = []
    sides: tuple[tuple[Side, npt.NDArray[np.uint32]], ...] = (
        ("source", features.source_lengths),
        ("target", features.target_lengths),
    )
    for side, lengths in sides:
        logs = np.log(lengths[lengths > 0].astype(np.float64))
        if len(logs) < _FEWEST_PAIRS:
            continue
        middle = float(np.median(logs))
        limit = np.exp(middle + _LENGTH_LIMIT * max(_spread(logs - middle), _SMALLEST_SPREAD))
        for row in np.flatnonzero(lengths > limit).tolist():
            detail = f"{lengths[row]:,} characters, where the median is {np.exp(middle):,.0f}"
            suspects.append(LengthSuspect(row, side, detail))
    return suspects


def uneven_pairs(features: Features) -> list[LengthSuspect]:
    """Return the pairs whose target is far longer or shorter than the source lets expect."""
    rows = np.flatnonzero((features.source_lengths > 0) & (features.target_lengths > 0))
    if len(rows) < _FEWEST_PAIRS:
        return []
    source = np.log(features.source_lengths[rows].astype(np.float64))
    target = np.log(features.target_lengths[rows].astype(np.float64))
    # Seen from the middle of both: whichever side is the odd one, the pair lies in a like bin.
    spread = _spreads(source + target, target - source)
    longest = np.maximum(features.source_lengths[rows], features.target_lengths[rows])
    odd = (np.abs(spread) > _RATIO_LIMIT) & (longest >= _SHORTEST_FOR_RATIO)
    return [
        LengthSuspect(
            row,
            None,
            f"{features.source_lengths[row]:,} and {features.target_lengths[row]:,} characters",
        )
        for row in rows[odd].tolist()
    ]


def _spreads(size: Floats, difference: Floats) -> Floats:
    """Return the differences in robust standard deviations of those of pairs of like size."""
    num_bins = max(1, min(_MOST_BINS, len(size) // _PAIRS_PER_BIN))
    edges = np.quantile(size, np.linspace(0, 1, num_bins + 1)[1:-1])
    bins = np.searchsorted(edges, size)
    result = np.zeros_like(difference)
    for index in range(num_bins):
        inside = bins == index
        if inside.any():
            centred = difference[inside] - np.median(difference[inside])
            result[inside] = centred / max(_spread(centred), _SMALLEST_RATIO_SPREAD)
    return result


def _spread(centred: Floats) -> float:
    return float(np.median(np.abs(centred))) * _MEDIAN_TO_STANDARD
