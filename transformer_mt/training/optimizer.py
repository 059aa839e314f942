"""The optimizers to choose from, and their state as named tensors."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from transformer_mt.config import TrainingConfig
from transformer_mt.training.muon import MuonWithAdamW, decayed_matrices


def build_optimizer(model: nn.Module, settings: TrainingConfig) -> torch.optim.Optimizer:
    """Return Adam (Kingma and Ba 2015), AdamW (Loshchilov and Hutter 2019), or Muon with AdamW.

    Weight decay, not Adam's, falls on matrices and not on biases and norms.
    """
    adam = {
        "betas": (settings.adam_beta1, settings.adam_beta2),
        "eps": settings.adam_epsilon,
        "fused": True,
    }
    rate, decay = settings.learning_rate, settings.weight_decay
    if settings.optimizer == "muon":
        return MuonWithAdamW(model, learning_rate=rate, weight_decay=decay, adam=adam)
    kind = torch.optim.AdamW if settings.optimizer == "adamw" else torch.optim.Adam
    return kind(decayed_matrices(model.parameters(), decay), lr=rate, **adam)


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
