"""Parquet: two text columns by dotted name, read batch by batch."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from transformer_mt.data.named_columns import choose_columns
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.data.text_lines import empty_file, user_errors
from transformer_mt.errors import UserError

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

_TEXT_TYPES = ("string", "large_string", "string_view")
_ROWS_PER_BATCH = 1024
_BUFFER_BYTES = 1 << 16  # of a column; without a buffer a whole row group is read at once


def read_parquet(
    path: Path,
    columns: tuple[str, str] | None,
    *,
    languages: tuple[str, str],
    report: ReadingReport,
) -> Iterator[tuple[str, str]]:
    """Yield two columns row by row; None: found by the languages.

    Raises:
        UserError: the file cannot be read or holds no row; a column is missing or is no text;
            a value is null or not UTF-8.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with user_errors(path), path.open("rb") as stream:
        try:
            file = pq.ParquetFile(stream, buffer_size=_BUFFER_BYTES, pre_buffer=False)
            fields = pa.struct(list(file.schema_arrow))
            names = choose_columns(
                lambda name: _find(fields, name) is not None,
                _leaves(fields),
                columns,
                languages=languages,
                place=str(path),
            )
            for name in names:
                _check_is_text(_find(fields, name), name, path)
            yield from _rows(file, names, path, report)
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # of the disk; Arrow has no error number for damage
            reason = str(error).partition("\n")[0].rstrip(".")
            raise UserError(
                f"{path}: damaged or incomplete Parquet file, or none ({reason}).\n"
                "Copy or download it again; if it is something else, set format: to what it is."
            ) from None


def _rows(
    file: "pyarrow.parquet.ParquetFile",
    names: tuple[str, str],
    path: Path,
    report: ReadingReport,
) -> Iterator[tuple[str, str]]:
    first = 1
    for batch in file.iter_batches(batch_size=_ROWS_PER_BATCH, columns=list(dict.fromkeys(names))):
        sources, targets = (_texts(batch, name, path=path, first=first) for name in names)
        for source, target in zip(sources, targets, strict=True):
            yield report.one_line(source), report.one_line(target)
        first += batch.num_rows
    if first == 1:
        raise empty_file(path)


def _texts(batch: "pyarrow.RecordBatch", name: str, *, path: Path, first: int) -> list[str]:
    """Return a column of a batch; its first row is number `first` of the file."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = _find(pa.struct(list(batch.schema)), name)
    assert found is not None
    (top, *inner), _ = found
    column = batch.column(top)
    if inner:
        column = pc.struct_field(column, inner)
    if column.null_count:
        number = first + column.is_null().to_pylist().index(True)
        raise UserError(
            f"{path}, row {number}: {name!r} is null, not a text.\n"
            "Fill or remove the row, or choose other columns with source_column and target_column."
        )
    try:
        texts: list[str] = column.to_pylist()
    except UnicodeDecodeError:
        raise _invalid_utf8(column, name, path=path, first=first) from None
    return texts


def _invalid_utf8(column: "pyarrow.Array", name: str, *, path: Path, first: int) -> UserError:
    for number, value in enumerate(column, start=first):
        try:
            value.as_py()
        except UnicodeDecodeError as error:
            return UserError(
                f"{path}, row {number}: byte {error.start + 1} of {name!r} "
                f"(0x{error.object[error.start]:02X}) is not valid UTF-8.\n"
                "Write the file anew with text in UTF-8."
            )
    raise AssertionError("every value is valid")


Found = tuple[list[int], "pyarrow.DataType"]
"""The places that lead to a column, through structs, and its type."""


def _find(fields: "pyarrow.StructType", name: str) -> Found | None:
    """Return where a dotted name leads; a column that has the dots itself is found first."""
    import pyarrow as pa

    place = fields.get_field_index(name)
    if place >= 0:
        return [place], fields.field(place).type
    head, dot, rest = name.partition(".")
    place = fields.get_field_index(head)
    if not dot or place < 0 or not pa.types.is_struct(fields.field(place).type):
        return None
    inner = _find(fields.field(place).type, rest)
    return None if inner is None else ([place, *inner[0]], inner[1])


def _leaves(fields: "pyarrow.StructType", prefix: str = "") -> list[str]:
    import pyarrow as pa

    names: list[str] = []
    for field in fields:
        name = f"{prefix}{field.name}"
        names += _leaves(field.type, f"{name}.") if pa.types.is_struct(field.type) else [name]
    return names


def _check_is_text(found: Found | None, name: str, path: Path) -> None:
    import pyarrow as pa

    assert found is not None
    kind = found[1].value_type if pa.types.is_dictionary(found[1]) else found[1]
    if str(kind) not in _TEXT_TYPES:
        raise UserError(
            f"{path}: the column {name!r} is of type {found[1]}, not text.\n"
            "Set source_column and target_column to columns of strings."
        )
