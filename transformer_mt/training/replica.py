"""A rank's copy of the model, whose gradients are summed with those of the other ranks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from transformer_mt.data.batch import Batch
from transformer_mt.training.ranks import Ranks


class Replica:
    """Computes losses whose backward pass adds gradients, and sums them over the ranks.

    Args:
        model: the same on all ranks; what it holds stays what is trained, saved and validated.
        loss_of: the loss of a batch by this model, summed over its labels.
        ranks: those that train.
    """

    def __init__(
        self, model: nn.Module, loss_of: Callable[[Batch], Tensor], *, ranks: Ranks
    ) -> None:
        self._pass: _Pass | DistributedDataParallel = _Pass(model, loss_of)
        if ranks.size == 1:
            return
        self._pass = DistributedDataParallel(self._pass, process_group=ranks.gradients)
        # DistributedDataParallel sorts its buckets once, after the first pass; the order in which
        # ranks are summed depends on them. So that is done here, and always in the same way: the
        # updates of a resumed run sum as those of a run that was never stopped.
        for _ in range(2):
            self.sum_gradients()
        model.zero_grad(set_to_none=True)

    def loss(self, batch: Batch) -> Tensor:
        """Return the loss of a batch."""
        loss: Tensor = self._pass(batch)
        return loss

    @contextmanager
    def passing(self, *, last: bool) -> Iterator[None]:
        """Surround a forward and a backward pass; sum gradients in the `last` one of an update.

        Who has no batch in an update calls `sum_gradients`: all ranks have to sum as often.
        """
        if last or not isinstance(self._pass, DistributedDataParallel):
            yield
        else:
            with self._pass.no_sync():
                yield

    def sum_gradients(self) -> None:
        """Sum the gradients over the ranks by a pass that adds nothing to them."""
        torch.autograd.backward(self._pass(None))


class _Pass(nn.Module):
    """The loss as a module, which is what DistributedDataParallel wraps."""

    def __init__(self, model: nn.Module, loss_of: Callable[[Batch], Tensor]) -> None:
        super().__init__()
        self.model = model
        self._loss_of = loss_of
        # DistributedDataParallel would send them round. They are tables made by formula, which may
        # have grown on one rank and not on another.
        self._ddp_params_and_buffers_to_ignore = [name for name, _ in self.named_buffers()]

    def forward(self, batch: Batch | None) -> Tensor:
        """Return the loss of a batch; of None it is 0, and so are the gradients."""
        if batch is None:
            return torch.stack([p.flatten()[0] * 0.0 for p in self.model.parameters()]).sum()
        return self._loss_of(batch)
