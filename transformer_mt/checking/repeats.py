"""Exact faults that need the text of both sides or of other pairs: empty, equal, repeated."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from transformer_mt.checking.chunk import Chunk, Side
from transformer_mt.data.hash_set import HashSet, text_hash
from transformer_mt.data.held_out import normalised_source


class HeldOutTexts:
    """The normalised sources and targets of validation or test data, as hashes."""

    def __init__(self) -> None:
        self._sets: dict[Side, HashSet] = {"source": HashSet(), "target": HashSet()}

    def add(self, chunk: Chunk) -> None:
        """Add the texts of a chunk."""
        for side, lines in chunk.sides():
            _, hashes = _normalised_hashes(lines.texts)
            self._sets[side].add(hashes)

    def known(self, side: Side, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        """Return which of the hashes are those of a text on this side."""
        return self._sets[side].contains(hashes)


class RepeatCheck:
    """Finds repeated pairs over all chunks, and texts that are also held out."""

    def __init__(self, held_out: dict[str, HeldOutTexts]) -> None:
        self._seen = HashSet()
        self._held_out = held_out

    def check(self, chunk: Chunk) -> None:
        """Find empty sides, equal sides, repeats of earlier pairs, and held-out text."""
        rows = [row for row in self._filled_rows(chunk) if row not in chunk.undecoded]
        sources, targets = chunk.source.texts, chunk.target.texts
        hashes = [text_hash(sources[row], targets[row]) for row in rows]
        is_new = self._seen.add(np.array(hashes, dtype=np.uint64)).tolist()
        for row, new in zip(rows, is_new, strict=True):
            if not new:
                chunk.found.add("duplicate", row, None)
        if self._held_out:
            self._check_held_out(chunk)

    def _filled_rows(self, chunk: Chunk) -> Iterable[int]:
        """Yield the rows with text on both sides."""
        for row, (source, target) in enumerate(
            zip(chunk.source.texts, chunk.target.texts, strict=True)
        ):
            if row in chunk.unpaired:
                continue
            source_text, target_text = source.strip(), target.strip()
            if source_text and target_text:
                if source_text == target_text:
                    chunk.found.add("equal_sides", row, None)
                yield row
            elif source_text or target_text:
                chunk.found.add("empty", row, "target" if source_text else "source")
            else:
                chunk.found.add("empty", row, None, "both sides")

    def _check_held_out(self, chunk: Chunk) -> None:
        for side, lines in chunk.sides():
            rows, hashes = _normalised_hashes(lines.texts)
            for split, texts in self._held_out.items():
                for index in np.flatnonzero(texts.known(side, hashes)).tolist():
                    chunk.found.add(f"{split}_{side}", rows[index], side)


def _normalised_hashes(texts: Sequence[str]) -> tuple[list[int], npt.NDArray[np.uint64]]:
    """Return the rows that hold text, and the hashes of their texts as they count for equality."""
    normalised = [(row, normalised_source(text)) for row, text in enumerate(texts)]
    rows = [row for row, text in normalised if text]
    hashes = [text_hash(text) for _, text in normalised if text]
    return rows, np.array(hashes, dtype=np.uint64)
