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


# A determiner, and whether the noun after it is a plural.
Option = tuple[Determiner, bool]


@cache
def determiners_for(
    frame: Frame, noun: Noun, owner: Pronoun | None, allowed: tuple[str, ...]
) -> tuple[Option, ...]:
    """Return what may stand before the noun as an object of the verb, if allowed here."""
    words = [word for word in frame.determiners if word in allowed]
    if "kin" in noun.kinds:
        words = [word for word in words if word in ("own", "any", "few")]
    elif {"human", "site", "opening"} & set(noun.kinds):
        words = [word for word in words if word not in ("own", "any")]
    may_be_plural = bool(noun.english_plural) and "plural" in frame.determiners
    options: list[Option] = []
    for word in words:
        options += _indefinite(word, noun)
        for determiner in _definite(word, owner):
            # one has one doctor, but several neighbors; people wear a coat each
            has_one = "role" in noun.kinds and "host" not in noun.kinds and determiner is not THE
            have_each = "clothes" in noun.kinds and determiner.english in ("our", "their")
            if not have_each:
                options.append((determiner, False))
            if (may_be_plural and not has_one) or have_each:
                options.append((determiner, True))
    return tuple(options)


def _indefinite(word: str, noun: Noun) -> list[Option]:
    """Return "a", a bare noun, or numbers."""
    has_plural = bool(noun.english_plural)
    if word == "a":
        return [(BARE if noun.is_mass else A, False)]
    if word == "some" and (has_plural or noun.is_mass):
        return [(BARE, has_plural)]
    if word in NUMBERS and has_plural:
        numbers = SMALL_NUMBERS[:4] if word == "few" else SMALL_NUMBERS
        return [(Determiner(number.english, number.german, "none"), True) for number in numbers]
    return []


def _definite(word: str, owner: Pronoun | None) -> list[Determiner]:
    """Return "the", the owner's possessive, or also the possessives of you and me."""
    if word == "the":
        return [THE]
    owners = [owner] if owner and word in ("own", "any") else []
    if word == "any":
        speakers = [PRONOUN["you"]] if owner is PRONOUN["we"] else [PRONOUN["I"], PRONOUN["you"]]
        owners += [speaker for speaker in speakers if speaker is not owner]
    return [possessive(pronoun) for pronoun in owners]


@cache
def adjectives_for(noun: Noun) -> tuple[Adjective, ...]:
    """Return the adjectives that may stand before this noun."""
    return tuple(
        adjective for adjective in ADJECTIVES if set(adjective.attributive_kinds) & set(noun.kinds)
    )


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
