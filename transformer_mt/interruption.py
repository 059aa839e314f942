"""Ctrl-C and SIGTERM as a request that long work looks at between its pieces."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Self

from transformer_mt.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """While the context lasts, the first signal is noted and the second ends the work at once."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self.hurried = False
        self._previous: dict[int, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        for number in _SIGNALS:
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

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self.signal is not None:
            self.hurried = True
            raise Interrupted(number)
        self.signal = number

    def check(self) -> None:
        """Raise `Interrupted` where a signal has come."""
        if self.signal is not None:
            raise Interrupted(self.signal)
