"""Which run, with which settings: a new one, or one to go on with."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from importlib.resources import files
from pathlib import Path

import torch

from transformer_mt import __version__
from transformer_mt.checkpoint import CheckpointStore
from transformer_mt.config import Config
from transformer_mt.config_file import (
    Tree,
    apply_overrides,
    build_config,
    check_changes,
    read_tree,
    to_yaml,
)
from transformer_mt.device import choose_precision
from transformer_mt.errors import UserError
from transformer_mt.pipelines.compiled import (
    check_compile,
    choose_compile,
    decided,
    keep_compile,
)
from transformer_mt.pipelines.corpora import check_data_unchanged, data_hashes
from transformer_mt.pipelines.hub_entries import keep_hub_entries, resolve_hub_entries
from transformer_mt.pipelines.quick_start import GivenCorpus, describe_choices, settings_of
from transformer_mt.pipelines.rank_budget import as_asked, keep_lowered, lower_for_ranks
from transformer_mt.run_directory import (
    CONFIG_HEADING,
    RUNS,
    RunDirectory,
    write_atomically,
    write_json,
)
from transformer_mt.token_budget import KEY, as_number

_KEPT_BY_OVERWRITE = {"lock", "config.yaml"}


@dataclass(frozen=True)
class ResolvedSettings:
    """Where to train, and with which settings."""

    run: RunDirectory
    config: Config
    chosen: str = ""
    """What was chosen for a corpus that was given without a config, in words."""


def resolve_settings(
    *,
    config_path: Path | None,
    corpus: GivenCorpus | None,
    run_path: Path | None,
    overrides: Sequence[str],
    precision: str | None,
    device: torch.device,
    overwrite: bool,
    num_ranks: int = 1,
) -> ResolvedSettings:
    """Return the run directory and the settings that training in it has.

    A run that has begun keeps its own settings, but for what may change.

    Raises:
        UserError: the settings are wrong, or not those that the run began with.
    """
    if run_path is None:
        without_config = corpus.run_name if corpus else "phrasebook"
        run_path = RUNS / (config_path.stem if config_path else without_config)
    run = RunDirectory(run_path)
    begun = run.has_begun() and not overwrite
    chosen = None
    if config_path is not None:
        tree, place = read_tree(config_path), str(config_path)
    elif corpus is not None:
        tree, chosen = settings_of(corpus, run, begun=begun)
        place = str(run.config)
    elif run.exists():
        tree, place = read_tree(run.config), str(run.config)
        if not begun:  # perhaps because the data was wrong, and has changed
            tree.pop("data_sha256", None)
            if any(override.startswith(f"{KEY}=") for override in overrides):
                tree.pop("resolved_from", None)
    else:
        built_in = files("transformer_mt.pipelines") / "phrasebook.yaml"
        tree, place = read_tree(Path(str(built_in))), "the built-in config"
    if precision is not None:
        overrides = [*overrides, f"training.precision={precision}"]
    config = build_settings(tree, overrides, place=place)
    in_words = describe_choices(corpus, chosen, config) if corpus else ""
    if not begun:
        precision = choose_precision(config.training.precision, device)
        config = config.with_training(precision=precision)
        config = choose_compile(config, device, num_ranks=num_ranks)
        check_compile(config, num_ranks=num_ranks)
        config = resolve_hub_entries(lower_for_ranks(config, num_ranks=num_ranks))
        if not overwrite:
            config = _with_number_found_before(config, run)
        return ResolvedSettings(run, config, in_words)
    old = decided(run.load_config())
    config = keep_compile(config, old)
    if config.training.precision == "auto":
        config = config.with_training(precision=old.training.precision)
    if config.training.max_tokens_per_batch == "auto":
        number = as_number(old.training.max_tokens_per_batch)
        config = with_number_of_tokens(config, number, reason="")
    config = keep_lowered(keep_hub_entries(config, old), old)
    step = max((checkpoint.step for checkpoint in CheckpointStore(run_path).all()), default=0)
    check_changes(old, config, run=run_path, step=step)
    check_compile(config, num_ranks=num_ranks)
    kept = {"data_sha256": old.data_sha256, "resolved_from": old.resolved_from}
    config = config.model_copy(update=kept)
    return ResolvedSettings(run, config, in_words)


def build_settings(tree: Tree, overrides: Sequence[str], *, place: str) -> Config:
    """Return the settings; an error names the file, or `--set` where the file alone is right."""
    if not overrides:
        return build_config(tree, place=place)
    try:
        return build_config(apply_overrides(tree, overrides), place="--set")
    except UserError:
        build_config(tree, place=place)
        raise


def with_number_of_tokens(config: Config, number: int, *, reason: str) -> Config:
    """Return the settings with `training.max_tokens_per_batch` as a number, and why this one."""
    found = config.with_training(max_tokens_per_batch=number)
    return found.model_copy(update={"resolved_from": {KEY: reason}})


def _with_number_found_before(config: Config, run: RunDirectory) -> Config:
    """Return the settings with the number that this run, not begun yet, has found for `auto`."""
    if config.training.max_tokens_per_batch != "auto" or not run.exists():
        return config
    try:
        old = run.load_config()
    except UserError:
        return config
    number, reason = old.training.max_tokens_per_batch, old.resolved_from.get(KEY)
    if reason is None:
        return config
    found = with_number_of_tokens(config, as_number(number), reason=reason)
    same = found.model_copy(update={"data_sha256": old.data_sha256}) == old
    return found if same else config


def begin(run: RunDirectory, *, overwrite: bool) -> None:
    """Make the folder of a run; with `overwrite` remove what a run has left in it.

    Its config.yaml stays until it is replaced: whoever is interrupted here can repeat it. Files
    that others have put into a run stay.

    Raises:
        UserError: the folder holds something and is no run, or it cannot be made.
    """
    if run.path.exists() and not run.path.is_dir():
        raise UserError(f"{run.path}: is a file, not a folder. Name another one with --run DIR.")
    if run.path.exists() and not run.exists():
        foreign = sorted(path.name for path in run.path.iterdir() if not run.is_own(path))
        if foreign:
            raise UserError(
                f"{run.path}: holds files that belong to no run ({', '.join(foreign[:3])}).\n"
                "Name another folder with --run DIR."
            )
    try:
        run.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{run.path}: cannot be made ({error.strerror}). Name another folder with --run DIR."
        ) from None
    if overwrite and run.exists():
        if run.checkpoints.exists():  # first: the rest makes no sense without them
            shutil.rmtree(run.checkpoints)
        for path in filter(run.is_own, run.path.iterdir()):
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in _KEPT_BY_OVERWRITE:
                path.unlink()


def with_data_hashes(run: RunDirectory, config: Config) -> Config:
    """Return the settings with the hashes of the data files; refuse data that has changed.

    Raises:
        UserError: a data file cannot be read, or is not what the run began with.
    """
    hashes = data_hashes(config)
    check_data_unchanged(config.data_sha256, hashes, place=str(run.config))
    return config.model_copy(update={"data_sha256": hashes})


def is_stale(run: RunDirectory, config: Config) -> bool:
    """Tell whether a run was only prepared, with other settings or other data than these.

    What was prepared does not depend on the size of a batch, and so on the number of ranks.
    """
    if not run.exists() or run.has_begun():
        return False
    try:
        return as_asked(run.load_config()) != as_asked(config)
    except UserError:
        return True


def record_settings(run: RunDirectory, config: Config) -> None:
    """Write config.yaml."""
    write_atomically(run.config, (CONFIG_HEADING + to_yaml(config)).encode())


def write_run_json(run: RunDirectory, device: torch.device, *, num_ranks: int) -> None:
    """Write down with what and where the run is trained."""
    packages = ("torch", "sentencepiece", "datasets", "sacrebleu", "safetensors", "numpy")
    cuda = torch.cuda.get_device_name(device) if device.type == "cuda" else None
    write_json(
        run.run_json,
        {
            "format_version": 1,
            "transformer_mt": __version__,
            "commit": _commit(),
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in packages},
            "platform": platform.platform(),
            "device": device.type if cuda is None else f"{device.type} ({cuda})",
            "threads": torch.get_num_threads(),
            "ranks": num_ranks,
            "command_line": sys.argv,
            "started": time.strftime("%Y-%m-%d %H:%M:%S%z"),
        },
    )


def machine_change(run: RunDirectory, device: torch.device, *, num_ranks: int) -> str | None:
    """Say what makes resumed training differ in its last digits from training never stopped."""
    try:
        before = json.loads(run.run_json.read_text(encoding="utf-8"))
        there = _machine(before["device"].split()[0], before["threads"], before.get("ranks", 1))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # a new run; or one whose history nothing depends on
    here = _machine(device.type, torch.get_num_threads(), num_ranks)
    if here == there:
        return None
    return (
        f"this run was trained on {there} and goes on, on {here}: "
        "its figures may differ in the last digits from those of an undisturbed run."
    )


def _machine(device_type: str, threads: int, num_ranks: int) -> str:
    each = f"{device_type} with {threads} thread(s)"
    return each if num_ranks == 1 else f"{each} in each of {num_ranks} processes"


def _commit() -> str | None:
    """Return the commit of the source tree that runs, None where it is no checkout."""
    folder = Path(__file__).resolve().parents[2]
    if not (folder / ".git").exists():
        return None
    try:
        command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
