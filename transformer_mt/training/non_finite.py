"""What is said of an update whose loss or gradient is not finite."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from transformer_mt.config import TrainingConfig
from transformer_mt.data.sampler import MicroBatch
from transformer_mt.errors import UserError


def non_finite_error(
    micro_batches: Sequence[MicroBatch],
    bad: Sequence[int],
    *,
    what: str,
    step: int,
    saved_step: int,
    settings: TrainingConfig,
) -> UserError:
    """Return the error that ends training.

    Args:
        micro_batches: of the update.
        bad: which of them are not finite; none where only their sum is not.
        what: the loss, or a gradient.
        step: the update that was not made.
        saved_step: the last that is saved, 0 for none.
        settings: of the run.
    """
    named = micro_batches[bad[0]] if bad else micro_batches[0]
    of = "" if bad or len(micro_batches) == 1 else f" and {len(micro_batches) - 1} more"
    pairs = ", ".join(str(i) for i in named.indices[:8].tolist())
    return UserError(
        f"Step {step}: {what} is not finite; the update was not made.\n"
        f"Batch: epoch {named.epoch + 1}, pairs {pairs}{' …' if len(named.indices) > 8 else ''}"
        f"{of} (counted from 0 among the pairs kept).\n"
        f"Begin anew (--overwrite) with a training.learning_rate below "
        f"{settings.learning_rate:g}, training.warmup_steps above "
        f"{settings.warmup_steps}, or training.precision: float32."
        + (f"\nStep {saved_step} is saved and translates." if saved_step else ""),
        exit_code=1,
    )


def has_bad_gradient(model: nn.Module) -> bool:
    """Tell whether a gradient of the model is not finite."""
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    return not all(bool(torch.isfinite(gradient).all()) for gradient in gradients)
