"""Text for a terminal of any width: labelled values, and tables that become blocks if need be."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

_NARROW = 60
_UNLIMITED = 100_000


def terminal_width() -> int:
    """Return the columns of the terminal; where standard output is none, more than any line."""
    return shutil.get_terminal_size((_UNLIMITED, 0)).columns


def labelled(rows: Sequence[tuple[str, str]], *, width: int) -> str:
    """Return a line for each label and value, wrapped to the width; a value may have lines.

    Where the width is small, values stand below their labels.
    """
    margin = 2 if width < _NARROW else max(len(label) for label, _ in rows) + 2
    lines = []
    for label, value in rows:
        wrapped = [
            piece
            for line in value.split("\n")
            for piece in textwrap.wrap(
                line,
                max(width - margin, 1),
                break_long_words=False,
                break_on_hyphens=False,
                subsequent_indent="  ",
            )
        ]
        if width < _NARROW:
            lines += [label, *(" " * margin + piece for piece in wrapped)]
        else:
            labels = [label, *[""] * (len(wrapped) - 1)]
            pairs = zip(labels, wrapped, strict=True)
            lines += [f"{before:<{margin}}{piece}" for before, piece in pairs]
    return "\n".join(lines)


def columns(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Return the rows with their cells one under the other; those of `right` end together."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:>{width}}" if place in right else f"{cell:<{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def number_of_bytes(size: int) -> str:
    """Return a size in words: `950 kB`, `8.3 MB`, `12 GB`."""
    amount = size / 1000
    for unit in ("kB", "MB", "GB"):
        if amount < 999.5:
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"


def duration(seconds: float) -> str:
    """Return a time in words: `40 s`, `12 min`, `5 h`, `3 days`."""
    for limit, length, unit in ((60, 1, "s"), (3600, 60, "min"), (48 * 3600, 3600, "h")):
        if seconds < limit:
            return f"{max(seconds, 0) // length:.0f} {unit}"
    return f"{seconds // 86400:.0f} days"
