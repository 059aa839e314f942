"""Suspects: numbers that stand on one side and not on the other."""

import re
import unicodedata
from collections.abc import Sequence

from transformer_mt.checking.chunk import Chunk, Lines

# Groups of three digits belong together: 1,000 and 1.000 and 1000 are the same.
_NUMBER = re.compile("(\\d+(?:[.,'’\u00a0\u202f]\\d{3}(?!\\d))*)([万萬億亿만억年]?)")
# What a character after a number makes of it: 524万 is 5,240,000.
_ZEROS = {"万": 4, "萬": 4, "만": 4, "億": 8, "亿": 8, "억": 8}
# A year of an era, such as 昭和60年, which may be any year elsewhere.
_ERA_YEAR = "年"
_NOT_DIGITS = re.compile(r"\D")
_SMALLEST_ALONE = 100
_HALF_DAY = 12
_YEAR_DIGITS = 4


def check_numbers(chunk: Chunk) -> None:
    """Find pairs whose numbers differ.

    Numbers differ where each side has one that the other lacks, or where a side has a number of
    three or more digits and the other has none at all: small and round ones are often words.
    Where several small ones differ nothing is said.
    """
    sources, targets = _numbers(chunk.source), _numbers(chunk.target)
    for row in sources.keys() | targets.keys():
        if row in chunk.unpaired:
            continue
        source, target = sources.get(row, []), targets.get(row, [])
        if source == target:
            continue
        only_source, only_target = _unmatched(source, target)
        if only_source and only_target:
            if _is_certain(only_source, only_target) and (
                # 10 000 and 10000
                _digits(chunk.source, row) != _digits(chunk.target, row)
            ):
                detail = f"{', '.join(only_source[:3])} and {', '.join(only_target[:3])}"
                chunk.found.add("numbers", row, None, detail)
        elif not (source and target):
            alone = [text for text in only_source + only_target if _is_seldom_a_word(text)]
            if alone:
                side, other = ("source", "target") if source else ("target", "source")
                detail = f"{', '.join(alone[:3])} in the {side}, none in the {other}"
                chunk.found.add("numbers", row, None, detail)


def _is_certain(only_source: Sequence[str], only_target: Sequence[str]) -> bool:
    """Tell whether one number seems to have been changed, or large ones differ.

    Other small numbers may be months, ordinals and dates of another calendar.
    """
    return len(only_source) == len(only_target) == 1 or all(
        any(int(text[:20]) >= _SMALLEST_ALONE for text in side)
        for side in (only_source, only_target)
    )


def _numbers(lines: Lines) -> dict[int, list[str]]:
    """Return the numbers of each row that has any: digits without leading zeros, or _ERA_YEAR."""
    rows: dict[int, list[str]] = {}
    for row, match in lines.matches(_NUMBER):
        digits, unit = _NOT_DIGITS.sub("", match[1]), match[2]
        if not digits.isascii():
            digits = "".join(str(int(digit)) for digit in digits)
        number = digits.lstrip("0") or "0"
        if unit == _ERA_YEAR and len(number) < _YEAR_DIGITS - 1:
            number = _ERA_YEAR
        rows.setdefault(row, []).append(number + "0" * _ZEROS.get(unit, 0))
    return rows


def _digits(lines: Lines, row: int) -> str:
    return _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", lines.texts[row]))


def _unmatched(source: Sequence[str], target: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what each side has alone; 2 and 14, as hours, and 1990 and 90 are the same."""
    sources, targets = set(source), set(target)
    only_source, only_target = (
        [
            text
            for text in texts
            if text not in others
            and text != _ERA_YEAR
            and not (_ERA_YEAR in others and len(text) == _YEAR_DIGITS)
        ]
        for texts, others in ((source, targets), (target, sources))
    )
    if only_source and only_target:
        only_source = [text for text in only_source if not _is_same_time(text, targets)]
        only_target = [text for text in only_target if not _is_same_time(text, sources)]
    return only_source, only_target


def _is_same_time(text: str, others: set[str]) -> bool:
    if len(text) == _YEAR_DIGITS:
        return (text[2:].lstrip("0") or "0") in others
    if len(text) > _YEAR_DIGITS // 2:
        return False
    number = int(text)
    same = {str(number + _HALF_DAY), str(number - _HALF_DAY)}
    return not same.isdisjoint(others) or any(
        len(other) == _YEAR_DIGITS and int(other[2:]) == number for other in others
    )


def _is_seldom_a_word(text: str) -> bool:
    return int(text[:20]) >= _SMALLEST_ALONE and len(text.rstrip("0")) > 1
