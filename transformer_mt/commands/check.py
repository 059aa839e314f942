"""What `tmt check` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from transformer_mt.commands.options import (
    Device,
    DeviceOption,
    Precision,
    PrecisionOption,
    QuietOption,
    ThreadsOption,
    path_option,
)


def check(
    config: Annotated[
        Path | None, path_option(metavar="FILE", help="Check the data that a config names.")
    ] = None,
    source: Annotated[
        Path | None, path_option(metavar="FILE", help="With --target: two parallel files.")
    ] = None,
    target: Annotated[
        Path | None, path_option(metavar="FILE", help="Line n belongs to line n of the source.")
    ] = None,
    pairs: Annotated[
        Path | None, path_option(metavar="FILE", help="Both sides in one file.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="The report as one JSON object.")] = False,
    write_clean: Annotated[
        Path | None, path_option(metavar="DIR", help="Copy the files without faulty pairs there.")
    ] = None,
    device: DeviceOption = Device.auto,
    precision: PrecisionOption = Precision.auto,
    threads: ThreadsOption = None,
    quiet: QuietOption = False,
) -> None:
    """Tell what is wrong with the data of a config, two parallel files, or a file of pairs.

    Exit code 0: no faults (suspects are only guesses); 1: there are faults; 2: wrong use.
    """
    from transformer_mt.pipelines.check import CheckOptions
    from transformer_mt.pipelines.check import check as run_pipeline

    options = CheckOptions(
        config=config, source=source, target=target, pairs=pairs, write_clean=write_clean,
        as_json=json_, device=device.value, precision=precision.value, threads=threads, quiet=quiet,
    )  # fmt: skip
    report, faulty = run_pipeline(options)
    print(report)
    if faulty:
        raise typer.Exit(1)
