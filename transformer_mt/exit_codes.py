"""How a command ends: well, or with a message and an exit code in place of a traceback."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable

from transformer_mt.errors import Interrupted, UserError
from transformer_mt.interruption import SIGNALS, interrupt

_PERMISSIONS = "Change the permissions, or name another file or folder."
_SPACE = "Free some disk space."
_DRIVE = "See to the drive."
_NAME = "Name another file or folder."

_OUTSIDE_TROUBLE = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _PERMISSIONS),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _SPACE),
    **dict.fromkeys((errno.EFBIG, errno.EIO), _DRIVE),
    **dict.fromkeys((errno.ELOOP, errno.ENAMETOOLONG), _NAME),
}
"""Error number -> remedy, of what no traceback would explain."""


def run_with_exit_codes(command: Callable[[], object]) -> None:
    """Run a command; what a user can cause ends in a message and an exit code."""
    for number in SIGNALS:
        signal.signal(number, interrupt)
    afterwards = signal.SIG_DFL
    try:
        _run_with_messages(command)
    except Interrupted as interrupted:
        afterwards = signal.SIG_IGN  # the exit code stands
        print(f"\n{interrupted.message or 'Stopped.'}", file=sys.stderr)
        sys.exit(interrupted.exit_code)
    finally:
        for number in SIGNALS:  # nobody catches an `Interrupted` while Python ends
            signal.signal(number, afterwards)


def _run_with_messages(command: Callable[[], object]) -> None:
    try:
        try:
            command()
        finally:
            _flush_standard_output()
    except UserError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader has gone
            sys.exit(1)
        if error.errno not in _OUTSIDE_TROUBLE:
            raise
        place = f"{error.filename}: " if error.filename else ""
        print(f"Error: {place}{error.strerror}. {_OUTSIDE_TROUBLE[error.errno]}", file=sys.stderr)
        sys.exit(1)


def _flush_standard_output() -> None:
    """Write what waits in the buffer of standard output; only here a failure has a message."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        # What is left has nowhere to go, and Python would try once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
