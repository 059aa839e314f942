"""What a file of sentence pairs may be: its format and compression, told by its name."""

from pathlib import PurePath
from typing import Literal

PairsFormat = Literal["tsv", "csv", "jsonl", "parquet", "tmx", "zip"]
Compression = Literal["gzip", "xz", "zstd"]

DELIMITED: tuple[PairsFormat, ...] = ("tsv", "csv")
"""A line has columns with numbers, and with names where there is a header."""
NAMED_COLUMNS: tuple[PairsFormat, ...] = ("jsonl", "parquet")
TEXT_FORMATS: tuple[PairsFormat, ...] = ("tsv", "csv", "jsonl", "tmx")
"""Those that may be compressed as a whole; the others have their own compression inside."""

_COMPRESSIONS: dict[str, Compression] = {".gz": "gzip", ".xz": "xz", ".zst": "zstd"}
_FORMATS_BY_SUFFIX: dict[str, PairsFormat] = {
    ".csv": "csv",
    ".json": "jsonl",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".tmx": "tmx",
    ".zip": "zip",
}


def compression_of(name: str) -> Compression | None:
    """Return how a file of this name is compressed."""
    return _COMPRESSIONS.get(PurePath(name).suffix.lower())


def format_of(name: str) -> PairsFormat:
    """Return the format of a file of this name: tsv where the name tells no other."""
    path = PurePath(name)
    if compression_of(name):
        path = path.with_suffix("")
    return _FORMATS_BY_SUFFIX.get(path.suffix.lower(), "tsv")
