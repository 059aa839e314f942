"""Adjective endings in the built-in corpus, against the tables of a school grammar."""

import re
from collections import Counter, defaultdict
from functools import cache

import pytest

from transformer_mt.data.phrasebook.generate import draw_phrases
from transformer_mt.data.phrasebook.lexicon import ADJECTIVES, NOUNS

CASES = ("nominative", "accusative", "dative", "genitive")
COLUMNS = ("m", "f", "n", "plural")


def table(text):
    """Read cells of a case and a gender: what stands there, as a set."""
    rows = [line.split("|") for line in text.strip().splitlines()]
    return {
        (case, column): set(cell.split())
        for case, row in zip(CASES, rows, strict=True)
        for column, cell in zip(COLUMNS, row, strict=True)
    }


DEFINITE = table("""
der | die | das | die
den | die | das | die
dem | der | dem | den
des | der | des | der
""")
DER_WORDS = table("""
dieser welcher | diese welche | dieses welches | diese welche
diesen welchen | diese welche | dieses welches | diese welche
diesem welchem | dieser welcher | diesem welchem | diesen welchen
dieses | dieser | dieses | dieser
""")
EIN_ENDINGS = table("""
0  | e  | 0  | e
en | e  | 0  | e
em | er | em | en
es | er | es | er
""")
WEAK = table("""
e  | e  | e  | en
en | e  | e  | en
en | en | en | en
en | en | en | en
""")
MIXED = table("""
er | e  | es | en
en | e  | es | en
en | en | en | en
en | en | en | en
""")
STRONG = table("""
er | e  | es | e
en | e  | es | e
em | er | em | en
en | er | en | er
""")
EIN_WORDS = ("ein", "kein", "mein", "sein", "ihr", "unser")
# before a noun without an article: nothing, or what does not decline
BARE = {"zwei", "drei", "vier", "fünf", "sechs", "sieben", "gern", "wie"}


@cache
def readings(word):
    """Return the endings that an adjective may take after the word, by case and gender."""
    found = {}
    for cell in WEAK:
        if word in DEFINITE[cell] | DER_WORDS[cell]:
            found[cell] = WEAK[cell]
        for stem in EIN_WORDS:
            ends = {"" if ending == "0" else ending for ending in EIN_ENDINGS[cell]}
            if word in {stem + ending for ending in ends}:
                if stem == "ein" and cell[1] == "plural":
                    continue
                found[cell] = MIXED[cell]
        if word in BARE or word == "ihr":  # or "to her", with no determiner after it
            found[cell] = found.get(cell, set()) | STRONG[cell]
    return found


@pytest.fixture(scope="module")
def noun_cells():
    """Map each German noun form to the cases and genders that it may be."""
    cells = defaultdict(set)
    for noun in NOUNS:
        for case in CASES:
            form = {"nominative": noun.german, "genitive": noun.german_genitive}
            cells[form.get(case, noun.german_oblique)].add((case, noun.gender))
            if noun.german_plural:
                plural = noun.german_plural
                if case == "dative" and not plural.endswith(("n", "s")):
                    plural += "n"
                cells[plural].add((case, "plural"))
    return cells


def test_adjectives_end_as_determiner_case_and_gender_ask(noun_cells):
    ends = defaultdict(set)  # of each form, as "rote" and "warme" and "wärmere"
    for adjective in ADJECTIVES:
        for form in (adjective, adjective.comparative):
            if form is not None:
                for ending in ("e", "en", "em", "er", "es"):
                    ends[form.stem + ending].add(ending)
    seen, endings = Counter(), Counter()
    for phrase in draw_phrases():
        tokens = re.findall(r"[\w'-]+", phrase.target)
        for word, adjective, noun in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if noun not in noun_cells or adjective not in ends:
                continue
            found, allowed = ends[adjective], readings(word.lower())
            if not allowed:
                continue
            possible = {
                ending for cell in noun_cells[noun] & set(allowed) for ending in allowed[cell]
            }
            assert found & possible, phrase
            seen[word.lower()] += 1
            endings[next(iter(found))] += 1
    assert set(endings) == {"e", "en", "em", "er", "es"} or set(endings) == {"e", "en", "er", "es"}
    assert {"der", "dem", "den", "dieser", "diese", "ein", "eine", "einen", "meine"} <= set(seen)
    assert sum(seen.values()) > 5_000


def test_the_oracle_objects():
    assert "er" in readings("ein")["nominative", "m"]
    assert readings("dem")["dative", "n"] == {"en"}
    assert "der" not in readings("und")
