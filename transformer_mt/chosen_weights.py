"""Which of a run's weights translate: a choice that needs no tensors, and no PyTorch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from transformer_mt.checkpoint import Checkpoint, CheckpointStore
from transformer_mt.config import Config
from transformer_mt.errors import UserError
from transformer_mt.run_directory import RunDirectory

Pointer = dict[str, Any]


def pointers(run: RunDirectory) -> tuple[Pointer | None, Pointer | None]:
    """Return what best.json and averaged.json say, None where there is none.

    Raises:
        UserError: one of them is damaged.
    """
    return _pointer(run, "best"), _pointer(run, "averaged")


def _pointer(run: RunDirectory, name: str) -> Pointer | None:
    pointer = CheckpointStore(run.path).read_pointer(name)
    if pointer is None:
        return None
    numbers = [pointer.get(key) for key in ("step", "bleu", "loss")]
    complete = isinstance(pointer.get("checkpoint"), str) and (
        name == "best" or isinstance(pointer.get("of"), list)
    )
    if not complete or not all(isinstance(number, int | float) for number in numbers):
        raise UserError(f"{run.path / name}.json: is damaged. Delete it to go on without it.")
    return pointer


def averaged_is_chosen(config: Config, *, best: Pointer | None, averaged: Pointer | None) -> bool:
    """Tell whether averaged weights validated at least as well as the best checkpoint."""
    if averaged is None or best is None:
        return averaged is not None
    if config.training.select_by == "bleu":
        return bool(averaged["bleu"] >= best["bleu"])
    return bool(averaged["loss"] <= best["loss"])


def candidates(run: RunDirectory, config: Config) -> Iterator[tuple[Checkpoint, str]]:
    """Yield checkpoints with a description, the one to be used first."""
    store = CheckpointStore(run.path)
    best, averaged = pointers(run)
    if averaged and averaged_is_chosen(config, best=best, averaged=averaged):
        name = f"the average of {len(averaged['of'])} checkpoints up to step {averaged['step']}"
        yield store.pointed(averaged), _with_scores(name, averaged)
    if best:
        name = f"the best checkpoint, step {best['step']}"
        yield store.pointed(best), _with_scores(name, best)
    for checkpoint in reversed(store.all()):
        yield checkpoint, f"the newest intact checkpoint, step {checkpoint.step}"


def _with_scores(name: str, pointer: Pointer) -> str:
    return f"{name} (validation BLEU {pointer['bleu']:.2f}, loss {pointer['loss']:.3f})"


def describe_weights(run: RunDirectory, config: Config) -> str:
    """Return in words which weights `load_model` would use."""
    for checkpoint, description in candidates(run, config):
        if checkpoint.damage() is None:
            return description
    return "none: no checkpoint is intact"
