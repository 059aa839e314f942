"""Suspects: regions where the lines of the two sides are shifted against each other.

A line lost or inserted on one side makes all pairs after it wrong. As in Gale and Church 1993,
the lengths of translations go together, and so do their punctuation and the names and numbers
that they share. Each line says by a log-likelihood ratio how much better its target fits the
source line at a shift than any line of the corpus; the best sequence of shifts, with a price
on each change, is found by dynamic programming (Viterbi). Where no shift fits and neither does
the line itself, the region belongs to nothing nearby. A list of names or dates may look like that
for being unlike the rest of the corpus: a region is kept only if its own lines do not speak for
the places that they have.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from transformer_mt.checking.features import NUM_MARK_CLASSES, SHIFTS, Features, shifted

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_FEWEST_LINES = 60
_LINES_PER_BLOCK = 4
# In nats, for entering a state: a shift that fits proves itself, and what is merely unusual, such
# as a list of names with explanations on one side, must not pass for unrelated.
_PRICE_OF_SHIFT = 16.0
_PRICE_OF_UNRELATED = 40.0
# One line must not decide, however odd its length.
_MOST_FOR_LENGTH = 3.0
_MOST_FOR_LINE = 4.0
_PRIOR_COUNT = 20.0
# A neighbour must fit clearly better than the line itself to be taken for the right one at first.
_CLEARLY_BETTER = 0.05
# Lines belong together after all if their lengths correlate so much, as a share of how much they do
# in the whole corpus, or if so many more of them share a name or number than at the shift.
_CORRELATED_SHARE = 0.5
_CLEARLY_MORE_SHARED = 3
_UNRELATED = len(SHIFTS)
_ROUNDS = 2


@dataclass(frozen=True)
class Region:
    """Lines, counted from 0, `end` not among them; `shift` is None where no shift fits."""

    start: int
    end: int
    shift: int | None

    @property
    def detail(self) -> str:
        """What seems to be wrong, for people, who count lines from 1."""
        where = f"to about line {self.end:,}: "
        if self.shift is None:
            return where + "source and target do not seem to belong together"
        lines = f"{abs(self.shift)} line{'s' if abs(self.shift) > 1 else ''}"
        place = "below" if self.shift > 0 else "above"
        return where + f"a target seems to belong to the source {lines} {place}"


def misaligned_regions(features: Features) -> list[Region]:
    """Return the regions that seem to be shifted, in order."""
    if len(features) < _FEWEST_LINES:
        return []
    shift_of_line = np.full(len(features), _best_shift(features))
    regions: list[Region] = []
    for _ in range(_ROUNDS):
        model = _Model.fit(features, shift_of_line)
        states = np.repeat(_best_states(_block_scores(features, model)), _LINES_PER_BLOCK)
        states = states[: len(features)]
        regions = _regions(states)
        known = np.array([*SHIFTS, len(features)])  # beyond all lines: in no pair
        shift_of_line = known[states]
    return [region for region in regions if not _belongs_as_it_is(features, region)]


def _belongs_as_it_is(features: Features, region: Region) -> bool:
    """Tell whether the lines of a region, seen by themselves, fit better without its shift.

    Within a list the longer entries have the longer translations, even where all of them are
    longer or have other punctuation than in the rest of the corpus.
    """
    inside = slice(region.start, region.end)

    def num_shared(shift: int) -> int:
        return int((features.anchor_outcomes(shift)[inside] == 2).sum())

    if region.shift is None:
        source, target = _log_lengths(features, 0)
        here = _correlation(source[inside], target[inside])
        return here > _CORRELATED_SHARE * _correlation(source, target)
    return num_shared(0) > num_shared(region.shift) + _CLEARLY_MORE_SHARED


def _best_shift(features: Features) -> int:
    """Return the shift at which lengths go together best: not 0 if most lines are shifted."""
    fits = {shift: _correlation(*_log_lengths(features, shift)) for shift in SHIFTS}
    best = max(SHIFTS, key=lambda shift: fits[shift])
    return best if fits[best] > fits[0] + _CLEARLY_BETTER else 0


def _correlation(source: Floats, target: Floats) -> float:
    both = (source > 0) & (target > 0)
    source, target = source[both], target[both]
    if not both.any() or source.std() == 0 or target.std() == 0:
        return 0.0
    return float(np.corrcoef(source, target)[0, 1])


def _log_lengths(features: Features, shift: int) -> tuple[Floats, Floats]:
    """Return the logarithms of source and target lengths, 0 where there is no text."""
    return (
        np.log1p(shifted(features.source_lengths, shift).astype(np.float64)),
        np.log1p(features.target_lengths.astype(np.float64)),
    )


@dataclass(frozen=True)
class _Model:
    """How translations go together here, each part as a log-likelihood ratio."""

    slope: float
    intercept: float
    spread: float  # of the target's log length, given the source's
    target_mean: float
    target_spread: float
    marks: Floats  # (source class, target class)
    anchors: Floats  # by outcome

    @classmethod
    def fit(cls, features: Features, shift_of_line: Ints) -> "_Model":
        """Estimate it from lines whose shifts are known for the time being."""
        pairs = [(shift, shift_of_line == shift) for shift in SHIFTS]
        pairs = [(shift, chosen) for shift, chosen in pairs if chosen.any()]
        lengths = [[side[chosen] for side in _log_lengths(features, s)] for s, chosen in pairs]
        source = np.concatenate([sides[0] for sides in lengths] or [np.empty(0)])
        target = np.concatenate([sides[1] for sides in lengths] or [np.empty(0)])
        both = (source > 0) & (target > 0)
        slope, intercept, spread = _line(source[both], target[both])
        marks = np.zeros((NUM_MARK_CLASSES, NUM_MARK_CLASSES))
        anchors, background = np.zeros(3), np.zeros(3)
        for shift, chosen in pairs:
            source_marks = shifted(features.source_marks, shift)
            np.add.at(marks, (source_marks[chosen], features.target_marks[chosen]), 1)
            anchors += np.bincount(features.anchor_outcomes(shift)[chosen], minlength=3)
            elsewhere = -max(SHIFTS) if shift >= 0 else max(SHIFTS)
            background += np.bincount(features.anchor_outcomes(elsewhere)[chosen], minlength=3)
        all_targets = _log_lengths(features, 0)[1]
        all_targets = all_targets[all_targets > 0]
        return cls(
            slope,
            intercept,
            spread,
            target_mean=float(all_targets.mean()) if len(all_targets) else 0.0,
            target_spread=max(float(all_targets.std()), 0.05) if len(all_targets) else 1.0,
            marks=_association(marks),
            anchors=np.log(
                (anchors + _PRIOR_COUNT * (background + 1) / (background + 1).sum())
                / (background + 1)
                * ((background + 1).sum() / (anchors.sum() + _PRIOR_COUNT))
            ),
        )

    def scores(self, features: Features, shift: int) -> Floats:
        """Return for each line how well it fits the source at a shift, in nats; 0 is neither."""
        source, target = _log_lengths(features, shift)
        expected = self.intercept + self.slope * source
        given = _log_normal(target, expected, self.spread)
        alone = _log_normal(target, self.target_mean, self.target_spread)
        score = np.clip(given - alone, -_MOST_FOR_LENGTH, _MOST_FOR_LENGTH)
        score += self.marks[shifted(features.source_marks, shift), features.target_marks]
        score += self.anchors[features.anchor_outcomes(shift)]
        score[(source == 0) | (target == 0)] = 0.0
        clipped: Floats = np.clip(score, -_MOST_FOR_LINE, _MOST_FOR_LINE)
        return clipped


def _line(source: Floats, target: Floats) -> tuple[float, float, float]:
    """Return slope, intercept and spread of a straight line, fitted twice, outliers left out."""
    if len(source) < 2 or source.std() == 0:
        mean = float(target.mean()) if len(target) else 0.0
        return 0.0, mean, max(float(target.std()) if len(target) else 1.0, 0.05)
    keep = np.ones(len(source), dtype=np.bool_)
    slope = intercept = spread = 0.0
    for _ in range(2):
        x, y = source[keep], target[keep]
        slope = float(((x - x.mean()) * (y - y.mean())).mean() / max(x.var(), 1e-9))
        intercept = float(y.mean() - slope * x.mean())
        residuals = target - intercept - slope * source
        spread = max(float(residuals[keep].std()), 0.05)
        keep = np.abs(residuals) < 3 * spread
    return slope, intercept, spread


def _log_normal(value: Floats, mean: Floats | float, spread: float) -> Floats:
    density: Floats = -(((value - mean) / spread) ** 2) / 2 - np.log(spread)
    return density


def _association(counts: Floats) -> Floats:
    """Return the pointwise mutual information of the joint counts, drawn towards 0 where few."""
    total = max(counts.sum(), 1.0)
    expected = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / total
    information: Floats = np.log((counts + _PRIOR_COUNT) / (expected + _PRIOR_COUNT))
    return information


def _block_scores(features: Features, model: _Model) -> Floats:
    """Return the scores of each block of lines for each state: the shifts, then unrelated."""
    starts = np.arange(0, len(features), _LINES_PER_BLOCK)
    blocks = np.zeros((len(starts), len(SHIFTS) + 1))
    for place, shift in enumerate(SHIFTS):
        blocks[:, place] = np.add.reduceat(model.scores(features, shift), starts)
    return blocks


def _best_states(scores: Floats) -> Ints:
    """Return the sequence of states with the best sum, each change of state at its price.

    The first state is the one without a shift, at its price any other.
    """
    prices = [_PRICE_OF_SHIFT] * len(SHIFTS) + [_PRICE_OF_UNRELATED]
    values = [0.0] + [-price for price in prices[1:]]
    best_before: list[int] = []
    came_from_best: list[int] = []  # a bit for each state
    for row in scores.tolist():
        highest = max(values)
        best_before.append(values.index(highest))
        changed = 0
        for state, score in enumerate(row):
            entry = highest - prices[state]
            if values[state] < entry:
                values[state] = entry + score
                changed |= 1 << state
            else:
                values[state] += score
        came_from_best.append(changed)
    state = values.index(max(values))
    states = []
    for before, changed in zip(reversed(best_before), reversed(came_from_best), strict=True):
        states.append(state)
        if changed >> state & 1:
            state = before
    return np.array(states[::-1], dtype=np.int64)


def _regions(states: Ints) -> list[Region]:
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist(), len(states)]
    return [
        Region(start, end, None if states[start] == _UNRELATED else SHIFTS[states[start]])
        for start, end in pairwise(edges)
        if states[start] != 0
    ]
