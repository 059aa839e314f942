"""Activation checkpointing (Chen et al. 2016): less memory for a second forward pass."""

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint


def run_layer(layer: nn.Module, *inputs: Tensor, recompute: bool) -> Tensor:
    """Return `layer(*inputs)`; with `recompute` training keeps only the inputs.

    The backward pass then runs the layer again, with the same random numbers and under the same
    autocast: gradients are bit for bit those of a layer that has kept everything.
    """
    if recompute and layer.training and torch.is_grad_enabled():
        again: Tensor = checkpoint(layer, *inputs, use_reentrant=False)
        return again
    once: Tensor = layer(*inputs)
    return once
