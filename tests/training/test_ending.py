import pytest

from transformer_mt.config import TrainingConfig
from transformer_mt.training.ending import ended_by


@pytest.mark.parametrize(
    ("step", "epoch", "stopped_early", "key"),
    [
        (9, 1, False, None),
        (10, 0, False, "training.max_steps"),
        (11, 3, True, "training.max_steps"),
        (9, 2, True, "training.max_epochs"),
        (9, 1, True, "training.patience"),
    ],
)
def test_what_ends_training(step, epoch, stopped_early, key):
    settings = TrainingConfig(max_steps=10, max_epochs=2)
    assert ended_by(settings, step=step, epoch=epoch, stopped_early=stopped_early) == key


def test_without_a_limit_epochs_end_nothing():
    settings = TrainingConfig(max_steps=10)
    assert ended_by(settings, step=9, epoch=10**6, stopped_early=False) is None
