"""Which pairs are fit for training, and how many were dropped for which reason."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from transformer_mt.data.reading_report import ReadingReport

REASONS = ("empty", "too_long", "length_ratio", "duplicate")
# Short sentences differ in length by large factors and are translations all the same.
_SHORTEST_FOR_RATIO = 10

Mask = npt.NDArray[np.bool_]
Lengths = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Filters:
    """What a pair must be to be kept. Lengths are in tokens and include `</s>`.

    `max_length_ratio` limits longer / shorter side, where the longer one has more than 10
    tokens; None switches this off. `drop_duplicates` keeps the first of equal pairs.
    """

    max_source_length: int
    max_target_length: int
    max_length_ratio: float | None
    drop_duplicates: bool


@dataclass(frozen=True)
class CorpusReport:
    """What was read and what was kept; the tokens are those kept, with `</s>`."""

    read: int
    kept: int
    dropped: dict[str, int]  # each of REASONS, in that order, to the number of pairs
    source_tokens: int
    target_tokens: int
    corpora: tuple[ReadingReport, ...] = ()
    """How each corpus was read, in order."""

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """Return the report that `dataclasses.asdict` made an object of."""
        corpora = tuple(ReadingReport(**corpus) for corpus in saved["corpora"])
        return cls(**{**saved, "corpora": corpora})

    def describe(self) -> str:
        """Return the report as one line for people."""
        words = {
            "empty": "with an empty side",
            "too_long": "too long",
            "length_ratio": "of too different lengths",
            "duplicate": "duplicates",
        }
        reasons = [f"{count:,} {words[name]}" for name, count in self.dropped.items() if count]
        return (
            f"{self.kept:,} of {self.read:,} pairs kept "
            f"({self.source_tokens:,} source and {self.target_tokens:,} target tokens)"
            + (f"; dropped: {', '.join(reasons)}" if reasons else "")
        )


class PairFilter:
    """Decides chunk by chunk which pairs are kept, and counts the others by reason."""

    def __init__(self, filters: Filters) -> None:
        self.dropped = dict.fromkeys(REASONS, 0)
        self._filters = filters
        self._seen = _HashSet()

    def keep(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        *,
        source_lengths: Lengths,
        target_lengths: Lengths,
        hashes: Hashes | None = None,
    ) -> Mask:
        """Return which pairs are kept.

        Args:
            sources: texts, and `targets` those that belong to them
            targets: as many as sources
            source_lengths: in tokens, without `</s>`
            target_lengths: likewise
            hashes: what `pair_hashes` gives, where it is known already
        """
        filters = self._filters
        longer = np.maximum(source_lengths, target_lengths) + 1
        shorter = np.minimum(source_lengths, target_lengths) + 1
        blank = [not (s.strip() and t.strip()) for s, t in zip(sources, targets, strict=True)]
        empty = np.asarray(blank) | (shorter == 1)
        too_long = (source_lengths >= filters.max_source_length) | (
            target_lengths >= filters.max_target_length
        )
        keep = np.ones(len(sources), dtype=np.bool_)
        self._drop("empty", empty, keep)
        self._drop("too_long", too_long, keep)
        if filters.max_length_ratio is not None:
            uneven = longer > filters.max_length_ratio * shorter
            self._drop("length_ratio", uneven & (longer > _SHORTEST_FOR_RATIO), keep)
        if filters.drop_duplicates:
            if hashes is None:
                hashes = pair_hashes(sources, targets)
            duplicate = np.zeros_like(keep)
            duplicate[keep] = ~self._seen.add(hashes[keep])
            self._drop("duplicate", duplicate, keep)
        return keep

    def remember(self, hashes: Hashes) -> None:
        """Take pairs for seen that were kept earlier."""
        self._seen.add(hashes)

    def _drop(self, reason: str, mask: Mask, keep: Mask) -> None:
        """Count a pair under the first reason that holds for it, and take it out of `keep`."""
        self.dropped[reason] += int(np.count_nonzero(mask & keep))
        keep &= ~mask


def total(reports: Sequence[CorpusReport]) -> CorpusReport:
    """Return the report of the corpora, or parts of one, of all these reports."""
    return CorpusReport(
        read=sum(report.read for report in reports),
        kept=sum(report.kept for report in reports),
        dropped={name: sum(report.dropped[name] for report in reports) for name in REASONS},
        source_tokens=sum(report.source_tokens for report in reports),
        target_tokens=sum(report.target_tokens for report in reports),
    )


class _HashSet:
    """A set of 64-bit hashes that takes 8 bytes for each, where Python's takes some 70.

    It keeps sorted arrays, each more than twice as long as the next, merged as they grow.
    """

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def add(self, hashes: Hashes) -> Mask:
        """Add the hashes; return which were not in the set, nor earlier in `hashes`."""
        is_new = np.zeros(len(hashes), dtype=np.bool_)
        distinct, first = np.unique(hashes, return_index=True)
        known = np.zeros(len(distinct), dtype=np.bool_)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, distinct), len(run) - 1)
            known |= run[places] == distinct
        is_new[first[~known]] = True
        if not known.all():
            self._runs.append(distinct[~known])
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            self._runs[-2:] = [np.sort(np.concatenate(self._runs[-2:]))]
        return is_new


def pair_hashes(sources: Sequence[str], targets: Sequence[str]) -> Hashes:
    """Return a 64-bit hash of each pair; equal pairs have equal ones, on every machine."""
    # A line holds no NUL, so that the separator keeps different pairs apart.
    pairs = map("\0".join, zip(sources, targets, strict=True))
    digests = b"".join(
        hashlib.blake2b(pair.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        for pair in pairs
    )
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)
