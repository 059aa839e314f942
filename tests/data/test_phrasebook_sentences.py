"""What the phrasebook's patterns say, against German written by hand."""

import re
from pathlib import Path

import pytest

from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.patterns import PATTERNS
from transformer_mt.data.phrasebook.words import Modal, Noun, Verb

# after the name of the pattern: English | German
SENTENCES = Path(__file__).with_name("phrasebook_sentences.txt").read_text(encoding="utf-8")


def sentence_rows():
    rows = []
    for line in SENTENCES.strip().splitlines():
        if line.endswith(":"):
            pattern = line.removesuffix(":")
        else:
            rows.append((pattern, *(text.strip() for text in line.split("|"))))
    return rows


ROWS = sentence_rows()


class GuidedDraw(Draw):
    """Choices that mostly fit a given English sentence, so that a pattern soon says it."""

    def __init__(self, source):
        super().__init__(0)
        self.source = source
        self.known = {}

    def choose(self, options):
        fitting = [option for option in options if self.fits(option)]
        return super().choose(fitting if fitting and self.chance(0.8) else options)

    def fits(self, option):
        if id(option) not in self.known:  # kept with the option, so that the id stays its own
            self.known[id(option)] = (option, self.mentions(option))
        return self.known[id(option)][1]

    def mentions(self, option):
        """Return whether the sentence has a word of the option."""
        if isinstance(option, str):
            return bool(option) and self.has(option)
        if isinstance(option, tuple | list):
            return any(self.fits(part) for part in option)
        if isinstance(option, Noun):
            forms = [option.english, option.english_plural]
        elif isinstance(option, Verb):
            forms = [option.english, option.english_third, option.english_ing, option.english_past]
        elif isinstance(option, Modal):
            forms = [option.english_auxiliary or option.english, option.english_third]
        else:
            names = ("english", "english_at", "english_to", "english_object")
            forms = [getattr(option, name, "") for name in names]
            parts = [getattr(option, name, None) for name in ("verb", "place")]
            if any(part is not None and self.fits(part) for part in parts):
                return True
        return any(form and self.has(form) for form in forms)

    def has(self, text):
        return bool(re.search(rf"\b{re.escape(text)}\b", self.source, re.IGNORECASE))


@pytest.mark.parametrize(("pattern_name", "source", "target"), ROWS, ids=[row[1] for row in ROWS])
def test_patterns_say_what_a_german_would(pattern_name, source, target):
    pattern = next(pattern for pattern, _ in PATTERNS if pattern.__name__ == pattern_name)
    draw = GuidedDraw(source)
    pairs = (pattern(draw) for _ in range(5_000))
    assert next(pair.target for pair in pairs if pair.source == source) == target


def test_every_pattern_is_checked():
    assert {row[0] for row in ROWS} == {pattern.__name__ for pattern, _ in PATTERNS}
