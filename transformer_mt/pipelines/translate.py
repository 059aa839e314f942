"""`tmt translate`: text from arguments, a file or standard input; a translation per line."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from transformer_mt.data.text_lines import lines_of, read_lines
from transformer_mt.decoding.translator import Translation
from transformer_mt.device import out_of_memory
from transformer_mt.errors import UserError
from transformer_mt.pipelines.loading import DecodingOptions, load_translator, say
from transformer_mt.training.progress import counting_bar

_LINES_TOGETHER = 2048
"""Lines read and sorted by length together; memory and delay grow with it, speed a little."""


def translate(
    texts: Sequence[str],
    options: DecodingOptions,
    *,
    input_path: Path | None = None,
    output_path: Path | None = None,
) -> None:
    """Write one line for each line of text, in order, as soon as it is there.

    Raises:
        UserError: no run, unreadable input, unwritable output.
    """
    if texts and input_path:
        raise UserError("Give either TEXT or --input FILE, not both.")
    if input_path and output_path and input_path.resolve() == output_path.resolve():
        raise UserError(f"--output {output_path}: is the input. Name another file.")
    with ExitStack() as stack:
        chunks = _chunks(texts, input_path)
        first = next(chunks, None) if input_path else None  # before an output is overwritten
        translator = load_translator(options).translator
        output = _open_output(output_path, stack)
        stack.enter_context(out_of_memory("Lower --batch-size, or use another --device."))
        progress = stack.enter_context(
            counting_bar("translating", "lines", quiet=options.quiet or input_path is None)
        )
        done = 0
        for lines in chain([first] if first else [], chunks):
            translator.refuse_too_long(lines, first=done + 1)
            for candidates in translator.translate(lines):
                done += 1
                output.write(_format(candidates, number=done, n_best=options.n_best))
                if candidates[0].truncated:
                    say(f"line {done}: the translation was cut at the length limit.", quiet=False)
            output.flush()
            progress(done)


def _format(candidates: Sequence[Translation], *, number: int, n_best: int) -> bytes:
    """Return the best translation, or with n-best lines of number, score and text."""
    if n_best == 1:
        return f"{candidates[0].text}\n".encode()
    lines = (f"{number}\t{c.score:.4f}\t{c.text}\n" for c in candidates)
    return "".join(lines).encode()


def _open_output(path: Path | None, stack: ExitStack) -> BinaryIO:
    if path is None:
        return sys.stdout.buffer
    try:
        return stack.enter_context(path.open("wb"))
    except OSError as error:
        raise UserError(f"--output {path}: cannot be written ({error.strerror}).") from None


def _chunks(texts: Sequence[str], input_path: Path | None) -> Iterator[list[str]]:
    """Yield lines to be translated together."""
    if texts:
        # One argument is one text and gives one line.
        yield [" ".join(text.splitlines()) for text in texts]
    elif input_path is not None:
        lines = read_lines(input_path)
        while chunk := list(islice(lines, _LINES_TOGETHER)):
            yield chunk
    else:
        # A stream of its own: at exit Python closes its standard streams, and must not wait for
        # the thread that reads.
        yield from _arriving(os.fdopen(os.dup(sys.stdin.fileno()), "rb"))


def _arriving(stream: BinaryIO) -> Iterator[list[str]]:
    """Yield what has arrived, so that a pipe is answered without waiting for its end."""
    waiting: queue.Queue[str | BaseException | None] = queue.Queue(maxsize=_LINES_TOGETHER)
    prompt = sys.stdin.isatty() and sys.stderr.isatty()

    def read() -> None:
        try:
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
            if len(chunk) == _LINES_TOGETHER or waiting.empty():
                break
            item = waiting.get()
        if chunk:
            yield chunk
        if isinstance(item, BaseException):
            raise item
        if item is None:
            return
