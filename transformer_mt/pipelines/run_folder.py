"""The folder that a run is trained in: for a while, or taken back where nothing came of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from transformer_mt.errors import UserError
from transformer_mt.run_directory import RunDirectory
from transformer_mt.temporary_folder import temporary_folder


@contextmanager
def folder_of(run: RunDirectory, *, dry_run: bool) -> Iterator[RunDirectory]:
    """Give a dry run a folder that leaves nothing behind."""
    if not dry_run:
        yield run
        return
    with temporary_folder("tmt-dry-run-") as folder:
        yield RunDirectory(folder)


@contextmanager
def taken_back_if_unfit(run: RunDirectory) -> Iterator[None]:
    """Leave no folder behind that was made for data or settings that cannot be used."""
    new = [folder for folder in (run.path, run.path.parent) if not folder.exists()]
    try:
        yield
    except (UserError, OSError) as error:
        failed_in_work = isinstance(error, UserError) and error.exit_code != 2
        if run.path in new and not failed_in_work and not run.has_begun():
            shutil.rmtree(run.path, ignore_errors=True)
            with suppress(OSError):  # others may have put something there
                new[-1].rmdir()
        raise
