"""Suspects by length, measured against the corpus's own lengths.

Lengths are compared by their logarithms, as translations differ by factors.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from transformer_mt.checking.chunk import Side
from transformer_mt.checking.features import Features

Floats = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.uint32]

# For a normal distribution this many times the median deviation is one standard deviation.
_MEDIAN_TO_STANDARD = 1.4826
_LENGTH_LIMIT = 5.0  # in robust standard deviations, for texts longer than the others
_RATIO_LIMIT = 6.0
_SMALLEST_LIMIT_IF_CUT = 2.5
_USUAL = 1.0
# The share of pairs that may be cut on one side and odd by chance; and where it is a habit that one
# side is cut, such as captions without a full stop.
_CUT_AND_ODD = 1e-6
_MOST_CUT_BY_HABIT = 0.01
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
    """Return the pairs whose target is far longer or shorter than the source lets expect.

    Less is enough where the side that is too short also begins or ends within a sentence, and the
    other does not, if that is rare. What stands in brackets may be an explanation that the other
    side lacks: a pair must be odd with it and without it.
    """
    rows = np.flatnonzero((features.source_lengths > 0) & (features.target_lengths > 0))
    if len(rows) < _FEWEST_PAIRS:
        return []
    source, target = features.source_lengths[rows], features.target_lengths[rows]
    whole = _spreads(source, target)
    plain = _spreads(
        source - features.source_bracketed[rows], target - features.target_bracketed[rows]
    )
    spread = np.where(whole * plain > 0, np.minimum(np.abs(whole), np.abs(plain)), 0.0)
    source_cut, target_cut = features.source_cut[rows], features.target_cut[rows]
    limit = np.full(len(rows), _RATIO_LIMIT)
    for cut, shorter in (
        (source_cut & ~target_cut, whole > 0),
        (target_cut & ~source_cut, whole < 0),
    ):
        habit = float((cut & (spread < _USUAL)).mean())
        limit[cut & shorter] = _limit_if_cut(habit)
    odd = spread > limit
    odd &= np.maximum(source, target) >= _SHORTEST_FOR_RATIO
    return [
        LengthSuspect(
            row,
            None,
            f"{features.source_lengths[row]:,} and {features.target_lengths[row]:,} characters",
        )
        for row in rows[odd].tolist()
    ]


def _limit_if_cut(habit: float) -> float:
    """Return the limit for pairs cut on one side, the share of such pairs with usual lengths given.

    The rarer those are, the more it says that a side is cut.
    """
    if habit > _MOST_CUT_BY_HABIT:
        return _RATIO_LIMIT
    by_chance = min(_CUT_AND_ODD / habit, 0.5) if habit else 0.5
    return max(NormalDist().inv_cdf(1 - by_chance), _SMALLEST_LIMIT_IF_CUT)


def _spreads(source: Lengths, target: Lengths) -> Floats:
    """Return how much longer targets are than expected, in robust standard deviations.

    They are those of pairs of like size. Seen from the middle of both: whichever side is the odd
    one, the pair lies in a like bin.
    """
    source_logs, target_logs = (np.log(side.astype(np.float64)) for side in (source, target))
    size, difference = source_logs + target_logs, target_logs - source_logs
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
