"""Muon for the matrices inside encoder and decoder, AdamW for all other weights."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn


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


class MuonWithAdamW(torch.optim.Optimizer):
    """Two optimizers that look like one: groups and state of both stand side by side.

    Muon (Jordan et al. 2024) moves a matrix by its averaged gradient with all singular values
    made about equal. That has a size of its own; `match_rms_adamw` scales it to the size of
    AdamW's updates (Liu et al. 2025), so that one learning rate does for both.
    """

    def __init__(self, muon: torch.optim.Muon, adamw: torch.optim.AdamW) -> None:
        """Join two that have no state yet."""
        super().__init__([*muon.param_groups, *adamw.param_groups], {})
        self._parts = (muon, adamw)
        for part in self._parts:
            part.state = self.state

    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Move the weights of both."""
        assert closure is None, "the gradients are there already"
        for part in self._parts:
            part.step()  # type: ignore[no-untyped-call]
