"""The average of several checkpoints' weights (Vaswani et al. 2017, section 6.1)."""

from collections.abc import Iterable

import torch
from torch import Tensor


def average_weights(checkpoints: Iterable[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean of each parameter, summed in float64 one checkpoint at a time.

    Raises:
        ValueError: there is no checkpoint.
    """
    total: dict[str, Tensor] = {}
    kinds: dict[str, torch.dtype] = {}
    count = 0
    for weights in checkpoints:
        count += 1
        for name, tensor in weights.items():
            kinds[name] = tensor.dtype
            total[name] = total[name] + tensor.double() if name in total else tensor.double()
    if not count:
        raise ValueError("no checkpoints to average")
    return {name: (tensor / count).to(kinds[name]) for name, tensor in total.items()}
