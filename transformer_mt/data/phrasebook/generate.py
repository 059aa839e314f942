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
# A word, case and all, with the name of its side.
Form = tuple[str, str]

SEED = 9
# Of each pattern's combinations this share, but at least so many, goes to test, and as many to
# validation.
HELD_OUT_SHARE = 0.009
MIN_HELD_OUT = 2
# Everyday sentences that a reader will try first: always in test, never in train.
TRIED_FIRST: tuple[Combination, ...] = (
    ("sein", "Bahnhof", "wo"),  # Wo ist der Bahnhof?
    ("hätte gern", "Kaffee", "zwei"),  # Ich hätte gern zwei Kaffee, bitte.
    ("kosten", "Fahrkarte", "wie viel dies"),  # Wie viel kostet diese Fahrkarte?
    ("haben", "Reservierung", "kein"),  # Wir haben keine Reservierung.
    ("helfen", "mir", "morgen"),  # Können Sie mir morgen helfen?
    # Wenn das Wetter schlecht ist, putzt er die Küche.
    ("putzen", "Küche", "das Wetter schlecht ist"),
)
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
    forms = {phrase.source: tuple(word_forms(phrase)) for phrase in draw_phrases()}
    held_out = _held_out_combinations(forms)
    splits: dict[Split, list[Phrase]] = {"train": [], "validation": [], "test": []}
    for phrase in draw_phrases():
        splits[held_out.get(phrase.combination, "train")].append(phrase)
    counts = Counter(form for phrase in splits["train"] for form in forms[phrase.source])
    return {
        split: tuple(
            phrase
            for phrase in drawn
            if split == "train"
            or all(counts[form] >= MIN_TRAIN_COUNT for form in forms[phrase.source])
        )
        for split, drawn in splits.items()
    }


def _held_out_combinations(forms: dict[str, tuple[Form, ...]]) -> dict[Combination, Split]:
    """Choose combinations of every pattern, by a hash that is the same everywhere.

    Those with rare word forms are left to train, where they would be missed.
    """
    counts = Counter(form for found in forms.values() for form in found)
    combinations: dict[str, dict[Combination, None]] = {}  # dicts, for they keep the order
    for phrase in draw_phrases():
        if all(counts[form] >= 2 * MIN_TRAIN_COUNT for form in forms[phrase.source]):
            combinations.setdefault(phrase.pattern, {})[phrase.combination] = None
    held_out: dict[Combination, Split] = {}
    for drawn in combinations.values():
        ranked = sorted(drawn, key=_rank)
        count = max(MIN_HELD_OUT, round(len(ranked) * HELD_OUT_SHARE))
        held_out.update(dict.fromkeys(ranked[:count], "test"))
        for combination in ranked[count : 2 * count]:
            held_out.setdefault(combination, "validation")
    held_out.update(dict.fromkeys(TRIED_FIRST, "test"))
    return held_out


@cache
def _rank(combination: Combination) -> bytes:
    return hashlib.sha256("|".join(combination).encode()).digest()


def word_forms(phrase: Phrase) -> Iterable[Form]:
    """Yield every word of both sides, case and all, with the name of its side."""
    for side, text in (("source", phrase.source), ("target", phrase.target)):
        for word in re.findall(r"[\w'-]+", text):
            yield side, word
