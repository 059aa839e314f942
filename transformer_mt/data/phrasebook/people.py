"""Who acts: pronouns, first names and nouns for people."""

from collections.abc import Callable
from functools import cache

from transformer_mt.data.phrasebook.constituents import (
    THE,
    NounPhrase,
    Subject,
    possessive,
    pronoun_subject,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.lexicon import NAMES, NOUNS, PRONOUNS
from transformer_mt.data.phrasebook.words import Pronoun

PRONOUN = {pronoun.english: pronoun for pronoun in PRONOUNS}


def anybody(subject: Subject) -> bool:
    """Allow every subject."""
    return bool(subject.name)


def has_pronoun(subject: Subject) -> bool:
    """Allow subjects that a pronoun can resume: not das Kind, das Mädchen."""
    return subject.pronoun is not None


def not_i(subject: Subject) -> bool:
    """Allow subjects one asks about."""
    return subject.pronoun is not PRONOUN["I"]


@cache
def noun_subjects() -> tuple[Subject, ...]:
    """Noun phrases for people: "my brother", "the teacher", "our neighbors"."""
    subjects = []
    for noun in NOUNS:
        owned = [possessive(PRONOUN[owner]) for owner in ("I", "we", "you")]
        singular = {"kin": owned, "role": [THE, *owned[:2]], "human": [THE]}
        plural = {"kin": owned, "host": [THE, *owned], "role": [THE], "human": [THE]}
        for kind in singular:
            if kind in noun.kinds:
                subjects += [noun_subject(NounPhrase(noun, word)) for word in singular[kind]]
        kind = next((kind for kind in plural if kind in noun.kinds), "")
        if kind and noun.english_plural:
            subjects += [noun_subject(NounPhrase(noun, word, True)) for word in plural[kind]]
    return tuple(subjects)


def noun_subject(phrase: NounPhrase) -> Subject:
    """Return a noun phrase as a subject."""
    if phrase.plural:
        resumed: Pronoun | None = PRONOUN["they"]
    else:
        resumed = {"m": PRONOUN["he"], "f": PRONOUN["she"], "n": None}[phrase.noun.gender]
    return Subject(
        name=phrase.noun.german,
        english=phrase.english,
        german=phrase.german("nominative"),
        person="plural" if phrase.plural else "third",
        pronoun=resumed,
    )


@cache
def pronoun_subjects() -> tuple[Subject, ...]:
    """I, we, you, he, she, they."""
    return tuple(pronoun_subject(pronoun) for pronoun in PRONOUNS)


@cache
def name_subjects() -> tuple[Subject, ...]:
    """First names."""
    return tuple(Subject(name, name, name, "third", PRONOUN[pronoun]) for name, pronoun in NAMES)


def draw_subject(draw: Draw, allowed: Callable[[Subject], bool] = anybody) -> Subject:
    """Draw a subject: pronouns and names as often as all nouns together."""
    while True:
        groups = (pronoun_subjects(), noun_subjects(), name_subjects(), noun_subjects())
        subject = draw.choose(draw.choose(groups))
        if allowed(subject):
            return subject


def is_you(subject: Subject) -> bool:
    """Allow only the person spoken to."""
    return subject.pronoun is PRONOUN["you"]
