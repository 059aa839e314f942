"""Forward and backward pass of a batch; on a CPU of two halves, by two threads at a time.

Between the matrix products of a pass there is much that one core does alone: calls, random
numbers, small tensors. Where two threads pass half a batch each, neither waits for the other.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

import torch
from torch import Tensor, nn

from transformer_mt.config import TrainingConfig
from transformer_mt.data.batch import Batch
from transformer_mt.model.dropout import drawing_from
from transformer_mt.model.transformer import Transformer
from transformer_mt.training.loss import batch_loss
from transformer_mt.training.ranks import ALONE, Ranks
from transformer_mt.training.replica import Replica
from transformer_mt.training.splitting import split_in_two

_WORTH_TWO = 1536  # padded target tokens; with fewer, calls from Python take most of the time


class Passes:
    """Adds the gradients of batches to those of a model.

    Dropout follows the state that PyTorch's generator has before a batch, and not the number of
    threads; who passes several batches seeds it before each.

    Attributes:
        precision: of matrix products.
        replica: sums the gradients over the ranks.

    Args:
        model: in training; on a CPU its gradients are complete after `collect`.
        settings: their precision, that of matrix products, and label smoothing count here.
        ranks: those that train; of several, each passes with one thread at a time.
        compiled: what takes the place of `model.hidden`; its batches stay whole.
    """

    def __init__(
        self,
        model: Transformer,
        settings: TrainingConfig,
        *,
        ranks: Ranks = ALONE,
        compiled: Callable[[Tensor, Tensor], Tensor] | None = None,
    ) -> None:
        self.precision = {"float32": torch.float32, "bfloat16": torch.bfloat16}[settings.precision]
        self._model = model
        self._loss_of = partial(batch_loss, label_smoothing=settings.label_smoothing)
        self.replica = Replica(model, partial(self._loss_of, model, hidden=compiled), ranks=ranks)
        self._ranks = ranks
        self._device = next(model.parameters()).device
        self._halves = self._device.type == "cpu" and compiled is None
        self._twin: Transformer | None = None
        # PyTorch sets the number of threads when a thread first asks for it; later it is ours.
        self._thread = ThreadPoolExecutor(1, "second-half", initializer=torch.get_num_threads)

    def add(self, batch: Batch, *, num_tokens: int = 1, last: bool = False) -> Tensor:
        """Add the gradients of a batch, divided by `num_tokens`.

        With the `last` batch of this rank, the gradients are summed over the ranks.

        Returns:
            The loss, summed over the batch's labels; a tensor, so that no GPU is waited for.
        """
        batch = batch.to(self._device)
        if not self._halves or not _is_worth_two(batch):
            return self._add(batch, num_tokens=num_tokens, last=last)
        parts = split_in_two(batch, pad_id=self._model.pad_id)
        seeds: list[int] = torch.randint(2**63 - 1, (len(parts),)).tolist()
        if len(parts) == 2 and self._may_use_threads():
            return self._add_both(parts, seeds, num_tokens=num_tokens)
        losses = []
        for part, seed in zip(parts, seeds, strict=True):
            torch.manual_seed(seed)
            is_last = last and part is parts[-1]
            losses.append(self._add(part, num_tokens=num_tokens, last=is_last))
        return torch.stack(losses).sum()

    def collect(self) -> None:
        """Add the gradients of the second thread to those of the model, after the last batch."""
        if self._twin is None:
            return
        for parameter, other in zip(self._model.parameters(), self._twin.parameters(), strict=True):
            if parameter.grad is None:
                parameter.grad = other.grad
            elif other.grad is not None:
                parameter.grad.add_(other.grad)
            other.grad = None

    def drop(self) -> None:
        """Forget the gradients of the second thread."""
        if self._twin is not None:
            self._twin.zero_grad(set_to_none=True)

    def second_bytes(self) -> int:
        """Return what the gradients of a second thread take, where large batches have one."""
        if not (self._halves and self._may_use_threads()):
            return 0
        return sum(p.numel() * p.element_size() for p in self._model.parameters())

    def _may_use_threads(self) -> bool:
        # With an odd number of threads one half would wait for the other.
        return torch.get_num_threads() % 2 == 0 and self._ranks.size == 1

    def _add(self, batch: Batch, *, num_tokens: int, last: bool) -> Tensor:
        with self.replica.passing(last=last):
            with self._autocast():
                loss = self.replica.loss(batch)
            # DistributedDataParallel gives the mean over the ranks, wanted is the sum.
            torch.autograd.backward(loss / (num_tokens / self._ranks.size))
        return loss.detach()

    def _add_both(self, parts: list[Batch], seeds: list[int], *, num_tokens: int) -> Tensor:
        if self._twin is None:
            self._twin = _twin_of(self._model)
        self._twin.train(self._model.training)
        threads = torch.get_num_threads()
        models = (self._model, self._twin)
        first, second = (
            partial(self._add_half, *half, threads=threads // 2, num_tokens=num_tokens)
            for half in zip(models, parts, seeds, strict=True)
        )
        future = self._thread.submit(second)
        try:
            try:
                loss = first()
            finally:
                wait([future])  # also after an error: until then it works with memory
        finally:
            torch.set_num_threads(threads)
        try:
            return loss + future.result()
        finally:
            del future  # whose error would hold this frame, and so itself and its tensors

    def _add_half(
        self, model: Transformer, part: Batch, seed: int, *, threads: int, num_tokens: int
    ) -> Tensor:
        torch.set_num_threads(threads)  # of those that start from this one
        with drawing_from(torch.Generator().manual_seed(seed)), self._autocast():
            loss = self._loss_of(model, part)
        torch.autograd.backward(loss / num_tokens)
        return loss.detach()

    def _autocast(self) -> torch.autocast:
        enabled = self.precision != torch.float32
        return torch.autocast(self._device.type, dtype=self.precision, enabled=enabled)


def _is_worth_two(batch: Batch) -> bool:
    return batch.target_label_ids.numel() >= _WORTH_TWO


def _twin_of(model: Transformer) -> Transformer:
    """Return a model with the same weights, in the same memory, and gradients of its own."""
    return copy.deepcopy(model, {id(p): nn.Parameter(p.data) for p in model.parameters()})
