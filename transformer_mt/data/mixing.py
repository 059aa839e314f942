"""Which pairs an epoch holds, and in which order, where several corpora are mixed.

An epoch holds as many pairs as the corpora together, of each corpus its share. A corpus is walked
through in passes, each a permutation of its own, and the walk goes on where the epoch before has
left it: at any place of the stream its pairs have come equally often, or one of them once more.
All of it is a pure function of (seed, epoch).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

PairIndices = npt.NDArray[np.uint32]
Generators = Callable[..., np.random.Generator]
"""Gives the generator of an epoch, or of the pass of that number, and a purpose."""

# What a generator is for, far from the purposes that the sampler has for an epoch itself.
_TURNS, _PASS = 100, 101

# So fine that nobody sees it, and coarse enough to hide in which digit machines' powers differ.
_LARGEST_DENOMINATOR = 10**6


@dataclass(frozen=True)
class Mixture:
    """How much of each corpus an epoch holds.

    Their pairs are numbered one corpus after the other. A share is 0, or at least one pair of an
    epoch; the shares add up to 1.
    """

    sizes: tuple[int, ...]  # pairs of each corpus
    shares: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        assert sum(self.shares) == 1
        assert all(share == 0 or share * self.num_pairs >= 1 for share in self.shares)
        assert all(size > 0 for size, share in zip(self.sizes, self.shares, strict=True) if share)

    @property
    def num_pairs(self) -> int:
        """How many pairs an epoch holds."""
        return sum(self.sizes)

    def passes(self) -> list[float]:
        """Return how often an epoch goes through each corpus; 0 for one without pairs."""
        return [
            float(share * self.num_pairs / size) if size else 0.0
            for share, size in zip(self.shares, self.sizes, strict=True)
        ]

    def drawn_before(self, epoch: int) -> list[int]:
        """Return how many pairs of each corpus the epochs before this one hold together.

        The largest remainders are rounded up, so that each number is within one pair of the
        exact share of all these epochs.
        """
        num_drawn = self.num_pairs * epoch
        quotas = [share * num_drawn for share in self.shares]
        drawn = [math.floor(quota) for quota in quotas]
        by_remainder = sorted(range(len(drawn)), key=lambda corpus: drawn[corpus] - quotas[corpus])
        for corpus in by_remainder[: num_drawn - sum(drawn)]:
            drawn[corpus] += 1
        return drawn

    def pairs_of_epoch(self, epoch: int, generators: Generators) -> PairIndices:
        """Return the pairs of an epoch in their order."""
        before, after = self.drawn_before(epoch), self.drawn_before(epoch + 1)
        counts = [end - start for start, end in zip(before, after, strict=True)]
        walks = np.empty(self.num_pairs, dtype=np.uint32)  # those of one corpus after the other
        parts = list(pairwise(accumulate(counts, initial=0)))
        for corpus, (start, end) in enumerate(parts):
            self._walk(corpus, before[corpus], generators, into=walks[start:end])
        # Whose turn it is, is shuffled, and not the pairs: their walks keep their order.
        corpora = np.arange(len(counts), dtype=np.min_scalar_type(len(counts)))
        turns = np.repeat(corpora, counts)
        generators(epoch, _TURNS).shuffle(turns)
        pairs = np.empty_like(walks)
        for corpus, (start, end) in enumerate(parts):
            pairs[turns == corpus] = walks[start:end]
        return pairs

    def _walk(
        self, corpus: int, position: int, generators: Generators, *, into: PairIndices
    ) -> None:
        """Fill an array with a corpus' pairs, from a position in its endless row of passes."""
        first, size = sum(self.sizes[:corpus]), self.sizes[corpus]
        filled = 0
        while filled < len(into):
            number, place = divmod(position + filled, size)
            order = np.arange(first, first + size, dtype=np.uint32)
            generators(number, _PASS, corpus).shuffle(order)
            piece = order[place : place + len(into) - filled]
            into[filled : filled + len(piece)] = piece
            filled += len(piece)

    def corpus_of(self, pairs: PairIndices) -> npt.NDArray[np.int64]:
        """Return the corpus that each pair belongs to."""
        ends = np.cumsum(self.sizes)
        return np.searchsorted(ends, pairs, side="right").astype(np.int64)


def shares_by_weight(weights: Sequence[float]) -> tuple[Fraction, ...]:
    """Return the shares of weights as they are written: of 0.1 and 0.2 the first has a third."""
    exact = [Fraction(repr(weight)) for weight in weights]
    return tuple(weight / sum(exact) for weight in exact)


def shares_by_temperature(sizes: Sequence[int], temperature: float) -> tuple[Fraction, ...]:
    """Return shares in proportion to n^(1/T) for corpora of n pairs (Arivazhagan et al. 2019).

    T = 1 are the sizes themselves; the larger T, the closer the shares are to equal ones.
    """
    assert temperature >= 1.0
    powers = [size ** (1.0 / temperature) if size else 0.0 for size in sizes]
    exact = [Fraction(power).limit_denominator(_LARGEST_DENOMINATOR) for power in powers]
    return tuple(power / sum(exact) for power in exact)
