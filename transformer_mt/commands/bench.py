"""What `tmt bench` takes."""

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


def bench(
    config: Annotated[
        Path | None,
        path_option(metavar="FILE", help="YAML settings [the built-in phrasebook]."),
    ] = None,
    run: Annotated[
        Path | None,
        path_option(
            metavar="DIR", help="In its place: settings, data and cache of a run, left as it is."
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Override, e.g. model.d_model=256."),
    ] = None,
    updates: Annotated[int, typer.Option(min=1, metavar="N", help="Updates to measure.")] = 50,
    warmup: Annotated[
        int, typer.Option(min=1, metavar="N", help="Updates before them, not measured.")
    ] = 10,
    json_: Annotated[bool, typer.Option("--json", help="The figures as one JSON object.")] = False,
    device: DeviceOption = Device.auto,
    precision: Annotated[
        Precision | None, typer.Option(help="In place of training.precision.")
    ] = None,
    threads: ThreadsOption = None,
    quiet: QuietOption = False,
) -> None:
    """Measure the speed of training: train for some updates, as `tmt train` does, keep nothing."""
    from transformer_mt.pipelines.bench import BenchOptions
    from transformer_mt.pipelines.bench import bench as run_pipeline

    options = BenchOptions(
        config=config,
        run=run,
        overrides=set_ or (),
        updates=updates,
        warmup=warmup,
        as_json=json_,
        device=device.value,
        precision=precision.value if precision else None,
        threads=threads,
        quiet=quiet,
    )
    print(run_pipeline(options))
