"""When training ends."""

from transformer_mt.config import TrainingConfig


def ended_by(settings: TrainingConfig, *, step: int, epoch: int, stopped_early: bool) -> str | None:
    """Return the key of the setting that ends training here, None where it goes on.

    `step` updates and `epoch` whole epochs are done.
    """
    if step >= settings.max_steps:
        return "training.max_steps"
    if settings.max_epochs is not None and epoch >= settings.max_epochs:
        return "training.max_epochs"
    return "training.patience" if stopped_early else None


def is_logged(settings: TrainingConfig, *, step: int, epoch: int) -> bool:
    """Tell whether there is a log line after this step: patience ends training later."""
    last = ended_by(settings, step=step, epoch=epoch, stopped_early=False)
    return step % settings.log_every_steps == 0 or last is not None
