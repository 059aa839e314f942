"""Which columns of a dataset hold the texts.

A column is named by its name, a field within one with dots: `translation.de`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from transformer_mt.config import HubEntry
from transformer_mt.data.hub_errors import listed
from transformer_mt.errors import UserError

if TYPE_CHECKING:
    import pyarrow


def choose_columns(
    schema: pyarrow.Schema, entry: HubEntry, *, source_language: str, target_language: str
) -> tuple[str, str]:
    """Return the names of the source and the target column.

    Raises:
        UserError: the dataset has no such columns of text.
    """
    texts, others = _columns(schema)
    if entry.source_column is not None and entry.target_column is not None:
        candidates = [(entry.source_column, entry.target_column)]
    else:
        candidates = [
            (f"translation.{source_language}", f"translation.{target_language}"),
            (source_language, target_language),
            ("source", "target"),
        ]
    for source, target in candidates:
        if source in texts and target in texts:
            return source, target
    wanted = ", or ".join(f"{source} and {target}" for source, target in candidates)
    raise UserError(
        f"hub {entry.hub}: there are no columns of text {wanted}.\n"
        f"Columns of text: {listed(list(texts))}; others: {listed(others)}.\n"
        "Name two as source_column and target_column, or mend data.source_language and "
        "data.target_language."
    )


def column_texts(table: pyarrow.Table, name: str) -> Sequence[str | None]:
    """Return the texts of a column of text, None where there is none."""
    import pyarrow.compute as pc

    column, *fields = _columns(table.schema)[0][name]
    values = table.column(column)
    if fields:
        values = pc.struct_field(values, fields)
    texts: list[str | None] = values.to_pylist()
    return texts


def _columns(schema: pyarrow.Schema) -> tuple[dict[str, list[str]], list[str]]:
    """Return the way to each column of text by its dotted name, and the other columns."""
    import pyarrow as pa

    texts: dict[str, list[str]] = {}
    others: list[str] = []

    def visit(field: pyarrow.Field, way: list[str]) -> None:
        way = [*way, field.name]
        if pa.types.is_struct(field.type):
            for inner in field.type:
                visit(inner, way)
        elif pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            texts.setdefault(".".join(way), way)
        else:
            others.append(f"{'.'.join(way)} ({field.type})")

    for field in schema:
        visit(field, [])
    return texts, others
