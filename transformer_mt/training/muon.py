"""Muon for the matrices inside encoder and decoder, AdamW for all other weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn


def is_hidden_matrix(name: str, parameter: Tensor) -> bool:
    """Tell whether Muon moves a weight: not vectors, nor embeddings and the output layer.

    Those map single tokens, whose rows are not directions of one space.
    """
    return parameter.dim() == 2 and name.split(".", maxsplit=1)[0] in ("encoder", "decoder")


class MuonWithAdamW(torch.optim.Optimizer):
    """Two optimizers that look like one: groups and state of both stand side by side.

    Muon (Jordan et al. 2024) moves a matrix by its averaged gradient with all singular values
    made about equal. That has a size of its own; it is scaled to the size of AdamW's updates
    (Liu et al. 2025), so that one learning rate does for both.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        learning_rate: float,
        weight_decay: float,
        adam: Mapping[str, Any],
    ) -> None:
        """Divide the weights of a model; `adam` is the rest of AdamW's settings."""
        named = list(model.named_parameters())
        hidden = [p for name, p in named if is_hidden_matrix(name, p)]
        others = [p for name, p in named if not is_hidden_matrix(name, p)]
        self._muon = torch.optim.Muon(
            hidden,
            lr=learning_rate,
            weight_decay=weight_decay,
            adjust_lr_fn="match_rms_adamw",
        )
        self._adamw = torch.optim.AdamW(
            decayed_matrices(others, weight_decay), lr=learning_rate, **adam
        )
        super().__init__([*self._muon.param_groups, *self._adamw.param_groups], {})
        self._muon.state = self._adamw.state = self.state

    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Move the weights of both."""
        assert closure is None, "the gradients are there already"
        self._muon.step()
        self._adamw.step()


def decayed_matrices(parameters: Iterable[Tensor], weight_decay: float) -> list[dict[str, Any]]:
    """Return groups of weights: matrices decay, biases and norms do not."""
    listed = list(parameters)
    return [
        {"params": [p for p in listed if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in listed if p.dim() < 2], "weight_decay": 0.0},
    ]
