"""JSON Lines: an object on each line, its texts found by dotted keys."""

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from transformer_mt.data.named_columns import choose_columns, missing_column
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.data.text_lines import decoded_lines, empty_file, open_bytes
from transformer_mt.errors import UserError

_SURROGATE = re.compile("[\ud800-\udfff]")
_MISSING = object()
_MAX_DEPTH_LISTED = 3


def read_jsonl(
    path: Path,
    columns: tuple[str, str] | None,
    *,
    languages: tuple[str, str],
    report: ReadingReport,
) -> Iterator[tuple[str, str]]:
    """Yield the texts under two keys of each object; None: found in the first object.

    Raises:
        UserError: the file cannot be read or holds no object; a line is no JSON object; a key
            is missing or its value is no text.
    """
    names = None
    with open_bytes(path) as stream:
        for number, line in enumerate(decoded_lines(stream, name=str(path)), start=1):
            if not line.strip(" \t\r\n"):
                report.empty_lines += 1
                continue
            place = f"{path}, line {number}"
            record = _parse(line, place)
            names = names or choose_columns(
                partial(_has, record),
                _keys(record),
                columns,
                languages=languages,
                place=place,
            )
            source, target = (_text(record, name, place) for name in names)
            yield report.one_line(source), report.one_line(target)
    if names is None:
        raise empty_file(path)


def _parse(line: str, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise _not_json(place, f"{error.msg} at character {error.pos + 1}") from None
    except (ValueError, RecursionError) as error:  # a number too long, brackets too deep
        raise _not_json(place, str(error)) from None
    if not isinstance(record, dict):
        raise UserError(
            f"{place}: holds {_kind(record)}, not an object such as "
            '{"source": "…", "target": "…"}.\nWrite one object on each line.'
        )
    return record


def _not_json(place: str, reason: str) -> UserError:
    return UserError(
        f"{place}: is not valid JSON ({reason}).\n"
        'Write one object on each line, such as {"source": "…", "target": "…"}.'
    )


def _find(value: object, name: str) -> object:
    """Return what a dotted key leads to; a key that has the dots itself is found first."""
    if not isinstance(value, dict):
        return _MISSING
    if name in value:
        return value[name]
    head, dot, rest = name.partition(".")
    return _find(value[head], rest) if dot and head in value else _MISSING


def _has(record: dict[str, Any], name: str) -> bool:
    return _find(record, name) is not _MISSING


def _keys(record: dict[str, Any], prefix: str = "") -> list[str]:
    """Return the dotted keys of an object, those of the objects in it included."""
    keys: list[str] = []
    for key, value in record.items():
        name = f"{prefix}{key}"
        leads_on = isinstance(value, dict) and value and prefix.count(".") < _MAX_DEPTH_LISTED
        keys += _keys(value, f"{name}.") if leads_on else [name]
    return keys


def _text(record: dict[str, Any], name: str, place: str) -> str:
    value = _find(record, name)
    if value is _MISSING:
        raise missing_column(name, _keys(record), place=place)
    if not isinstance(value, str):
        raise UserError(
            f"{place}: the value of {name!r} is {_kind(value)}, not a text.\n"
            "Mend or remove the line, or choose other keys with source_column and target_column."
        )
    if half := _SURROGATE.search(value):
        raise UserError(
            f"{place}: the value of {name!r} has half a character, \\u{ord(half[0]):04x}, which "
            "no text can hold.\nMend or remove the line."
        )
    return value


def _kind(value: object) -> str:
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    return json.dumps(value)[:60]  # null, true, a number, or the beginning of a text
