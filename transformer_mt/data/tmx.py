"""TMX 1.4, the exchange format of translation memories, read as a stream.

A unit (`tu`) holds variants (`tuv`), each with a language and a segment (`seg`). Within a segment
`bpt`, `ept`, `it`, `ph` and `ut` hold the mark-up codes of the program it came from, which are no
text and are dropped with all that is in them; any other tag, such as `hi`, is dropped and its text
kept.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

from transformer_mt.data.choices import listed
from transformer_mt.data.languages import covers, same_language
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.data.text_lines import decode, empty_file, open_bytes
from transformer_mt.errors import UserError

_CODES = {"bpt", "ept", "it", "ph", "ut"}
_LANGUAGE_ATTRIBUTES = ("{http://www.w3.org/XML/1998/namespace}lang", "lang")
_DECLARED_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["'](?!utf-?8["'])""", re.IGNORECASE)

Variant = tuple[str, str]
"""The language of a text, and the text."""


def read_tmx(
    path: Path, *, languages: tuple[str, str], report: ReadingReport
) -> Iterator[tuple[str, str]]:
    """Yield the units that have both languages: `en` is also in en-GB, but rather in en.

    Raises:
        UserError: the file cannot be read, is not TMX, or no unit has both languages.
    """
    found: dict[str, None] = {}  # the languages of the file, in order
    num_pairs = 0
    with open_bytes(path) as stream:
        for unit in _units(stream, path):
            variants = list(_variants(unit))
            pair = _choose(variants, languages)
            if pair is None:
                report.skipped_units += 1
                found |= dict.fromkeys(language for language, _ in variants)
            else:
                num_pairs += 1
                yield report.one_line(pair[0]), report.one_line(pair[1])
    if not num_pairs and not report.skipped_units:
        raise empty_file(path, "holds no translation unit (<tu>)")
    if not num_pairs:
        raise UserError(
            f"{path}: none of its {report.skipped_units:,} units has both {languages[0]} and "
            f"{languages[1]}.\nIts languages are: {listed(list(found))}.\n"
            "Set data.source_language and data.target_language to two of them."
        )


def _units(stream: BinaryIO, path: Path) -> Iterator[ElementTree.Element]:
    """Yield each unit as it ends, and forget it afterwards."""
    parents: list[ElementTree.Element] = []
    for event, element in _events(stream, path):
        if event == "start":
            if not parents and _name(element) != "tmx":
                raise UserError(
                    f"{path}: is not TMX: it begins with <{_name(element)}>, not with <tmx>.\n"
                    "Set format: to what the file is."
                )
            parents.append(element)
        else:
            parents.pop()
            if _name(element) == "tu":
                yield element
                parents[-1].clear()  # else the emptied units would fill the memory


def _events(stream: BinaryIO, path: Path) -> Iterator[tuple[str, ElementTree.Element]]:
    try:
        yield from ElementTree.iterparse(stream, events=("start", "end"))
    except ElementTree.ParseError as error:
        raise _not_xml(path, error) from None
    except (ValueError, LookupError) as error:  # an encoding that the parser does not know
        raise UserError(f"{path}: cannot be decoded ({error}).\nConvert it to UTF-8.") from None


def _name(element: ElementTree.Element) -> str:
    """Return the tag without its namespace."""
    return element.tag.rpartition("}")[2]


def _variants(unit: ElementTree.Element) -> Iterator[Variant]:
    for variant in unit:
        language = next((variant.get(a) for a in _LANGUAGE_ATTRIBUTES if variant.get(a)), None)
        segment = next((child for child in variant if _name(child) == "seg"), None)
        if language is not None and segment is not None:
            yield language, "".join(_text(segment))


def _text(element: ElementTree.Element) -> Iterator[str]:
    if element.text and _name(element) not in _CODES:
        yield element.text
    for child in element:
        if _name(element) not in _CODES:
            yield from _text(child)
            yield child.tail or ""


def _choose(variants: Sequence[Variant], languages: tuple[str, str]) -> tuple[str, str] | None:
    """Return source and target; a variant stands for one side only."""
    left = list(variants)
    chosen: dict[int, str] = {}
    # The more precise code first, lest `en` take the en-GB that the other side asks for.
    for side in sorted((0, 1), key=lambda side: -len(languages[side])):
        code = languages[side]
        matching = [v for v in left if same_language(code, v[0])]
        matching = matching or [v for v in left if covers(code, v[0])]
        if not matching:
            return None
        left.remove(matching[0])
        chosen[side] = matching[0][1]
    return chosen[0], chosen[1]


def _not_xml(path: Path, error: ElementTree.ParseError) -> UserError:
    line, column = error.position
    _check_utf8(path, line)
    reason = str(error).partition(": line ")[0]
    return UserError(
        f"{path}, line {line}: is not well-formed XML ({reason} at column {column + 1}).\n"
        "Mend it there; a file that ends too early has to be copied or downloaded again."
    )


def _check_utf8(path: Path, number: int) -> None:
    """Name the byte that is not UTF-8 in the line where the XML is broken, if there is one."""
    with open_bytes(path) as stream:
        for at, line in enumerate(islice(stream, number), start=1):
            if at == 1 and (
                _DECLARED_ENCODING.search(line) or line[:2] in (b"\xff\xfe", b"\xfe\xff")
            ):
                return
            if at == number:
                decode(line, name=str(path), number=number)
