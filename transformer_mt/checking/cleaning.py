"""Cleaned copies of the files: pairs with exact faults left out, and listed in removed.tsv."""

import gzip
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from transformer_mt.checking.chunk import Chunk
from transformer_mt.checking.classes import FAULTS
from transformer_mt.checking.reading import CorpusReader
from transformer_mt.errors import UserError

REMOVED = "removed.tsv"

_HEADING = "split\tfile\tline\treasons\ttext\n"
_UNPRINTABLE = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\udc80-\udcff]")


def removals(chunk: Chunk) -> dict[int, list[str]]:
    """Return the rows that a cleaned file does without, with the names of their faults."""
    rows: dict[int, list[str]] = {}
    for name in FAULTS:
        for row, finding in chunk.found.classes.get(name, {}).items():
            if not finding.mends:
                rows.setdefault(row, []).append(name)
    return rows


class Cleaner:
    """A folder of cleaned files, which appears when all of them are complete."""

    def __init__(self, folder: Path, removed: BinaryIO) -> None:
        self._folder = folder
        self._removed = removed
        self._names: set[Path] = set()

    @contextmanager
    def corpus(self, reader: CorpusReader, split: str) -> Iterator["CorpusCleaner"]:
        """Give what writes the cleaned files of one corpus; `split` is "" for files alone."""
        with ExitStack() as stack:
            names = [Path(name).name for name in reader.files]
            if not reader.has_lines:
                names = [f"{Path(reader.files[0]).name.split('.')[0]}.tsv"]
            files = [stack.enter_context(self._open(split, name)) for name in names]
            yield CorpusCleaner(files, self._removed, reader, split)

    def _open(self, split: str, name: str) -> BinaryIO:
        number, path = 1, self._folder / split / name
        while path in self._names:
            number += 1
            path = self._folder / split / f"{number}.{name}"
        self._names.add(path)
        path.parent.mkdir(exist_ok=True)
        if name.endswith(".gz"):
            return cast(BinaryIO, gzip.open(path, "wb", compresslevel=6))
        return path.open("wb")


class CorpusCleaner:
    """Writes what is left of one corpus, and lists what is not."""

    def __init__(
        self, files: list[BinaryIO], removed: BinaryIO, reader: CorpusReader, split: str
    ) -> None:
        self.kept = 0
        self.removed = 0
        self._files = files
        self._list = removed
        self._split = split
        self._name = " ".join(reader.files)

    def write(self, chunk: Chunk) -> None:
        """Write the pairs of a chunk, in which all exact faults have been found."""
        faulty = removals(chunk)
        pairs = zip(chunk.source.texts, chunk.target.texts, strict=True)
        texts = chunk.raw or [[f"{source}\t{target}".encode() for source, target in pairs]]
        for file, lines in zip(self._files, texts, strict=True):
            kept = [line for row, line in enumerate(lines) if row not in faulty]
            file.write(b"".join(line + b"\n" for line in kept))
        for row in sorted(faulty):
            line = [lines[row] if row < len(lines) else b"" for lines in texts]
            # Tabs between columns stay; those within a text of parallel files do not.
            text = "\t".join(escaped(part, keep_tabs=len(line) == 1) for part in line)
            place = f"{self._split}\t{self._name}\t{chunk.first_line + row}"
            self._list.write(f"{place}\t{','.join(faulty[row])}\t{text}\n".encode())
        self.removed += len(faulty)
        self.kept += len(chunk) - len(faulty)


def escaped(text: bytes, *, keep_tabs: bool) -> str:
    r"""Return a text with `\t`, `\x00`, `\u2028` and the like written out, `\` as `\\`."""

    def escape(match: re.Match[str]) -> str:
        character = match[0]
        if character == "\\":
            return "\\\\"
        if character == "\t":
            return character if keep_tabs else "\\t"
        code = ord(character)
        if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8
            return f"\\x{code - 0xDC00:02x}"
        # U+0080 to U+009F as \u: \x stands for bytes there.
        return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}"

    return _UNPRINTABLE.sub(escape, text.decode(errors="surrogateescape"))


@contextmanager
def cleaned_folder(folder: Path) -> Iterator[Cleaner]:
    """Give a cleaner whose files appear in `folder` when the context ends without an error.

    Raises:
        UserError: there is something at `folder`, or it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            f"--write-clean {folder}: is there already, and nothing is overwritten. "
            "Name another folder."
        )
    if folder.resolve() == Path.cwd():
        raise UserError(f"--write-clean {folder}: is the folder you are in. Name another one.")
    made = [parent for parent in folder.parents if not parent.exists()]
    temporary = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    try:
        temporary.mkdir(parents=True)
        with (temporary / REMOVED).open("wb") as removed:
            removed.write(_HEADING.encode())
            yield Cleaner(temporary, removed)
        if folder.exists():
            folder.rmdir()
        temporary.rename(folder)
    except OSError as error:
        raise UserError(
            f"--write-clean {folder}: cannot be written ({error.strerror or error}). "
            "Name a folder where you may write and there is space.",
            exit_code=1,
        ) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        for parent in made:  # but for what holds the cleaned files
            with suppress(OSError):
                parent.rmdir()
