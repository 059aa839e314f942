"""Dropout (Srivastava et al. 2014), with cheap random numbers on a CPU."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def dropout(x: Tensor, probability: float) -> Tensor:
    """Set each element of `x` to 0 with `probability`, and scale the others by its complement.

    On a CPU, drawing one random number per element would take a tenth of the time of training;
    16 random bits decide as well, and four elements share a draw. The probability is exact to
    2^-17. Compiled code draws its own.
    """
    if x.device.type != "cpu" or torch.compiler.is_compiling():
        return F.dropout(x, probability)
    draws = torch.empty((x.numel() + 3) // 4, dtype=torch.int64).random_(-(2**63), None)
    bits = draws.view(torch.int16)[: x.numel()].view(x.shape)  # uniform in -2^15 .. 2^15 - 1
    dropped = min(round(probability * 2**16), 2**16 - 1)  # of 2^16; more would overflow
    kept = bits >= dropped - 2**15
    return (x * kept).mul_(1.0 / (1.0 - probability))


class Dropout(nn.Module):
    """`dropout` while training, nothing otherwise."""

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, x: Tensor) -> Tensor:
        """Return a tensor of the shape of `x`."""
        return dropout(x, self.probability) if self.training and self.probability else x
