"""Tab-separated and comma-separated pairs.

TSV is a plain split at tabs: a quote is a character like any other. CSV is RFC 4180, strictly: a
field with a comma, a quote or a line break stands in quotes, and a quote in it is doubled.
"""

import csv
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from transformer_mt.data.header import Column, find_columns, refuse_other_columns
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.data.text_lines import decoded_lines, empty_file, lines_of, open_bytes
from transformer_mt.errors import UserError

Row = tuple[int, list[str]]
"""The line in which a record begins, from 1, and its fields."""

_OTHER_SEPARATORS = {"tabs": "\t", "semicolons": ";"}


def read_delimited(
    path: Path,
    columns: tuple[Column, Column],
    *,
    quoted: bool,
    header: bool | None,
    languages: tuple[str, str],
    report: ReadingReport,
) -> Iterator[tuple[str, str]]:
    """Yield the two columns of each record; `quoted` makes it CSV.

    Raises:
        UserError: the file cannot be read, holds no pair, or a record lacks a column.
    """
    with open_bytes(path) as stream:
        rows = _csv_rows(stream, path, report) if quoted else _tsv_rows(stream, path)
        first = next(rows, None)
        if first is None:
            raise empty_file(path)
        number, fields = first
        source, target, is_header = find_columns(
            fields, columns, header=header, languages=languages, place=f"{path}, line {number}"
        )
        report.header = "no header"
        if is_header:
            names = [fields[place] for place in (source, target) if place < len(fields)]
            report.header = f"line {number} is a header ({', '.join(map(repr, names))})"
        else:
            second = next(rows, None)
            if header is None and second is not None:
                refuse_other_columns(
                    fields,
                    second[1],
                    (source, target),
                    languages=languages,
                    place=f"{path}, line {number}",
                )
            rows = chain([first], [] if second is None else [second], rows)
        is_empty = True
        for number, row in rows:
            is_empty = False
            if len(row) <= max(source, target) or (quoted and len(row) != len(fields)):
                raise _wrong_width(path, number, row, (source, target), quoted, len(fields))
            if quoted:
                yield report.one_line(row[source]), report.one_line(row[target])
            else:
                yield row[source], row[target]
        if is_empty:
            raise empty_file(path, "holds a header and nothing else")


def _tsv_rows(stream: BinaryIO, path: Path) -> Iterator[Row]:
    for number, line in enumerate(lines_of(stream, name=str(path)), start=1):
        yield number, line.split("\t")


def _csv_rows(stream: BinaryIO, path: Path, report: ReadingReport) -> Iterator[Row]:
    reader = csv.reader(decoded_lines(stream, name=str(path)), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _not_csv(path, number, str(error)) from None
        if row:
            yield number, row
        else:
            report.empty_lines += 1


def _not_csv(path: Path, number: int, reason: str) -> UserError:
    if "unexpected end of data" in reason:
        reason = "a quote is opened and never closed"
    elif "new-line character" in reason:
        reason = "a carriage return in a field without quotes"
    elif "field limit" in reason:
        reason = f"a field of over {csv.field_size_limit():,} characters; perhaps a quote is open"
    return UserError(
        f"{path}, line {number}: the record that begins here is not valid CSV ({reason}).\n"
        'A field with a comma, a quote or a line break stands in "quotes", and a quote in it is '
        "doubled.\nMend it; a file of tabs without quoting is format: tsv."
    )


def _wrong_width(
    path: Path,
    number: int,
    row: Sequence[str],
    columns: tuple[int, int],
    quoted: bool,
    first_width: int,
) -> UserError:
    kind = "comma-separated" if quoted else "tab-separated"
    found = f"{path}, line {number}: found {len(row)} {kind} column(s)"
    mend = "Mend the line, or set source_column and target_column to the right columns."
    needed = max(columns) + 1
    if len(row) >= needed:
        return UserError(
            f"{found}, but the first record has {first_width}.\n"
            'A field with a comma in it stands in "quotes"; mend the line.'
        )
    separators = [name for name, mark in _OTHER_SEPARATORS.items() if mark in row[0]]
    if quoted and len(row) == 1 and separators:
        mend = f"It has {separators[0]}: write it with commas" + (
            ", or read it as format: tsv." if separators == ["tabs"] else "."
        )
    return UserError(
        f"{found}, but source_column {columns[0]} and target_column {columns[1]} need {needed} "
        f"(columns are counted from 0).\n{mend}"
    )
