r"""Text files: opened, decompressed, decoded and cut into lines, and what can be wrong with them.

A line ends at `\n` and nowhere else, so that N lines are N sentences for every program that
counts them: Python's text mode and `str.splitlines` also split at `\r`, U+2028, `\v` and
others. One trailing `\r` and a byte-order mark at the start of the file are dropped, a last
line without `\n` counts, and NUL, which no tokenizer survives, becomes a space.
"""

import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from transformer_mt.errors import UserError, may_not_be_read
from transformer_mt.file_formats import compression_of

_BUFFER_BYTES = 1 << 16


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 text file, decompressed where its name says so."""
    with open_bytes(path) as stream:
        yield from lines_of(stream, name=str(path))


def lines_of(stream: BinaryIO, *, name: str) -> Iterator[str]:
    """Yield the lines of an open binary stream as they arrive; `name` appears in errors."""
    for line in decoded_lines(stream, name=name):
        yield line.removesuffix("\n").removesuffix("\r").replace("\0", " ")


def decoded_lines(stream: BinaryIO, *, name: str) -> Iterator[str]:
    r"""Yield the lines of a stream with their `\n`, as they arrive and as they are."""
    for number, line in enumerate(stream, start=1):
        text = decode(line, name=name, number=number)
        if number == 1:
            text = text.removeprefix("\ufeff")
            if not text:  # a byte-order mark and nothing else is an empty file
                return
        yield text


def decode(line: bytes, *, name: str, number: int) -> str:
    """Return a line as text.

    Raises:
        UserError: it is not UTF-8.
    """
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


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Give the bytes of a file, decompressed where its name ends in .gz, .xz or .zst.

    Raises:
        UserError: the file cannot be read; also for what goes wrong later, while it is read.
    """
    with user_errors(path), path.open("rb") as file, _decompressed(file, path) as stream:
        yield stream


def _decompressed(file: BinaryIO, path: Path) -> BinaryIO:
    match compression_of(path.name):
        case "gzip":
            return cast(BinaryIO, gzip.open(file))
        case "xz":
            return cast(BinaryIO, lzma.open(file))
        case "zstd":
            import pyarrow as pa

            return io.BufferedReader(pa.CompressedInputStream(file, "zstd"), _BUFFER_BYTES)
        case None:
            return file


@contextmanager
def user_errors(path: Path) -> Iterator[None]:
    """Turn what goes wrong while `path` is read into a message about `path`."""
    try:
        yield
    except FileNotFoundError:
        raise UserError(f"{path}: no such file. Check the path.") from None
    except IsADirectoryError:
        raise UserError(f"{path}: is a folder, not a file. Name a text file in it.") from None
    except PermissionError:
        raise may_not_be_read(path) from None
    except (gzip.BadGzipFile, lzma.LZMAError, EOFError, zlib.error) as error:
        raise _damaged(path, error) from None
    except OSError as error:
        # Arrow, which decompresses zstd, has no error number for damage.
        if error.errno is None and compression_of(path.name) == "zstd":
            raise _damaged(path, error) from None
        raise UserError(f"{path}: cannot be read ({error.strerror or error}).") from None


def _damaged(path: Path, error: Exception) -> UserError:
    return UserError(
        f"{path}: damaged or incomplete {compression_of(path.name)} file ({error}).\n"
        "Copy or download it again; a file that is not compressed must not end in "
        f"{path.suffix}."
    )


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as they lie on disk."""
    with user_errors(path), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def empty_file(path: Path | str, holds: str = "the file is empty") -> UserError:
    """Return the error that there is no pair in a file."""
    return UserError(f"{path}: {holds}. Give a file with at least one sentence pair.")
