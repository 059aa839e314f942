"""Weights and training state <-> run directory, atomically.

A checkpoint is a folder written under a temporary name, flushed and renamed, with a manifest of
SHA-256 sums that is verified on loading. No pickle: safetensors and JSON only. PyTorch is
imported where tensors are read or written, so that looking at checkpoints does without it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from transformer_mt.errors import UserError
from transformer_mt.run_directory import (
    names_in,
    open_to_read,
    read_bytes,
    sync_folder,
    write_json,
)

if TYPE_CHECKING:
    from torch import Tensor

FORMAT_VERSION = 1
MODEL = "model.safetensors"
OPTIMIZER = "optimizer.safetensors"
STATE = "training.json"
_MANIFEST = "manifest.json"
_STEP = "step-"
_AVERAGED = "averaged-"


@dataclass(frozen=True)
class Checkpoint:
    """A folder with a manifest; `step` is the number of updates its weights have had."""

    path: Path
    step: int

    def manifest(self) -> dict[str, Any]:
        """Return the manifest; ValueError where it is missing or damaged."""
        try:
            manifest = json.loads(read_bytes(self.path / _MANIFEST))
            version = manifest["format_version"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{_MANIFEST} is missing or damaged") from error
        if version != FORMAT_VERSION:
            raise UserError(
                f"{self.path}: format version {version} is not "
                f"{FORMAT_VERSION}, the one this tmt reads. Install the tmt that wrote it."
            )
        if not _is_complete(manifest, step=self.step):
            raise ValueError(f"{_MANIFEST} is damaged")
        return dict(manifest)

    def damage(self, *, content: bool = True) -> str | None:
        """Return what is wrong with the files the manifest lists, or None if all are intact.

        Without `content` only their presence and their sizes are looked at, which takes no time.
        What may not be read is no damage: it raises UserError.
        """
        try:
            return self._damage(self.manifest()["files"], content=content)
        except ValueError as error:
            return str(error)
        except OSError as error:
            return f"{error.filename} cannot be read ({error.strerror})"

    def _damage(self, files: Mapping[str, Any], *, content: bool) -> str | None:
        for name, expected in files.items():
            path = self.path / name
            if not path.is_file():
                return f"{name} is missing"
            if path.stat().st_size != expected["bytes"]:
                return f"{name} has {path.stat().st_size} bytes instead of {expected['bytes']}"
            if content and _sha256(path) != expected["sha256"]:
                return f"{name} does not match its SHA-256 sum"
        return None

    def can_resume(self) -> bool:
        """Tell whether the optimizer state is (still) there; of a damaged one, that it was."""
        try:
            return OPTIMIZER in self.manifest()["files"]
        except ValueError:
            return True

    def weights(self) -> dict[str, Tensor]:
        """Return the parameters by name, shared ones once; UserError if it is not intact."""
        return _load_tensors(self.path / MODEL)

    def optimizer(self) -> dict[str, Tensor]:
        """Return the optimizer's tensors by name."""
        return _load_tensors(self.path / OPTIMIZER)

    def state(self) -> dict[str, Any]:
        """Return the training state."""
        state: dict[str, Any] = json.loads(read_bytes(self.path / STATE))
        return state


def _is_complete(manifest: Mapping[str, Any], *, step: int) -> bool:
    """Tell whether a manifest of this format version says all that it has to."""
    files = manifest.get("files")
    return (
        manifest.get("step") == step
        and isinstance(files, dict)
        and files.keys() >= {MODEL, STATE}
        and all(isinstance(f, dict) and f.keys() == {"bytes", "sha256"} for f in files.values())
    )


def _load_tensors(path: Path) -> dict[str, Tensor]:
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path}: cannot be read ({error}).", exit_code=1) from None


def _sha256(path: Path) -> str:
    with open_to_read(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _write_checkpoint(
    final: Path, tensors: Mapping[str, Mapping[str, Tensor]], state: Mapping[str, Any], step: int
) -> Checkpoint:
    from safetensors.torch import save_file

    temporary = final.with_name(final.name + ".tmp")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        for name, content in tensors.items():
            whole = {key: tensor.detach().contiguous() for key, tensor in content.items()}
            save_file(whole, temporary / name)
            _flush(temporary / name)
        write_json(temporary / STATE, state)
        _write_manifest(temporary, [*tensors, STATE], step)
        if final.exists():  # of the same step, from before its validation
            _remove(final)
        temporary.replace(final)
        sync_folder(final.parent)
    except (OSError, SafetensorError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise UserError(
            f"{final}: cannot be written ({error}).\n"
            "Free some disk space, or check the folder's permissions; training then goes on from "
            "the checkpoint before.",
            exit_code=1,
        ) from error
    return Checkpoint(final, step)


def _remove(checkpoint: Path) -> None:
    """Remove a checkpoint: its name is gone at once, whenever its last file is."""
    removed = checkpoint.with_name(checkpoint.name + ".removed.tmp")
    shutil.rmtree(removed, ignore_errors=True)
    checkpoint.replace(removed)
    shutil.rmtree(removed)


def _write_manifest(folder: Path, names: Iterable[str], step: int) -> None:
    files = {
        name: {"bytes": (folder / name).stat().st_size, "sha256": _sha256(folder / name)}
        for name in names
    }
    write_json(folder / _MANIFEST, {"format_version": FORMAT_VERSION, "step": step, "files": files})


class CheckpointStore:
    """The checkpoints of one run, and the pointers best.json and averaged.json."""

    def __init__(self, run: Path) -> None:
        self.run = run
        self.folder = run / "checkpoints"

    def save(
        self,
        *,
        step: int,
        weights: Mapping[str, Tensor],
        optimizer: Mapping[str, Tensor],
        state: Mapping[str, Any],
    ) -> Checkpoint:
        """Write the checkpoint of a step; it is there whole or not at all."""
        tensors = {MODEL: weights, OPTIMIZER: optimizer}
        return _write_checkpoint(self.at(step).path, tensors, state, step)

    def save_averaged(
        self, *, step: int, weights: Mapping[str, Tensor], state: Mapping[str, Any]
    ) -> Checkpoint:
        """Write averaged weights; `step` is that of the newest checkpoint in the average."""
        final = self.folder / f"{_AVERAGED}{step:08d}"
        return _write_checkpoint(final, {MODEL: weights}, state, step)

    def all(self) -> list[Checkpoint]:
        """Return the checkpoints of training, oldest first, damaged ones included."""
        found = [
            Checkpoint(self.folder / name, int(name.removeprefix(_STEP)))
            for name in names_in(self.folder)
            if name.startswith(_STEP) and name.removeprefix(_STEP).isdigit()
        ]
        return sorted(found, key=lambda checkpoint: checkpoint.step)

    def at(self, step: int) -> Checkpoint:
        """Return the checkpoint of a step, which may be there or not."""
        return Checkpoint(self.folder / f"{_STEP}{step:08d}", step)

    def newest_intact(self) -> tuple[Checkpoint | None, list[str]]:
        """Return the newest checkpoint to resume from, and a line for each damaged one skipped.

        Raises:
            UserError: there are checkpoints, and none can be resumed from.
        """
        skipped: list[str] = []
        for checkpoint in reversed(self.all()):
            problem = checkpoint.damage()
            if problem is None and not checkpoint.can_resume():
                problem = "it no longer has its optimizer state"
            if problem is None:
                return checkpoint, skipped
            skipped.append(f"{checkpoint.path}: skipped, {problem}.")
        if skipped:
            raise UserError(
                "\n".join(skipped[:3])
                + f"\n{self.run}: no intact checkpoint is left to resume from."
                + "\nBegin anew with --overwrite, or restore the folder from a copy.",
                exit_code=1,
            )
        return None, []

    def forget_after(self, step: int) -> None:
        """Remove what lies beyond the step that training resumes from, and unfinished writes."""
        for checkpoint in self.all():
            if checkpoint.step > step:
                _remove(checkpoint.path)
        for path in self.folder.glob("*.tmp"):
            shutil.rmtree(path)
        averaged = self.read_pointer("averaged")
        if averaged and averaged["step"] > step:
            self.remove_pointer("averaged")

    def prune(
        self, *, keep: int, protected: Iterable[int], is_regular: Callable[[int], bool]
    ) -> None:
        """Remove all but the newest `keep` regular checkpoints, the protected and the newest one.

        Those that an interruption left at irregular steps go as soon as a later one is there.
        Only the newest two keep their optimizer state.
        """
        checkpoints = self.all()
        newest = [c.step for c in checkpoints if is_regular(c.step)][-keep:]
        kept = {*newest, *protected, *(c.step for c in checkpoints[-1:])}
        averaged = self.read_pointer("averaged")
        for checkpoint in checkpoints:
            if checkpoint.step not in kept:
                _remove(checkpoint.path)
        for path in self.folder.glob(f"{_AVERAGED}*"):
            if not averaged or path.name != averaged["checkpoint"]:
                _remove(path)
        for checkpoint in self.all()[:-2]:
            if checkpoint.can_resume() and checkpoint.damage() is None:
                _write_manifest(checkpoint.path, [MODEL, STATE], checkpoint.step)
            if not checkpoint.can_resume():  # also where the process died between the two
                (checkpoint.path / OPTIMIZER).unlink(missing_ok=True)

    def write_pointer(self, name: str, content: Mapping[str, Any]) -> None:
        """Replace best.json or averaged.json; `content["checkpoint"]` names a folder."""
        write_json(self.run / f"{name}.json", content)

    def remove_pointer(self, name: str) -> None:
        """Remove best.json or averaged.json if it is there."""
        (self.run / f"{name}.json").unlink(missing_ok=True)

    def read_pointer(self, name: str) -> dict[str, Any] | None:
        """Return the content of best.json or averaged.json, or None where there is none."""
        try:
            pointer = json.loads(read_bytes(self.run / f"{name}.json"))
        except FileNotFoundError:
            return None
        except ValueError:
            pointer = None
        if not isinstance(pointer, dict):
            raise UserError(
                f"{self.run / (name + '.json')}: is damaged. Delete it to go on without it."
            )
        return pointer

    def pointed(self, pointer: Mapping[str, Any]) -> Checkpoint:
        """Return the checkpoint that a pointer names."""
        return Checkpoint(self.folder / str(pointer["checkpoint"]), int(pointer["step"]))
