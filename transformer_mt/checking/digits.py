"""Numbers that are written with digits, in any script, with separators and units."""

import re
from typing import NamedTuple

from transformer_mt.checking.chunk import Lines

# Groups of three digits belong together: 1,000 and 1.000 and 10 000 and 1000. A space separates
# other numbers as well: those of "volume 2 199" and "in 1984 300" are two.
_NUMBER = re.compile(
    "(\\d+(?:[.,'’\u00a0\u202f]\\d{3}(?!\\d)|(?<=\\d\\d)(?<!\\d{4}) \\d{3}(?!\\d))*)([年月日]?)"
)
# The digits behind a point or comma, but not the month of 24.12.1999.
_FRACTION = re.compile(r"(?<=\d[.,])\d{1,2}(?![.,]?\d)")
_POWERS = {"千": 3, "천": 3, "万": 4, "萬": 4, "만": 4, "億": 8, "亿": 8, "억": 8, "兆": 12}
# 5億8674万, 3万3000 and 2.7万 are one number each.
_PART = re.compile(f"(\\d[\\d,]*)(?:[.．](\\d+))?([{''.join(_POWERS)}])?")
_SHORT = "\\d[\\d,]{0,15}"
_COMPOUND = re.compile(
    f"(?<!\\d)(?:{_SHORT}(?:[.．]\\d{{1,15}})?[{''.join(_POWERS)}]){{1,4}}(?:{_SHORT}(?!\\d))?"
)
_NOT_DIGITS = re.compile(r"\D")
_ERA_YEAR_DIGITS = 2


class Number(NamedTuple):
    """A number in a text.

    Attributes:
        digits: without separators and leading zeros
        end: where it ends in its text
        is_fraction: whether these are the digits behind a decimal point, or minutes
        by_calendar: whether it is a day or month of some calendar, or a year of an era: 昭和60年
    """

    digits: str
    end: int
    is_fraction: bool
    by_calendar: bool

    @property
    def value(self) -> str:
        """What counts of the digits: 1.50 is 1.5."""
        return self.digits.rstrip("0") if self.is_fraction else self.digits


def written_out(lines: Lines) -> Lines:
    """Return texts that have 33000 for 3万3000, and such."""
    if not any(power in lines.joined for power in _POWERS):
        return lines
    return Lines(_COMPOUND.sub(_written_out, lines.joined).split("\n"))


def find_numbers(lines: Lines) -> dict[int, list[Number]]:
    """Return the numbers of each row that has any, in order."""
    rows: dict[int, list[Number]] = {}
    for row, match in lines.matches(_NUMBER):
        text, unit = match.groups()
        digits = text if text.isdigit() and text.isascii() else all_digits(text)
        is_fraction = match.string[match.start() - 1] in ".," and bool(
            _FRACTION.match(match.string, match.start())
        )
        if not is_fraction and digits[0] == "0":
            digits = digits.lstrip("0") or "0"
        by_calendar = bool(unit) and (unit != "年" or len(digits) <= _ERA_YEAR_DIGITS)
        number = Number(digits, match.end(1) - lines.starts[row], is_fraction, by_calendar)
        rows.setdefault(row, []).append(number)
    return rows


def all_digits(text: str) -> str:
    """Return the digits of a text alone, as ASCII."""
    digits = _NOT_DIGITS.sub("", text)
    return digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)


def _written_out(match: re.Match[str]) -> str:
    total = 0
    for whole, fraction, power in _PART.findall(match[0]):
        zeros = _POWERS.get(power, 0)
        if len(fraction) > zeros:
            return match[0]
        total += int(all_digits(whole) + fraction.ljust(zeros, "0"))
    return str(total)
