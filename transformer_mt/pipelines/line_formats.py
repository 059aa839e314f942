"""What a line of input holds beside its text, and what a line of output looks like."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from transformer_mt.decoding.translation import Translation
from transformer_mt.errors import UserError

FormatName = Literal["text", "tsv", "jsonl"]

# Lone surrogates are not UTF-8, and some programs end a line at the others.
_ESCAPED_IN_JSON = re.compile("[\ud800-\udfff\u0085\u2028\u2029]")


@dataclass(frozen=True)
class Item:
    """A text to translate, and what its line holds beside it."""

    text: str
    columns: tuple[str, ...] = ()
    record: dict[str, Any] = field(default_factory=dict)


class LineFormat(Protocol):
    """Reads an item from a line and writes it with its translations, without the last newline."""

    def read(self, line: str, place: str) -> Item:
        """Return what a line holds; `place` names it in errors."""

    def of_argument(self, text: str) -> Item:
        """Return the item of a text that stands in no line."""

    def write(self, item: Item, number: int, candidates: Sequence[Translation]) -> str:
        """Return the line, or with n-best the lines, of the item with this number, from 1."""


@dataclass(frozen=True)
class TextFormat:
    """A line is a text; with n-best, lines of number, score and text."""

    n_best: int

    def read(self, line: str, place: str) -> Item:  # noqa: ARG002 - no line is wrong
        """Return the line."""
        return Item(line)

    def of_argument(self, text: str) -> Item:
        """Return the text."""
        return Item(text)

    def write(self, item: Item, number: int, candidates: Sequence[Translation]) -> str:  # noqa: ARG002
        """Return the best translation, or all with number and score."""
        if self.n_best == 1:
            return candidates[0].text
        return "\n".join(f"{number}\t{each.score:.4f}\t{each.text}" for each in candidates)


@dataclass(frozen=True)
class TsvFormat:
    """Tab-separated columns, one of them the text; the translation is appended as the last.

    With n-best a line for each candidate, number and score before the translation. There is no
    quoting; a tab in a translation becomes a space.
    """

    n_best: int
    column: int = 0

    def read(self, line: str, place: str) -> Item:
        """Return the columns.

        Raises:
            UserError: there are too few.
        """
        columns = tuple(line.split("\t"))
        if len(columns) <= self.column:
            raise UserError(
                f"{place}: found {len(columns)} tab-separated column(s), but --column "
                f"{self.column} needs {self.column + 1} (columns are counted from 0)."
            )
        return Item(columns[self.column], columns=columns)

    def of_argument(self, text: str) -> Item:
        """Return the text as the only column."""
        return self.read(text.replace("\t", " "), "TEXT")

    def write(self, item: Item, number: int, candidates: Sequence[Translation]) -> str:
        """Return the columns with the translation, or all translations with number and score."""
        lines = []
        for each in candidates:
            ranked = (str(number), f"{each.score:.4f}") if self.n_best > 1 else ()
            lines.append("\t".join((*item.columns, *ranked, each.text.replace("\t", " "))))
        return "\n".join(lines)


@dataclass(frozen=True)
class JsonLinesFormat:
    """A line is a JSON object with the text under a key, or the text as a JSON string.

    Out comes the object with keys added: `translation`, `score`, `log_prob`, `token_log_probs`
    and `flags`, or with n-best `translations`, a list of objects with these.
    """

    n_best: int
    key: str = "text"

    def read(self, line: str, place: str) -> Item:
        """Return the object.

        Raises:
            UserError: the line is not JSON, or the text is not there.
        """
        value = _parse_json(line, place)
        record = {self.key: value} if isinstance(value, str) else value
        if not isinstance(record, dict):
            raise UserError(
                f"{place}: expected a JSON object or string, found {_json_kind(value)}."
            )
        if self.key not in record:
            known = ", ".join(map(repr, list(record)[:8])) or "none"
            raise UserError(
                f"{place}: has no key {self.key!r}, its keys are: {known}.\n"
                "Name the one with the text by --column KEY."
            )
        if not isinstance(record[self.key], str):
            kind = _json_kind(record[self.key])
            raise UserError(f"{place}: {self.key!r} is not a string but {kind}.")
        return Item(record[self.key], record=record)

    def of_argument(self, text: str) -> Item:
        """Return the text as the only key."""
        return Item(text, record={self.key: text})

    def write(self, item: Item, number: int, candidates: Sequence[Translation]) -> str:  # noqa: ARG002
        """Return the object with its translation or translations."""
        found = [_translation_record(each) for each in candidates]
        added: dict[str, Any] = {"translations": found} if self.n_best > 1 else found[0]
        return dump_json_line({**item.record, **added})


def make_format(name: FormatName, *, column: str | None, n_best: int) -> LineFormat:
    """Return the format of that name; `column` is a number for tsv, a key for jsonl.

    Raises:
        UserError: the column does not fit the format.
    """
    if name == "jsonl":
        return JsonLinesFormat(n_best) if column is None else JsonLinesFormat(n_best, column)
    if name == "tsv":
        if column is None:
            return TsvFormat(n_best)
        if not re.fullmatch("[0-9]{1,9}", column):
            raise UserError(f"--column {column}: tsv needs the number of a column, from 0.")
        return TsvFormat(n_best, int(column))
    if column is not None:
        raise UserError(f"--column {column}: needs --format tsv or jsonl.")
    return TextFormat(n_best)


def dump_json_line(record: dict[str, Any]) -> str:
    """Return an object as one line of JSON, readable in every script and valid UTF-8."""
    text = json.dumps(record, ensure_ascii=False)
    return _ESCAPED_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _parse_json(line: str, place: str) -> Any:  # noqa: ANN401 - JSON holds anything
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        problem = f"is not JSON: {error.msg}, character {error.colno}"
    except (ValueError, RecursionError):
        problem = "has a number of too many digits, or too many brackets in each other"
    if not line.strip():
        problem = "is empty"
    raise UserError(f"{place}: {problem}. Each line must be a JSON object or string.")


def _translation_record(translation: Translation) -> dict[str, Any]:
    return {
        "translation": translation.text,
        "score": round(translation.score, 6),
        "log_prob": round(translation.log_prob, 6),
        "token_log_probs": [round(each, 6) for each in translation.token_log_probs],
        "flags": list(translation.flags),
    }


def _json_kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return kinds.get(type(value), "an object" if isinstance(value, dict) else "null")
