"""Where the two columns of a delimited file are, and whether its first line is a header."""

from collections.abc import Sequence

from transformer_mt.data.choices import did_you_mean, listed
from transformer_mt.data.languages import words_for
from transformer_mt.errors import UserError

Column = int | str
"""A number from 0, or a name in the header."""

_SOURCE_WORDS = {"source", "src", "source_text", "source_sentence", "source sentence"}
_TARGET_WORDS = {"target", "tgt", "trg", "target_text", "target_sentence", "target sentence"}


def find_columns(
    first: Sequence[str],
    columns: tuple[Column, Column],
    *,
    header: bool | None,
    languages: tuple[str, str],
    place: str,
) -> tuple[int, int, bool]:
    """Return the places of the source and the target, and whether `first` is a header.

    A column given by name makes the first line a header. With numbers it is one if `header`
    says so, or, if `header` is None, if its two fields are the languages (codes or English
    names) or words such as source and target.

    Args:
        first: the fields of the first line
        columns: of source and target
        header: what the user says; None to decide
        languages: codes of source and target
        place: file and line, for errors

    Raises:
        UserError: there is no such column, or the header has the languages the other way.
    """
    keys = ("source_column", "target_column")
    source, target = (
        _place(name, first, key=key, place=place) if isinstance(name, str) else name
        for name, key in zip(columns, keys, strict=True)
    )
    if any(isinstance(column, str) for column in columns):
        return source, target, True
    if header is not None or max(source, target) >= len(first):
        return source, target, bool(header)
    fields = [first[column].strip().casefold() for column in (source, target)]
    source_words, target_words = _header_words(languages)
    is_header = fields[0] in source_words and fields[1] in target_words
    if not is_header and fields[0] in target_words and fields[1] in source_words:
        raise UserError(
            f"{place}: this header has the target, {first[source]!r}, in source_column {source} "
            f"and the source, {first[target]!r}, in target_column {target}.\n"
            f"Set source_column: {first[target]!r} and target_column: {first[source]!r}; or "
            "header: true if the header is wrong, header: false if this is a pair."
        )
    return source, target, is_header


def refuse_other_columns(
    first: Sequence[str],
    second: Sequence[str],
    columns: tuple[int, int],
    *,
    languages: tuple[str, str],
    place: str,
) -> None:
    """Refuse a first line that is a header with source and target in other columns.

    Where the second line has the same words there, they are not names but tags of each line.

    Raises:
        UserError: naming the columns that are meant.
    """
    fields = [field.strip().casefold() for field in first]
    found = [[n for n, field in enumerate(fields) if field in w] for w in _header_words(languages)]
    if any(len(places) != 1 for places in found):
        return
    source, target = found[0][0], found[1][0]
    if (source, target) == columns or list(second[source:][:1]) == [first[source]]:
        return
    raise UserError(
        f"{place}: this header has the source, {first[source]!r}, in column {source} and the "
        f"target, {first[target]!r}, in column {target}; source_column is {columns[0]} and "
        f"target_column {columns[1]}.\n"
        f"Set source_column: {first[source]!r} and target_column: {first[target]!r}; or "
        "header: false if this is a pair."
    )


def _header_words(languages: tuple[str, str]) -> tuple[set[str], set[str]]:
    return _SOURCE_WORDS | words_for(languages[0]), _TARGET_WORDS | words_for(languages[1])


def _place(name: str, names: Sequence[str], *, key: str, place: str) -> int:
    count = list(names).count(name)
    if count == 1:
        return list(names).index(name)
    problem = "there is no column" if count == 0 else f"there are {count} columns"
    raise UserError(
        f"{place}: {problem} {name!r}{did_you_mean(name, names)}\n"
        f"The header is: {listed(names)}.\n"
        f"Set {key} to the name of one column, or to its number, counted from 0."
    )
