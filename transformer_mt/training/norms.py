"""The size of an update: how far the optimizer moves the weights."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn


def copies(parameters: Iterable[Tensor]) -> list[Tensor]:
    """Return the weights as they are now."""
    return [parameter.detach().clone() for parameter in parameters]


def norm_of_change(parameters: Iterable[Tensor], before: Sequence[Tensor]) -> float:
    """Return the Euclidean norm of all weights' change since `copies` was taken.

    That of the gradient does not tell: Adam divides by its size.
    """
    pairs = zip(parameters, before, strict=True)
    norms = [torch.linalg.vector_norm(now.detach() - then) for now, then in pairs]
    return math.hypot(*torch.stack(norms).tolist())


def step_and_measure(optimizer: torch.optim.Optimizer, model: nn.Module) -> float:
    """Move the weights, and return how far: `norm_of_change`."""
    before = copies(model.parameters())
    optimizer.step()
    return norm_of_change(model.parameters(), before)
