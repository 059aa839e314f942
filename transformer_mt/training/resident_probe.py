"""How the resident memory of training on a CPU grows with its batches.

It is measured in a process of its own, on small batches: one that has trained or tokenised before
would reuse what it has freed, and where memory is short, trying what fits would have the system
kill a process.
"""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

import torch

from transformer_mt.available_memory import peak_resident_bytes
from transformer_mt.config import ModelConfig, TrainingConfig
from transformer_mt.device import is_out_of_memory, keep_few_kernels, keep_freed_memory
from transformer_mt.errors import UserError
from transformer_mt.model.transformer import Transformer
from transformer_mt.token_budget import KEY
from transformer_mt.training.trial_updates import TrialUpdates
from transformer_mt.training.worst_batches import worst_shapes

# Growth that tells more of batches than of the pieces in which the system gives memory.
_TELLING_BYTES = 2**28


@dataclass(frozen=True)
class ProbedModel:
    """What is trained, and with which settings."""

    model: ModelConfig
    training: TrainingConfig
    source_vocab_size: int
    target_vocab_size: int
    shared_vocabulary: bool
    max_source_length: int
    max_target_length: int
    pad_id: int

    def build(self) -> Transformer:
        """Return a model of these sizes that is about to be trained."""
        model = Transformer(
            self.model,
            source_vocab_size=self.source_vocab_size,
            target_vocab_size=self.target_vocab_size,
            shared_vocabulary=self.shared_vocabulary,
            max_positions=max(self.max_source_length, self.max_target_length),
            pad_id=self.pad_id,
        )
        model.checkpoint_activations(self.training.activation_checkpointing)
        return model.train()


@dataclass(frozen=True)
class ProbeLimits:
    """How far a probe may go."""

    smallest: int
    """Tokens a side of the first batches."""
    most: int
    """Tokens of the largest batches that would be of use."""
    usable_bytes: int
    bytes_per_token: int
    """Foreseen; believed until something is measured."""
    threads: int


@dataclass(frozen=True)
class Growth:
    """Bytes of resident memory that training adds to those of the program."""

    fixed: int = 0
    """For weights, gradients and optimizer, and for what the first step loads."""
    measured: tuple[tuple[int, int], ...] = ()
    """(tokens of the worst batches, bytes for them at the peak), ascending; may be empty."""
    too_large: int | None = None
    """Tokens for which memory was refused."""

    def foreseen(self, tokens: int) -> float:
        """Return the bytes in all for batches of so many tokens."""
        assert self.measured
        if self.too_large is not None and tokens >= self.too_large:
            return float("inf")
        last_tokens, last_bytes = self.measured[-1]
        slope = last_bytes / last_tokens
        if len(self.measured) > 1:
            tokens_before, bytes_before = self.measured[-2]
            slope = max(slope, (last_bytes - bytes_before) / (last_tokens - tokens_before))
        smaller = (size for size in self.measured if size[0] >= tokens)
        _, within = next(smaller, (tokens, last_bytes + slope * (tokens - last_tokens)))
        return self.fixed + within


def measure_growth(probed: ProbedModel, limits: ProbeLimits) -> Growth:
    """Return what training takes, measured in another process.

    Raises:
        UserError: that process was killed, or memory cannot be measured here.
    """
    # Not forked: a process with threads, as PyTorch starts them, must not be.
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
    try:
        growth = pool.submit(_measure, probed, limits).result()
    except BrokenProcessPool:
        raise UserError(
            f"{KEY}: auto: the process that measured memory was killed, perhaps for lack of it.\n"
            "Give a number of tokens in its place.",
            exit_code=1,
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)
    if growth.measured and growth.measured[-1][1] <= 0:
        raise UserError(
            f"{KEY}: auto: this system does not tell how much memory a process takes.\n"
            "Give a number of tokens in its place."
        )
    return growth


def _measure(probed: ProbedModel, limits: ProbeLimits) -> Growth:
    """Make updates with growing batches until the growth is telling."""
    # Ctrl-C reaches every process of a terminal; what it means is for the parent to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_few_kernels()
    keep_freed_memory()
    torch.set_num_threads(limits.threads)
    program = peak_resident_bytes()
    growth = Growth()
    tokens = limits.smallest
    try:
        update = TrialUpdates(probed.build(), probed.training)
        growth = Growth(fixed=peak_resident_bytes() - program + update.bytes_to_come)
        while _may_try(tokens, growth, limits):
            for shape in worst_shapes(
                tokens,
                max_source_length=probed.max_source_length,
                max_target_length=probed.max_target_length,
            ):
                update(*shape)
            size = peak_resident_bytes() - program - growth.fixed
            growth = replace(growth, measured=(*growth.measured, (tokens, size)))
            if tokens == limits.most or size >= _TELLING_BYTES:
                break
            tokens = min(2 * tokens, limits.most)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        growth = replace(growth, too_large=tokens)
    return growth


def _may_try(tokens: int, growth: Growth, limits: ProbeLimits) -> bool:
    foreseen: float = growth.fixed + tokens * limits.bytes_per_token
    if growth.measured:
        foreseen = max(foreseen, growth.foreseen(tokens))
    return foreseen <= limits.usable_bytes
