"""`tmt translate`: text from arguments, a file or standard input; a translation per line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from transformer_mt.decoding.flags import Flag
from transformer_mt.device import out_of_memory
from transformer_mt.errors import UserError
from transformer_mt.pipelines.line_formats import FormatName, Item, LineFormat, make_format
from transformer_mt.pipelines.line_input import arriving_chunks, file_chunks
from transformer_mt.pipelines.line_output import open_output, refuse_to_overwrite
from transformer_mt.pipelines.loading import DecodingOptions, load_translator, say
from transformer_mt.training.progress import counting_bar

_MAX_NOTES = 10
"""Flagged lines that are told of one by one; the others are counted."""

_NOTES: dict[Flag, str] = {
    "split": "is longer than what the model was trained on; it was translated in parts",
    "truncated": "the translation was cut at the length limit",
    "looping": "the translation ends in a loop",
    "copied": "the translation is a copy of the text",
}


@dataclass(frozen=True)
class TranslateOptions:
    """What to translate, and how lines look; see `tmt translate --help`."""

    texts: Sequence[str] = ()
    input: Path | None = None
    output: Path | None = None
    format: FormatName = "text"
    column: str | None = None
    split_sentences: bool = False


def translate(options: TranslateOptions, decoding: DecodingOptions) -> None:
    """Write the translation of each line, in order, as soon as it is there.

    Raises:
        UserError: no run, unreadable input, unwritable output.
    """
    if options.texts and options.input:
        raise UserError("Give either TEXT or --input FILE, not both.")
    refuse_to_overwrite(options.output, options.input)
    line_format = make_format(options.format, column=options.column, n_best=decoding.n_best)
    with ExitStack() as stack:
        chunks = _chunks(options, line_format)
        first = next(chunks, None) if options.input else None  # before an output is overwritten
        translator = load_translator(decoding).translator
        output = open_output(options.output, stack)
        stack.enter_context(out_of_memory("Lower --batch-size, or use another --device."))
        progress = stack.enter_context(
            counting_bar("translating", "lines", quiet=decoding.quiet or options.input is None)
        )
        notes = _Notes()
        done = 0
        for items in chain([first] if first else [], chunks):
            found = translator.translate_n_best(
                [item.text for item in items],
                decoding.n_best,
                split_sentences=options.split_sentences,
            )
            for item, candidates in zip(items, found, strict=True):
                done += 1
                output.write(f"{line_format.write(item, done, candidates)}\n".encode())
                if options.format != "jsonl":  # where the flags stand in the line
                    notes.add(done, candidates[0].flags)
            output.flush()
            progress(done)
        notes.finish()


@dataclass
class _Notes:
    """Tells on standard error of flagged lines: of the first ones one by one, then how many."""

    num_lines: int = 0
    flags: Counter[Flag] = field(default_factory=Counter)

    def add(self, number: int, flags: Sequence[Flag]) -> None:
        """Tell of a line, if it has flags."""
        if not flags:
            return
        self.num_lines += 1
        self.flags.update(flags)
        if self.num_lines <= _MAX_NOTES:
            say(f"line {number}: {'; '.join(_NOTES[flag] for flag in flags)}.", quiet=False)

    def finish(self) -> None:
        """Tell how many there were, if not all have been told of."""
        if self.num_lines > _MAX_NOTES:
            counts = ", ".join(
                f"{self.flags[flag]:,} {flag}" for flag in _NOTES if self.flags[flag]
            )
            say(f"{self.num_lines:,} lines in all were like this: {counts}.", quiet=False)


def _chunks(options: TranslateOptions, line_format: LineFormat) -> Iterator[list[Item]]:
    """Yield items to be translated together."""
    if options.texts:
        yield [line_format.of_argument(_argument(text)) for text in options.texts]
    elif options.input is not None:
        yield from _items(file_chunks(options.input), line_format, name=str(options.input))
    else:
        yield from _items(arriving_chunks(), line_format, name="standard input")


def _items(
    chunks: Iterable[Sequence[str]], line_format: LineFormat, *, name: str
) -> Iterator[list[Item]]:
    """Read the lines of chunks; those before a wrong line are yielded before its error."""
    number = 0
    for lines in chunks:
        items: list[Item] = []
        for line in lines:
            number += 1
            try:
                items.append(line_format.read(line, f"{name}, line {number}"))
            except UserError:
                if items:
                    yield items
                raise
        yield items


def _argument(text: str) -> str:
    """Return an argument as one line of UTF-8.

    One argument is one text. Bytes that are not UTF-8, or in the C locale all that are not
    ASCII, come as surrogates (PEP 383): the former become U+FFFD, the latter what they were.
    """
    line = " ".join(re.split("[\r\n]+", text))
    known = re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", line)
    return known.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
