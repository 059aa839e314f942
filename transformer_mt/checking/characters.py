"""Exact faults that are single characters: found wherever they stand in a line."""

import re

from transformer_mt.checking.chunk import Chunk

# All that is looked for; "\n" only ever separates lines here.
_SUSPICIOUS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_SUSPICIOUS_BESIDE_TABS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_LINE_BREAKS = frozenset("\v\f\r\x85\u2028\u2029")
_NAMED = {"\0": "nul", "\t": "tab", "\ufeff": "byte_order_mark"}


def check_characters(chunk: Chunk) -> None:
    """Find byte-order marks inside, NUL, other control characters, stray tabs and line breaks."""
    for side, lines in chunk.lines:
        # Where a line is not one side it has columns, and tabs between them.
        pattern = _SUSPICIOUS_BESIDE_TABS if side is None else _SUSPICIOUS
        for row, match in lines.matches(pattern):
            character = match[0]
            name = _NAMED.get(character)
            if name is None:
                name = "line_break" if character in _LINE_BREAKS else "control_character"
            place = match.start() - lines.starts[row] + 1
            chunk.found.add(name, row, side, f"U+{ord(character):04X}, character {place}")
