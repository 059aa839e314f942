"""Which pairs are fit for training, and how many were dropped for which reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from transformer_mt.data.hash_set import Hashes, HashSet, Mask, text_hash
from transformer_mt.data.reading_report import ReadingReport

REASONS = ("empty", "too_long", "length_ratio", "duplicate")
# Short sentences differ in length by large factors and are translations all the same.
_SHORTEST_FOR_RATIO = 10

KEPT = -1
"""What stands for no reason in the answers of `PairFilter.judge`."""

Lengths = npt.NDArray[np.int64]
Reasons = npt.NDArray[np.int8]


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
class KeptPairs:
    """What was kept of one corpus; the tokens have `</s>`."""

    pairs: int
    target_tokens: int


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
    kept_by_corpus: tuple[KeptPairs, ...] = ()
    """What was kept of each corpus, in order; together it is all that was kept."""

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """Return the report that `dataclasses.asdict` made an object of."""
        corpora = tuple(ReadingReport(**corpus) for corpus in saved["corpora"])
        kept = tuple(KeptPairs(**corpus) for corpus in saved.get("kept_by_corpus", ()))
        return cls(**{**saved, "corpora": corpora, "kept_by_corpus": kept})

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
        self._seen = HashSet()

    def keep(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        *,
        source_lengths: Lengths,
        target_lengths: Lengths,
        hashes: Hashes | None = None,
    ) -> Mask:
        """Return which pairs are kept; see `judge`."""
        reasons = self.judge(
            sources,
            targets,
            source_lengths=source_lengths,
            target_lengths=target_lengths,
            hashes=hashes,
        )
        keep: Mask = reasons == KEPT
        return keep

    def judge(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        *,
        source_lengths: Lengths,
        target_lengths: Lengths,
        hashes: Hashes | None = None,
    ) -> Reasons:
        """Return for each pair the index of the first of REASONS that drops it, or KEPT.

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
        reasons = np.full(len(sources), KEPT, dtype=np.int8)
        self._drop("empty", empty, reasons)
        self._drop("too_long", too_long, reasons)
        if filters.max_length_ratio is not None:
            uneven = longer > filters.max_length_ratio * shorter
            self._drop("length_ratio", uneven & (longer > _SHORTEST_FOR_RATIO), reasons)
        if filters.drop_duplicates:
            if hashes is None:
                hashes = pair_hashes(sources, targets)
            candidates = reasons == KEPT
            duplicate = np.zeros(len(sources), dtype=np.bool_)
            duplicate[candidates] = ~self._seen.add(hashes[candidates])
            self._drop("duplicate", duplicate, reasons)
        return reasons

    def remember(self, hashes: Hashes) -> None:
        """Take pairs for seen that were kept earlier."""
        self._seen.add(hashes)

    def _drop(self, reason: str, mask: Mask, reasons: Reasons) -> None:
        """Note and count the reason for the pairs of the mask that have no earlier one."""
        dropped = mask & (reasons == KEPT)
        self.dropped[reason] += int(np.count_nonzero(dropped))
        reasons[dropped] = REASONS.index(reason)


def pair_hashes(sources: Sequence[str], targets: Sequence[str]) -> Hashes:
    """Return a 64-bit hash of each pair; equal pairs have equal ones, on every machine."""
    hashes = map(text_hash, sources, targets)
    return np.fromiter(hashes, dtype=np.uint64, count=len(sources))


def total(reports: Sequence[CorpusReport]) -> CorpusReport:
    """Return the report of all these parts of the same corpora."""
    kept_by_corpus = zip(*(report.kept_by_corpus for report in reports), strict=True)
    return CorpusReport(
        read=sum(report.read for report in reports),
        kept=sum(report.kept for report in reports),
        dropped={name: sum(report.dropped[name] for report in reports) for name in REASONS},
        source_tokens=sum(report.source_tokens for report in reports),
        target_tokens=sum(report.target_tokens for report in reports),
        kept_by_corpus=tuple(map(_together, kept_by_corpus)),
    )


def _together(parts: Sequence[KeptPairs]) -> KeptPairs:
    """Return what was kept of a corpus that lies in these parts."""
    return KeptPairs(sum(part.pairs for part in parts), sum(part.target_tokens for part in parts))
