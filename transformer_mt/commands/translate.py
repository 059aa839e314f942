"""What `tmt translate` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from transformer_mt.commands.options import (
    BatchOption,
    BeamOption,
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


def translate(
    text: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]...", help="Else from standard input.")
    ] = None,
    run: RunOption = None,
    input_: Annotated[
        Path | None, path_option("--input", metavar="FILE", help="May end in .gz.")
    ] = None,
    output: OutputOption = None,
    format_: Annotated[
        LineFormatName, typer.Option("--format", help="What a line holds, in and out.")
    ] = LineFormatName.text,
    column: Annotated[
        str | None,
        typer.Option(metavar="N|KEY", help="Where the text is: tsv from 0 [0]; jsonl ['text']."),
    ] = None,
    split_sentences: Annotated[
        bool, typer.Option("--split-sentences", help="Translate each sentence by itself.")
    ] = False,
    beam_size: BeamOption = None,
    length_penalty: PenaltyOption = None,
    n_best: Annotated[
        int, typer.Option(min=1, metavar="N", help="Translations of each text, with scores.")
    ] = 1,
    batch_size: BatchOption = None,
    device: DeviceOption = Device.auto,
    precision: PrecisionOption = Precision.auto,
    threads: ThreadsOption = None,
    quiet: QuietOption = False,
) -> None:
    """Translate texts: one line out for each line in."""
    from transformer_mt.pipelines.loading import DecodingOptions
    from transformer_mt.pipelines.translate import TranslateOptions
    from transformer_mt.pipelines.translate import translate as run_pipeline

    options = TranslateOptions(
        texts=text or (),
        input=input_,
        output=output,
        format=format_.value,
        column=column,
        split_sentences=split_sentences,
    )
    decoding = DecodingOptions(
        run=run,
        beam_size=beam_size,
        length_penalty=length_penalty,
        n_best=n_best,
        batch_size=batch_size,
        device=device.value,
        precision=precision.value,
        threads=threads,
        quiet=quiet,
    )
    run_pipeline(options, decoding)
