"""How a command ends: well, or with a message and an exit code in place of a traceback."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from transformer_mt.errors import Interrupted, UserError

# Full disks, missing rights, broken drives: nothing that a traceback would explain.
_OUTSIDE_TROUBLE = {
    *(errno.EACCES, errno.EPERM, errno.EROFS),
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
}


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise Interrupted(number)


def run_with_exit_codes(command: Callable[[], object]) -> None:
    """Run a command; what a user can cause ends in a message and an exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        command()
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
