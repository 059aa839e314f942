"""Ctrl-C and SIGTERM: as an end, or as a request that long work looks at between its pieces."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

from transformer_mt.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """Raise `Interrupted`; further signals leave alone what cleans up after the first."""
    if not _is_ending(sys.exc_info()[1]):
        raise Interrupted(number)


def _is_ending(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, Interrupted | SystemExit):
        error = error.__context__
    return error is not None


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back signals while the context lasts; one that came acts then."""
    came: list[int] = []
    # Not pthread_sigmask: a signal to the process may come by another of its threads.
    previous = {
        number: signal.signal(number, lambda number, frame: came.append(number))  # noqa: ARG005
        for number in SIGNALS
    }
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


class StopRequest:
    """While the context lasts, the first signal is noted and the second ends the work at once."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self.hurried = False
        self._previous: dict[int, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        for number in SIGNALS:
            self._previous[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.hurried:
            interrupt(number, frame)
        elif self.signal is not None:
            self.hurried = True
            raise Interrupted(number)
        else:
            self.signal = number

    def check(self) -> None:
        """Raise `Interrupted` where a signal has come."""
        if self.signal is not None:
            raise Interrupted(self.signal)
