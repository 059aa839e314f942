"""What training on a corpus would take: memory and time, roughly, before anything is trained."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import torch

from transformer_mt.config import Config
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.device import describe
from transformer_mt.model.transformer import Transformer
from transformer_mt.pipelines.memory import describe_memory, training_memory_bytes
from transformer_mt.pipelines.plan import duration
from transformer_mt.saved_model import build_model
from transformer_mt.training.passes import Passes
from transformer_mt.training.trial_updates import forward_backward
from transformer_mt.training.worst_batches import random_batch

# The first pass warms up; the larger a batch, the better it tells, as long as it is quick.
_TOKENS_TO_MEASURE = (64, 64, 512, 2048)
_QUICK_SECONDS = 0.25


@dataclass(frozen=True)
class Estimate:
    """Roughly what training takes, and for which figures."""

    parameters: int
    source_tokens: int
    target_tokens: int
    steps: int
    epochs: float
    target_tokens_per_second: float
    seconds: float
    memory_bytes: int
    device: str
    precision: str

    def describe(self) -> str:
        """Return it as text, with what it assumes."""
        device_type = self.device.split()[0]  # of `cpu (2 threads)`
        return (
            f"Training, estimated: {self.parameters:,} parameters; {self.steps:,} updates are "
            f"{self.epochs:,.1f} epochs of {self.target_tokens:,} target tokens\n"
            f"  about {duration(self.seconds)}, at {self.target_tokens_per_second:,.0f} target "
            f"tokens/s on {self.device}, {self.precision}\n"
            f"  {describe_memory(self.memory_bytes, device_type=device_type)}\n"
            "  The time is extrapolated from a short batch, measured now: sentences of average "
            "length, little\n  padding, no validation and no saving. The memory is computed."
        )


def estimate_training(
    config: Config,
    tokenizers: TokenizerPair,
    *,
    pairs: int,
    source_tokens: int,
    target_tokens: int,
    device: torch.device,
    precision: str,
) -> Estimate:
    """Time a short batch of sentences of the corpus's average lengths, and extrapolate."""
    training = config.training
    model = build_model(config, tokenizers).to(device).train()
    passes = Passes(model, training.model_copy(update={"precision": precision}))
    lengths = (math.ceil(source_tokens / pairs), math.ceil(target_tokens / pairs))
    rate = 0.0
    for number, tokens in enumerate(_TOKENS_TO_MEASURE):
        began = time.perf_counter()
        rate = _target_tokens_per_second(model, passes, lengths, tokens=tokens)
        if number and time.perf_counter() - began > _QUICK_SECONDS:
            break
    steps = training.max_steps
    epochs = steps * training.tokens_per_update / target_tokens
    if training.max_epochs is not None and epochs > training.max_epochs:
        epochs = float(training.max_epochs)
        steps = math.ceil(epochs * target_tokens / training.tokens_per_update)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return Estimate(
        parameters=parameters,
        source_tokens=source_tokens,
        target_tokens=target_tokens,
        steps=steps,
        epochs=epochs,
        target_tokens_per_second=rate,
        seconds=steps * training.tokens_per_update / rate,
        memory_bytes=training_memory_bytes(config, parameters, device_type=device.type),
        device=describe(device),
        precision=precision,
    )


def _target_tokens_per_second(
    model: Transformer, passes: Passes, lengths: tuple[int, int], *, tokens: int
) -> float:
    """Time forward and backward pass of a batch of random tokens."""
    source_len, target_len = (max(2, length) for length in lengths)
    batch = random_batch(model, max(1, tokens // max(lengths)), source_len, target_len)
    began = time.perf_counter()
    forward_backward(passes, batch)
    seconds = time.perf_counter() - began
    model.zero_grad(set_to_none=True)
    return batch.num_target_tokens / seconds
