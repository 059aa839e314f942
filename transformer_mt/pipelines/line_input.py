"""Lines from a file, or from standard input as they arrive, in chunks to be worked on together."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from transformer_mt.data.text_lines import lines_of, read_lines
from transformer_mt.errors import UserError

LINES_TOGETHER = 2048
"""Lines read and sorted by length together; memory and delay grow with it, speed a little."""


def file_chunks(path: Path) -> Iterator[list[str]]:
    """Yield the lines of a file.

    Raises:
        UserError: it cannot be read, or a line is not UTF-8; the lines before it have been yielded.
    """
    chunk: list[str] = []
    try:
        for line in read_lines(path):
            chunk.append(line)
            if len(chunk) == LINES_TOGETHER:
                yield chunk
                chunk = []
    except UserError:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def arriving_chunks() -> Iterator[list[str]]:
    """Yield what has arrived on standard input: a pipe is answered without waiting for its end.

    On a terminal there is a prompt.

    Raises:
        UserError: a line is not UTF-8; the lines before it have been yielded.
    """
    if sys.stdin is None:
        raise UserError("Standard input is closed. Give TEXT, or --input FILE.")
    # A stream of its own: at exit Python closes its standard streams, and must not wait for
    # the thread that reads.
    stream: BinaryIO = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    waiting: queue.Queue[str | BaseException | None] = queue.Queue(maxsize=LINES_TOGETHER)
    prompt = sys.stdin.isatty() and sys.stderr.isatty()

    def read() -> None:
        try:
            with stream:
                for line in lines_of(stream, name="standard input"):
                    waiting.put(line)
            waiting.put(None)
        except BaseException as error:  # the consumer raises it
            waiting.put(error)

    threading.Thread(target=read, name="standard input", daemon=True).start()
    while True:
        if prompt:
            print("> ", end="", file=sys.stderr, flush=True)
        chunk, item = [], waiting.get()
        while isinstance(item, str):
            chunk.append(item)
            if len(chunk) == LINES_TOGETHER or waiting.empty():
                break
            item = waiting.get()
        if chunk:
            yield chunk
        if isinstance(item, BaseException):
            raise item
        if item is None:
            return
