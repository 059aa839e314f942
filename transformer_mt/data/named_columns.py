"""Columns by dotted name, as JSON objects and Parquet tables have them."""

from collections.abc import Callable, Sequence

from transformer_mt.data.choices import did_you_mean, listed
from transformer_mt.errors import UserError


def choose_columns(
    has: Callable[[str], bool],
    there: Sequence[str],
    columns: tuple[str, str] | None,
    *,
    languages: tuple[str, str],
    place: str,
) -> tuple[str, str]:
    """Return the names of the source and the target column.

    Args:
        has: tells whether there is a column of this name
        there: the names to list where the right ones are missing
        columns: as the user named them; None to find them by the languages
        languages: codes of source and target
        place: file and line, for errors

    Raises:
        UserError: they are not there.
    """
    if columns is not None:
        for key, name in zip(("source_column", "target_column"), columns, strict=True):
            if not has(name):
                raise missing_column(name, there, place=f"{place}: {key}")
        return columns
    source, target = languages
    choices = [
        (f"translation.{source}", f"translation.{target}"),
        (source, target),
        ("source", "target"),
    ]
    for choice in choices:
        if all(has(name) for name in choice):
            return choice
    tried = ", ".join(f"{first} and {second}" for first, second in choices)
    raise UserError(
        f"{place}: found none of {tried}.\n"
        f"There is: {listed(there)}.\n"
        "Set source_column and target_column to the right ones (a dot leads into an object), or "
        "mend the languages."
    )


def missing_column(name: str, there: Sequence[str], *, place: str) -> UserError:
    """Return the error that a record lacks a column."""
    return UserError(
        f"{place}: there is no {name!r}{did_you_mean(name, there)}\nThere is: {listed(there)}.\n"
        "Set source_column and target_column to what every record has, or mend the data."
    )
