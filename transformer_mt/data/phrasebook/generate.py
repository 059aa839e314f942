"""The whole corpus: pairs drawn pattern by pattern, then split by what they say."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.patterns import PATTERNS
from transformer_mt.data.phrasebook.patterns.pair import Combination

Split = Literal["train", "validation", "test"]

SEED = 1
# Of 1000 combinations, this many go to validation and as many to test. The salt was chosen so
# that every pattern is in both.
HELD_OUT_PER_MILLE = 33
HASH_SALT = "298"
# A pattern that repeats itself so often has not enough different sentences to give.
MAX_DRAWS_PER_PAIR = 30
# How often a word form must be in train to be asked for in validation and test.
MIN_TRAIN_COUNT = 20


@dataclass(frozen=True)
class Phrase:
    """An English sentence and its German translation.

    ``combination`` is the German (verb, complement, modifier) that the pair carries; ``pattern``
    is the name of its sentence pattern.
    """

    source: str
    target: str
    combination: Combination
    pattern: str


@cache
def draw_phrases() -> tuple[Phrase, ...]:
    """Draw the corpus: every pattern in its number, each source once and with one target."""
    phrases: dict[str, Phrase] = {}
    for index, (pattern, count) in enumerate(PATTERNS):
        draw = Draw(SEED * len(PATTERNS) + index)
        wanted = len(phrases) + count
        for _ in range(MAX_DRAWS_PER_PAIR * count):
            if len(phrases) == wanted:
                break
            source, target, combination = pattern(draw)
            new = Phrase(source, target, combination, pattern.__name__)
            known = phrases.setdefault(source, new)
            assert known.target == target, f"two translations of {source!r}"
            assert known.combination == combination, f"two combinations in {source!r}"
        assert len(phrases) == wanted, f"{pattern.__name__} has too few different sentences"
    return tuple(Draw(SEED).shuffled(tuple(phrases.values())))


@cache
def split_phrases() -> dict[Split, tuple[Phrase, ...]]:
    """Split the corpus by combination; held-out pairs keep to the word forms known from train."""
    splits: dict[Split, list[Phrase]] = {"train": [], "validation": [], "test": []}
    for phrase in draw_phrases():
        splits[split_of(phrase.combination)].append(phrase)
    counts = Counter(form for phrase in splits["train"] for form in word_forms(phrase))
    return {
        split: tuple(
            phrase
            for phrase in drawn
            if split == "train"
            or all(counts[form] >= MIN_TRAIN_COUNT for form in word_forms(phrase))
        )
        for split, drawn in splits.items()
    }


def split_of(combination: Combination) -> Split:
    """Return where a combination belongs, by a hash that is the same everywhere."""
    text = "|".join((HASH_SALT, *combination))
    per_mille = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % 1000
    if per_mille < HELD_OUT_PER_MILLE:
        return "test"
    return "validation" if per_mille < 2 * HELD_OUT_PER_MILLE else "train"


def word_forms(phrase: Phrase) -> Iterable[tuple[str, str]]:
    """Yield every word of both sides, case and all, with the name of its side."""
    for side, text in (("source", phrase.source), ("target", phrase.target)):
        for word in re.findall(r"[\w'-]+", text):
            yield side, word
