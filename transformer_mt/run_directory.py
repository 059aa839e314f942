"""The folder of a run: its files, its lock, and the note of which run was trained last."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import platform
import time
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, TextIO

from transformer_mt.config import Config
from transformer_mt.config_file import build_config, read_tree
from transformer_mt.errors import UserError, may_not_be_read

RUNS = Path("runs")
CONFIG_HEADING = "# The settings of this run, all of them, as tmt resolved them.\n"
_LAST_RUN = "last-run"


def write_atomically(path: Path, content: bytes) -> None:
    """Put `content` at `path` whole or not at all, also when the power fails."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        error.filename = str(path)  # the one that the user knows of
        raise
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_json(path: Path, value: Any) -> None:  # noqa: ANN401 - JSON holds anything
    """Write `value` as indented JSON, atomically."""
    write_atomically(path, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_to_read(path: Path) -> BufferedReader:
    """Open a file of a run.

    Raises:
        UserError: it may not be read, which is no damage: it is there, and perhaps intact.
        OSError: it is not there, or cannot be read.
    """
    try:
        return path.open("rb")
    except PermissionError:
        raise may_not_be_read(path) from None


def read_bytes(path: Path) -> bytes:
    """Return what a file of a run holds; raise as `open_to_read` does."""
    with open_to_read(path) as file:
        return file.read()


def names_in(folder: Path) -> list[str]:
    """Return what lies in a folder of a run, nothing where there is no such folder.

    Raises:
        UserError: it may not be read.
    """
    try:
        return [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError:
        raise may_not_be_read(folder) from None


class RunDirectory:
    """Where the parts of a run lie; see the README for what each file holds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.yaml"
        self.run_json = path / "run.json"
        self.checkpoints = path / "checkpoints"
        self.metrics = path / "metrics.jsonl"
        self.log = path / "train.log"
        self.cache = path / "cache"
        self.held_out = path / "held-out"
        self.halvings = path / "halvings.json"

    def exists(self) -> bool:
        """Tell whether this is the folder of a run.

        Raises:
            UserError: its config.yaml may not be read.
        """
        try:
            with open_to_read(self.config) as file:
                return file.readline() == CONFIG_HEADING.encode()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return False

    def is_own(self, path: Path) -> bool:
        """Tell whether a file or folder in it is one that a run makes."""
        if path == self.config:
            return self.exists()
        made = "lock run.json checkpoints best.json averaged.json halvings.json metrics.jsonl"
        name = path.name.removesuffix(".tmp")
        more = "train.log config.yaml held-out hypotheses cache"
        return name in {*made.split(), *more.split()} or (name.lstrip(".").startswith("tokenizer."))

    def has_begun(self) -> bool:
        """Tell whether there is anything trained that other settings would spoil.

        Raises:
            UserError: the folder may not be read.
        """
        return self.exists() and any(
            name.startswith("step-") and not name.endswith(".tmp")
            for name in names_in(self.checkpoints)
        )

    def load_config(self) -> Config:
        """Return the settings of this run.

        Raises:
            UserError: there is no run here, or its config.yaml is damaged.
        """
        if not self.exists():
            if self.config.is_file():
                what = "holds no run: its config.yaml does not begin as one of a run does"
            elif self.path.exists():
                what = "holds no run: config.yaml is missing"
            else:
                what = "does not exist"
            raise UserError(
                f"{self.path}: this run directory {what}.\n"
                f"Train one with tmt train --run {self.path}."
            )
        return build_config(read_tree(self.config), place=str(self.config))

    @contextlib.contextmanager
    def lock(self, *, wait_seconds: float = 0.0) -> Iterator[None]:
        """Keep a second training out of this folder while the context lasts.

        The lock ends with the process, however it dies. Where another host holds the folder the
        operating system may not tell; then the host named in the file decides. Of a process that
        is about to die the end may be waited for.

        Raises:
            UserError: another training holds the lock, or nothing may be written here.
        """
        path = self.path / "lock"
        for written in (self.path, path):
            if written.exists() and not os.access(written, os.W_OK):
                raise UserError(
                    f"{written}: no permission to write, as training does.\n"
                    "Change its permissions, or train another run with --run DIR."
                )
        with path.open("a+", encoding="utf-8") as file:
            holder = read_lock(path)
            here = platform.node()
            free = _flock(file, wait_seconds=wait_seconds)
            if not free or (holder and holder.get("host") != here):
                raise UserError(
                    f"{self.path}: process {holder.get('pid', '?')} on host "
                    f"{holder.get('host', '?')} has been training here since "
                    f"{holder.get('started', '?')}.\nWait for it or stop it; if it is gone for "
                    f"certain, delete {path}.",
                    exit_code=1,
                )
            file.truncate(0)
            started = time.strftime("%Y-%m-%d %H:%M:%S")
            file.write(json.dumps({"pid": os.getpid(), "host": here, "started": started}))
            file.flush()
            try:
                yield
            finally:
                file.truncate(0)


def _flock(file: TextIO, *, wait_seconds: float) -> bool:
    """Lock a file; tell whether it was free, at last."""
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        else:
            return True


def read_lock(path: Path) -> dict[str, Any]:
    """Return what a lock file says of its holder; nothing where it is free or torn."""
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def remember_last_run(run: Path) -> str | None:
    """Note in runs/ that this run was trained last; return why that cannot be, if it cannot."""
    run = run.resolve()
    runs = RUNS.resolve()
    name = run.relative_to(runs) if run.is_relative_to(runs) else run
    try:
        RUNS.mkdir(exist_ok=True)
        write_atomically(RUNS / _LAST_RUN, f"{name}\n".encode())
    except OSError as error:
        return f"{RUNS / _LAST_RUN}: cannot be written ({error.strerror}); use --run {run} later."
    return None


def find_run(run: Path | None) -> RunDirectory:
    """Return the run in a folder, or of that name in runs/; None is the run trained last.

    Whether there is one, its reader will tell.

    Raises:
        UserError: None was given, and no run was trained from here.
    """
    if run is None:
        return RunDirectory(last_run())
    named = RUNS / run
    return RunDirectory(named if named.is_dir() and not run.exists() else run)


def last_run() -> Path:
    """Return the run that was trained last from this folder.

    Raises:
        UserError: none was, or it is gone.
    """
    note = RUNS / _LAST_RUN
    if not note.is_file():
        raise UserError(
            f"No run has been trained from this folder ({note} is missing).\n"
            "Name one with --run DIR, or train one with tmt train."
        )
    run = RUNS / note.read_bytes().decode("utf-8", "replace").strip()
    if not run.is_dir():
        raise UserError(
            f"{run}: the run trained last is gone (named in {note}). Name another with --run DIR."
        )
    return run
