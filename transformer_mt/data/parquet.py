"""Parquet: two text columns by dotted name, read batch by batch."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from transformer_mt.data.arrow_columns import choose_text_columns, column_of
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.data.text_lines import empty_file, user_errors
from transformer_mt.errors import UserError

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

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
            names = choose_text_columns(
                file.schema_arrow, columns, languages=languages, place=str(path)
            )
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
    column = column_of(batch, name)
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
