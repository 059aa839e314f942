"""Dropout (Srivastava et al. 2014), with cheap random numbers on a CPU."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_generator: ContextVar[torch.Generator | None] = ContextVar("generator", default=None)


@contextmanager
def drawing_from(generator: torch.Generator) -> Iterator[None]:
    """Let dropout on a CPU draw from a generator, in this thread; else it draws from PyTorch's."""
    token = _generator.set(generator)
    try:
        yield
    finally:
        _generator.reset(token)


def same_draws() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
    """Return contexts for now and for later, in which dropout on a CPU draws the same."""
    generator = _generator.get() or torch.default_generator
    return nullcontext(), _drawing_again(generator, generator.get_state())


@contextmanager
def _drawing_again(generator: torch.Generator, state: Tensor) -> Iterator[None]:
    later = generator.get_state()
    generator.set_state(state)
    try:
        with drawing_from(generator):
            yield
    finally:
        generator.set_state(later)


def dropout(x: Tensor, probability: float) -> Tensor:
    """Set each element of `x` to 0 with `probability`, and scale the others by its complement.

    On a CPU, drawing one random number per element would take a tenth of the time of training;
    16 random bits decide as well, and four elements share a draw. The probability is exact to
    2^-17. Compiled code draws its own.
    """
    if x.device.type != "cpu" or torch.compiler.is_compiling():
        return F.dropout(x, probability)
    draws = torch.empty((x.numel() + 3) // 4, dtype=torch.int64)
    draws.random_(-(2**63), None, generator=_generator.get())
    bits = draws.view(torch.int16)[: x.numel()].view(x.shape)  # uniform in -2^15 .. 2^15 - 1
    dropped = min(round(probability * 2**16), 2**16 - 1)  # of 2^16; more would overflow
    scale = 1.0 / (1.0 - probability)
    if x.dtype == torch.bfloat16 and 0 < dropped <= len(_thresholds()):
        # A boolean mask would have to be turned into bfloat16, which takes three times as long.
        return _keep_above(x, bits.view(x.dtype), _thresholds()[dropped - 1]).mul_(scale)
    return (x * (bits >= dropped - 2**15)).mul_(scale)


def _keep_above(x: Tensor, other: Tensor, threshold: float) -> Tensor:
    """Return `x` where `other` of its type is greater than the threshold or NaN, else 0.

    This is the gradient of ReLU, and as fast; autograd passes gradients on in the same places.
    """
    kept: Tensor = torch.ops.aten.threshold_backward(x, other, threshold)
    return kept


@cache
def _thresholds() -> list[float]:
    """Return what 1, 2, … of the 2^16 patterns of bits, read as bfloat16, are not greater than.

    NaN is greater than nothing and not less; -0 and 0 are equal, so that the threshold between
    them is that of both.
    """
    patterns = torch.arange(-(2**15), 2**15, dtype=torch.int16).view(torch.bfloat16)
    numbers: list[float] = patterns[~patterns.isnan()].float().sort().values.tolist()
    return numbers


class Dropout(nn.Module):
    """`dropout` while training, nothing otherwise."""

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the shape of `x`."""
        return dropout(x, self.probability) if self.training and self.probability else x
