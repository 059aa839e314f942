"""What reading a corpus met, counted while its pairs are read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BREAKS = re.compile("[\n\r\0]")


@dataclass
class ReadingReport:
    """The pairs of one corpus, and what was done to get at them."""

    pairs: int = 0
    header: str = ""
    """What was decided about a header, in words; "" where the format has none."""
    empty_lines: int = 0
    skipped_units: int = 0
    """Translation units without text in one of the two languages."""
    replaced_breaks: int = 0
    """Line breaks and NULs that became spaces."""

    def counting(self, pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Yield the pairs, counted."""
        for pair in pairs:
            self.pairs += 1
            yield pair

    def one_line(self, text: str) -> str:
        """Return a field as the one line that a sentence is, what had to be replaced counted."""
        text, count = _BREAKS.subn(" ", text)
        self.replaced_breaks += count
        return text

    def notes(self) -> list[str]:
        """Return all but the number of pairs, in words."""
        notes = [self.header] if self.header else []
        if self.empty_lines:
            notes.append(f"{_counted(self.empty_lines, 'empty line')} skipped")
        if self.skipped_units:
            notes.append(f"{_counted(self.skipped_units, 'unit')} without both languages skipped")
        if self.replaced_breaks:
            breaks = _counted(self.replaced_breaks, "line break")
            notes.append(f"{breaks} (or NUL) in a text replaced by spaces")
        return notes

    def describe(self) -> str:
        """Return the report as one line for people."""
        return "; ".join([_counted(self.pairs, "pair"), *self.notes()])


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
