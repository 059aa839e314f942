"""Activation checkpointing (Chen et al. 2016): less memory for a second forward pass."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from transformer_mt.model.dropout import same_draws


def run_layer(layer: nn.Module, *inputs: Tensor, recompute: bool) -> Tensor:
    """Return `layer(*inputs)`; with `recompute` training keeps only the inputs.

    The backward pass then runs the layer again, with the same random numbers and under the same
    autocast: gradients are bit for bit those of a layer that has kept everything.
    """
    if recompute and layer.training and torch.is_grad_enabled():
        options: dict[str, Any] = {}
        if inputs[0].device.type == "cpu" and not torch.compiler.is_compiling():
            # Two threads with generators of their own may be here at a time.
            options = {"preserve_rng_state": False, "context_fn": same_draws}
        again: Tensor = checkpoint(layer, *inputs, use_reentrant=False, **options)
        return again
    once: Tensor = layer(*inputs)
    return once
