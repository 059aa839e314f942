"""What `tmt score` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from transformer_mt.commands.options import (
    BatchOption,
    Device,
    DeviceOption,
    LineFormatName,
    OutputOption,
    PenaltyOption,
    Precision,
    PrecisionOption,
    QuietOption,
    RunOption,
    ThreadsOption,
    path_option,
)


def score(
    source: Annotated[Path | None, path_option(metavar="FILE", help="The texts.")] = None,
    target: Annotated[Path | None, path_option(metavar="FILE", help="Their translations.")] = None,
    pairs: Annotated[
        Path | None, path_option(metavar="FILE", help="Both in one file, as for training.")
    ] = None,
    source_column: Annotated[
        str | None,
        typer.Option(metavar="N|NAME", help="Of --pairs: a number from 0, or a name."),
    ] = None,
    target_column: Annotated[
        str | None, typer.Option(metavar="N|NAME", help="Of --pairs, likewise.")
    ] = None,
    run: RunOption = None,
    output: OutputOption = None,
    format_: Annotated[
        LineFormatName, typer.Option("--format", help="What a line of output holds.")
    ] = LineFormatName.text,
    length_penalty: PenaltyOption = None,
    batch_size: BatchOption = None,
    device: DeviceOption = Device.auto,
    precision: PrecisionOption = Precision.auto,
    threads: ThreadsOption = None,
    quiet: QuietOption = False,
) -> None:
    """Tell how probable given translations are: one line out for each pair."""
    from transformer_mt.pipelines.loading import DecodingOptions
    from transformer_mt.pipelines.score import ScoreOptions
    from transformer_mt.pipelines.score import score as run_pipeline

    options = ScoreOptions(
        source=source,
        target=target,
        pairs=pairs,
        source_column=source_column,
        target_column=target_column,
        output=output,
        format=format_.value,
    )
    decoding = DecodingOptions(
        run=run,
        length_penalty=length_penalty,
        batch_size=batch_size,
        device=device.value,
        precision=precision.value,
        threads=threads,
        quiet=quiet,
    )
    run_pipeline(options, decoding)
