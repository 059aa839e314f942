"""What is kept of every pair until all have been seen: 18 bytes, for lengths and alignment."""

import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from transformer_mt.checking.chunk import Chunk

SHIFTS = (0, -1, 1, -2, 2, -3, 3)
"""Line n of the target is compared with line n + shift of the source, for each of these."""
NUM_MARK_CLASSES = 32

Value = TypeVar("Value", bound=np.generic)

_FARTHEST = max(SHIFTS)
# Numbers and capitalised words: what a translation may copy.
_ANCHOR = re.compile(r"\d+|[^\W\d_a-z][^\W\d_]+")
_COMMON_SHARE = 0.02
_FEWEST_FOR_COMMON = 20
_MOST_BRACKETED = np.iinfo(np.uint16).max
_ENDS = {".": 1, "。": 1, "।": 1, "?": 2, "？": 2, "؟": 2, "!": 3, "！": 3}
_HAS_SOURCE_ANCHORS = 1 << len(SHIFTS)
_HAS_TARGET_ANCHORS = 2 << len(SHIFTS)


@dataclass(frozen=True)
class Features:
    """Arrays with one entry for each line; a line without text on a side has length 0 there."""

    source_lengths: npt.NDArray[np.uint32]
    target_lengths: npt.NDArray[np.uint32]
    source_marks: npt.NDArray[np.uint8]
    """Which punctuation a text has, as one of NUM_MARK_CLASSES."""
    target_marks: npt.NDArray[np.uint8]
    source_bracketed: npt.NDArray[np.uint16]
    """How many of the characters stand in brackets; 0 also where all of them do."""
    target_bracketed: npt.NDArray[np.uint16]
    source_cut: npt.NDArray[np.bool_]
    """Whether a text begins with a small letter, or ends with a letter or a digit."""
    target_cut: npt.NDArray[np.bool_]
    anchors: npt.NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.anchors)

    def anchor_outcomes(self, shift: int) -> npt.NDArray[np.int64]:
        """Return 2 where source and target share an anchor at a shift, 1 where they could, or 0."""
        shared = (self.anchors >> SHIFTS.index(shift)) & 1
        in_source = shifted((self.anchors & _HAS_SOURCE_ANCHORS) > 0, shift)
        could = in_source & ((self.anchors & _HAS_TARGET_ANCHORS) > 0)
        outcomes: npt.NDArray[np.int64] = shared.astype(np.int64) + (could | (shared > 0))
        return outcomes


def shifted(values: npt.NDArray[Value], shift: int) -> npt.NDArray[Value]:
    """Return an array that has `values[n + shift]` at n, and zeros beyond the ends."""
    result = np.zeros_like(values)
    if shift >= 0:
        result[: max(0, len(values) - shift)] = values[shift:]
    else:
        result[-shift:] = values[:shift]
    return result


class FeatureCollector:
    """Makes the features of a corpus chunk by chunk."""

    def __init__(self) -> None:
        self._lengths: list[npt.NDArray[np.uint32]] = []
        self._marks: list[npt.NDArray[np.uint8]] = []
        self._bracketed: list[npt.NDArray[np.uint16]] = []
        self._cut: list[npt.NDArray[np.bool_]] = []
        self._anchors: list[npt.NDArray[np.uint16]] = []
        # Words that any two lines share say nothing; the first chunk tells which they are.
        self._common: AbstractSet[str] | None = None
        # The neighbours of the lines at a chunk's end are still to come.
        self._sources: list[AbstractSet[str]] = [frozenset()] * _FARTHEST
        self._targets: list[AbstractSet[str]] = []

    def add(self, chunk: Chunk) -> None:
        """Take in the next chunk."""
        texts = [lines.texts for _, lines in chunk.sides()]
        self._lengths.append(np.array([_lengths(side) for side in texts], dtype=np.uint32))
        self._marks.append(np.array([_marks(side) for side in texts], dtype=np.uint8))
        self._bracketed.append(np.array([_bracketed(side) for side in texts], dtype=np.uint16))
        self._cut.append(np.array([_cut(side) for side in texts], dtype=np.bool_))
        sources, targets = ([set(_ANCHOR.findall(text)) for text in side] for side in texts)
        if self._common is None:
            self._common = _common_words([*sources, *targets])
        for anchors in (*sources, *targets):
            anchors.difference_update(self._common)
        self._sources += sources
        self._targets += targets
        self._compare(len(self._sources) - 2 * _FARTHEST)

    def finish(self) -> Features:
        """Return the features of all chunks."""
        self._sources += [frozenset()] * _FARTHEST
        self._compare(len(self._targets))
        lengths = np.concatenate(self._lengths, axis=1)
        marks = np.concatenate(self._marks, axis=1)
        bracketed = np.concatenate(self._bracketed, axis=1)
        cut = np.concatenate(self._cut, axis=1)
        return Features(
            source_lengths=lengths[0],
            target_lengths=lengths[1],
            source_marks=marks[0],
            target_marks=marks[1],
            source_bracketed=bracketed[0],
            target_bracketed=bracketed[1],
            source_cut=cut[0],
            target_cut=cut[1],
            anchors=np.concatenate(self._anchors),
        )

    def _compare(self, count: int) -> None:
        """Compare the first `count` waiting targets with the sources around them."""
        if count <= 0:
            return
        around = [(1 << place, _FARTHEST + shift) for place, shift in enumerate(SHIFTS)]
        sources, bits = self._sources, []
        for row, target in enumerate(self._targets[:count]):
            own = _HAS_SOURCE_ANCHORS if sources[row + _FARTHEST] else 0
            if target:
                own |= _HAS_TARGET_ANCHORS
                for bit, offset in around:
                    if not target.isdisjoint(sources[row + offset]):
                        own |= bit
            bits.append(own)
        self._anchors.append(np.array(bits, dtype=np.uint16))
        del self._sources[:count]
        del self._targets[:count]


def _common_words(sets: Sequence[AbstractSet[str]]) -> AbstractSet[str]:
    counts = Counter(chain.from_iterable(sets))
    limit = max(_FEWEST_FOR_COMMON, _COMMON_SHARE * len(sets))
    return {word for word, count in counts.items() if count > limit}


def _lengths(texts: Sequence[str]) -> list[int]:
    return [0 if text.isspace() else len(text) for text in texts]


def _marks(texts: Sequence[str]) -> list[int]:
    return [
        _ENDS.get(text[-1:], 0)
        + 4 * ("," in text or "、" in text or "，" in text)
        + 8 * ("(" in text or "（" in text)
        + 16 * ('"' in text or "“" in text or "「" in text or "«" in text)
        for text in texts
    ]


def _bracketed(texts: Sequence[str]) -> list[int]:
    return [_num_bracketed(text) if ")" in text or "）" in text else 0 for text in texts]


def _num_bracketed(text: str) -> int:
    """Return how far it is from the first opening bracket to the last closing one."""
    starts = [start for start in (text.find("("), text.find("（")) if start >= 0]
    end = max(text.rfind(")"), text.rfind("）")) + 1
    length = max(end - min(starts), 0) if starts else 0
    return min(length, _MOST_BRACKETED) if length < len(text) else 0


def _cut(texts: Sequence[str]) -> list[bool]:
    return [text[:1].islower() or text[-1:].isalnum() for text in texts]
