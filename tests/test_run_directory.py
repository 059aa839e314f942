import itertools
import json
import os
import platform
import signal
import subprocess
import sys
import threading

import pytest

from transformer_mt.config import Config
from transformer_mt.config_file import to_yaml
from transformer_mt.errors import UserError
from transformer_mt.run_directory import (
    CONFIG_HEADING,
    RunDirectory,
    last_run,
    remember_last_run,
    write_atomically,
    write_json,
)


class Death(BaseException):
    """Stands for the end of the process."""


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "file.json"
    write_json(path, {"content": "old"})
    old = path.read_bytes()

    def dying(original, calls, last):
        def call_or_die(*args):
            if next(calls) == last:
                raise Death
            return original(*args)

        return call_or_die

    for call in itertools.count():
        calls = itertools.count()
        with monkeypatch.context() as patch:
            for name in ("fsync", "replace"):
                patch.setattr(os, name, dying(getattr(os, name), calls, call))
            try:
                write_json(path, {"content": "new, and longer"})
            except Death:
                pass
            else:
                break
        assert path.read_bytes() == old or json.loads(path.read_bytes())["content"][:3] == "new"
        write_atomically(path, old)
        assert [each.name for each in tmp_path.iterdir()] == ["file.json"]
    assert call == 3  # the file, its name, the folder
    assert json.loads(path.read_bytes()) == {"content": "new, and longer"}


def test_json_is_readable_text(tmp_path):
    write_json(tmp_path / "a.json", {"text": "Käse"})
    assert (tmp_path / "a.json").read_bytes() == '{\n "text": "Käse"\n}\n'.encode()


# The config


def test_a_run_that_is_none(tmp_path):
    with pytest.raises(UserError, match="this run directory does not exist") as caught:
        RunDirectory(tmp_path / "nothing").load_config()
    assert "--run" in str(caught.value)
    with pytest.raises(UserError, match=r"holds no run: config\.yaml is missing"):
        RunDirectory(tmp_path).load_config()
    (tmp_path / "config.yaml").write_text("training: {max_steps: 3}\n")
    with pytest.raises(UserError, match=r"config\.yaml does not begin as one of a run does"):
        RunDirectory(tmp_path).load_config()


def test_only_a_whole_checkpoint_makes_a_run_begun(tmp_path):
    run = RunDirectory(tmp_path)
    run.config.write_text(CONFIG_HEADING + to_yaml(Config()), encoding="utf-8")
    (run.checkpoints / "step-00000004.tmp").mkdir(parents=True)
    assert not run.has_begun()
    (run.checkpoints / "step-00000004").mkdir()
    assert run.has_begun()


def test_the_config_of_a_run(tmp_path):
    run = RunDirectory(tmp_path)
    assert not run.exists()
    config = Config(data_sha256={"a file": "abc"})
    run.config.write_text(CONFIG_HEADING + to_yaml(config), encoding="utf-8")
    assert run.exists()
    assert run.load_config() == config
    run.config.write_text(CONFIG_HEADING + "training: {max_stepps: 3}", encoding="utf-8")
    with pytest.raises(UserError, match=r"config\.yaml: training\.max_stepps.*max_steps"):
        run.load_config()


# The lock

HOLD = (
    "import sys; from pathlib import Path; from transformer_mt.run_directory import RunDirectory\n"
    "with RunDirectory(Path(sys.argv[1])).lock():\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock of a run."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_training_is_kept_out_until_the_first_is_gone(tmp_path, holder):
    run = RunDirectory(tmp_path)
    with pytest.raises(UserError) as caught, run.lock():
        pytest.fail("two hold the lock")
    message = str(caught.value)
    assert caught.value.exit_code == 1
    assert (
        f"{tmp_path}: process {holder.pid} on host {platform.node()} has been training" in message
    )
    assert f"delete {tmp_path / 'lock'}" in message
    assert message.count("\n") <= 4
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert str(holder.pid) in (tmp_path / "lock").read_text("utf-8")  # stale
    with run.lock():
        assert json.loads((tmp_path / "lock").read_text("utf-8"))["pid"] == os.getpid()


def test_a_lock_that_was_given_back(tmp_path):
    run = RunDirectory(tmp_path)
    for _ in range(2):
        with run.lock(), pytest.raises(UserError), run.lock():
            pass
    assert (tmp_path / "lock").read_bytes() == b""


def test_the_end_of_a_holder_may_be_waited_for(tmp_path, holder):
    run = RunDirectory(tmp_path)
    threading.Timer(0.2, holder.kill).start()
    with run.lock(wait_seconds=60):
        assert json.loads((tmp_path / "lock").read_text("utf-8"))["pid"] == os.getpid()
    assert holder.wait() == -9


def test_the_lock_is_given_back_after_an_error(tmp_path):
    run = RunDirectory(tmp_path)
    with pytest.raises(ZeroDivisionError), run.lock():
        raise ZeroDivisionError
    with run.lock():
        pass


def test_the_lock_of_another_host_counts_though_the_system_does_not_tell(tmp_path):
    path = tmp_path / "lock"
    content = json.dumps({"pid": 12, "host": "elsewhere", "started": "2026-01-02 03:04:05"})
    path.write_text(content, encoding="utf-8")
    expected = "process 12 on host elsewhere has been training here since 2026-01-02 03:04:05"
    with pytest.raises(UserError, match=expected), RunDirectory(tmp_path).lock():
        pytest.fail("the lock of another host was taken")
    assert path.read_text("utf-8") == content
    path.unlink()
    with RunDirectory(tmp_path).lock():
        pass


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_damaged_lock_locks_nothing(tmp_path, content):
    (tmp_path / "lock").write_bytes(content)
    with RunDirectory(tmp_path).lock():
        pass


# The run trained last


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working directory, which holds `runs`."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_no_run_was_trained(folder):
    with pytest.raises(UserError, match="No run has been trained from this folder") as caught:
        last_run()
    assert "--run DIR" in str(caught.value)


def test_the_run_trained_last_moves_with_its_folder(folder, monkeypatch):
    run = folder / "runs" / "small"
    run.mkdir(parents=True)
    remember_last_run(run)
    assert (folder / "runs" / "last-run").read_text("utf-8") == "small\n"
    assert last_run().resolve() == run
    moved = folder.rename(folder.with_name("moved"))
    monkeypatch.chdir(moved)
    assert last_run().resolve() == moved / "runs" / "small"


def test_a_damaged_note_is_a_message(folder):
    (folder / "runs").mkdir()
    (folder / "runs" / "last-run").write_bytes(b"\xff\0\n")
    with pytest.raises(
        UserError, match=r"the run trained last is gone \(named in runs/last-run\)\."
    ):
        last_run()


def test_a_run_that_lies_elsewhere(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    remember_last_run(elsewhere)
    assert last_run() == elsewhere
    (folder / "here").mkdir()
    remember_last_run((folder / "here").relative_to(folder))
    assert last_run().resolve() == folder / "here"


def test_where_the_note_cannot_be_written_that_is_said(folder, tmp_path):
    (folder / "runs").write_text("a file")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    problem = remember_last_run(elsewhere)
    assert (
        problem == f"runs/last-run: cannot be written (File exists); use --run {elsewhere} later."
    )


def test_the_run_trained_last_is_gone(folder):
    run = folder / "runs" / "small"
    run.mkdir(parents=True)
    remember_last_run(run)
    run.rename(run.with_name("renamed"))
    with pytest.raises(UserError, match="small: the run trained last is gone") as caught:
        last_run()
    assert "last-run" in str(caught.value)
