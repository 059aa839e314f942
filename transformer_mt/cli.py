"""`tmt`: the commands, and how they end.

Each command imports what it works with when it is called, so that `tmt --help` loads neither
torch nor datasets.
"""

from __future__ import annotations

from typing import Annotated

import typer

from transformer_mt import __version__
from transformer_mt.commands.bench import bench
from transformer_mt.commands.check import check
from transformer_mt.commands.evaluate import evaluate
from transformer_mt.commands.info import info
from transformer_mt.commands.runs import runs
from transformer_mt.commands.score import score
from transformer_mt.commands.train import train
from transformer_mt.commands.translate import translate
from transformer_mt.exit_codes import run_with_exit_codes

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


for _command in (train, translate, score, evaluate, check, bench, runs, info):
    app.command()(_command)


def main() -> None:
    """Run `tmt`; what a user can cause ends in a message and an exit code, not in a traceback."""
    run_with_exit_codes(app)
