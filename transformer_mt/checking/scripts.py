"""Suspects: text in another script than the rest of its side, such as swapped or wrong languages.

Languages that share a script are not told apart.
"""

import re
from functools import cache

import numpy as np
import numpy.typing as npt

from transformer_mt.checking.chunk import Chunk, Lines, Side

_LETTERS = {
    "Latin": ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F),
              (0x1E00, 0x1EFF), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)),
    "Greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "Cyrillic": ((0x400, 0x52F),),
    "Armenian": ((0x531, 0x587),),
    "Hebrew": ((0x5D0, 0x5EA),),
    "Arabic": ((0x620, 0x64A), (0x66E, 0x6D3), (0x6FA, 0x77F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
    "Devanagari": ((0x900, 0x963), (0x970, 0x97F)),
    "Bengali": ((0x980, 0x9E5), (0x9F0, 0x9FE)),
    "Gurmukhi": ((0xA00, 0xA65), (0xA70, 0xA7F)),
    "Gujarati": ((0xA80, 0xAE5), (0xAF0, 0xAFF)),
    "Oriya": ((0xB00, 0xB65), (0xB70, 0xB77)),
    "Tamil": ((0xB80, 0xBE5), (0xBF0, 0xBFA)),
    "Telugu": ((0xC00, 0xC65), (0xC70, 0xC7F)),
    "Kannada": ((0xC80, 0xCE5), (0xCF0, 0xCFF)),
    "Malayalam": ((0xD00, 0xD65), (0xD70, 0xD7F)),
    "Sinhala": ((0xD80, 0xDDF),),
    "Thai": ((0xE00, 0xE4E),),
    "Lao": ((0xE80, 0xECF), (0xEDC, 0xEDF)),
    "Tibetan": ((0xF00, 0xFD8),),
    "Burmese": ((0x1000, 0x103F), (0x1050, 0x109F)),
    "Georgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF)),
    "Ethiopic": ((0x1200, 0x139F),),
    "Khmer": ((0x1780, 0x17D3),),
    "Hangul": ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF)),
    "Chinese or Japanese": ((0x3005, 0x3007), (0x3041, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
                            (0xF900, 0xFAFF), (0xFF66, 0xFF9F), (0x20000, 0x2FA1F)),
}  # fmt: skip
_NAMES = tuple(_LETTERS)
_TABLE_SIZE = 0x30000
# So short a text may be a name or an abbreviation. A Chinese character is a word, or half of one.
_FEWEST_LETTERS = {"Chinese or Japanese": 4, "Hangul": 4}
_FEWEST_OTHER_LETTERS = 12
_LETTERS_OF_A_CHARACTER = 6
_ADDRESS = re.compile(r"https?:?//|www\.|\w@\w")


class ScriptCheck:
    """Finds texts most of whose letters are not of the script of their side."""

    def __init__(self) -> None:
        self._counts: dict[Side, npt.NDArray[np.int64]] = {}

    def check(self, chunk: Chunk) -> None:
        """Find them in a chunk; the script of a side is the one most common up to here."""
        for side, lines in chunk.sides():
            if lines.joined:
                self._check_side(chunk, side, lines)

    def _check_side(self, chunk: Chunk, side: Side, lines: Lines) -> None:
        codes = _script_codes(lines.joined)
        counts = np.bincount(codes, minlength=len(_NAMES) + 1).astype(np.int64)
        total = counts + self._counts.get(side, np.zeros_like(counts))
        self._counts[side] = total
        own = int(total[1:].argmax()) + 1
        if counts[1:].sum() == counts[own]:
            return
        starts = np.array(lines.starts)
        starts = starts[starts < len(codes)]  # an empty last text begins at the very end
        foreign = np.add.reduceat((codes != own) & (codes > 0), starts, dtype=np.int64)
        native = np.add.reduceat(codes == own, starts, dtype=np.int64)
        # A word is one or two Chinese characters, and many letters.
        weight = _LETTERS_OF_A_CHARACTER if _NAMES[own - 1] in _FEWEST_LETTERS else 1
        for row in np.flatnonzero(foreign > weight * native).tolist():
            text = lines.texts[row]
            if _ADDRESS.search(text):
                continue
            letters = np.bincount(_script_codes(text), minlength=len(_NAMES) + 1)[1:]
            letters[own - 1] = 0
            name = _NAMES[int(letters.argmax())]
            if letters.sum() >= _FEWEST_LETTERS.get(name, _FEWEST_OTHER_LETTERS):
                chunk.found.add("script", row, side, f"{name}, not {_NAMES[own - 1]}")


def _script_codes(text: str) -> npt.NDArray[np.uint8]:
    """Return the script of each character: 0 for what is no letter, else its place from 1."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes: npt.NDArray[np.uint8] = _table()[np.minimum(points, _TABLE_SIZE - 1)]
    return codes


@cache
def _table() -> npt.NDArray[np.uint8]:
    table = np.zeros(_TABLE_SIZE, dtype=np.uint8)
    for code, ranges in enumerate(_LETTERS.values(), start=1):
        for first, last in ranges:
            table[first : last + 1] = code
    return table
