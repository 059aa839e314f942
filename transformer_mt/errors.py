"""The one exception that is a message to the user and not a bug."""


class UserError(Exception):
    """Something the user can mend: the message names the place, the value and the remedy.

    `cli.main` prints the message alone, without a traceback, and exits with `exit_code`:
    2 for usage and input, 1 for failures while running.
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def may_not_be_read(path: object) -> UserError:
    """Return the error that the user has no permission to read `path`."""
    return UserError(f"{path}: no permission to read it. Change its permissions.")


class Interrupted(BaseException):
    """Ctrl-C or SIGTERM ended the work; `signal` is its number.

    Like KeyboardInterrupt no Exception, so that nothing on the way takes it for a failure.
    """

    def __init__(self, signal: int, message: str = "") -> None:
        super().__init__(message)
        self.signal = signal
        self.message = message

    @property
    def exit_code(self) -> int:
        """The shell's code for a death by this signal: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + self.signal


class EndedElsewhere(SystemExit):
    """The first process of a training says why it ends; the others end without a word."""
