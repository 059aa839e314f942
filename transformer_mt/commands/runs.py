"""What `tmt runs` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from transformer_mt.commands.options import FormatOption, OutputFormat


def runs(
    folder: Annotated[
        Path | None,
        typer.Argument(readable=False, metavar="[DIR]", help="The folder they lie in [runs]."),
    ] = None,
    format_: FormatOption = OutputFormat.text,
) -> None:
    """List the runs: how far each is, how good, how large."""
    from transformer_mt.pipelines.runs import runs as run_pipeline

    if listing := run_pipeline(folder, as_json=format_ is OutputFormat.json):
        print(listing)
