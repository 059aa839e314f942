r"""Where sentence pairs come from: parallel files, files of tab-separated pairs, the phrasebook.

A line ends at `\n` and nowhere else, so that N lines are N sentences for every program that
counts them: Python's text mode and `str.splitlines` also split at `\r`, U+2028, `\v` and
others. One trailing `\r` and a byte-order mark at the start of the file are dropped, a last
line without `\n` counts, and NUL, which no tokenizer survives, becomes a space.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO, assert_never, cast

from transformer_mt.data.held_out import Split, held_out_split
from transformer_mt.errors import UserError


@dataclass(frozen=True)
class ParallelFiles:
    """Two files whose lines i are translations of each other; `.gz` is read through gzip."""

    source: Path
    target: Path


@dataclass(frozen=True)
class PairsFile:
    """One file with a pair per line in tab-separated columns, counted from 0; no quoting."""

    path: Path
    source_column: int = 0
    target_column: int = 1


@dataclass(frozen=True)
class Phrasebook:
    """One split of the built-in English-German corpus."""

    split: Split


@dataclass(frozen=True)
class HeldOutPart:
    """What is left of a corpus for training, or the part of it that is held out."""

    corpus: "Corpus"
    part: Split
    validation_fraction: float
    test_fraction: float


Corpus = ParallelFiles | PairsFile | Phrasebook | HeldOutPart


def read_pairs(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Yield the (source, target) pairs of a corpus in order, one at a time.

    Raises:
        UserError: a file cannot be read, is empty, or is not what the corpus says it is;
            at the latest when the last pair has been read.
    """
    match corpus:
        case ParallelFiles():
            yield from _read_parallel_files(corpus)
        case PairsFile():
            yield from _read_pairs_file(corpus)
        case Phrasebook():
            yield from _read_phrasebook(corpus.split)
        case HeldOutPart():
            for source, target in read_pairs(corpus.corpus):
                part = held_out_split(
                    source,
                    validation_fraction=corpus.validation_fraction,
                    test_fraction=corpus.test_fraction,
                )
                if part == corpus.part:
                    yield source, target
        case _:
            assert_never(corpus)


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 text file (through gzip where its name ends in `.gz`)."""
    with _user_errors(path), _open(path) as stream:
        yield from lines_of(stream, name=str(path))


def lines_of(stream: BinaryIO, *, name: str) -> Iterator[str]:
    """Yield the lines of an open binary stream as they arrive; `name` appears in errors."""
    for number, line in enumerate(stream, start=1):
        text = _decode(line, name=name, number=number)
        if number == 1:
            text = text.removeprefix("\ufeff")
            if not text:  # a byte-order mark and nothing else is an empty file
                return
        yield text.removesuffix("\n").removesuffix("\r").replace("\0", " ")


def content_hashes(corpus: Corpus) -> dict[str, str]:
    """Map each file of a corpus to the SHA-256 of its bytes (the phrasebook: of its text)."""
    match corpus:
        case ParallelFiles():
            return {str(path): _file_sha256(path) for path in (corpus.source, corpus.target)}
        case PairsFile():
            return {str(corpus.path): _file_sha256(corpus.path)}
        case Phrasebook():
            text = "".join(f"{source}\t{target}\n" for source, target in read_pairs(corpus))
            return {f"phrasebook/{corpus.split}": hashlib.sha256(text.encode()).hexdigest()}
        case HeldOutPart():
            return content_hashes(corpus.corpus)
        case _:
            assert_never(corpus)


def corpus_fingerprint(corpus: Corpus) -> str:
    """Return a SHA-256 that is equal for corpora that hold the same pairs in the same order.

    It depends on what the files hold and on how they are read, not on where they lie.
    """
    settings: dict[str, object] = {"kind": type(corpus).__name__}
    match corpus:
        case PairsFile():
            settings["columns"] = [corpus.source_column, corpus.target_column]
        case HeldOutPart():
            settings["fractions"] = [corpus.validation_fraction, corpus.test_fraction]
            settings["part"] = corpus.part
            settings["corpus"] = corpus_fingerprint(corpus.corpus)
    if not isinstance(corpus, HeldOutPart):
        # A list of digests: two files of one corpus may be the same file.
        settings["content"] = _content_digests(corpus)
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def _content_digests(corpus: ParallelFiles | PairsFile | Phrasebook) -> list[str]:
    hashes = content_hashes(corpus)
    if isinstance(corpus, ParallelFiles):
        return [hashes[str(corpus.source)], hashes[str(corpus.target)]]
    return list(hashes.values())


def _read_parallel_files(corpus: ParallelFiles) -> Iterator[tuple[str, str]]:
    sources, targets = read_lines(corpus.source), read_lines(corpus.target)
    num_pairs = 0
    for source, target in zip_longest(sources, targets):
        if source is None or target is None:
            num_sources = num_pairs + (source is not None) + sum(1 for _ in sources)
            num_targets = num_pairs + (target is not None) + sum(1 for _ in targets)
            raise _unequal(corpus, num_sources=num_sources, num_targets=num_targets)
        num_pairs += 1
        yield source, target
    if num_pairs == 0:
        raise _empty(corpus.source)


def _unequal(corpus: ParallelFiles, *, num_sources: int, num_targets: int) -> UserError:
    if num_sources == 0 or num_targets == 0:
        return _empty(corpus.source if num_sources == 0 else corpus.target)
    return UserError(
        "The two files of a parallel corpus differ in their number of lines:\n"
        f"{corpus.source}: {num_sources}\n{corpus.target}: {num_targets}\n"
        "Line i of one must be the translation of line i of the other; mend the files."
    )


def _read_pairs_file(corpus: PairsFile) -> Iterator[tuple[str, str]]:
    source_column, target_column = corpus.source_column, corpus.target_column
    num_columns_needed = max(source_column, target_column) + 1
    number = 0
    for number, line in enumerate(read_lines(corpus.path), start=1):
        fields = line.split("\t")
        if len(fields) < num_columns_needed:
            raise UserError(
                f"{corpus.path}, line {number}: found {len(fields)} tab-separated column(s), but "
                f"source_column {source_column} and target_column {target_column} "
                f"need {num_columns_needed} (columns are counted from 0).\n"
                "Mend the line, or set source_column and target_column to the right columns."
            )
        yield fields[source_column], fields[target_column]
    if number == 0:
        raise _empty(corpus.path)


def _read_phrasebook(split: Split) -> Iterator[tuple[str, str]]:
    from transformer_mt.data.phrasebook import phrases

    for phrase in phrases(split):
        yield phrase.source, phrase.target


def _decode(line: bytes, *, name: str, number: int) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        is_utf_16 = number == 1 and line.startswith((b"\xff\xfe", b"\xfe\xff"))
        encoding = "UTF-16" if is_utf_16 else "ISO-8859-1"
        raise UserError(
            f"{name}, line {number}: byte {error.start + 1} of the line "
            f"(0x{line[error.start]:02X}) is not valid UTF-8.\n"
            f"Convert the file to UTF-8; if it is {encoding}, for example, by\n"
            f"iconv -f {encoding} -t UTF-8 FILE > NEW_FILE"
        ) from None


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.name.endswith(".gz") else path.open("rb")


@contextmanager
def _user_errors(path: Path) -> Iterator[None]:
    """Turn what goes wrong while `path` is read into a message about `path`."""
    try:
        yield
    except FileNotFoundError:
        raise UserError(f"{path}: no such file. Check the path.") from None
    except IsADirectoryError:
        raise UserError(f"{path}: is a folder, not a file. Name a text file in it.") from None
    except PermissionError:
        raise UserError(f"{path}: no permission to read it. Change its permissions.") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UserError(
            f"{path}: damaged or incomplete gzip file ({error}).\n"
            "Copy or download it again; a file that is not compressed must not end in .gz."
        ) from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror or error}).") from None


def _file_sha256(path: Path) -> str:
    with _user_errors(path), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _empty(path: Path) -> UserError:
    return UserError(f"{path}: the file is empty. Give a file with at least one sentence pair.")
