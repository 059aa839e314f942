"""The learning rate as a pure function of the step."""

import math
from typing import Literal

from transformer_mt.config import TrainingConfig

Schedule = Literal["inverse_sqrt", "cosine", "linear", "constant", "warmup_stable_decay"]


def learning_rate(
    step: int,
    *,
    schedule: Schedule,
    peak: float,
    warmup_steps: int,
    max_steps: int,
    decay_start: int = 0,
) -> float:
    """Return the rate of an update.

    All schedules rise linearly to `peak` at step `warmup_steps`. Then `inverse_sqrt` falls as
    `peak * sqrt(warmup_steps / step)` (Vaswani et al. 2017, section 5.3, with its
    `d_model^-0.5 * warmup_steps^-0.5` written as `peak`); `cosine` and `linear` reach 0 at
    `max_steps`; `warmup_stable_decay` stays at `peak` until `decay_start` and falls from there to
    0 at `max_steps` as one minus the square root of what is done of the way (Hägele et al. 2024,
    who found it better than a straight line).

    Args:
        step: of the update about to be made, counted from 1.
        schedule: the shape after the warm-up.
        peak: the highest rate.
        warmup_steps: updates of rising rate.
        max_steps: updates in all.
        decay_start: for `warmup_stable_decay`; not below `warmup_steps`.
    """
    if step < warmup_steps:
        return peak * step / warmup_steps
    if schedule == "constant":
        return peak
    if schedule == "inverse_sqrt":
        return peak * math.sqrt(max(warmup_steps, 1) / step)
    if schedule == "warmup_stable_decay":
        way = max(1, max_steps - decay_start)
        return peak * (1.0 - math.sqrt(min(1.0, max(0, step - decay_start) / way)))
    done = min(1.0, (step - warmup_steps) / max(1, max_steps - warmup_steps))
    if schedule == "linear":
        return peak * (1.0 - done)
    return peak * 0.5 * (1.0 + math.cos(math.pi * done))


def rate_of_step(step: int, settings: TrainingConfig) -> float:
    """Return the learning rate that a run has at a step, counted from 1."""
    return learning_rate(
        step,
        schedule=settings.schedule,
        peak=settings.learning_rate,
        warmup_steps=settings.warmup_steps,
        max_steps=settings.max_steps,
        decay_start=settings.decay_start(),
    )
