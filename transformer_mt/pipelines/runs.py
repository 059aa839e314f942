"""`tmt runs`: which runs there are, how far each is and how good."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from transformer_mt.errors import UserError, may_not_be_read
from transformer_mt.pipelines.layout import columns, duration, number_of_bytes, terminal_width
from transformer_mt.pipelines.run_status import RunStatus, looks_like_a_run, status_of
from transformer_mt.run_directory import RUNS, RunDirectory


def runs(folder: Path | None, *, as_json: bool) -> str:
    """Return a listing of the runs in a folder, the one that changed last first.

    Raises:
        UserError: the folder is not there, or cannot be read.
    """
    found = [status_of(RunDirectory(path)) for path in _find(folder)]
    found.sort(key=lambda status: (-(status.changed or 0.0), str(status.run.path)))
    if as_json:
        return json.dumps([as_record(status) for status in found], indent=1, ensure_ascii=False)
    if not found:
        print(f"{folder or RUNS}: no runs here. Train one with tmt train.", file=sys.stderr)
        return ""
    return _as_text(found, now=time.time(), width=terminal_width())


def _find(folder: Path | None) -> list[Path]:
    """Return the folders of the runs; one that is a run itself is the only one."""
    if folder is None and not RUNS.exists():
        return []
    place = folder or RUNS
    try:
        below = [path for path in place.iterdir() if path.is_dir()]
        return [place] if looks_like_a_run(place) else [*filter(looks_like_a_run, below)]
    except FileNotFoundError:
        raise UserError(f"{place}: there is no such folder.") from None
    except NotADirectoryError:
        raise UserError(f"{place}: is a file, not a folder of runs.") from None
    except PermissionError:
        raise may_not_be_read(place) from None
    except OSError as error:
        raise UserError(f"{place}: cannot be read ({error.strerror}).") from None


def as_record(status: RunStatus) -> dict[str, Any]:
    """Return what `--format json` says of a run."""
    config = status.config
    changed = None if status.changed is None else datetime.fromtimestamp(status.changed, UTC)
    return {
        "run": str(status.run.path),
        "default": status.is_default,
        "state": status.state,
        "source_language": config.data.source_language if config else None,
        "target_language": config.data.target_language if config else None,
        "step": status.step,
        "max_steps": config.training.max_steps if config else None,
        "best": status.best,
        "bytes": status.num_bytes,
        "changed": changed.isoformat(timespec="seconds") if changed else None,
        "problem": status.problem,
    }


def _as_text(found: Sequence[RunStatus], *, now: float, width: int) -> str:
    """Return a table, or where it is too wide a block for each run."""
    rows = [_cells(status, now=now) for status in found]
    header = ("", "run", "languages", "state", "step", "best", "size", "age")
    lines = columns([header, *rows], right=(4, 6, 7))
    if max(map(len, lines)) > width:
        lines = []
        for mark, run, languages, state, step, best, size, age in rows:
            lines.append(f"{mark or ' '} {run}")
            lines.append(f"    {languages}, {state}, step {step}")
            lines += [f"    best {best}"] if best else []
            lines.append(f"    {size}, {age} old")
    if any(status.is_default for status in found):
        lines.append("* is used where no --run is given")
    lines += [status.problem for status in found if status.problem]
    return "\n".join(lines)


def _cells(status: RunStatus, *, now: float) -> tuple[str, ...]:
    config, best = status.config, status.best
    return (
        "*" if status.is_default else "",
        str(status.run.path),
        f"{config.data.source_language}-{config.data.target_language}" if config else "?",
        status.state,
        f"{status.step:,}/{config.training.max_steps:,}" if config else f"{status.step:,}",
        best_in_words(best) if best else "",
        number_of_bytes(status.num_bytes),
        "?" if status.changed is None else duration(now - status.changed),
    )


def best_in_words(best: dict[str, Any]) -> str:
    """Return the best validation as `BLEU 38.27 at 3,000`."""
    kind = ", averaged" if best["averaged"] else ""
    return f"BLEU {best['bleu']:.2f} at {best['step']:,}{kind}"
