"""Where result lines go: standard output or a file, in UTF-8 whatever the locale."""

from __future__ import annotations

import gzip
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

from transformer_mt.errors import UserError


def open_output(path: Path | None, stack: ExitStack) -> BinaryIO:
    """Return the stream of a file, or of standard output.

    Args:
        path: of the file, written through gzip where it ends in `.gz`; None is standard output.
        stack: closes the file.

    Raises:
        UserError: the file cannot be written.
    """
    if path is None:
        if sys.stdout is None:
            raise UserError("Standard output is closed. Give --output FILE.")
        return sys.stdout.buffer
    if path.suffix in {".xz", ".zst"}:
        raise UserError(f"--output {path}: is written as plain text, or through gzip (.gz).")
    try:
        if path.name.endswith(".gz"):
            return cast(BinaryIO, stack.enter_context(gzip.open(path, "wb")))
        return stack.enter_context(path.open("wb"))
    except OSError as error:
        raise UserError(
            f"--output {path}: cannot be written ({error.strerror}). Name another file."
        ) from None


def refuse_to_overwrite(output: Path | None, *inputs: Path | None) -> None:
    """Refuse an output that is one of the inputs.

    Raises:
        UserError: naming it.
    """
    for path in inputs:
        if output and path and path.resolve() == output.resolve():
            raise UserError(f"--output {output}: is the input. Name another file.")
