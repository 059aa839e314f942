"""The commands: parse, call one pipeline, print.

The pipelines are imported by the command that needs them, so that `tmt --help` loads neither
torch nor datasets.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

import transformer_mt.cli_options as evaluating
from transformer_mt import __version__
from transformer_mt.cli_options import (
    BatchOption,
    BeamOption,
    Device,
    DeviceOption,
    FormatOption,
    OutputFormat,
    PenaltyOption,
    Precision,
    PrecisionOption,
    QuietOption,
    RunOption,
    ThreadsOption,
)
from transformer_mt.errors import Interrupted, UserError

if TYPE_CHECKING:
    from transformer_mt.evaluation.scores import MetricName

app = typer.Typer(
    help="Train a Transformer on parallel text, translate with it, score it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"tmt {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print it.")
    ] = False,
) -> None: ...


@app.command()
def train(
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="YAML settings [the built-in phrasebook]."),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Text to learn from, without a config; with --target."),
    ] = None,
    target: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its translation, line by line.")
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Both in one file, in place of the two.")
    ] = None,
    source_language: Annotated[
        str | None, typer.Option(metavar="CODE", help="E.g. en [by the file name].")
    ] = None,
    target_language: Annotated[
        str | None, typer.Option(metavar="CODE", help="E.g. de [by the file name].")
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The run's folder; one that exists is resumed."),
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


@app.command()
def translate(
    text: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]...", help="Else from standard input.")
    ] = None,
    run: RunOption = None,
    input_: Annotated[
        Path | None, typer.Option("--input", metavar="FILE", help="A line is a text.")
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="[standard output]")] = None,
    beam_size: BeamOption = None,
    length_penalty: PenaltyOption = None,
    n_best: Annotated[
        int, typer.Option(min=1, metavar="N", help="Lines of number, score and text, if over 1.")
    ] = 1,
    batch_size: BatchOption = None,
    device: DeviceOption = Device.auto,
    precision: PrecisionOption = Precision.auto,
    threads: ThreadsOption = None,
    quiet: QuietOption = False,
) -> None:
    """Translate texts: one line out for each line in."""
    from transformer_mt.pipelines.loading import DecodingOptions
    from transformer_mt.pipelines.translate import translate as run_pipeline

    options = DecodingOptions(
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
    run_pipeline(text or (), options, input_path=input_, output_path=output)


@app.command()
def evaluate(
    bleu: evaluating.BleuOption = False,
    chrf: evaluating.ChrfOption = False,
    chrf_plus_plus: evaluating.ChrfPlusPlusOption = False,
    ter: evaluating.TerOption = False,
    run: RunOption = None,
    split: evaluating.SplitsOption = None,
    source: evaluating.SourcesOption = None,
    reference: evaluating.ReferencesOption = None,
    hypotheses: evaluating.HypothesesOption = None,
    against: evaluating.AgainstOption = None,
    confidence: evaluating.ConfidenceOption = None,
    by_length: evaluating.ByLengthOption = False,
    worst: evaluating.WorstOption = 0,
    tokenize: evaluating.TokenizeOption = None,
    lowercase: evaluating.LowercaseOption = False,
    no_overlap_check: evaluating.NoOverlapCheckOption = False,
    output: evaluating.TranslationsOption = None,
    format_: FormatOption = OutputFormat.text,
    beam_size: BeamOption = None,
    length_penalty: PenaltyOption = None,
    batch_size: BatchOption = None,
    device: DeviceOption = Device.auto,
    precision: PrecisionOption = Precision.auto,
    threads: ThreadsOption = None,
    quiet: QuietOption = False,
) -> None:
    """Translate test sets, score them with sacreBLEU, and compare systems."""
    from transformer_mt.pipelines.evaluate import EvaluateOptions
    from transformer_mt.pipelines.evaluate import evaluate as run_pipeline
    from transformer_mt.pipelines.loading import DecodingOptions

    wanted: dict[MetricName, bool] = {
        "bleu": bleu,
        "chrf": chrf,
        "chrf++": chrf_plus_plus,
        "ter": ter,
    }
    evaluation = EvaluateOptions(
        metrics=[name for name, chosen in wanted.items() if chosen],
        splits=[each.value for each in split or ()],
        sources=source or (),
        references=reference or (),
        hypotheses=hypotheses or (),
        against=against or (),
        tokenize=tokenize.value if tokenize else None,
        lowercase=lowercase,
        confidence=confidence,
        by_length=by_length,
        worst=worst,
        overlap_check=not no_overlap_check,
        output=output,
        as_json=format_ is OutputFormat.json,
    )
    decoding = DecodingOptions(
        run=run,
        beam_size=beam_size,
        length_penalty=length_penalty,
        batch_size=batch_size,
        device=device.value,
        precision=precision.value,
        threads=threads,
        quiet=quiet,
    )
    print(run_pipeline(evaluation, decoding))


@app.command()
def runs(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The folder they lie in [runs].")
    ] = None,
    format_: FormatOption = OutputFormat.text,
) -> None:
    """List the runs: how far each is, how good, how large."""
    from transformer_mt.pipelines.runs import runs as run_pipeline

    if listing := run_pipeline(folder, as_json=format_ is OutputFormat.json):
        print(listing)


@app.command()
def info(
    run: Annotated[
        Path | None,
        typer.Argument(metavar="[RUN]", help="A folder, or a name in runs [the last trained]."),
    ] = None,
    format_: FormatOption = OutputFormat.text,
) -> None:
    """Tell what a run is: its data, settings, parameters, scores and weights."""
    from transformer_mt.pipelines.info import info as run_pipeline

    print(run_pipeline(run, as_json=format_ is OutputFormat.json))


# Full disks, missing rights, broken drives: nothing that a traceback would explain.
_OUTSIDE_TROUBLE = {
    *(errno.EACCES, errno.EPERM, errno.EROFS),
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
}


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise Interrupted(number)


def main() -> None:
    """Run `tmt`; what a user can cause ends in a message and an exit code, not in a traceback."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        app()
    except UserError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except Interrupted as interrupted:
        print(f"\n{interrupted.message or 'Stopped.'}", file=sys.stderr)
        sys.exit(interrupted.exit_code)
    except OSError as error:
        if error.errno == errno.EPIPE:
            # The reader has gone; what is left in the buffer has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        if error.errno not in _OUTSIDE_TROUBLE:
            raise
        place = f"{error.filename}: " if error.filename else ""
        print(f"Error: {place}{error.strerror}.", file=sys.stderr)
        sys.exit(1)
