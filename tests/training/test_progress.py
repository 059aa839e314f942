"""What a resumed training keeps of metrics.jsonl."""

import json

import pytest

from transformer_mt.run_directory import RunDirectory
from transformer_mt.training.progress import Reporter


def line(step, kind="step", **more):
    return json.dumps({"step": step, "type": kind, **more}) + "\n"


def validation(step, weights):
    return line(step, "validation", weights=weights)


@pytest.fixture
def kept(tmp_path):
    """Return a function that writes metrics.jsonl, and tells what is left of it at step 4."""

    def kept(content, *, validated_step=4, averaged_step=4):
        run = RunDirectory(tmp_path)
        run.metrics.write_text(content, encoding="utf-8")
        reporter = Reporter(run, quiet=True)
        reporter.cut_back(4, validated_step=validated_step, averaged_step=averaged_step)
        reporter.close()
        return run.metrics.read_text("utf-8")

    return kept


def test_later_steps_are_dropped(kept):
    before = line(2) + validation(2, "current") + line(4)
    assert kept(before + line(5) + validation(6, "current")) == before


def test_validations_that_the_checkpoint_does_not_know_are_dropped(kept):
    both = validation(4, "current") + validation(4, "averaged")
    assert kept(line(4) + both) == line(4) + both
    assert kept(line(4) + both, averaged_step=None) == line(4) + validation(4, "current")
    assert kept(line(4) + both, validated_step=2) == line(4) + validation(4, "averaged")


@pytest.mark.parametrize(
    "damage",
    ['{"step": 3, "ty', "[1]", "3", "null", "{}", '{"step": "3", "type": "step"}', '{"step": 4}',
     '{"step": 4, "type": "validation"}', '{"step": 4, "type": "validation", "weights": []}'],
)  # fmt: skip
def test_damaged_lines_are_dropped(kept, damage):
    assert kept(line(2) + damage + "\n" + line(4)) == line(2) + line(4)
