"""Some thousand pairs at a time, so that a check is one search over all their text."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Literal

Side = Literal["source", "target"]
SIDES: tuple[Side, Side] = ("source", "target")

PAIRS_PER_CHUNK = 8192


@dataclass(frozen=True)
class Lines:
    """Texts without line ends."""

    texts: Sequence[str]

    @cached_property
    def joined(self) -> str:
        r"""All texts, with `\n` in between."""
        return "\n".join(self.texts)

    @cached_property
    def starts(self) -> list[int]:
        """Where each text begins in `joined`."""
        return list(accumulate((len(text) + 1 for text in self.texts[:-1]), initial=0))

    def matches(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
        r"""Yield the row and the match of each place in `joined` (no pattern matches `\n`)."""
        for match in pattern.finditer(self.joined):
            yield bisect_right(self.starts, match.start()) - 1, match


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one pair: on which side (None: the pair or line as a whole), and how."""

    side: Side | None
    detail: str
    mends: bool = False
    """Whether a cleaned file holds the pair without the fault, instead of doing without it."""


class Found:
    """The findings of a chunk by class and row, at most one of a class for a row."""

    def __init__(self) -> None:
        self.classes: dict[str, dict[int, Finding]] = {}

    def add(
        self, name: str, row: int, side: Side | None, detail: str = "", *, mends: bool = False
    ) -> None:
        """Note a finding; the first of a row stays, unless it mends and this one does not."""
        rows = self.classes.setdefault(name, {})
        if row not in rows or (rows[row].mends and not mends):
            rows[row] = Finding(side, detail, mends)

    def update(self, other: "Found") -> None:
        """Take over the findings of another."""
        for name, rows in other.classes.items():
            for row, finding in rows.items():
                self.add(name, row, finding.side, finding.detail, mends=finding.mends)


@dataclass(frozen=True)
class Chunk:
    """Consecutive pairs as they were read, and what was found while reading."""

    first_line: int
    """The number of row 0, counted from 1."""
    source: Lines
    target: Lines
    lines: Sequence[tuple[Side | None, Lines]]
    """The texts as the files hold them: of the two sides, or whole lines with their columns."""
    raw: Sequence[Sequence[bytes]]
    r"""The lines of each file without `\n`, `\r\n` and byte-order mark; empty where no line of
    a text file stands for a pair."""
    unpaired: AbstractSet[int] = frozenset()
    """Rows that have one side only, which is no empty side."""
    undecoded: AbstractSet[int] = frozenset()
    """Rows with bytes that are not UTF-8, which have U+FFFD in their place."""
    found: Found = field(default_factory=Found)

    def __len__(self) -> int:
        return len(self.source.texts)

    def sides(self) -> tuple[tuple[Side, Lines], tuple[Side, Lines]]:
        """Return both sides with their names."""
        return ("source", self.source), ("target", self.target)
