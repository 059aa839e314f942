"""Loss and gradient norm of an update: read at once, or without waiting for the device.

On CUDA the host runs ahead: it asks for the next update before the figures of the last have
arrived. So the device itself decides whether an update is made. The flag `found_inf`, which the
fused optimizers take, stops this update and all that follow; the host learns of it later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from transformer_mt.data.sampler import MicroBatch
from transformer_mt.training.ranks import Ranks


class Numbers(Protocol):
    """Some float64 numbers that may be on their way."""

    def read(self) -> list[float]:
        """Return them, as soon as they are there."""
        ...


class HostCopy:
    """Numbers on their way from a CUDA device to pinned memory; nobody waits before `read`."""

    def __init__(self, numbers: Tensor) -> None:
        self._copy = torch.empty(numbers.shape, dtype=numbers.dtype, pin_memory=True)
        self._copy.copy_(numbers, non_blocking=True)
        self._arrived = torch.cuda.Event()  # type: ignore[no-untyped-call]
        self._arrived.record(torch.cuda.current_stream(numbers.device))

    def read(self) -> list[float]:
        """Return the numbers, as soon as they are there."""
        self._arrived.synchronize()
        return list(map(float, self._copy.tolist()))


@dataclass(frozen=True)
class PendingUpdate:
    """An update whose figures have not been looked at: gradient norm, loss of each micro-batch."""

    step: int
    micro_batches: Sequence[MicroBatch]
    num_tokens: int
    figures: Numbers


class FigureReader:
    """Brings the figures of updates to the host, and keeps non-finite updates from being made.

    Args:
        optimizer: of the updates.
        ranks: the processes that train together.
        device: of the model.
        copy: how numbers reach the host without waiting. None: they are waited for, and it is for
            the caller not to make an update whose figures are not finite.
    """

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        *,
        ranks: Ranks,
        device: torch.device,
        copy: Callable[[Tensor], Numbers] | None,
    ) -> None:
        self._ranks = ranks
        self._copy = copy
        self._found_inf = torch.zeros((), device=device)  # 1: no update is made any more
        if copy is not None:
            assert can_be_blocked(optimizer), "the optimizer does not know found_inf"
            optimizer.found_inf = self._found_inf  # type: ignore[attr-defined]

    @property
    def waits(self) -> bool:
        """Whether figures are there at once."""
        return self._copy is None

    def begin(self, losses: Mapping[int, Tensor], count: int, grad_norm: Tensor) -> Numbers:
        """Return the figures of an update, and block it if they are not finite.

        Args:
            losses: of this rank's micro-batches, by their index.
            count: of all micro-batches of the update.
            grad_norm: of the gradients, summed over the ranks.
        """
        if self._copy is None:
            return self._wait(losses, count, grad_norm)
        zero = torch.zeros_like(grad_norm)
        sums = torch.stack([losses.get(index, zero) for index in range(count)]).double()
        self._ranks.sum_on_device(sums)
        figures = torch.cat([grad_norm.double()[None], sums])
        bad = (~figures.isfinite().all()).to(self._found_inf.dtype)
        torch.maximum(self._found_inf, bad, out=self._found_inf)
        return self._copy(figures)

    def _wait(self, losses: Mapping[int, Tensor], count: int, grad_norm: Tensor) -> Numbers:
        norm = float(grad_norm.item())
        values = torch.stack([*losses.values()]).tolist() if losses else ()
        own = dict(zip(losses, values, strict=True))
        return _Here([norm, *self._ranks.sum([own.get(index, 0.0) for index in range(count)])])


def can_be_blocked(optimizer: torch.optim.Optimizer) -> bool:
    """Tell whether the optimizer skips a step on the device where its `found_inf` is 1.

    Those of PyTorch say so, as they do to `torch.amp.GradScaler`. Another kind, or several behind
    one object, is waited for, unless it takes the flag and has this attribute, too.
    """
    return bool(getattr(optimizer, "_step_supports_amp_scaling", False))


def copy_for(
    device: torch.device, optimizer: torch.optim.Optimizer
) -> Callable[[Tensor], Numbers] | None:
    """Return how figures get to the host where it need not wait, None where it has to."""
    return HostCopy if device.type == "cuda" and can_be_blocked(optimizer) else None


@dataclass(frozen=True)
class _Here:
    """Numbers that have arrived."""

    numbers: list[float]

    def read(self) -> list[float]:
        return self.numbers
