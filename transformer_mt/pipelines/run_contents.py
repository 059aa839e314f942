"""All that a run's folder tells of it, gathered without PyTorch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformer_mt.checkpoint import MODEL, Checkpoint, CheckpointStore
from transformer_mt.chosen_weights import describe_weights
from transformer_mt.config import Config
from transformer_mt.config_file import differences
from transformer_mt.data.dataset_cache import DatasetCache
from transformer_mt.data.filtering import CorpusReport
from transformer_mt.data.text_lines import read_lines
from transformer_mt.errors import UserError
from transformer_mt.pipelines.corpora import HELD_OUT_SPLITS, held_out_files
from transformer_mt.pipelines.parameters import ParameterCounts, count_parameters
from transformer_mt.pipelines.run_status import RunStatus, metrics_of, status_of
from transformer_mt.run_directory import RunDirectory

_SPLITS = ("train", "validation", "test")
_FIGURES = ("step", "epoch", "bleu", "loss", "perplexity")


@dataclass(frozen=True)
class RunContents:
    """A run, as its files describe it."""

    status: RunStatus
    config: Config
    settings: dict[str, Any]
    """Key -> value of the settings that are not the default, the corpora left out."""
    corpora: dict[str, Any]
    """Split -> what the config says of it."""
    report: CorpusReport | None
    """What was kept and dropped of the training data; None where cache/ does not tell."""
    held_out: dict[str, int]
    """Split -> the pairs of it that the run holds out itself."""
    parameters: ParameterCounts | None
    validations: dict[str, dict[str, Any]]
    """`best`, `last` and `averaged`, where there are such."""
    weights: str
    """Which weights translate, in words."""
    machine: dict[str, Any] | None
    """run.json."""


def contents_of(run: RunDirectory) -> RunContents:
    """Read all that a run's folder tells.

    Raises:
        UserError: there is no run, or its settings cannot be read.
    """
    try:
        config = run.load_config()
    except OSError as error:
        raise UserError(f"{run.config}: cannot be read ({error.strerror}).") from None
    corpora = {f"data.{split}" for split in _SPLITS}
    changed = differences(Config(), config)
    return RunContents(
        status=status_of(run),
        config=config,
        settings={key: value for key, _, value in changed if key not in corpora},
        corpora={split: config.data.model_dump(mode="json")[split] for split in _SPLITS},
        report=_report(run),
        held_out=_held_out(run, config),
        parameters=_parameters(run),
        validations=_validations(run, config),
        weights=_weights(run, config),
        machine=_read_object(run.run_json),
    )


def _read_object(path: Path) -> dict[str, Any] | None:
    """Return the JSON object in a file, None where there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _report(run: RunDirectory) -> CorpusReport | None:
    """Return the counts of the training data that its newest cache has."""
    try:
        files = sorted(run.cache.glob("*/complete.json"), key=lambda path: path.stat().st_mtime)
        return DatasetCache(files[-1].parent).read_report() if files else None
    except (OSError, LookupError, TypeError, ValueError):
        return None


def _held_out(run: RunDirectory, config: Config) -> dict[str, int]:
    counts: dict[str, int] = {}
    for split in HELD_OUT_SPLITS:
        files = held_out_files(run, config, split)
        if getattr(config.data, split) is None and files.source.is_file():
            counts[split] = sum(1 for _ in read_lines(files.source))
    return counts


def _parameters(run: RunDirectory) -> ParameterCounts | None:
    """Count the parameters in the newest checkpoint that can be read."""
    for checkpoint in reversed(_checkpoints(run)):
        try:
            return count_parameters(checkpoint.path / MODEL)
        except ValueError:
            continue
    return None


def _checkpoints(run: RunDirectory) -> list[Checkpoint]:
    """Return the checkpoints; none where they may not be read, which the status tells."""
    try:
        return CheckpointStore(run.path).all()
    except UserError:
        return []


def _validations(run: RunDirectory, config: Config) -> dict[str, dict[str, Any]]:
    """Return the figures of the best and the last validation, and of the averaged weights."""
    found: dict[str, dict[str, Any]] = {}
    for record in metrics_of(run):
        if record.get("type") != "validation" or not {*_FIGURES} <= record.keys():
            continue
        figures = {key: record[key] for key in _FIGURES}
        if record.get("weights") == "averaged":
            found["averaged"] = figures
            continue
        found["last"] = figures
        if "best" not in found or _rank(figures, config) > _rank(found["best"], config):
            found["best"] = figures
    return {name: found[name] for name in ("best", "last", "averaged") if name in found}


def _rank(figures: dict[str, Any], config: Config) -> tuple[float, float]:
    bleu, loss = figures["bleu"], figures["loss"]
    return (bleu, -loss) if config.training.select_by == "bleu" else (-loss, bleu)


def _weights(run: RunDirectory, config: Config) -> str:
    try:
        if not CheckpointStore(run.path).all():
            return "none: there is no checkpoint yet"
        return describe_weights(run, config)
    except UserError as error:
        return f"none: {error}"
