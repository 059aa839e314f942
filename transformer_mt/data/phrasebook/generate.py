"""The whole corpus: pairs drawn pattern by pattern, and split by what they say."""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.patterns import PATTERNS
from transformer_mt.data.phrasebook.patterns.pair import Combination

Split = Literal["train", "validation", "test"]

SEED = 1
# Of 1000 combinations, this many go to validation and as many to test.
HELD_OUT_PER_MILLE = 33


@dataclass(frozen=True)
class Phrase:
    """An English sentence and its German translation.

    ``combination`` is the German (verb, complement, modifier) that the pair carries, ``pattern``
    the name of the sentence pattern.
    """

    source: str
    target: str
    combination: Combination
    pattern: str


@cache
def all_phrases() -> tuple[Phrase, ...]:
    """Draw the corpus: distinct sources, each with one target; every pattern in its number."""
    phrases: dict[str, Phrase] = {}
    for index, (pattern, count) in enumerate(PATTERNS):
        draw = Draw(SEED * len(PATTERNS) + index)
        wanted = len(phrases) + count
        while len(phrases) < wanted:
            source, target, combination = pattern(draw)
            known = phrases.setdefault(
                source, Phrase(source, target, combination, pattern.__name__)
            )
            assert known.target == target, f"two translations of {source!r}"
            assert known.combination == combination, f"two combinations in {source!r}"
    return tuple(phrases.values())


def split_of(combination: Combination) -> Split:
    """Return where a combination belongs: a whole combination is in one split only."""
    digest = hashlib.sha256("|".join(combination).encode()).digest()
    per_mille = int.from_bytes(digest[:8], "big") % 1000
    if per_mille < HELD_OUT_PER_MILLE:
        return "test"
    return "validation" if per_mille < 2 * HELD_OUT_PER_MILLE else "train"
