r"""Pairs as they lie in the files, faults and all, where `data/corpus.py` stops at the first.

What counts as a line is the same: it ends at `\n`, one `\r` before it and a byte-order mark at
the start of the file do not belong to it, and a last line without `\n` counts.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from transformer_mt.checking.chunk import PAIRS_PER_CHUNK, SIDES, Chunk, Found, Lines, Side
from transformer_mt.data.corpus import (
    Corpus,
    HeldOutPart,
    ParallelFiles,
    Phrasebook,
    describe_corpus,
    read_pairs,
)
from transformer_mt.data.pairs_file import PairsFile
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.data.text_lines import empty_file, open_bytes, user_errors
from transformer_mt.errors import UserError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINES_TO_COUNT_COLUMNS = 1000


class CorpusReader:
    """Reads a corpus in chunks, once or several times.

    Attributes:
        num_lines: the lines of each file, complete after the last chunk
        mended: what reading passes over in a file, in words, with the file
    """

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.num_lines: dict[str, int] = {}
        self.mended: list[tuple[str, str]] = []

    def file_of(self, side: Side | None) -> str:
        """Return the name of the file that holds a side."""
        match self.corpus:
            case ParallelFiles(source, target):
                return str(target if side == "target" else source)
            case Phrasebook(split):
                return f"phrasebook/{split}"
            case HeldOutPart(corpus):
                return CorpusReader(corpus).file_of(side)
            case _:
                return describe_corpus(self.corpus)

    @property
    def files(self) -> list[str]:
        """The names of the files, each once."""
        return list(dict.fromkeys(self.file_of(side) for side in SIDES))

    @property
    def has_lines(self) -> bool:
        """Whether a pair is a line of a text file."""
        return isinstance(self.corpus, ParallelFiles) or _is_plain(self.corpus)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the pairs from the start, also those that training would not accept.

        Raises:
            UserError: a file cannot be read, or is empty.
        """
        self.mended = []
        match self.corpus:
            case ParallelFiles():
                yield from self._parallel_files(self.corpus)
            case PairsFile() if _is_plain(self.corpus):
                yield from self._pairs_file(self.corpus)
            case _:
                # All that is no text file with a pair in a line is read as training reads it,
                # which refuses what cannot be decoded; lines are counted as pairs.
                yield from self._decoded_pairs(self.corpus)

    def _parallel_files(self, corpus: ParallelFiles) -> Iterator[Chunk]:
        with open_bytes(corpus.source) as sources, open_bytes(corpus.target) as targets:
            files = [
                _LineFile(corpus.source, sources, "source"),
                _LineFile(corpus.target, targets, "target"),
            ]
            first_line = 1
            while True:
                blocks = [file.take(PAIRS_PER_CHUNK) for file in files]
                length = max(len(block.texts) for block in blocks)
                if length == 0:
                    break
                yield _paired(first_line, *blocks)
                first_line += length
        self._finish(files)

    def _pairs_file(self, corpus: PairsFile) -> Iterator[Chunk]:
        with open_bytes(corpus.path) as stream:
            file = _LineFile(corpus.path, stream, None)
            num_columns = 0
            while (block := file.take(PAIRS_PER_CHUNK)).texts:
                rows = [text.split("\t") for text in block.texts]
                if not num_columns:
                    num_columns = _num_columns(corpus, rows)
                yield _split(corpus, block, rows, num_columns, file.num_lines)
        self._finish([file])

    def _decoded_pairs(self, corpus: Corpus) -> Iterator[Chunk]:
        pairs = read_pairs(corpus)
        first_line = 1
        while chunk := list(islice(pairs, PAIRS_PER_CHUNK)):
            source, target = (Lines(texts) for texts in zip(*chunk, strict=True))
            lines: list[tuple[Side | None, Lines]] = [("source", source), ("target", target)]
            yield Chunk(first_line, source, target, lines, raw=())
            first_line += len(chunk)
        self.num_lines = {self.file_of(None): first_line - 1}

    def _finish(self, files: "list[_LineFile]") -> None:
        for file in files:
            if file.num_lines == 0:
                raise empty_file(file.path)
            name = str(file.path)
            self.num_lines[name] = file.num_lines
            if file.has_byte_order_mark:
                self.mended.append((name, "the byte-order mark at the start"))
            if file.has_carriage_returns:
                self.mended.append((name, "carriage returns at line ends"))


def _is_plain(corpus: Corpus) -> bool:
    """Whether a pair is a line of numbered columns, without a header that is told or found."""
    if not isinstance(corpus, PairsFile) or corpus.format != "tsv":
        return False
    report = ReadingReport()
    try:
        next(read_pairs(corpus, report), None)
    except UserError:  # a fault to be found line by line
        columns = (corpus.source_column, corpus.target_column)
        return all(isinstance(column, int) for column in columns) and not corpus.header
    return report.header == "no header"


class _Block:
    """Some lines of one file: their bytes, their text, and what was found while decoding."""

    def __init__(self, raw: list[bytes], texts: list[str]) -> None:
        self.raw = raw
        self.texts = texts
        self.undecoded: set[int] = set()
        self.found = Found()


class _LineFile:
    """The lines of a text file, some at a time."""

    def __init__(self, path: Path, stream: BinaryIO, side: Side | None) -> None:
        self.path = path
        self.num_lines = 0
        self.has_byte_order_mark = False
        self.has_carriage_returns = False
        self._stream = stream
        self._side = side
        self._offset = 0  # of the next line, in bytes from the start of the file

    def take(self, count: int) -> _Block:
        """Return the next lines, at most `count`."""
        with user_errors(self.path):  # and not about the other file, which is open, too
            raw = list(islice(self._stream, count))
        offset = self._offset
        self._offset += sum(map(len, raw))
        marked = self.num_lines == 0 and bool(raw) and raw[0].startswith(_BYTE_ORDER_MARK)
        if marked:
            raw[0] = raw[0].removeprefix(_BYTE_ORDER_MARK)
            offset += len(_BYTE_ORDER_MARK)
            if not raw[0]:  # a byte-order mark and nothing else is an empty file
                raw = []
        self.num_lines += len(raw)
        block = self._decoded(raw, offset)
        if marked and raw:
            self.has_byte_order_mark = True
            detail = "at the start of the file"
            block.found.add("byte_order_mark", 0, self._side, detail, mends=True)
        return block

    def _decoded(self, raw: list[bytes], offset: int) -> _Block:
        lines = [line.removesuffix(b"\n") for line in raw]
        joined = b"\n".join(lines)
        if b"\r" in joined:
            cut = [line.removesuffix(b"\r") for line in lines]
            self.has_carriage_returns |= cut != lines
            lines, joined = cut, b"\n".join(cut)
        try:
            return _Block(lines, joined.decode().split("\n") if lines else [])
        except UnicodeDecodeError:
            return self._decoded_one_by_one(raw, lines, offset)

    def _decoded_one_by_one(self, raw: list[bytes], lines: list[bytes], offset: int) -> _Block:
        block = _Block(lines, [])
        for row, line in enumerate(lines):
            try:
                block.texts.append(line.decode())
            except UnicodeDecodeError as error:
                detail = (
                    f"byte {error.start + 1} of the line (0x{line[error.start]:02X}), "
                    f"offset {offset + error.start} in the file"
                )
                block.found.add("invalid_utf8", row, self._side, detail)
                block.undecoded.add(row)
                block.texts.append(line.decode(errors="replace"))
            offset += len(raw[row])
        return block


def _paired(first_line: int, source: _Block, target: _Block) -> Chunk:
    shorter, longer = sorted((source, target), key=lambda block: len(block.texts))
    unpaired = range(len(shorter.texts), len(longer.texts))
    found = Found()
    found.update(source.found)
    found.update(target.found)
    for row in unpaired:
        side: Side = "source" if longer is source else "target"
        found.add("line_counts", row, side, "no such line in the other file")
    lengthened = [*shorter.texts, *[""] * len(unpaired)]
    sources, targets = (
        Lines(lengthened if unpaired and block is shorter else block.texts)
        for block in (source, target)
    )
    return Chunk(
        first_line,
        sources,
        targets,
        lines=[("source", sources), ("target", targets)],
        raw=[source.raw, target.raw],
        unpaired=frozenset(unpaired),
        undecoded=source.undecoded | target.undecoded,
        found=found,
    )


def _num_columns(corpus: PairsFile, rows: list[list[str]]) -> int:
    """Return how many columns a line of the file should have: as many as most of the first."""
    counts = Counter(len(fields) for fields in rows[:_LINES_TO_COUNT_COLUMNS])
    return max(counts.most_common(1)[0][0], _columns_needed(corpus))


def _columns_needed(corpus: PairsFile) -> int:
    return max(_columns(corpus)) + 1


def _columns(corpus: PairsFile) -> tuple[int, int]:
    """Return the numbers of the columns of a plain file; see `_is_plain`."""
    source, target = corpus.source_column, corpus.target_column
    assert isinstance(source, int) and isinstance(target, int)
    return source, target


def _split(
    corpus: PairsFile, block: _Block, rows: list[list[str]], num_columns: int, num_lines: int
) -> Chunk:
    """Return the pairs of tab-separated lines; `num_lines` counts those read, these included."""
    needed = _columns_needed(corpus)
    source_column, target_column = _columns(corpus)
    unpaired = set()
    for row, fields in enumerate(rows):
        if len(fields) != num_columns:
            detail = f"{len(fields)} columns, where most lines have {num_columns}"
            block.found.add("columns", row, None, detail)
        if len(fields) < needed:
            unpaired.add(row)
            rows[row] = fields + [""] * (needed - len(fields))
    return Chunk(
        num_lines - len(rows) + 1,
        source=Lines([fields[source_column] for fields in rows]),
        target=Lines([fields[target_column] for fields in rows]),
        lines=[(None, Lines(block.texts))],
        raw=[block.raw],
        unpaired=unpaired,
        undecoded=block.undecoded,
        found=block.found,
    )
