"""The listing of runs: their states, their figures, at any width."""

import json
import os
import platform
import shutil
import subprocess
import sys

import pytest

from transformer_mt.data.tokenizer import (
    SHARED_MODEL_NAME,
    SOURCE_MODEL_NAME,
    TARGET_MODEL_NAME,
)
from transformer_mt.errors import UserError
from transformer_mt.pipelines.run_status import missing_tokenizer, status_of, training_by
from transformer_mt.pipelines.runs import runs
from transformer_mt.run_directory import RunDirectory


@pytest.fixture
def place(trained, tmp_path, monkeypatch):
    """Return a working folder whose runs/tiny is a finished run, the one trained last."""
    shutil.copytree(trained[0] / "runs", tmp_path / "runs")
    shutil.rmtree(tmp_path / "runs" / "tiny" / "hypotheses", ignore_errors=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "runs"


def copy_of(place, name):
    shutil.copytree(place / "tiny", place / name)
    return place / name


def listed(folder=None):
    return {record["run"]: record for record in json.loads(runs(folder, as_json=True))}


def test_a_finished_run_and_its_record(place):
    (record,) = listed().values()
    best = json.loads((place / "tiny" / "best.json").read_text())
    averaged = json.loads((place / "tiny" / "averaged.json").read_text())
    chosen = averaged if averaged["bleu"] >= best["bleu"] else best
    size = sum(path.stat().st_size for path in (place / "tiny").rglob("*") if path.is_file())
    assert record.pop("changed").endswith("+00:00")
    assert record == {
        "run": "runs/tiny",
        "default": True,
        "state": "finished",
        "source_language": "en",
        "target_language": "de",
        "step": 60,
        "max_steps": 60,
        "best": {
            **{key: chosen[key] for key in ("step", "bleu", "loss")},
            "averaged": chosen is averaged,
        },
        "bytes": size,
        "problem": None,
    }


def test_the_table(place):
    copy_of(place, "other")
    header, *rows, legend = runs(None, as_json=False).splitlines()
    assert header.split() == ["run", "languages", "state", "step", "best", "size", "age"]
    marked = {row.split()[1] for row in rows if row.startswith("*")}
    assert marked == {"runs/tiny"}
    for row in rows:
        assert " en-de finished 60/60 BLEU " in " ".join(row.split())
    assert legend == "* is used where no --run is given"


def test_it_fits_40_columns(place, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    lines = runs(None, as_json=False).splitlines()
    assert max(map(len, lines)) <= 40
    assert lines[0] == "* runs/tiny"
    assert lines[1] == "    en-de, finished, step 60/60"
    assert lines[2].startswith("    best BLEU ")


def test_an_interrupted_run(place):
    run = copy_of(place, "interrupted")
    shutil.rmtree(run / "checkpoints" / "step-00000060")
    record = listed()["runs/interrupted"]
    assert (record["state"], record["step"], record["problem"]) == ("interrupted", 50, None)


def test_a_run_whose_last_validation_is_missing_is_not_finished(place):
    run = copy_of(place, "unvalidated")
    path = run / "checkpoints" / "step-00000060" / "training.json"
    state = path.read_bytes()
    changed = state.replace(b'"validated_step": 60', b'"validated_step": 40')
    assert len(changed) == len(state) and changed != state
    path.write_bytes(changed)
    assert listed()["runs/unvalidated"]["state"] == "interrupted"


def test_a_prepared_run(place):
    run = place / "prepared"
    run.mkdir()
    shutil.copy(place / "tiny" / "config.yaml", run)
    record = listed()["runs/prepared"]
    assert (record["state"], record["step"], record["best"]) == ("prepared", 0, None)


def cut_model(run):
    path = run / "checkpoints" / "step-00000060" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:100])


def remove_manifest(run):
    (run / "checkpoints" / "step-00000060" / "manifest.json").unlink()


def empty_state(run):
    path = run / "checkpoints" / "step-00000060" / "training.json"
    path.write_bytes(b" " * path.stat().st_size)


def spoil_config(run):
    with (run / "config.yaml").open("a") as file:
        file.write("nonsense: 1\n")


def remove_config(run):
    (run / "config.yaml").unlink()


def spoil_best(run):
    (run / "best.json").write_text('{"checkpoint": "step-00000060"}')


def remove_tokenizer(run):
    (run / "tokenizer.model").unlink()


def empty_tokenizer(run):
    (run / "tokenizer.model").write_bytes(b"")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (cut_model, "step-00000060: model.safetensors has 100 bytes instead of"),
        (remove_manifest, "step-00000060: manifest.json is missing or damaged."),
        (empty_state, "step-00000060: training.json is damaged."),
        (spoil_config, "config.yaml: nonsense: there is no such key"),
        (remove_config, "holds no run: config.yaml is missing"),
        (remove_tokenizer, "damaged/tokenizer.model: is missing or empty."),
        (empty_tokenizer, "damaged/tokenizer.model: is missing or empty."),
        (spoil_best, "best.json: is damaged. Delete it to go on without it."),
    ],
)
def test_damage_is_named_in_a_line(place, damage, words):
    run = copy_of(place, "damaged")
    damage(run)
    record = listed()["runs/damaged"]
    assert record["state"] == "damaged"
    assert words in record["problem"]
    assert "\n" not in record["problem"]
    assert record["problem"] in runs(None, as_json=False)
    assert listed()["runs/tiny"]["state"] == "finished"


def test_each_language_may_have_its_own_tokenizer(place):
    run = RunDirectory(copy_of(place, "two"))
    config = run.load_config()
    config = config.model_copy(
        update={"tokenizer": config.tokenizer.model_copy(update={"shared": False})}
    )
    for name in (SOURCE_MODEL_NAME, TARGET_MODEL_NAME):
        assert missing_tokenizer(run, config) == (
            f"{run.path / name}: is missing or empty. Restore it from a copy of the run."
        )
        shutil.copy(run.path / SHARED_MODEL_NAME, run.path / name)
    assert missing_tokenizer(run, config) is None


def test_training_is_told_by_the_lock(place):
    run = RunDirectory(copy_of(place, "busy"))
    shutil.rmtree(run.checkpoints / "step-00000060")
    with run.lock():
        status = status_of(run)
        assert status.state == "training"
        assert status.holder["pid"] == os.getpid()
        assert status.step == 60  # the last in metrics.jsonl, that is not saved yet
    assert status_of(run).state == "interrupted"


def test_a_lock_left_by_a_dead_process_holds_nothing(place):
    lock = place / "tiny" / "lock"
    lock.write_text(json.dumps({"pid": 1, "host": platform.node(), "started": "2026-01-01"}))
    assert listed()["runs/tiny"]["state"] == "finished"
    with RunDirectory(place / "tiny").lock():
        pass  # looking has not taken it


def test_the_lock_of_another_host_counts(place):
    holder = {"pid": 1, "host": "elsewhere", "started": "2026-01-01"}
    (place / "tiny" / "lock").write_text(json.dumps(holder))
    assert training_by(RunDirectory(place / "tiny")) == holder


def test_looking_changes_nothing(place):
    def state():
        return {path: path.stat().st_mtime_ns for path in place.rglob("*")}

    before = state()
    listed()
    assert state() == before


def test_other_folders_are_not_runs(place, capsys):
    (place / "notes").mkdir()
    (place / "notes" / "config.yaml").write_text("data: {}\n")
    (place / "a file").write_text("")
    assert set(listed()) == {"runs/tiny"}
    assert runs(place / "notes", as_json=False) == ""
    assert capsys.readouterr().err == f"{place}/notes: no runs here. Train one with tmt train.\n"
    assert runs(place / "notes", as_json=True) == "[]"


def test_a_run_can_be_given_itself(place):
    assert set(listed(place / "tiny")) == {str(place / "tiny")}


def test_no_runs_at_all(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert runs(None, as_json=False) == ""
    assert capsys.readouterr().err == "runs: no runs here. Train one with tmt train.\n"


def test_a_folder_that_is_none(place):
    with pytest.raises(UserError, match="nowhere: there is no such folder"):
        runs(place / "nowhere", as_json=False)
    with pytest.raises(UserError, match="is a file, not a folder of runs"):
        runs(place / "last-run", as_json=False)


def test_neither_command_loads_torch(place):
    code = (
        "import sys, typer.testing, transformer_mt.cli as cli\n"
        "for words in (['runs'], ['info'], ['info', '--format', 'json']):\n"
        "    result = typer.testing.CliRunner().invoke(cli.app, words)\n"
        "    assert result.exit_code == 0 and 'tiny' in result.output, result.output\n"
        "print(sorted({'torch', 'datasets', 'sacrebleu', 'sentencepiece'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
