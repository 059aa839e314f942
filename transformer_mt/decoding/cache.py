"""Incremental decoding: each step computes one token, and nothing twice."""

from functools import partial

import torch
from torch import Tensor

from transformer_mt.model.decoder import DecoderLayer
from transformer_mt.model.transformer import Transformer


class CachedDecoder:
    """Scores next tokens for the search; a `beam_search.NextTokenScorer`.

    Cross-attention keys and values are computed once per source, self-attention keys and values
    once per token. Cross-attention takes the hypotheses of a sentence as its queries, so that
    they share the keys and values of their source without copies of them.
    """

    def __init__(self, model: Transformer, encoder_output: Tensor, source_mask: Tensor) -> None:
        """Take sources that are already encoded.

        Args:
            model: in evaluation mode.
            encoder_output: (sentences, source_len, d_model).
            source_mask: (sentences, 1, 1, source_len).
        """
        self._model = model
        self._layers = [layer for layer in model.decoder.layers if isinstance(layer, DecoderLayer)]
        self._source_mask = source_mask
        # per layer: (sentences, num_heads, source_len, head_dim)
        self._cross = [
            layer.cross_attention.keys_and_values(encoder_output) for layer in self._layers
        ]
        # per layer: (sentences * hypotheses, num_heads, length, head_dim)
        self._past: list[tuple[Tensor, Tensor]] = []
        self._length = 0

    def __call__(self, token_ids: Tensor, parents: Tensor, sentences: Tensor) -> Tensor:
        """Return log-probabilities (sentences, hypotheses, vocab_size); see `NextTokenScorer`."""
        self._select(parents, sentences)
        num_sentences, num_hypotheses = token_ids.shape
        embedded = self._model.embed_target(token_ids.reshape(-1, 1), start=self._length)
        x = embedded.view(num_sentences, num_hypotheses, -1)  # (sentences, hypotheses, d_model)
        for index, layer in enumerate(self._layers):
            x = layer.self_attention_sublayer(x, partial(self._self_attend, index))
            x = layer.cross_attention_sublayer(x, partial(self._cross_attend, index))
            x = layer.feed_forward_sublayer(x, layer.feed_forward)
        self._length += 1
        return self._model.log_probs(self._model.decoder.final_norm(x))

    def _select(self, parents: Tensor, sentences: Tensor) -> None:
        """Let row i hold the past of hypothesis i; drop the sentences that are done."""
        num_previous = len(self._source_mask)
        if len(sentences) < num_previous:
            self._source_mask = self._source_mask[sentences]
            self._cross = [(key[sentences], value[sentences]) for key, value in self._cross]
        if self._length == 0:
            return
        num_rows = len(self._past[0][0])
        rows = (sentences[:, None] * (num_rows // num_previous) + parents).flatten()
        if not torch.equal(rows, torch.arange(num_rows, device=rows.device)):
            self._past = [(key[rows], value[rows]) for key, value in self._past]

    def _self_attend(self, index: int, x: Tensor) -> Tensor:
        """Attend to the hypothesis' own past and present; `x` (sentences, hypotheses, d_model)."""
        attention = self._layers[index].self_attention
        present = x.reshape(-1, 1, x.shape[-1])  # (sentences * hypotheses, 1, d_model)
        key, value = attention.keys_and_values(present)
        if self._length:
            past_key, past_value = self._past[index]
            key = torch.cat([past_key, key], dim=2)
            value = torch.cat([past_value, value], dim=2)
            self._past[index] = (key, value)
        else:
            self._past.append((key, value))
        query = attention.split_heads(attention.query_projection(present))
        return attention.attend(query, key, value, None).view(x.shape)

    def _cross_attend(self, index: int, x: Tensor) -> Tensor:
        """Attend to the source; `x` (sentences, hypotheses, d_model)."""
        attention = self._layers[index].cross_attention
        key, value = self._cross[index]
        query = attention.split_heads(attention.query_projection(x))
        return attention.attend(query, key, value, self._source_mask)
