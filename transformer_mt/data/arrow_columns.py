"""Text columns of Arrow tables by dotted name, as Parquet files and datasets of the Hub have them.

`translation.de` is the field `de` of the column `translation`, unless a column has the dot itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from transformer_mt.data.named_columns import choose_columns
from transformer_mt.errors import UserError

if TYPE_CHECKING:
    import pyarrow

_TEXT_TYPES = ("string", "large_string", "string_view")


def choose_text_columns(
    schema: pyarrow.Schema,
    columns: tuple[str, str] | None,
    *,
    languages: tuple[str, str],
    place: str,
) -> tuple[str, str]:
    """Return the names of the source and the target column.

    Args:
        schema: of the table
        columns: as the user named them; None to find them by the languages
        languages: codes of source and target
        place: file or dataset, for errors

    Raises:
        UserError: they are not there, or hold something else than text.
    """
    import pyarrow as pa

    fields = pa.struct(list(schema))
    names = choose_columns(
        lambda name: _find(fields, name) is not None,
        _leaves(fields),
        columns,
        languages=languages,
        place=place,
    )
    for name in names:
        _check_is_text(_found(fields, name)[1], name, place)
    return names


def column_of(
    table: pyarrow.Table | pyarrow.RecordBatch, name: str
) -> pyarrow.Array | pyarrow.ChunkedArray:
    """Return a column that is there; a value is null where a struct around it is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    (top, *inner), _ = _found(pa.struct(list(table.schema)), name)
    column = table.column(top)
    return pc.struct_field(column, inner) if inner else column


_Found = tuple[list[int], "pyarrow.DataType"]  # the places that lead to a column, and its type


def _found(fields: pyarrow.StructType, name: str) -> _Found:
    found = _find(fields, name)
    assert found is not None
    return found


def _find(fields: pyarrow.StructType, name: str) -> _Found | None:
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


def _leaves(fields: pyarrow.StructType, prefix: str = "") -> Sequence[str]:
    """Return the dotted names of all columns and fields that hold no further ones."""
    import pyarrow as pa

    names: list[str] = []
    for field in fields:
        name = f"{prefix}{field.name}"
        names += _leaves(field.type, f"{name}.") if pa.types.is_struct(field.type) else [name]
    return names


def _check_is_text(type_: pyarrow.DataType, name: str, place: str) -> None:
    import pyarrow as pa

    kind = type_.value_type if pa.types.is_dictionary(type_) else type_
    if str(kind) not in _TEXT_TYPES:
        raise UserError(
            f"{place}: the column {name!r} is of type {type_}, not text.\n"
            "Set source_column and target_column to columns of strings."
        )
