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
from transformer_mt.data.phrasebook.words import Adjective, Noun, Number, Place, Pronoun, Verb

DEFINITE = ("the", "own", "any")
INDEFINITE = ("a", "some")
ARTICLES = INDEFINITE + DEFINITE
NUMBERS = ("few",)


# A determiner, and whether the noun after it is a plural.
Option = tuple[Determiner, bool]


@cache
def determiners_for(
    frame: Frame, noun: Noun, owner: Pronoun | None, allowed: tuple[str, ...]
) -> tuple[Option, ...]:
    """Return what may stand before the noun as an object of the verb, if allowed here."""
    words = [word for word in frame.determiners if word in allowed]
    if "kin" in noun.kinds or noun.is_befriended:
        other = ("a", "some") if "host" in noun.kinds else ()
        words = [word for word in words if word in ("own", "any", "few", *other)]
    elif {"human", "site", "opening"} & set(noun.kinds):
        words = [word for word in words if word not in ("own", "any")]
    has_plural = bool(noun.english_plural) and not noun.is_mass
    may_be_plural = has_plural and "plural" in frame.determiners
    options: list[Option] = []
    for word in words:
        options += _indefinite(word, noun)
        for determiner in _definite(word, owner):
            options += [
                (determiner, plural)
                for plural in numbers_after(determiner, noun, may_be_plural=may_be_plural)
            ]
    return tuple(options)


def numbers_after(
    determiner: Determiner, noun: Noun, *, may_be_plural: bool = False
) -> tuple[bool, ...]:
    """Return whether the noun stands in the plural after "the" or a possessive, or both."""
    if noun.is_paired or (noun.is_one_each and determiner.english in ("our", "their")):
        return (True,)
    if noun.is_befriended and determiner.is_possessive:
        return (True,) if may_be_plural else ()
    # one has one doctor, but several neighbors
    has_one = "staff" in noun.kinds and determiner.is_possessive
    if has_one or "personal" in noun.kinds or not may_be_plural:
        return (False,)
    return (False, True)


def _indefinite(word: str, noun: Noun) -> list[Option]:
    """Return "a", a bare noun, or numbers."""
    has_plural = bool(noun.english_plural)
    if word == "a" and not noun.is_paired:
        return [(BARE if noun.is_mass else A, False)]
    if word in ("a", "some") and (has_plural or noun.is_mass):
        return [(BARE, not noun.is_mass)]
    if word in NUMBERS and has_plural and not noun.is_paired:
        return [(numeral(number), True) for number in SMALL_NUMBERS[:5]]
    return []


def numeral(number: Number) -> Determiner:
    """Return a number as a determiner."""
    return Determiner(number.english, number.german, "none")


def _definite(word: str, owner: Pronoun | None) -> list[Determiner]:
    """Return "the", the owner's possessive, or also the possessives of you and me."""
    if word == "the":
        return [THE]
    owners = [owner] if owner and word in ("own", "any") else []
    if word == "any":
        speakers = [PRONOUN["you"]] if owner is PRONOUN["we"] else [PRONOUN["I"], PRONOUN["you"]]
        owners += [speaker for speaker in speakers if speaker is not owner]
    return [possessive(pronoun) for pronoun in owners]


# What nobody wants, buys or offers, and what it goes with, by the infinitive of the verb.
_GOES_WITH = {
    "dirty": "waschen putzen ausziehen sein",
    "broken": "reparieren sein",
    "boring": "lesen sehen sein",
    "bad": "sehen lesen sein",
    "loud": "hören sein",
    "sick": "helfen besuchen sein",
    "old": "kennen besuchen lesen reparieren verkaufen sein mögen sehen helfen sprechen suchen "
    "lieben finden waschen tragen treffen fragen gehören danken",
    "clean": "sein brauchen suchen geben bringen kennen einpacken haben",
    "dark": "sein kaufen tragen anziehen anprobieren einpacken kennen mögen haben putzen aufräumen",
    "delicious": "sein essen backen kochen bestellen kaufen empfehlen bringen schneiden",
    "hot": "sein trinken bestellen bringen",
    "cold": "sein trinken bestellen bringen",
    "friendly": "sein abholen anrufen danken fragen einladen helfen kennen mögen sprechen treffen "
    "sehen empfehlen warten besuchen spielen haben",
    "smart": "sein kennen treffen sprechen helfen sehen mögen spielen haben",
    "comfortable": "sein kaufen anziehen tragen anprobieren suchen brauchen haben geben bringen",
    "fast": "sein nehmen verpassen kaufen verkaufen suchen brauchen haben mieten benutzen",
    "short": "sein lesen schreiben beantworten hören sehen kaufen tragen anziehen anprobieren "
    "buchen suchen schicken zeigen lernen kennen verkaufen empfehlen",
    "easy": "sein lernen beantworten lesen",
    "heavy": "sein packen abholen verkaufen haben",
    "slow": "sein verkaufen nehmen",
    "young": "sein kennen treffen helfen sprechen fragen sehen danken mögen",
    "important": "sein haben lesen schreiben vergessen beantworten unterschreiben ausfüllen suchen "
    "finden",
    "good": "empfehlen suchen brauchen kaufen lesen sehen finden haben sein besuchen",
    "cheap": "kaufen verkaufen suchen mieten buchen brauchen finden tragen bestellen "
    "anprobieren passen empfehlen",
    "expensive": "verkaufen finden verlieren sein tragen anprobieren passen mögen haben",
}

# What one may say of all that a verb goes with.
_ONLY = {
    "verstehen": "difficult long interesting",
    "verpassen": "fast interesting important",
    "unterschreiben": "important",
    "reservieren": "big small quiet bright cheap",
    "buchen": "big small quiet bright cheap short interesting",
    "mieten": "big small modern bright cheap beautiful new fast",
    "schicken": "short long interesting new important beautiful small",
    "öffnen": "big small red blue green black white brown yellow gray new old",
}


@cache
def adjectives_for(noun: Noun, verb: str = "") -> tuple[Adjective, ...]:
    """Return the adjectives that may stand before this noun, as an object of this verb."""
    return tuple(
        adjective
        for adjective in ADJECTIVES
        if noun.tags.intersection(adjective.attributive_kinds)
        and (adjective.english not in _GOES_WITH or verb in _GOES_WITH[adjective.english].split())
        and (verb not in _ONLY or adjective.english in _ONLY[verb].split())
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
    adjectives = adjectives_for(noun, frame.verb.infinitive)
    if not options or (with_adjective and not adjectives):
        return None
    determiner, plural = draw.choose(options)
    adjective = draw.choose(adjectives) if with_adjective else None
    return NounPhrase(noun, determiner, plural, adjective)


@cache
def directions(verb: Verb, *, often: bool = False) -> tuple[Complement, ...]:
    """Return the places that a verb of motion leads to; those one goes to often, at will."""
    return tuple(
        direction(place)
        for place in PLACES
        if verb.english in place.travel
        and place.name not in AT_HOME
        and not (often and place.name in (*FARAWAY, "home"))
    )


# where one goes at any moment: nobody tells that he does on Monday
AT_HOME = ("kitchen", "garden", "balcony")
# where one does not go every day
FARAWAY = (
    *(place.name for place in PLACES if "travel" in place.travel),
    *("doctor", "dentist", "hotel", "airport", "museum", "zoo", "mountains", "bookstore"),
    *("bank", "pharmacy", "post office", "theater", "movies", "church", "restaurant"),
)


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
