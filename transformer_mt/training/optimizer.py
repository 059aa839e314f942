"""Adam and AdamW, and their state as named tensors."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from transformer_mt.config import TrainingConfig


def build_optimizer(model: nn.Module, settings: TrainingConfig) -> torch.optim.Optimizer:
    """Return Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019).

    Weight decay, AdamW's only, falls on matrices and not on biases and norms.
    """
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    kind = torch.optim.AdamW if settings.optimizer == "adamw" else torch.optim.Adam
    return kind(
        [
            {"params": matrices, "weight_decay": settings.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=settings.learning_rate,
        betas=(settings.adam_beta1, settings.adam_beta2),
        eps=settings.adam_epsilon,
        fused=True,
    )


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
