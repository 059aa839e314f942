"""How far a run is: found in its folder without PyTorch, and without touching anything."""

from __future__ import annotations

import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from transformer_mt.checkpoint import STATE, Checkpoint, CheckpointStore
from transformer_mt.chosen_weights import averaged_is_chosen, pointers
from transformer_mt.config import Config
from transformer_mt.errors import UserError
from transformer_mt.run_directory import RunDirectory, last_run, read_lock
from transformer_mt.training.ending import ended_by

State = Literal["training", "finished", "interrupted", "prepared", "damaged"]


@dataclass(frozen=True)
class RunStatus:
    """What can be said of a run at once."""

    run: RunDirectory
    config: Config | None
    """None where it cannot be read."""
    state: State
    step: int
    """The last one known of: saved, or while training written to metrics.jsonl."""
    best: dict[str, Any] | None
    """Step, bleu and loss of what translates best, and whether it is `averaged`."""
    num_bytes: int
    changed: float | None
    """When it last wrote something, in seconds since 1970."""
    is_default: bool
    problem: str | None = None
    """What is damaged."""
    holder: dict[str, Any] = field(default_factory=dict)
    """Process, host and start of the training under way."""


def looks_like_a_run(path: Path) -> bool:
    """Tell whether a folder is a run's, or is what is left of one, or may not be looked into."""
    try:
        return RunDirectory(path).exists() or bool(CheckpointStore(path).all())
    except UserError:
        return True
    except OSError:
        return False


def status_of(run: RunDirectory) -> RunStatus:
    """Look at a run; what is wrong with it stands in `problem`."""
    config, problem = _config(run)
    holder = training_by(run)
    try:
        checkpoints = CheckpointStore(run.path).all()
    except UserError as error:
        checkpoints, problem = [], problem or str(error)
    step = checkpoints[-1].step if checkpoints else 0
    ended = False
    if checkpoints and config:
        ended, damage = _look_at(checkpoints[-1], config)
        problem = problem or damage or missing_tokenizer(run, config)
    best = None
    try:
        best = _best(run, config) if config else None
    except UserError as error:
        problem = problem or str(error)
    if holder:
        step = max(step, _last_step_of(run.metrics))
        problem = None if config else problem  # checkpoints come and go while it trains
    num_bytes, changed = _size_and_time(run.path)
    return RunStatus(
        run=run,
        config=config,
        state=_state(training=bool(holder), problem=problem, begun=bool(checkpoints), ended=ended),
        step=step,
        best=best,
        num_bytes=num_bytes,
        changed=changed,
        is_default=_is_default(run),
        problem=problem,
        holder=holder,
    )


def _state(*, training: bool, problem: str | None, begun: bool, ended: bool) -> State:
    if training:
        return "training"
    if problem:
        return "damaged"
    if not begun:
        return "prepared"
    return "finished" if ended else "interrupted"


def _config(run: RunDirectory) -> tuple[Config | None, str | None]:
    try:
        return run.load_config(), None
    except UserError as error:
        return None, str(error).splitlines()[0]
    except OSError as error:
        return None, f"{run.config}: cannot be read ({error.strerror})."


def _look_at(checkpoint: Checkpoint, config: Config) -> tuple[bool, str | None]:
    """Return whether training has ended with this checkpoint, and what is wrong with it."""
    try:
        damage = checkpoint.damage(content=False)
        if damage is None:
            return _has_ended(config, checkpoint.state()), None
    except UserError as error:
        return False, str(error)
    except (OSError, ValueError, LookupError, TypeError):
        damage = f"{STATE} is damaged"
    return False, f"{checkpoint.path}: {damage}."


def missing_tokenizer(run: RunDirectory, config: Config) -> str | None:
    """Say which model of SentencePiece is gone; whether it is sound, only loading it can tell."""
    names = ["tokenizer.model"]
    if not config.tokenizer.shared:
        names = ["tokenizer.source.model", "tokenizer.target.model"]
    for path in (run.path / name for name in names):
        if not path.is_file() or path.stat().st_size == 0:
            return f"{path}: is missing or empty. Restore it from a copy of the run."
    return None


def _has_ended(config: Config, state: dict[str, Any]) -> bool:
    """Tell whether training has ended, and was validated at its end."""
    reason = ended_by(
        config.training,
        step=state["step"],
        epoch=state["position"]["epoch"],
        stopped_early=state["stopped_early"],
    )
    return reason is not None and state["validated_step"] == state["step"]


def _best(run: RunDirectory, config: Config) -> dict[str, Any] | None:
    best, averaged = pointers(run)
    chosen = averaged if averaged_is_chosen(config, best=best, averaged=averaged) else best
    if chosen is None:
        return None
    figures = {key: chosen[key] for key in ("step", "bleu", "loss")}
    return {**figures, "averaged": chosen is averaged}


def training_by(run: RunDirectory) -> dict[str, Any]:
    """Return process, host and start of the training that holds the run's lock, or nothing.

    The lock is tried only where its file names a process of this host, which may have died: a
    training that starts just now must not find it taken.
    """
    path = run.path / "lock"
    try:
        holder = read_lock(path)
        if holder and holder.get("host") == platform.node():
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # ends with the file
                return {}
    except BlockingIOError:
        pass
    except OSError:
        return {}
    return holder


def metrics_of(run: RunDirectory) -> Iterator[dict[str, Any]]:
    """Yield the records of metrics.jsonl; lines that are damaged are left out."""
    try:
        content = run.metrics.read_bytes()
    except OSError:
        return
    yield from _records(content)


def _records(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.splitlines():
        with suppress(ValueError):
            record = json.loads(line)
            if isinstance(record, dict) and isinstance(record.get("step"), int):
                yield record


def _last_step_of(metrics: Path) -> int:
    tail = 20_000  # some dozen records
    try:
        with metrics.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - tail))
            return max((record["step"] for record in _records(file.read())), default=0)
    except OSError:
        return 0


def _size_and_time(folder: Path) -> tuple[int, float | None]:
    """Return the bytes of all files below a folder, and when the newest of them was written."""
    num_bytes, newest = 0, None
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # removed in the meantime
                found = Path(parent, name).lstat()
                num_bytes += found.st_size
                newest = max(newest or 0.0, found.st_mtime)
    return num_bytes, newest


def _is_default(run: RunDirectory) -> bool:
    try:
        return last_run().resolve() == run.path.resolve()
    except (UserError, OSError):
        return False
