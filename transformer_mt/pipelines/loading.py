"""From a run, or the run trained last, to a translator."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from transformer_mt.config import Config
from transformer_mt.decoding.search_settings import override
from transformer_mt.decoding.translator import Translator
from transformer_mt.run_directory import RunDirectory


@dataclass(frozen=True)
class DecodingOptions:
    """What the command line says about model, search and machine."""

    run: Path | None = None
    beam_size: int | None = None
    length_penalty: float | None = None
    n_best: int = 1
    batch_size: int | None = None
    device: str = "auto"
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
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
    translator = Translator.load(
        options.run,
        device=options.device,
        precision=options.precision,
        threads=options.threads,
        warn=lambda warning: say(f"warning: {warning}", quiet=False),
    )
    run = translator.run
    assert run is not None
    say(f"{run.path}: {translator.description}", quiet=options.quiet)
    translator.settings = override(
        translator.settings,
        beam_size=options.beam_size,
        length_penalty=options.length_penalty,
        batch_size=options.batch_size,
        n_best=options.n_best,
    )
    return LoadedRun(run, translator.config, translator, translator.description)
