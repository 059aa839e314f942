"""Suspects: numbers that stand on one side and not on the other.

Translations write numbers in other ways: as words, in other units, by other calendars. What is
reported is what none of that explains: a digit changed, or a large number lost.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transformer_mt.checking.chunk import Chunk
from transformer_mt.checking.digits import Number, all_digits, find_numbers, written_out
from transformer_mt.checking.number_words import has_large_number_word, values_in_words

# Where one of these stands, 5,000 and 5 may be the same.
_SCALE = re.compile(
    r"hundred|thousand|illi(?:on|ard)|hundert|tausend|\b(?:tsd|mio|mrd|mille)\b|[百千万萬億亿兆]",
    re.IGNORECASE,
)
# In such a text a year may be an era, 昭和60年, and days and months are of another calendar.
_CHINESE_OR_JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
_MEASURE = re.compile(r"\s?(?:[ckm]?m|k?g|m?l|km/h|mph|ft|lbs?)(?![^\W_])|\s?°")
_LARGE_DIGITS = 3
_YEAR_DIGITS = 4
_HALF_DAY = 12
# A line with more numbers is a table; numbers with more digits are codes.
_MOST_NUMBERS = 50
_MOST_DIGITS = 18
# A mile in kilometres and a kilogram in pounds, each rounded.
_CONVERSIONS = ((1.58, 1.63), (2.15, 2.35))


def check_numbers(chunk: Chunk) -> None:
    """Find pairs with a number that seems to have been changed on one side, or to be missing."""
    lines = written_out(chunk.source), written_out(chunk.target)
    sources, targets = (find_numbers(side) for side in lines)
    for row in sources.keys() | targets.keys():
        if row in chunk.unpaired:
            continue
        numbers = sources.get(row, []), targets.get(row, [])
        if max(map(len, numbers)) > _MOST_NUMBERS:
            continue
        pair = _Pair(
            (lines[0].texts[row], lines[1].texts[row]),
            numbers,
            (_unmatched(*numbers), _unmatched(*numbers[::-1])),
        )
        if (pair.unmatched[0] or pair.unmatched[1]) and (detail := pair.what_is_wrong()):
            chunk.found.add("numbers", row, None, detail)


def _unmatched(numbers: Sequence[Number], others: Sequence[Number]) -> list[Number]:
    """Return the numbers that the other side lacks; 2 and 14, and 1990 and 90, are the same."""
    known = {other.digits for other in others} | {other.value for other in others}
    return [
        number
        for number in numbers
        if not number.by_calendar
        and len(number.digits) <= _MOST_DIGITS
        and number.digits not in known
        and number.value
        and number.value not in known
        and not any(_is_short_for(number.digits, other) for other in known)
        and not any(_is_short_for(other, number.digits) for other in known)
    ]


def _is_short_for(text: str, other: str) -> bool:
    """Tell whether the one may stand for the other: 90 for 1990, 2 for 42 in 41-2, or for 14."""
    if not 0 < len(text) < _LARGE_DIGITS or not len(text) <= len(other) <= _YEAR_DIGITS:
        return False
    if len(other) >= _LARGE_DIGITS:
        return len(text) == _LARGE_DIGITS - 1 and other.endswith(text)
    return other[1:] == text or int(other) - int(text) == _HALF_DAY


@dataclass(frozen=True, slots=True)
class _Pair:
    """Source and target, their numbers, and those of them that the other side lacks."""

    texts: tuple[str, str]
    numbers: tuple[Sequence[Number], Sequence[Number]]
    unmatched: tuple[Sequence[Number], Sequence[Number]]

    def what_is_wrong(self) -> str | None:
        """Return it in words, None if it is nothing or may be another way to write the numbers."""
        # First what takes little time, as most differences are none.
        is_dated = [bool(_CHINESE_OR_JAPANESE.search(text)) for text in self.texts]
        lost = [
            [number for number in self.unmatched[side] if self._is_lost(number, side, is_dated)]
            for side in (0, 1)
        ]
        changed = [
            (one, other)
            for one in self.unmatched[0]
            for other in self.unmatched[1]
            if _seems_changed(one.digits, other.digits, is_dated=any(is_dated))
        ]
        if not (changed or lost[0] or lost[1]) or all_digits(self.texts[0]) == all_digits(
            self.texts[1]
        ):
            return None
        source, target = self._unexplained(0), self._unexplained(1)
        single = len(source) == len(target) == 1
        for one, other in changed:
            is_large = min(len(one.digits), len(other.digits)) >= _LARGE_DIGITS
            # Where several small ones differ they are measures or dates of another kind.
            if one in source and other in target and (single or is_large):
                return f"{one.digits} and {other.digits}"
        for side, here, there in ((0, source, target), (1, target, source)):
            digits = [number.digits for number in lost[side] if number in here]
            if digits and not there and not has_large_number_word(self.texts[1 - side]):
                names = ("source, not in the target", "target, not in the source")
                return f"{', '.join(digits[:3])} in the {names[side]}"
        return None

    def _is_lost(self, number: Number, side: int, is_dated: Sequence[bool]) -> bool:
        """Tell whether a number that the other side lacks should be there.

        Round ones are often words, measures are converted, and what stands in brackets explains.
        """
        digits = number.digits
        if len(digits) < _LARGE_DIGITS or len(digits.rstrip("0")) < 2:
            return False
        if is_dated[1 - side] and len(digits) <= _YEAR_DIGITS:
            return False
        text = self.texts[side]
        return not (_MEASURE.match(text, number.end) or _is_in_brackets(text, number.end))

    def _unexplained(self, side: int) -> list[Number]:
        """Return the numbers of a side that the other side has neither as words nor scaled."""
        other = 1 - side
        known = values_in_words(self.texts[other])
        if any(_SCALE.search(text) for text in self.texts):
            significant = {number.digits.strip("0") for number in self.numbers[other]}
        else:
            significant = set()
        return [
            number
            for number in self.unmatched[side]
            if number.digits not in known and number.digits.strip("0") not in significant
        ]


def _seems_changed(one: str, other: str, *, is_dated: bool) -> bool:
    """Tell whether one number may be the other with a digit changed.

    Small ones of Chinese and Japanese text say too little, and a year of another calendar begins
    earlier or later.
    """
    if is_dated and (min(len(one), len(other)) < _LARGE_DIGITS or abs(int(one) - int(other)) == 1):
        return False
    return _is_one_edit(one, other)


def _is_one_edit(one: str, other: str) -> bool:
    """Tell whether a digit was changed, lost or added, or two have changed places."""
    shorter, longer = sorted((one, other), key=len)
    low, high = sorted((int(one), int(other)))
    if any(least * low <= high <= most * low for least, most in _CONVERSIONS):
        return False
    start = 0
    while start < len(shorter) and shorter[start] == longer[start]:
        start += 1
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    if shorter[start + 1 :] == longer[start + 1 :]:
        return True
    swapped = shorter[start : start + 2][::-1] + shorter[start + 2 :]
    return swapped == longer[start:]


def _is_in_brackets(text: str, place: int) -> bool:
    before = text[:place]
    return any(before.rfind(start) > before.rfind(end) for start, end in ("()", "[]", "（）"))
