"""Muon for the matrices inside encoder and decoder, AdamW for all other weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

_STACKED_ELEMENTS = 2**23  # in bfloat16 16 MB: what is larger gains nothing by company


def hidden_matrices_and_others(
    model: nn.Module,
) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """Divide the weights of a model into those for Muon and those for AdamW.

    Embeddings and the output layer are AdamW's: their rows belong to single tokens.
    """
    hidden: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        inside = name.split(".")[0] in ("encoder", "decoder")
        (hidden if inside and parameter.dim() == 2 else others).append(parameter)
    return hidden, others


class StackedMuon(torch.optim.Muon):
    """PyTorch's Muon, of matrices of one shape together: the same numbers, in fewer calls.

    One by one, the products of small matrices are hundreds of calls that take longer than their
    arithmetic. The size of an update is that of AdamW's (`match_rms_adamw`).

    Attributes:
        found_inf: where it is 1, a step changes nothing; as PyTorch's fused optimizers have it.
    """

    _step_supports_amp_scaling = True
    found_inf: Tensor | None = None

    def __init__(self, params: Iterable[nn.Parameter], *, lr: float, weight_decay: float) -> None:
        """Take matrices; all other settings are those that PyTorch gives."""
        super().__init__(params, lr=lr, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Move all matrices that have a gradient."""
        assert closure is None, "the gradients are there already"
        for group in self.param_groups:
            for matrices in _stacks(p for p in group["params"] if p.grad is not None):
                self._move(matrices, group)

    def _move(self, matrices: Sequence[nn.Parameter], group: dict[str, Any]) -> None:
        """Move matrices of one shape."""
        updates = torch.stack([self._direction(matrix, group["momentum"]) for matrix in matrices])
        rows, columns = updates.shape[1:]
        if rows > columns:
            updates = updates.mT
        updates = _orthogonal(updates, group)
        if rows > columns:
            updates = updates.mT
        rate, shrink = group["lr"], 1.0 - group["lr"] * group["weight_decay"]
        if self.found_inf is not None:
            found = self.found_inf.bool()
            updates = updates.masked_fill(found, 0.0)
            shrink = torch.where(found, 1.0, shrink)
        for matrix, update in zip(matrices, updates, strict=True):
            matrix.mul_(shrink)
            matrix.add_(update, alpha=-rate * 0.2 * math.sqrt(max(rows, columns)))

    def _direction(self, matrix: nn.Parameter, momentum: float) -> Tensor:
        """Return Nesterov's mean of gradient and average, in bfloat16; follow the average."""
        gradient, state = matrix.grad, self.state[matrix]
        assert gradient is not None
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(gradient)
        average = state["momentum_buffer"]
        followed = average.lerp(gradient, 1.0 - momentum)
        if self.found_inf is not None:
            followed = torch.where(self.found_inf.bool(), average, followed)
        average.copy_(followed)
        return gradient.lerp(average, momentum).bfloat16()


def _stacks(matrices: Iterable[nn.Parameter]) -> Iterator[list[nn.Parameter]]:
    """Yield the matrices of each shape, as many at a time as gain by it."""
    by_shape: dict[torch.Size, list[nn.Parameter]] = {}
    for matrix in matrices:
        by_shape.setdefault(matrix.shape, []).append(matrix)
    for shape, same in by_shape.items():
        count = max(1, _STACKED_ELEMENTS // shape.numel())
        yield from (same[begin : begin + count] for begin in range(0, len(same), count))


def _orthogonal(stack: Tensor, group: dict[str, Any]) -> Tensor:
    """Return matrices with their singular values made about equal (Newton and Schulz).

    Args:
        stack: (matrices, rows, columns), at least as many columns as rows; overwritten.
        group: `ns_coefficients`, `ns_steps` and `eps` of PyTorch's Muon.
    """
    a, b, c = group["ns_coefficients"]
    for matrix in stack:  # each by itself, as PyTorch sums up its norm
        matrix.div_(matrix.norm().clamp(min=group["eps"]))
    for _ in range(group["ns_steps"]):
        gram = stack @ stack.mT
        gram = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        stack = torch.baddbmm(stack, gram, stack, beta=a)
    return stack


class MuonWithAdamW(torch.optim.Optimizer):
    """Two optimizers that look like one: groups and state of both stand side by side.

    Muon (Jordan et al. 2024) moves a matrix by its averaged gradient with all singular values
    made about equal. That has a size of its own; `match_rms_adamw` scales it to the size of
    AdamW's updates (Liu et al. 2025), so that one learning rate does for both.
    """

    _step_supports_amp_scaling = True

    def __init__(self, muon: StackedMuon, adamw: torch.optim.AdamW) -> None:
        """Join two that have no state yet; the latter is fused."""
        super().__init__([*muon.param_groups, *adamw.param_groups], {})
        self._parts = (muon, adamw)
        for part in self._parts:
            part.state = self.state

    @property
    def found_inf(self) -> Tensor | None:
        """Where it is 1, a step changes nothing."""
        return self._parts[0].found_inf

    @found_inf.setter
    def found_inf(self, found_inf: Tensor | None) -> None:
        for part in self._parts:
            part.found_inf = found_inf  # type: ignore[union-attr]

    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Move the weights of both."""
        assert closure is None, "the gradients are there already"
        for part in self._parts:
            part.step()
