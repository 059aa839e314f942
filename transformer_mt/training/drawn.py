"""How much was drawn of each corpus of a mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from transformer_mt.data.mixing import Mixture
from transformer_mt.data.sampler import MicroBatch


@dataclass
class Drawn:
    """Pairs and real target tokens that were trained on, of each corpus; empty at first."""

    pairs: list[int] = field(default_factory=list)
    target_tokens: list[int] = field(default_factory=list)

    def add(self, other: Drawn) -> None:
        """Add what was drawn besides."""
        self.pairs = _sums(self.pairs, other.pairs)
        self.target_tokens = _sums(self.target_tokens, other.target_tokens)

    def shares(self) -> dict[str, list[float]]:
        """Return which part of all pairs, and of all target tokens, is of each corpus."""
        return {"pairs": _shares(self.pairs), "target_tokens": _shares(self.target_tokens)}


def drawn_in(micro_batches: Sequence[MicroBatch], mixture: Mixture, *, pad_id: int) -> Drawn:
    """Count what an update is made of."""
    drawn = Drawn()
    for micro_batch in micro_batches:
        corpora = mixture.corpus_of(micro_batch.indices)
        # (batch, target_len) -> (batch,); a batch of a fixed shape may have empty rows at its end
        labels = micro_batch.batch.target_label_ids[: len(corpora)]
        tokens = (labels != pad_id).sum(dim=1).numpy()
        of_each = np.zeros((2, len(mixture.sizes)), dtype=np.int64)
        np.add.at(of_each[0], corpora, 1)
        np.add.at(of_each[1], corpora, tokens)
        drawn.add(Drawn(*of_each.tolist()))
    return drawn


def _sums(some: list[int], more: list[int]) -> list[int]:
    return [a + b for a, b in zip(some, more, strict=True)] if some else list(more)


def _shares(counts: list[int]) -> list[float]:
    return [count / sum(counts) for count in counts]
