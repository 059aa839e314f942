"""From a run, or the run trained last, to a translator."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from transformer_mt.config import Config, DecodingConfig
from transformer_mt.config_file import build_config
from transformer_mt.decoding.translator import Translator
from transformer_mt.device import choose_device
from transformer_mt.run_directory import RunDirectory, last_run
from transformer_mt.saved_model import load_model, max_positions


@dataclass(frozen=True)
class DecodingOptions:
    """What the command line says about model, search and machine."""

    run: Path | None = None
    beam_size: int | None = None
    length_penalty: float | None = None
    n_best: int = 1
    batch_size: int | None = None
    device: str = "auto"
    precision: str = "auto"
    threads: int | None = None
    quiet: bool = False


@dataclass(frozen=True)
class LoadedRun:
    """A translator and where it comes from."""

    run: RunDirectory
    config: Config
    translator: Translator
    description: str


def say(text: str, *, quiet: bool) -> None:
    """Print a line for people on standard error."""
    if not quiet:
        print(text, file=sys.stderr, flush=True)


def load_translator(options: DecodingOptions) -> LoadedRun:
    """Load a run's best weights, say which, and set the search up.

    Raises:
        UserError: there is no such run, or no intact checkpoint in it.
    """
    if options.threads:
        torch.set_num_threads(options.threads)
    run = RunDirectory(options.run or last_run())
    saved = load_model(run, device=choose_device(options.device))
    for warning in saved.warnings:
        say(f"warning: {warning}", quiet=False)
    say(f"{run.path}: {saved.description}", quiet=options.quiet)
    if options.precision == "bfloat16":
        saved.model.to(torch.bfloat16)
    learned = saved.config.model.positions == "learned"
    translator = Translator(
        saved.model,
        saved.tokenizers,
        _decoding(saved.config, options),
        n_best=options.n_best,
        max_positions=max_positions(saved.config) if learned else None,
    )
    return LoadedRun(run, saved.config, translator, saved.description)


def _decoding(config: Config, options: DecodingOptions) -> DecodingConfig:
    """Return the run's decoding settings with those of the command line put in."""
    settings = config.decoding.model_dump()
    for key in ("beam_size", "length_penalty", "batch_size"):
        value = getattr(options, key)
        if value is not None:
            settings[key] = value
    settings["beam_size"] = max(settings["beam_size"], options.n_best)
    return build_config({"decoding": settings}, place="command line").decoding
