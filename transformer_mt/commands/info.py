"""What `tmt info` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from transformer_mt.commands.options import FormatOption, OutputFormat


def info(
    run: Annotated[
        Path | None,
        typer.Argument(
            readable=False, metavar="[RUN]", help="A folder, or a name in runs [the last trained]."
        ),
    ] = None,
    format_: FormatOption = OutputFormat.text,
) -> None:
    """Tell what a run is: its data, settings, parameters, scores and weights."""
    from transformer_mt.pipelines.info import info as run_pipeline

    print(run_pipeline(run, as_json=format_ is OutputFormat.json))
