"""What `tmt train` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from transformer_mt.commands.options import (
    Device,
    DeviceOption,
    Precision,
    QuietOption,
    ThreadsOption,
    path_option,
)


def train(
    config: Annotated[
        Path | None,
        path_option(metavar="FILE", help="YAML settings [the built-in phrasebook]."),
    ] = None,
    source: Annotated[
        Path | None,
        path_option(metavar="FILE", help="Text to learn from, without a config; with --target."),
    ] = None,
    target: Annotated[
        Path | None, path_option(metavar="FILE", help="Its translation, line by line.")
    ] = None,
    pairs: Annotated[
        Path | None, path_option(metavar="FILE", help="Both in one file, in place of the two.")
    ] = None,
    source_language: Annotated[
        str | None, typer.Option(metavar="CODE", help="E.g. en [by the file name].")
    ] = None,
    target_language: Annotated[
        str | None, typer.Option(metavar="CODE", help="E.g. de [by the file name].")
    ] = None,
    run: Annotated[
        Path | None,
        path_option(metavar="DIR", help="The run's folder; one that exists is resumed."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Override, e.g. training.max_steps=200."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Remove what the run has and begin anew.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Prepare the data, show the plan, train nothing.")
    ] = False,
    device: DeviceOption = Device.auto,
    precision: Annotated[
        Precision | None, typer.Option(help="In place of training.precision.")
    ] = None,
    threads: ThreadsOption = None,
    quiet: QuietOption = False,
) -> None:
    """Train a model, or go on with a run that was interrupted."""
    from transformer_mt.pipelines.quick_start import CorpusOptions
    from transformer_mt.pipelines.train import TrainOptions
    from transformer_mt.pipelines.train import train as run_pipeline

    run_pipeline(
        TrainOptions(
            config=config,
            corpus=CorpusOptions(
                source=source,
                target=target,
                pairs=pairs,
                source_language=source_language,
                target_language=target_language,
            ),
            run=run,
            overrides=set_ or (),
            overwrite=overwrite,
            dry_run=dry_run,
            device=device.value,
            precision=precision.value if precision else None,
            threads=threads,
            quiet=quiet,
        )
    )
