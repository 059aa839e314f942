"""What is kept of each corpus, where several are tokenised as one stream of chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from transformer_mt.data.filtering import CorpusReport, KeptPairs
from transformer_mt.data.hash_set import Mask
from transformer_mt.data.tokenizing import TokenizedChunk

Pair = tuple[str, str]


class Boundaries:
    """Where each corpus ends among all pairs that are read."""

    def __init__(self) -> None:
        self._ends: list[int] = []

    def noted(self, corpora: Iterable[Iterable[Pair]]) -> Iterator[Pair]:
        """Yield the pairs of one corpus after the other, and note their ends."""
        count = 0
        for corpus in corpora:
            for pair in corpus:
                count += 1
                yield pair
            self._ends.append(count)

    def corpus_of(self, first: int, count: int) -> npt.NDArray[np.int64]:
        """Return the corpus of each of `count` pairs from number `first` on.

        They have all been yielded, so that the ends of the corpora before theirs are known.
        """
        numbers = np.arange(first, first + count)
        ends = np.asarray(self._ends, dtype=np.int64)
        return np.searchsorted(ends, numbers, side="right").astype(np.int64)


class PartCounts:
    """Counts what is read and kept in one part of a dataset, the first pair of which is given."""

    def __init__(self, boundaries: Boundaries, *, first: int, num_corpora: int) -> None:
        self._boundaries = boundaries
        self._first = first
        self._read = self._source_tokens = 0
        self._pairs = np.zeros(num_corpora, dtype=np.int64)
        self._target_tokens = np.zeros(num_corpora, dtype=np.int64)

    @property
    def read_so_far(self) -> int:
        """How many pairs have been read, those of earlier parts included."""
        return self._first + self._read

    def add(self, chunk: TokenizedChunk, keep: Mask) -> None:
        """Count a chunk, of which the pairs of the mask are kept."""
        corpora = self._boundaries.corpus_of(self.read_so_far, len(chunk.sources))[keep]
        np.add.at(self._pairs, corpora, 1)
        np.add.at(self._target_tokens, corpora, chunk.target.lengths[keep] + 1)
        self._source_tokens += int(chunk.source.lengths[keep].sum()) + len(corpora)
        self._read += len(chunk.sources)

    def report(self, dropped: Mapping[str, int]) -> CorpusReport:
        """Return the counts; `dropped` says how many pairs of the part were, by reason."""
        kept = zip(self._pairs.tolist(), self._target_tokens.tolist(), strict=True)
        return CorpusReport(
            read=self._read,
            kept=int(self._pairs.sum()),
            dropped=dict(dropped),
            source_tokens=self._source_tokens,
            target_tokens=int(self._target_tokens.sum()),
            kept_by_corpus=tuple(KeptPairs(*counts) for counts in kept),
        )
