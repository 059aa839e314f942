"""What goes wrong between here and the Hub, in one clear sentence and with a remedy.

`datasets` and `huggingface_hub` raise dozens of exceptions, of the HTTP library and of each
file format too, none of which a traceback would explain. Their log lines and warnings are kept
off the screen; a progress bar is shown where somebody looks at it.
"""

from __future__ import annotations

import errno
import logging
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from transformer_mt.data.choices import did_you_mean, listed
from transformer_mt.errors import UserError

_UNAUTHORISED = (401, 403)
_ON_THE_DISK = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)

show_downloads: ContextVar[bool] = ContextVar("show_downloads", default=True)
"""Whether progress bars of downloads may appear; a command's `--quiet` sets it to false."""

_Error = TypeVar("_Error", bound=BaseException)


@contextmanager
def at_the_hub(
    hub: str, *, revision: str | None, cached_commits: Callable[[str], Sequence[str]] | None = None
) -> Iterator[None]:
    """Turn what the libraries raise into a message about the dataset; keep them quiet.

    Args:
        hub: the dataset
        revision: what was asked for, None for the main branch
        cached_commits: returns the commits of a dataset that could be given as revision
            where the Hub cannot be asked
    """
    try:
        with _quiet_libraries():
            yield
    except (UserError, MemoryError, AssertionError, AttributeError, NameError):
        raise  # a message already; or a bug, which keeps its traceback
    except Exception as error:
        raise _explain(error, hub, revision, cached_commits) from error


@contextmanager
def reading_the_cache(hub: str, folder: str) -> Iterator[None]:
    """Turn what damaged files in a folder of the cache raise into a message."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise UserError(
            f"hub {hub}: its rows in the cache of datasets cannot be read ({_detail(error)}).\n"
            f"Delete {folder} and run the same command again.",
            exit_code=1,
        ) from error


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    import datasets.utils
    import huggingface_hub.utils

    libraries = (datasets.utils, huggingface_hub.utils)
    hidden = [library.are_progress_bars_disabled() for library in libraries]
    loggers = [logging.getLogger(name) for name in ("datasets", "huggingface_hub", "fsspec")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not (show_downloads.get() and sys.stderr.isatty()):
            for library in libraries:
                library.disable_progress_bars()
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
            for library, was_hidden in zip(libraries, hidden, strict=True):
                if not was_hidden:
                    library.enable_progress_bars()


def _explain(
    error: Exception,
    hub: str,
    revision: str | None,
    cached_commits: Callable[[str], Sequence[str]] | None,
) -> UserError:
    """Return the message for an exception of the libraries."""
    from huggingface_hub.errors import HfHubHTTPError

    if _is_about_the_disk(error):
        return UserError(
            f"hub {hub}: the cache of datasets cannot be written ({_detail(error)}).\n"
            "See to its permissions and the space there, or set HF_HOME to another folder.",
            exit_code=1,
        )
    problem = _no_access(error, hub, revision) or _no_files(error, revision)
    if problem is None and isinstance(error, HfHubHTTPError.__bases__):
        return _unreachable(error, hub, revision, cached_commits)  # OSError, or the HTTP library's
    problem = problem or (
        f"datasets cannot read its files ({_detail(error)}).\n"
        "Choose another of its revisions, or download the files, mend them and name them here."
    )
    return UserError(f"hub {hub}: {problem}")


def _is_about_the_disk(error: Exception) -> bool:
    *_, root = _causes(error)
    return isinstance(root, OSError) and root.errno in _ON_THE_DISK


def _no_access(error: Exception, hub: str, revision: str | None) -> str | None:
    """Say what there is not, or not for everybody; None where that is not the problem."""
    from datasets.exceptions import DatasetNotFoundError
    from huggingface_hub.constants import ENDPOINT
    from huggingface_hub.errors import (
        GatedRepoError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    page = f"{ENDPOINT}/datasets/{hub}"
    missing = _find(error, DatasetNotFoundError)  # tells its kinds apart in words only
    if _find(error, GatedRepoError) or (missing and "gated" in str(missing)):
        return f"access is granted on request. Ask at\n{page}\nand log in with: hf auth login"
    if _find(error, RevisionNotFoundError) or (missing and "Revision" in str(missing)):
        return f"there is no revision {revision or 'main'}. Choose one of\n{page}/commits"
    if missing or _find(error, RepositoryNotFoundError) or _unauthorised(error):
        return (
            f"there is no such dataset, or it is private. Check the name at\n{page}\n"
            "and for a private one log in with: hf auth login"
        )
    return None


def _no_files(error: Exception, revision: str | None) -> str | None:
    """Say why there is nothing to read in a dataset; None where that is not the problem."""
    from datasets.data_files import EmptyDatasetError
    from datasets.exceptions import DataFilesNotFoundError

    remedy = "Look on the Hub for a copy of it in parquet, jsonl or csv."
    if "scripts are no longer supported" in str(error):
        return f"it is a loading script, a program, which datasets runs no more.\n{remedy}"
    if isinstance(error, (DataFilesNotFoundError, EmptyDatasetError)):
        return f"there are no files of data at revision {revision or 'main'}.\n{remedy}"
    return None


def _unreachable(
    error: Exception,
    hub: str,
    revision: str | None,
    cached_commits: Callable[[str], Sequence[str]] | None,
) -> UserError:
    """Return the message for a network that is off, down, or breaks while it is used."""
    from datasets import config

    commits = cached_commits(hub) if cached_commits else ()
    reason = "HF_HUB_OFFLINE is set" if config.HF_HUB_OFFLINE else _detail(error)
    if commits:
        remedy = "To do without the Hub, give a commit that is in the cache:\n" + "\n".join(
            f"revision: {commit}" for commit in commits[:2]
        )
    elif config.HF_HUB_OFFLINE:
        remedy = "It is not in the cache of datasets: unset HF_HUB_OFFLINE to download it."
    else:
        remedy = "Files that have arrived whole are kept: run the same command again to go on."
    return UserError(
        f"hub {hub}: revision {revision or 'main'} cannot be fetched from the Hub ({reason}).\n"
        + remedy,
        exit_code=1,
    )


def unknown_configuration(hub: str, name: str | None, names: Sequence[str]) -> UserError:
    """Return the message for a `name` that is missing or not there."""
    problem = "it has several configurations; give one as name."
    if name is not None:
        problem = f"there is no configuration (name) {name}" + did_you_mean(name, names)
    return UserError(f"hub {hub}: {problem}\nKnown: {listed(names)}.")


def several_splits(hub: str, splits: Sequence[str]) -> UserError:
    """Return the message for a missing `split`."""
    return UserError(
        f"hub {hub}: it has several splits; give one as split.\nKnown: {listed(splits)}."
    )


def bad_split(hub: str, split: str, splits: Sequence[str], *, problem: str = "") -> UserError:
    """Return the message for a `split` that is not there, or not for the `problem` given."""
    why = f" ({_first_line(problem)})." if problem else did_you_mean(split, splits)
    return UserError(
        f"hub {hub}: there is no split {split}{why}\n"
        f"Known: {listed(splits)}, and slices such as {splits[0] if splits else 'train'}[:10000]."
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it was raised from, not what was merely at hand meanwhile."""
    while True:
        yield error
        if error.__cause__ is None:
            return
        error = error.__cause__


def _find(error: BaseException, kind: type[_Error]) -> _Error | None:
    return next((cause for cause in _causes(error) if isinstance(cause, kind)), None)


def _unauthorised(error: BaseException) -> bool:
    from huggingface_hub.errors import HfHubHTTPError

    answer = _find(error, HfHubHTTPError)
    return answer is not None and answer.response.status_code in _UNAUTHORISED


def _detail(error: BaseException) -> str:
    """Return what kind of thing was wrong at the root, and in a line what."""
    *_, root = _causes(error)
    line = _first_line(str(root).rpartition("Original error:")[2])  # as `datasets` wraps OSError
    return f"{type(root).__name__}: {line}" if line else type(root).__name__


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:200].rstrip(".: ")
