"""How a corpus looks to the model: its tokens, and the pairs that training would drop."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transformer_mt.checking.chunk import Chunk
from transformer_mt.data.filtering import KEPT, REASONS, PairFilter
from transformer_mt.data.tokenizer import TokenIds, Tokenizer, TokenizerPair


@dataclass(frozen=True)
class TokenSummary:
    """Tokens per sentence, `</s>` counted as training counts it, and tokens in all."""

    mean: float
    median: int
    p95: int
    p99: int
    max: int
    total: int
    byte_fallback_share: float


class TokenStatistics:
    """Counts the tokens of one side."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._histogram = np.zeros(1, dtype=np.int64)
        self._num_bytes = 0
        self._is_byte = np.zeros(tokenizer.vocab_size, dtype=np.bool_)
        self._is_byte[list(tokenizer.byte_ids)] = True

    def add(self, ids: Sequence[TokenIds]) -> npt.NDArray[np.int64]:
        """Count sentences; return their lengths, without `</s>`."""
        lengths = np.fromiter(map(len, ids), dtype=np.int64, count=len(ids))
        counts = np.bincount(lengths + 1, minlength=len(self._histogram)).astype(np.int64)
        counts[: len(self._histogram)] += self._histogram
        self._histogram = counts
        if len(ids):
            self._num_bytes += int(np.count_nonzero(self._is_byte[np.concatenate(ids)]))
        return lengths

    def summary(self) -> TokenSummary:
        """Return the figures of what was counted."""
        counts, sentences = self._histogram, max(int(self._histogram.sum()), 1)
        total = int(counts @ np.arange(len(counts)))
        reached = np.cumsum(counts)

        def quantile(fraction: float) -> int:
            return int(np.searchsorted(reached, fraction * reached[-1]))

        return TokenSummary(
            mean=total / sentences,
            median=quantile(0.5),
            p95=quantile(0.95),
            p99=quantile(0.99),
            max=int(np.flatnonzero(counts).max(initial=0)),
            total=total,
            byte_fallback_share=self._num_bytes / max(total, 1),
        )


class TokenCheck:
    """Tokenises a corpus chunk by chunk, and judges its pairs as training would."""

    def __init__(
        self, tokenizers: TokenizerPair, *, pair_filter: PairFilter | None, num_threads: int
    ) -> None:
        self.source = TokenStatistics(tokenizers.source)
        self.target = TokenStatistics(tokenizers.target)
        self.kept_pairs = 0
        self.kept_source_tokens = 0
        self.kept_target_tokens = 0
        self._tokenizers = tokenizers
        self._filter = pair_filter
        self._num_threads = num_threads

    def check(self, chunk: Chunk) -> dict[int, str]:
        """Count the tokens of a chunk; return the rows that training would drop, and why."""
        unusable = {*chunk.unpaired, *chunk.undecoded}
        rows = [row for row in range(len(chunk)) if row not in unusable]
        if not rows:
            return {}
        sources = [chunk.source.texts[row] for row in rows]
        targets = [chunk.target.texts[row] for row in rows]
        threads = self._num_threads
        source_ids = self._tokenizers.source.encode_arrays(sources, num_threads=threads)
        target_ids = self._tokenizers.target.encode_arrays(targets, num_threads=threads)
        source_lengths = self.source.add(source_ids)
        target_lengths = self.target.add(target_ids)
        if self._filter is None:
            return {}
        reasons = self._filter.judge(
            sources, targets, source_lengths=source_lengths, target_lengths=target_lengths
        )
        kept = reasons == KEPT
        self.kept_pairs += int(kept.sum())
        self.kept_source_tokens += int(source_lengths[kept].sum() + kept.sum())
        self.kept_target_tokens += int(target_lengths[kept].sum() + kept.sum())
        dropped = np.flatnonzero(~kept).tolist()
        return {rows[index]: REASONS[reasons[index]] for index in dropped}
