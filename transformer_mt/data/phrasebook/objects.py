"""What a verb governs: noun phrases that make sense with it, and their two translations."""

from functools import cache

from transformer_mt.data.phrasebook.constituents import (
    BARE,
    THE,
    A,
    Determiner,
    NounPhrase,
    join,
    possessive,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Complement
from transformer_mt.data.phrasebook.lexicon import ADJECTIVES, PLACES, SMALL_NUMBERS
from transformer_mt.data.phrasebook.people import PRONOUN
from transformer_mt.data.phrasebook.usage import Frame
from transformer_mt.data.phrasebook.words import Adjective, Noun, Place, Pronoun, Verb

DEFINITE = ("the", "own", "any")
INDEFINITE = ("a", "some")
ARTICLES = INDEFINITE + DEFINITE
NUMBERS = ("few", "many")


@cache
def determiners_for(
    frame: Frame, noun: Noun, owner: Pronoun | None, allowed: tuple[str, ...]
) -> tuple[tuple[Determiner, bool], ...]:
    """Return the determiners, each with whether it is a plural, that make sense here."""
    fitting = ("own", "any", "few") if "kin" in noun.kinds else frame.determiners
    if {"human", "site", "opening"} & set(noun.kinds):
        fitting = ("a", "some", "the", "few", "many")
    has_plural = bool(noun.english_plural)
    options: list[tuple[Determiner, bool]] = []
    for word in frame.determiners:
        if word not in fitting or word not in allowed:
            continue
        singular_only = word in ("a", "some", *NUMBERS) or "plural" not in frame.determiners
        if word == "a":
            options.append((BARE if noun.is_mass else A, False))
        elif word == "some" and (has_plural or noun.is_mass):
            options.append((BARE, has_plural))
        elif word in NUMBERS and has_plural:
            numbers = SMALL_NUMBERS[:4] if word == "few" else SMALL_NUMBERS
            options += [(Determiner(n.english, n.german, "none"), True) for n in numbers]
        for determiner in _definite_determiners(word, owner):
            options.append((determiner, False))
            if has_plural and not singular_only:
                options.append((determiner, True))
    return tuple(options)


def _definite_determiners(word: str, owner: Pronoun | None) -> list[Determiner]:
    """Return "the", the owner's possessive, or the possessives of everybody around."""
    if word == "the":
        return [THE]
    own = [owner] if owner else []
    if word == "own":
        return [possessive(pronoun) for pronoun in own]
    if word != "any":
        return []
    speakers = [PRONOUN["I"], PRONOUN["you"]]
    return [possessive(pronoun) for pronoun in dict.fromkeys(own + speakers)]


@cache
def adjectives_for(noun: Noun) -> tuple[Adjective, ...]:
    """Return the adjectives that may stand before this noun."""
    return tuple(adjective for adjective in ADJECTIVES if set(adjective.kinds) & set(noun.kinds))


def draw_noun_phrase(
    draw: Draw,
    frame: Frame,
    owner: Pronoun | None,
    *,
    determiners: tuple[str, ...] = ARTICLES,
    with_adjective: bool = False,
) -> NounPhrase | None:
    """Draw an object for the verb, or None where the drawn noun allows none."""
    noun = draw.choose(frame.nouns)
    options = determiners_for(frame, noun, owner, determiners)
    adjectives = adjectives_for(noun)
    if not options or (with_adjective and not adjectives):
        return None
    determiner, plural = draw.choose(options)
    adjective = draw.choose(adjectives) if with_adjective else None
    return NounPhrase(noun, determiner, plural, adjective)


@cache
def directions(verb: Verb) -> tuple[Complement, ...]:
    """Return the places that a verb of motion leads to."""
    return tuple(direction(place) for place in PLACES if verb.english in place.travel)


def direction(place: Place) -> Complement:
    """Return a place as the goal of a motion."""
    return Complement(place.german_to, place.english_to, place.german_to, False, True)


def object_complement(verb: Verb, phrase: NounPhrase, *, negated: bool = False) -> Complement:
    """Return a noun phrase as the verb governs it; negated, with "kein"."""
    return Complement(
        name=phrase.noun.german,
        english=phrase.english,
        german=join(verb.preposition, phrase.german(verb.case, negated=negated)),
        is_definite=phrase.is_definite,
        is_prepositional=bool(verb.preposition),
    )
