"""The plan that training begins with."""

import re

import pytest

from transformer_mt.pipelines.plan import duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 seconds"), (89, "89 seconds"), (90, "2 minutes"), (89 * 60, "89 minutes"),
     (90 * 60, "1.5 hours"), (47 * 3600, "47.0 hours"), (48 * 3600, "2.0 days")],
)  # fmt: skip
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_epochs_limit_the_updates_it_foresees(corpus, tmt, tmp_path):
    words = ("train", "--config", corpus / "tiny.yaml", "--dry-run")
    done = tmt(*words, "--set", "training.max_epochs=2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    tokens = re.search(r"and ([\d,]+) target tokens\)", done.stderr)[1].replace(",", "")
    updates = -(-2 * int(tokens) // 600)
    assert updates < 60  # training.max_steps
    assert f"Updates    {updates} of about 600 target tokens (about 2." in done.stderr
    assert not (tmp_path / "runs").exists()
