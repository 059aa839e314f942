"""A folder that is gone afterwards, whatever comes in between."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from transformer_mt.interruption import uninterrupted


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """Give a new folder, and remove it with all that is in it."""
    folder = tempfile.TemporaryDirectory(prefix=prefix)
    try:
        yield Path(folder.name)
    finally:
        with uninterrupted():
            folder.cleanup()
