"""Text to text: tokenise, batch by length, encode, search, detokenise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from transformer_mt.config import DecodingConfig
from transformer_mt.data.batch import pad_sequences
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.decoding.beam_search import SearchOptions, beam_search
from transformer_mt.decoding.cache import CachedDecoder
from transformer_mt.decoding.hypothesis import Hypothesis
from transformer_mt.errors import UserError
from transformer_mt.model.masks import padding_mask
from transformer_mt.model.transformer import Transformer

EXTRA_LENGTH = 50
"""Output tokens allowed beyond the ratio: "input length + 50" (Vaswani et al. 2017, 6.1)."""


@dataclass(frozen=True)
class Translation:
    """One translation of a text.

    `score` ranks the translations of one text (see `decoding.length_penalty`), `log_prob` is the
    sum of `token_log_probs`, that of </s> included; `truncated` tells that the length limit cut
    it off.
    """

    text: str
    score: float
    log_prob: float
    token_log_probs: tuple[float, ...]
    truncated: bool


class Translator:
    """A model with its tokenizers and its search."""

    def __init__(
        self,
        model: Transformer,
        tokenizers: TokenizerPair,
        settings: DecodingConfig,
        *,
        n_best: int = 1,
        max_positions: int | None = None,
    ) -> None:
        """Translate with `model`; `max_positions` is the longest text it has positions for."""
        self.model = model
        self.tokenizers = tokenizers
        self.settings = settings
        self.max_positions = max_positions
        self.options = SearchOptions(
            beam_size=settings.beam_size,
            n_best=n_best,
            length_penalty=settings.length_penalty,
            length_penalty_type=settings.length_penalty_type,
        )

    def refuse_too_long(self, texts: Sequence[str], *, first: int = 1, name: str = "") -> None:
        """Refuse what learned positions cannot hold, rather than translate a part of it.

        Raises:
            UserError: naming the first such line; `first` is the number of the first text, `name`
                the file they are from.
        """
        if self.max_positions is None:
            return
        for number, text in enumerate(texts, start=first):
            length = len(self.tokenizers.source.encode(text)) + 1  # with </s>
            if length > self.max_positions:
                raise UserError(
                    f"{name}line {number}: has {length} tokens; this model has learned positions "
                    f"for {self.max_positions}.\nSplit the line into sentences, or train with a "
                    "larger data.max_source_length."
                )

    def translate(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> list[list[Translation]]:
        """Translate texts, each by itself: neighbours change nothing.

        Args:
            texts: one line each; a blank one has the empty translation.
            progress: called with the number of texts done since the last call.

        Returns:
            For each text, in order, its `n_best` translations, best first.
        """
        encoded = self.tokenizers.source.encode_batch(texts)
        results: list[list[Translation]] = [[_EMPTY] for _ in texts]
        # Similar lengths together, long ones first: what is too large for memory shows at once.
        order = sorted(
            (i for i, ids in enumerate(encoded) if ids), key=lambda i: (-len(encoded[i]), i)
        )
        if progress and len(order) < len(texts):
            progress(len(texts) - len(order))
        for begin in range(0, len(order), self.settings.batch_size):
            chosen = order[begin : begin + self.settings.batch_size]
            found = self._search([encoded[i] for i in chosen])
            for index, hypotheses in zip(chosen, found, strict=True):
                results[index] = [self._detokenize(hypothesis) for hypothesis in hypotheses]
            if progress:
                progress(len(chosen))
        return results

    @torch.inference_mode()
    def _search(self, sources: Sequence[Sequence[int]]) -> list[list[Hypothesis]]:
        """Search for the translations of token ids, without special ids."""
        model, target = self.model, self.tokenizers.target
        device = next(model.parameters()).device
        model.eval()
        eos_id = self.tokenizers.source.eos_id
        source_ids = pad_sequences(sources, pad_id=model.pad_id, eos_id=eos_id).to(device)
        source_mask = padding_mask(source_ids, pad_id=model.pad_id)
        encoder_output = model.encode(source_ids, source_mask)  # (batch, source_len, d_model)
        return beam_search(
            CachedDecoder(model, encoder_output, source_mask),
            max_lengths=torch.tensor([self._max_length(len(s) + 1) for s in sources]).to(device),
            options=self.options,
            bos_id=target.bos_id,
            eos_id=target.eos_id,
            forbidden_ids=target.forbidden_ids,
        )

    def _max_length(self, source_length: int) -> int:
        """Return the most tokens, </s> included, that the translation may have."""
        limit = int(self.settings.max_length_ratio * source_length) + EXTRA_LENGTH
        return limit if self.max_positions is None else min(limit, self.max_positions)

    def _detokenize(self, hypothesis: Hypothesis) -> Translation:
        return Translation(
            text=self.tokenizers.target.decode(hypothesis.token_ids),
            score=hypothesis.score,
            log_prob=hypothesis.log_prob,
            token_log_probs=hypothesis.token_log_probs,
            truncated=hypothesis.truncated,
        )


_EMPTY = Translation(text="", score=0.0, log_prob=0.0, token_log_probs=(), truncated=False)
