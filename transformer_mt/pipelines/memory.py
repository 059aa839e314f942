"""How much memory training takes at its peak, by a formula that was checked against real runs."""

from __future__ import annotations

from transformer_mt.config import Config, ModelConfig

_BYTES_PER_NUMBER = 4
_COPIES_OF_WEIGHTS = 4  # the weights, their gradients, and two averages that Adam keeps
# Numbers kept for the backward pass by a layer for a token: d_model and d_ff times these. What
# attention keeps for a pair of tokens is little beside that, as long as sentences are short.
_ENCODER_WIDTHS, _DECODER_WIDTHS, _FEED_FORWARD_WIDTHS = 12, 20, 3
# Measured on a CPU, for 2+2 to 6+6 layers.
_SHARE_WITH_RECOMPUTING = 0.6
# Python, PyTorch, the libraries for data, and a window on the corpus.
_PROGRAM_BYTES = 500_000_000


def training_memory_bytes(config: Config, parameters: int, *, device_type: str) -> int:
    """Return what weights, optimizer and the largest batch take.

    On a CPU the program counts as well, and gradients twice, as where two threads make them.

    Where the largest batch is yet to be found (`auto`), it is one of a whole update.
    """
    training = config.training
    tokens = training.max_tokens_per_batch
    if not isinstance(tokens, int):
        tokens = training.tokens_per_update
    batch = tokens * bytes_per_token(config.model, recompute=training.activation_checkpointing)
    held = weights_bytes(parameters) + batch
    if device_type == "cpu":
        held += _PROGRAM_BYTES + parameters * _BYTES_PER_NUMBER
    return held


def weights_bytes(parameters: int) -> int:
    """Return what the weights, their gradients and the optimizer take."""
    return _COPIES_OF_WEIGHTS * parameters * _BYTES_PER_NUMBER


def bytes_per_token(model: ModelConfig, *, recompute: bool) -> int:
    """Return what training holds for a token of both sides, until its gradients are made.

    With `recompute` that is little beside what a layer works with, of which more is held.
    """
    feed_forward = _FEED_FORWARD_WIDTHS * model.d_ff
    numbers = model.num_encoder_layers * (_ENCODER_WIDTHS * model.d_model + feed_forward)
    numbers += model.num_decoder_layers * (_DECODER_WIDTHS * model.d_model + feed_forward)
    return round(numbers * _BYTES_PER_NUMBER * (_SHARE_WITH_RECOMPUTING if recompute else 1))


def describe_memory(num_bytes: int, *, device_type: str) -> str:
    """Return it in words, with what it is for."""
    what = "the program, weights" if device_type == "cpu" else "weights"
    where = "" if device_type == "cpu" else " on the device"
    return f"about {num_bytes / 1e9:.1f} GB{where} for {what}, optimizer and one batch"
