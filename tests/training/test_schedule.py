import math

import pytest

from transformer_mt.config import TrainingConfig
from transformer_mt.training.schedule import learning_rate

SCHEDULES = ["inverse_sqrt", "cosine", "linear", "constant", "warmup_stable_decay"]


def rate(step, schedule, *, peak=0.5, warmup_steps=10, max_steps=110, decay_start=60):
    return learning_rate(
        step,
        schedule=schedule,
        peak=peak,
        warmup_steps=warmup_steps,
        max_steps=max_steps,
        decay_start=max(decay_start, warmup_steps),
    )


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_rises_linearly_to_the_peak(schedule):
    for step in range(1, 11):
        assert rate(step, schedule) == pytest.approx(0.05 * step)
    assert rate(10, schedule) == 0.5


@pytest.mark.parametrize(
    ("schedule", "step", "expected"),
    [
        ("inverse_sqrt", 40, 0.25),
        ("inverse_sqrt", 90, 0.5 / 3),
        ("inverse_sqrt", 1000, 0.05),
        ("linear", 35, 0.375),
        ("linear", 60, 0.25),
        ("linear", 109, 0.005),
        ("cosine", 60, 0.25),
        ("cosine", 35, 0.25 * (1 + math.sqrt(0.5))),
        ("cosine", 85, 0.25 * (1 - math.sqrt(0.5))),
        ("constant", 11, 0.5),
        ("constant", 110, 0.5),
        ("warmup_stable_decay", 11, 0.5),
        ("warmup_stable_decay", 60, 0.5),
        ("warmup_stable_decay", 62, 0.4),
        ("warmup_stable_decay", 78, 0.2),
        ("warmup_stable_decay", 92, 0.1),
    ],
)
def test_falls_by_the_formula(schedule, step, expected):
    assert rate(step, schedule) == pytest.approx(expected)


@pytest.mark.parametrize("schedule", ["cosine", "linear", "warmup_stable_decay"])
@pytest.mark.parametrize("warmup_steps", [0, 10])
def test_ends_at_zero_and_stays_there(schedule, warmup_steps):
    assert rate(109, schedule, warmup_steps=warmup_steps) > 0
    for step in (110, 111, 1000):
        assert rate(step, schedule, warmup_steps=warmup_steps) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("warmup_steps", [0, 1, 10])
def test_never_rises_after_the_warm_up(schedule, warmup_steps):
    rates = [rate(step, schedule, warmup_steps=warmup_steps) for step in range(1, 120)]
    after = rates[max(warmup_steps, 1) - 1 :]
    assert after == sorted(after, reverse=True)
    assert all(0 <= value <= 0.5 for value in rates)


@pytest.mark.parametrize(
    ("d_model", "warmup_steps"), [(512, 4000), (1024, 4000), (64, 400), (512, 1)]
)
def test_the_papers_formula_is_inverse_sqrt(d_model, warmup_steps):
    """Section 5.3, equation 3."""
    peak = d_model**-0.5 * warmup_steps**-0.5
    for step in (1, 2, 399, 400, 401, 3999, 4000, 4001, 25_000, 100_000):
        paper = d_model**-0.5 * min(step**-0.5, step * warmup_steps**-1.5)
        ours = rate(step, "inverse_sqrt", peak=peak, warmup_steps=warmup_steps)
        assert ours == pytest.approx(paper)


def test_without_warm_up():
    assert rate(1, "inverse_sqrt", warmup_steps=0) == 0.5
    assert rate(4, "inverse_sqrt", warmup_steps=0) == 0.25
    assert rate(1, "constant", warmup_steps=0) == 0.5
    assert rate(55, "linear", warmup_steps=0) == pytest.approx(0.25)
    assert rate(55, "cosine", warmup_steps=0) == pytest.approx(0.25)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_warm_up_longer_than_the_training(schedule):
    rates = [rate(step, schedule, warmup_steps=200, max_steps=100) for step in (50, 100)]
    assert rates == pytest.approx([0.125, 0.25])


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_depends_on_the_step_alone(schedule):
    steps = [*range(1, 111)]
    forwards = [rate(step, schedule) for step in steps]
    backwards = [rate(step, schedule) for step in reversed(steps)]
    assert forwards == backwards[::-1]


@pytest.mark.parametrize("schedule", ["inverse_sqrt", "constant"])
def test_the_length_of_the_training_does_not_matter(schedule):
    for step in (5, 10, 90):
        assert rate(step, schedule, max_steps=100) == rate(step, schedule, max_steps=10_000)


@pytest.mark.parametrize(
    ("settings", "start"),
    [
        ({}, 800),  # a fifth
        ({"decay_steps": 300}, 700),
        ({"decay_steps": 0}, 1000),
        ({"decay_steps": 2000}, 50),  # not before the warm-up has ended
        ({"max_steps": 3}, 50),
    ],
)
def test_where_the_decay_starts(settings, start):
    """And that until there nothing depends on the length of the training."""
    training = TrainingConfig(
        **{"max_steps": 1000, "warmup_steps": 50, "schedule": "warmup_stable_decay", **settings}
    )
    assert training.decay_start() == start
    sizes = {"warmup_steps": 50, "schedule": "warmup_stable_decay", "decay_start": start}
    rates = [rate(step, max_steps=training.max_steps, **sizes) for step in range(1, start + 2)]
    assert rates[:-1] == [min(0.5, 0.5 * step / 50) for step in range(1, start + 1)]
    assert rates[-1] < 0.5 or training.decay_steps == 0


def test_no_decay_with_other_schedules():
    assert TrainingConfig(max_steps=1000).decay_start() == 1000
