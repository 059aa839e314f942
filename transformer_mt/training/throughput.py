"""How fast training is: its tokens, their arithmetic, and what the device could do at best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from transformer_mt.data.batch import Batch
from transformer_mt.model.decoder import DecoderLayer
from transformer_mt.model.transformer import Transformer
from transformer_mt.training.matrix_products import quick_rate

_FLOPS_PER_WEIGHT = 6
"""A multiplication and an addition, in the product and in those of its two gradients."""

_SECONDS_FOR_THE_RATE = 0.3
_SHARE_FOR_THE_RATE = 0.05  # of the training before it: a run of seconds is not held up


@dataclass(frozen=True)
class UpdateTimes:
    """What an update had, and what it took.

    Attributes:
        counts: its tokens.
        seconds: from asking for the batches to the new weights.
        waiting_seconds: of these, until the batches were there.
        preparing_seconds: what the thread that makes batches ahead worked on these.
    """

    counts: TokenCounts
    seconds: float
    waiting_seconds: float
    preparing_seconds: float


@dataclass(frozen=True)
class TokenCounts:
    """Tokens of batches, `</s>` counted, and the places that they fill with their padding."""

    source_tokens: int = 0
    target_tokens: int = 0
    source_places: int = 0
    target_places: int = 0

    @classmethod
    def of(cls, batches: Iterable[Batch]) -> TokenCounts:
        """Count the tokens of batches."""
        total = cls()
        for batch in batches:
            total += cls(
                batch.num_source_tokens,
                batch.num_target_tokens,
                batch.source_ids.numel(),
                batch.target_label_ids.numel(),
            )
        return total

    def __add__(self, other: TokenCounts) -> TokenCounts:
        return TokenCounts(
            self.source_tokens + other.source_tokens,
            self.target_tokens + other.target_tokens,
            self.source_places + other.source_places,
            self.target_places + other.target_places,
        )

    def padding(self) -> dict[str, float]:
        """Return the share of the places of source and target that hold padding."""
        return {
            "source": round(1 - self.source_tokens / self.source_places, 4),
            "target": round(1 - self.target_tokens / self.target_places, 4),
        }


@dataclass(frozen=True)
class ModelWeights:
    """The weights of a model's matrices that a token meets; products with them are its work.

    With L layers, d = d_model and f = d_ff (for SwiGLU 3df in place of 2df):

    Attributes:
        encoder: E = L (4d² + 2df), met by a source token.
        decoder: D = L (6d² + 2df), met by a target token.
        cross_attention: K = 2Ld², keys and values of the decoder, met by a source token.
        output: V d, the output layer over V tokens, met by a target token.
    """

    encoder: int
    decoder: int
    cross_attention: int
    output: int

    @classmethod
    def of(cls, model: Transformer) -> ModelWeights:
        """Count the weights of a model; biases, norms and embeddings are no matrix products."""
        cross_attention = 0
        for layer in model.decoder.layers:
            assert isinstance(layer, DecoderLayer)
            attention = layer.cross_attention
            cross_attention += attention.key_projection.weight.numel()
            cross_attention += attention.value_projection.weight.numel()
        return cls(
            encoder=_linear_weights(model.encoder),
            decoder=_linear_weights(model.decoder) - cross_attention,
            cross_attention=cross_attention,
            output=_linear_weights(model.output_projection),
        )

    def training_flops(self, counts: TokenCounts) -> int:
        """Return 6 (E source + D target + K source + V d target), attention scores left out."""
        per_source_token = self.encoder + self.cross_attention
        per_target_token = self.decoder + self.output
        return _FLOPS_PER_WEIGHT * (
            per_source_token * counts.source_tokens + per_target_token * counts.target_tokens
        )


def _linear_weights(module: nn.Module) -> int:
    return sum(part.weight.numel() for part in module.modules() if isinstance(part, nn.Linear))


class Speedometer:
    """Measures the training between two log lines; on several devices that of all together."""

    def __init__(self, model: Transformer, *, precision: torch.dtype, devices: int = 1) -> None:
        self._weights = ModelWeights.of(model)
        self._device = next(model.parameters()).device
        self._precision = precision
        self._num_devices = devices
        self._rate: float | None = None
        self._seconds, self._counts = 0.0, TokenCounts()

    def add(self, update: UpdateTimes) -> None:
        """Note an update."""
        self._seconds += update.seconds
        self._counts += update.counts

    def read(self) -> dict[str, Any]:
        """Return `timing` of metrics.jsonl for the updates since the last reading.

        The first reading measures the rate of the device's matrix products.
        """
        seconds, counts = self._seconds, self._counts
        self._seconds, self._counts = 0.0, TokenCounts()
        if self._rate is None:
            self._rate = quick_rate(
                device=self._device,
                precision=self._precision,
                seconds=min(_SECONDS_FOR_THE_RATE, _SHARE_FOR_THE_RATE * seconds),
            )
        possible = seconds * self._rate * self._num_devices
        return {
            "seconds": round(seconds, 3),
            "target_tokens_per_second": round(counts.target_tokens / seconds, 1),
            "utilisation": round(self._weights.training_flops(counts) / possible, 4),
            "padding": counts.padding(),
        }
