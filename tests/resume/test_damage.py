"""Damaged checkpoints in a real run: named, passed over, and made again."""

import json
import os

import pytest


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def empty(path):
    os.truncate(path, 0)


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)


def delete(path):
    path.unlink()


@pytest.mark.parametrize(
    ("damage", "file"),
    [
        (truncate, "model.safetensors"),
        (empty, "optimizer.safetensors"),
        (flip_a_bit, "optimizer.safetensors"),
        (delete, "manifest.json"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_training_goes_on_from_the_checkpoint_before(workplace, finished, contents, damage, file):
    run = workplace.copy(finished, f"damaged-{damage.__name__}")
    newest = run / "checkpoints" / "step-00000036"
    damage(newest / file)
    outcome = workplace.train_to_the_end(run)
    assert f"warning: {newest}: skipped, {file}" in outcome.err
    assert "resumed at step 32" in outcome.err
    assert "warning" in (run / "train.log").read_text("utf-8")
    assert contents(run) == contents(finished)


def test_translations_pass_over_damaged_weights(workplace, finished):
    run = workplace.copy(finished, "damaged-weights")
    for path in (run / "checkpoints").glob("*/model.safetensors"):
        if path.parent.name != "step-00000036":
            flip_a_bit(path)
    outcome = workplace.tmt("translate", "--run", run, "The old tree sees dog.")
    assert outcome.code == 0, outcome.err
    assert "passed over, model.safetensors does not match its SHA-256 sum" in outcome.err
    assert outcome.out.count("\n") == 1


def test_damaged_weights_do_not_enter_the_average(workplace, finished):
    run = workplace.copy(finished, "damaged-average")
    (run / "averaged.json").unlink()
    flip_a_bit(run / "checkpoints" / "step-00000032" / "model.safetensors")
    outcome = workplace.train_to_the_end(run)
    assert "step-00000032: left out of the average, model.safetensors" in outcome.err
    assert json.loads((run / "averaged.json").read_text("utf-8"))["of"] == [30, 36]


def test_no_intact_checkpoint(workplace, finished, contents):
    run = workplace.copy(finished, "all-damaged")
    for path in (run / "checkpoints").glob("*/training.json"):
        empty(path)
    before = contents(run)
    outcome = workplace.train(run)
    assert outcome.code == 1
    assert "no intact checkpoint is left to resume from" in outcome.err
    assert "Traceback" not in outcome.err
    assert contents(run) == before
    outcome = workplace.tmt("translate", "--run", run, "The old dog.")
    assert outcome.code == 1
    assert "Traceback" not in outcome.err


def test_a_full_disk_is_a_message_and_the_run_goes_on(workplace, finished, contents):
    run = workplace.run("full-disk")
    full = {"kind": "disk full", "at": "safetensors.torch:save_file", "call": 6}
    outcome = workplace.train(run, faults=[full])
    assert outcome.code == 1
    assert "step-00000008: cannot be written" in outcome.err
    assert "No space left on device" in outcome.err
    assert "Traceback" not in outcome.err
    assert sorted(p.name for p in (run / "checkpoints").iterdir()) == [
        "step-00000004",
        "step-00000006",
    ]
    workplace.train_to_the_end(run)
    assert contents(run) == contents(finished)
