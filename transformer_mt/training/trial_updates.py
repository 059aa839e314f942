"""What training does with a batch, done to measure what it takes."""

from __future__ import annotations

from transformer_mt.config import TrainingConfig
from transformer_mt.data.batch import Batch
from transformer_mt.model.transformer import Transformer
from transformer_mt.training.optimizer import build_optimizer
from transformer_mt.training.passes import Passes
from transformer_mt.training.worst_batches import random_batch


def forward_backward(passes: Passes, batch: Batch) -> float:
    """Add the gradients of a batch, and return its loss, for which a device is waited for."""
    loss = passes.add(batch)
    passes.collect()
    return float(loss.item())


class TrialUpdates:
    """Makes updates of a model with random batches, so that what they take can be measured."""

    def __init__(self, model: Transformer, settings: TrainingConfig) -> None:
        """Get ready, and make a first one; the model is spoilt by that."""
        self._model = model.train()
        self._optimizer = build_optimizer(model, settings)
        self._passes = Passes(model, settings)
        self.bytes_to_come = self._passes.second_bytes()
        """What larger batches will take besides: a second thread's gradients."""
        self(1, 2, 2)

    def __call__(self, pairs: int, source_len: int, target_len: int) -> None:
        """Make an update with a batch of this shape."""
        forward_backward(self._passes, random_batch(self._model, pairs, source_len, target_len))
        self._optimizer.step()  # and the gradients stay, as between two micro-batches
