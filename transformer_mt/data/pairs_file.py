"""One file with both sides of each pair, in any of the formats."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from transformer_mt.data.delimited import read_delimited
from transformer_mt.data.jsonl import read_jsonl
from transformer_mt.data.parquet import read_parquet
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.data.tmx import read_tmx
from transformer_mt.data.zipped import read_zip
from transformer_mt.file_formats import PairsFormat


@dataclass(frozen=True)
class PairsFile:
    """A file of pairs and how to read it.

    Columns have numbers from 0 or names in tsv and csv. In jsonl and parquet they have names,
    and are found by the languages where no name is given; the other formats have none.
    """

    path: Path
    source_column: int | str | None = 0
    target_column: int | str | None = 1
    format: PairsFormat = "tsv"
    header: bool | None = None
    """None: decided by what the first line holds."""
    languages: tuple[str, str] = ("", "")
    """Source and target, by which headers, keys, units and members are known."""


def read_pairs_file(file: PairsFile, report: ReadingReport) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a file; `report` is told what was skipped and replaced.

    Raises:
        UserError: the file cannot be read, holds no pair, or is not what it is said to be.
    """
    source_column, target_column = columns = file.source_column, file.target_column
    path, languages = file.path, file.languages
    match file.format:
        case "tsv" | "csv":
            assert source_column is not None and target_column is not None
            yield from read_delimited(
                path,
                (source_column, target_column),
                quoted=file.format == "csv",
                header=file.header,
                languages=languages,
                report=report,
            )
        case "jsonl":
            yield from read_jsonl(path, _names(columns), languages=languages, report=report)
        case "parquet":
            yield from read_parquet(path, _names(columns), languages=languages, report=report)
        case "tmx":
            yield from read_tmx(path, languages=languages, report=report)
        case "zip":
            yield from read_zip(path, languages=languages)
        case _:
            assert_never(file.format)


def _names(columns: tuple[int | str | None, int | str | None]) -> tuple[str, str] | None:
    source, target = columns
    return (source, target) if isinstance(source, str) and isinstance(target, str) else None
