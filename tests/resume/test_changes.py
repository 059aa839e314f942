"""A run that has begun: finished, extended, changed, moved, begun anew."""

import hashlib
import json
import shutil

import pytest

DISTURBED = {"train.log"}
TEXT = "The old tree sees dog."


def all_bytes(run):
    return {
        path.relative_to(run): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in run.rglob("*")
        if path.is_file() and path.name not in DISTURBED
    }


@pytest.fixture
def other_data(workplace):
    """Put other text where the training data lies, for a while."""
    original = workplace.data.read_bytes()
    workplace.data.write_bytes(original.replace(b"The old", b"The odd", 1))
    yield
    workplace.data.write_bytes(original)


def test_a_finished_run_says_so_and_nothing_is_changed(workplace, finished):
    before = all_bytes(finished)
    outcome = workplace.train_to_the_end(finished)
    assert f"{finished}: this run is finished, at step 36." in outcome.err
    assert "--set training.max_steps=N" in outcome.err
    assert all_bytes(finished) == before


def test_an_extended_run_ends_as_if_it_had_been_so_long_from_the_beginning(
    workplace, finished, contents
):
    run = workplace.run("extended")
    workplace.train_to_the_end(run, "--set", "training.max_steps=13")
    assert json.loads((run / "averaged.json").read_text("utf-8"))["of"] == [8, 12, 13]
    workplace.train_to_the_end(run)
    files, records = contents(run)
    expected_files, expected_records = contents(finished)
    weights = {name for name in expected_files if name.endswith(".safetensors")}
    assert {name: files[name] for name in weights} == {
        name: expected_files[name] for name in weights
    }
    # What the first end has left in the metrics: its log line, and two validations.
    extra = [record for record in records if record not in expected_records]
    assert {record["step"] for record in extra} == {13, 15}
    assert [r["step"] for r in records] == sorted(r["step"] for r in records)


def test_patience_can_be_raised_after_it_has_ended(workplace):
    run = workplace.run("impatient")
    patience = "training.patience=1"
    workplace.train_to_the_end(run, "--set", patience)
    outcome = workplace.train_to_the_end(run, "--set", patience)
    assert "Go on with --set training.patience=N" in outcome.err
    outcome = workplace.train_to_the_end(run)
    assert "step 36: validation" in outcome.err


def test_the_rate_may_still_fall_after_patience_has_ended(workplace, metrics):
    run = workplace.run("impatient-stable")
    stable = ["--set", "training.schedule=warmup_stable_decay"]
    workplace.train_to_the_end(run, *stable, "--set", "training.patience=1")
    stopped = metrics(run)[-1]["step"]
    assert stopped < 28  # from where on the rate would have fallen
    settings = {"patience": "null", "max_steps": stopped + 8, "decay_steps": 6}
    words = [w for key, value in settings.items() for w in ("--set", f"training.{key}={value}")]
    workplace.train_to_the_end(run, *stable, *words, "--set", "training.log_every_steps=1")
    rates = {r["step"]: r["learning_rate"] for r in metrics(run) if r["type"] == "train"}
    assert rates[stopped + 1] == rates[stopped + 2] == 0.2
    assert rates[stopped + 3] == pytest.approx(0.2 * (1 - (1 / 6) ** 0.5))
    assert rates[stopped + 8] == 0


def test_the_best_may_be_chosen_by_another_figure(workplace, finished, metrics):
    """The best by BLEU, which is 0 throughout, is another one than the best by loss."""
    run = workplace.run("by-bleu")
    few = ["--set", "training.keep_checkpoints=3", "--set", "training.patience=null"]
    by_bleu = ["--set", "training.select_by=bleu"]
    workplace.train_to_the_end(run, *few, *by_bleu, "--set", "training.max_steps=24")
    workplace.train_to_the_end(run, *few)
    best = json.loads((run / "best.json").read_text("utf-8"))
    assert (run / "checkpoints" / best["checkpoint"] / "model.safetensors").exists()
    state = json.loads((run / "checkpoints" / "step-00000036" / "training.json").read_text("utf-8"))
    losses = {int(step): figures["loss"] for step, figures in state["validations"].items()}
    lowest = min(losses, key=losses.get)
    assert state["validations_without_best"] == sum(step > lowest for step in losses)


@pytest.mark.parametrize("schedule", ["cosine", "warmup_stable_decay"])
def test_a_schedule_that_ends_is_not_said_to_go_on(workplace, schedule):
    run = workplace.run(schedule)
    settings = [
        f"training.schedule={schedule}",
        "training.warmup_steps=1",
        "training.max_steps=5",
        "training.average_checkpoints=0",
    ]
    words = [word for setting in settings for word in ("--set", setting)]
    workplace.train_to_the_end(run, *words)
    outcome = workplace.train_to_the_end(run, *words)
    assert f"Its {schedule} schedule ends there; begin anew with --overwrite." in outcome.err


def test_a_stable_rate_goes_on_as_if_its_end_had_been_so_far_away(workplace, contents):
    """A run that is stopped before its rate falls, and then made longer."""
    settings = ["--set", "training.schedule=warmup_stable_decay", "--set", "training.patience=null"]
    steps = ["--set", "training.max_steps={}", "--set", "training.decay_steps=4"]
    short, long = ([*settings, *(word.format(n) for word in steps)] for n in (13, 17))
    whole, run = workplace.run("long-stable"), workplace.run("stable")
    workplace.train_to_the_end(whole, *long)
    at_step_10 = {
        "kind": "signal",
        "at": "transformer_mt.training.trainer:Trainer._refuse_non_finite",
        "call": 10,
        "signal": 9,
    }
    assert workplace.train(run, *short, faults=[at_step_10]).code == -9
    workplace.train_to_the_end(run, *long)
    assert contents(run) == contents(whole)
    outcome = workplace.train(run, *settings, "--set", "training.max_steps=30")
    assert outcome.code == 2
    assert "training.max_steps: 17 -> 30 (step 17 is done, and the rate falls from step 13" in (
        outcome.err
    )


def test_another_number_of_threads_is_warned_about(workplace):
    run, arguments = workplace.run("threads"), ["train", "--config", workplace.config]
    steps = ["--set", "training.max_steps=2", "--set", "training.average_checkpoints=0"]
    workplace.train_to_the_end(run, *steps)
    more = ["--set", "training.max_steps=3", "--set", "training.average_checkpoints=0"]
    outcome = workplace.tmt(*arguments, "--run", run, *more, "--threads", "2")
    assert outcome.code == 0, outcome.err
    assert (
        "warning: this run was trained on cpu with 1 thread(s) and goes on, on cpu with 2 thread(s)"
        in outcome.err
    )


def test_other_settings_are_refused_with_a_diff(workplace, finished):
    before = all_bytes(finished)
    outcome = workplace.train(finished, "--set", "model.d_model=32", "--set", "training.seed=2")
    assert outcome.code == 2
    assert f"{finished}: this run has begun with other settings" in outcome.err
    assert "model.d_model: 16 -> 32" in outcome.err
    assert "training.seed: 3 -> 2" in outcome.err
    assert "--run" in outcome.err
    assert "--overwrite" in outcome.err
    assert all_bytes(finished) == before


def test_other_data_is_refused_by_its_hash(workplace, finished, other_data):
    before = all_bytes(finished)
    outcome = workplace.train(finished)
    assert outcome.code == 2
    assert f"{workplace.data}: has changed since this run began" in outcome.err
    assert all_bytes(finished) == before


def test_overwrite_begins_anew(workplace, finished, contents, other_data):
    run = workplace.copy(finished, "overwritten")
    short = ["--set", "training.max_steps=4", "--set", "training.average_checkpoints=0"]
    # Killed while the old run is removed, and once more; then with the settings of the run.
    for call in (3, 9):
        fault = {"kind": "signal", "at": "os:unlink", "call": call, "signal": 9}
        assert workplace.train(run, *short, "--overwrite", faults=[fault]).code == -9
    outcome = workplace.tmt("train", "--run", run, "--overwrite", "--threads", "1", *short)
    assert outcome.code == 0, outcome.err
    fresh = workplace.run("fresh")
    workplace.train_to_the_end(fresh, *short)
    assert contents(run) == contents(fresh)
    assert sorted(p.name for p in (run / "checkpoints").iterdir()) == ["step-00000004"]


def test_a_dry_run_of_a_run_leaves_it_alone(workplace, finished):
    before = all_bytes(finished)
    outcome = workplace.tmt("train", "--run", finished, "--dry-run", "--threads", "1")
    assert outcome.code == 0, outcome.err
    assert "d_model 16" in outcome.err
    assert all_bytes(finished) == before


def test_a_folder_that_is_no_run_is_refused(workplace):
    folder = workplace.folder / "precious"
    folder.mkdir()
    (folder / "thesis.tex").write_text("years of work", encoding="utf-8")
    for options in ([], ["--overwrite"]):
        outcome = workplace.train(folder, *options)
        assert outcome.code == 2
        assert "holds files that belong to no run (thesis.tex)" in outcome.err
    assert [path.name for path in folder.iterdir()] == ["thesis.tex"]


def test_a_moved_run_works(workplace, finished, contents):
    run = workplace.copy(finished, "to be moved")
    shutil.rmtree(run / "checkpoints" / "step-00000036")
    moved = workplace.folder / "elsewhere" / "moved run"
    moved.parent.mkdir()
    run.rename(moved)
    outcome = workplace.tmt("train", "--run", moved, "--threads", "1")
    assert outcome.code == 0, outcome.err
    assert contents(moved) == contents(finished)
    outcome = workplace.tmt("translate", TEXT)  # the run trained last
    assert str(moved) in outcome.err
    expected = workplace.tmt("translate", "--run", finished, TEXT)
    assert outcome.out == expected.out
    moved.rename(run)
    outcome = workplace.tmt("translate", TEXT)
    assert outcome.code == 2
    assert "the run trained last is gone" in outcome.err
    assert "--run DIR" in outcome.err
