"""The optimizers to choose from, and their state as named tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from transformer_mt.config import TrainingConfig
from transformer_mt.training.muon import MuonWithAdamW, StackedMuon, hidden_matrices_and_others


def build_optimizer(model: nn.Module, settings: TrainingConfig) -> torch.optim.Optimizer:
    """Return Adam (Kingma and Ba 2015), AdamW (Loshchilov and Hutter 2019), or Muon with AdamW.

    Weight decay, not Adam's, falls on matrices and not on biases and norms.
    """
    adam: dict[str, Any] = {
        "betas": (settings.adam_beta1, settings.adam_beta2),
        "eps": settings.adam_epsilon,
        "lr": settings.learning_rate,
        "fused": True,
    }
    decay = settings.weight_decay
    if settings.optimizer == "muon":
        hidden, others = hidden_matrices_and_others(model)
        return MuonWithAdamW(
            StackedMuon(hidden, lr=adam["lr"], weight_decay=decay),
            torch.optim.AdamW(_groups(others, decay), **adam),
        )
    kind = torch.optim.AdamW if settings.optimizer == "adamw" else torch.optim.Adam
    return kind(_groups(model.parameters(), decay), **adam)


def _groups(parameters: Iterable[Tensor], weight_decay: float) -> list[dict[str, Any]]:
    listed = list(parameters)
    return [
        {"params": [p for p in listed if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in listed if p.dim() < 2], "weight_decay": 0.0},
    ]


def optimizer_tensors(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return the optimizer's state as `<state name>.<parameter name>` -> tensor."""
    return {
        f"{name}.{parameter_name}": tensor
        for parameter_name, parameter in model.named_parameters()
        for name, tensor in optimizer.state.get(parameter, {}).items()
    }


def restore_optimizer(
    model: nn.Module, optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]
) -> None:
    """Put saved state back; the inverse of `optimizer_tensors`."""
    parameters = dict(model.named_parameters())
    for key, tensor in tensors.items():
        name, _, parameter_name = key.partition(".")
        parameter = parameters[parameter_name]
        optimizer.state[parameter][name] = tensor.to(parameter.device)
