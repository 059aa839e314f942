"""Patterns: how things are, what they cost, where they are, and what there is."""

from functools import cache

from transformer_mt.data.phrasebook.constituents import (
    NO,
    THE,
    THESE,
    THIS,
    A,
    NounPhrase,
    Subject,
    copula,
    join,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.lexicon import ADJECTIVES, NOUNS, NUMBERS, SMALL_NUMBERS, TENS
from transformer_mt.data.phrasebook.objects import (
    DEFINITE,
    adjectives_for,
    determiners_for,
    numeral,
)
from transformer_mt.data.phrasebook.patterns.pair import Pair, ask, state, state_deny_or_ask
from transformer_mt.data.phrasebook.patterns.travel import fits_neighborhood
from transformer_mt.data.phrasebook.people import (
    PRONOUN,
    name_subjects,
    noun_subject,
    pronoun_subjects,
)
from transformer_mt.data.phrasebook.topics.situations import (
    CHEAP,
    DEAR,
    FACILITIES,
    MEANT_IN_PLURAL,
    NEIGHBORHOODS,
    SPOTS,
)
from transformer_mt.data.phrasebook.usage import (
    DESCRIBED,
    VERB,
    nouns_of,
)
from transformer_mt.data.phrasebook.words import Adjective, Noun


def predicate_adjective(draw: Draw) -> Pair:
    """Show adjectives after "sein", without an ending: Der Kaffee ist sehr heiß."""
    adjective = draw.choose(ADJECTIVES)
    noun = draw.choose(described_by(adjective))
    subject = _described(draw, noun)
    if "person" in adjective.predicate_kinds and draw.chance(0.4):
        subject = draw.choose((*name_subjects(), *pronoun_subjects()))
    very = adjective.english in GRADED and draw.chance(0.3)
    clause = Clause(
        subject,
        copula(subject.person),
        join("very" if very else "", adjective.english),
        join("sehr" if very else "", adjective.german),
    )
    combination = ("sein", subject.name.lower(), adjective.german)
    if adjective.english == "delicious":  # which nobody denies or asks
        return state(clause, combination)
    return state_deny_or_ask(draw, clause, combination)


# what one may be very much
GRADED = {adjective.english for adjective in ADJECTIVES if adjective.comparative}
GRADED |= {"tired", "sick", "angry", "hungry", "thirsty", "nervous", "full"}


@cache
def described_by(adjective: Adjective) -> tuple[Noun, ...]:
    """Return the nouns of which one may say that they are so."""
    return tuple(noun for noun in NOUNS if noun.tags.intersection(adjective.predicate_kinds))


def _described(draw: Draw, noun: Noun) -> Subject:
    """Return the noun as a subject with "the" or a possessive, perhaps in the plural."""
    speaker = PRONOUN[draw.choose(("I", "we"))]
    options = [
        (determiner, plural)
        for determiner, plural in determiners_for(DESCRIBED, noun, speaker, DEFINITE)
        if (determiner is THE and "body" not in noun.kinds)
        or (determiner is not THE and noun in (OWNED_BY_MANY if plural else OWNED))
    ]
    determiner, plural = draw.choose(options)
    return noun_subject(NounPhrase(noun, determiner, plural))


# what one calls one's own: several of them, and one
OWNED_BY_MANY = nouns_of("person animal thing clothes linen tableware mail body")
OWNED = nouns_of(
    "person animal thing clothes linen tableware mail body goods owned home chamber part room "
    "seat vacation trip birthday idea answer plate paper bags"
)


def price(draw: Draw) -> Pair:
    """Show prices, where "Euro" has no plural ending: Die Tasche kostet zwanzig Euro."""
    cheap = draw.chance(0.5)
    phrase = priced(draw, CHEAP if cheap else DEAR)
    noun, subject = phrase.noun, noun_subject(phrase)
    priciest = noun in nouns_of("flight room guitar ring suit watch")
    numbers = draw.choose((NUMBERS[11:18], TENS, NUMBERS[11:]))
    if cheap:
        numbers = SMALL_NUMBERS[:6]
    elif priciest:
        numbers = NUMBERS[30:]
    number = draw.choose(numbers)
    english, german = f"{number.english} euros", f"{number.german} Euro"
    if cheap and draw.chance(0.6):
        cents = draw.choose((*TENS, *NUMBERS[13:14]))
        english, german = f"{english} {cents.english}", f"{german} {cents.german}"
    form = draw.choose((state, ask))
    verb_forms = predicate(VERB["kosten"], "simple", subject.person, do_support=form is ask)
    clause = Clause(subject, verb_forms, english, german)
    return form(clause, ("kosten", noun.german, german))


UNPRICED = ("cheap", "expensive", "delicious", "good", "short")


def priced(draw: Draw, nouns: tuple[Noun, ...]) -> NounPhrase:
    """Draw a thing that has a price: the, this, perhaps with an adjective."""
    noun = draw.choose(nouns)
    adjectives = tuple(a for a in adjectives_for(noun) if a.english not in UNPRICED)
    adjective = draw.choose(adjectives) if adjectives and draw.chance(0.5) else None
    plural = noun in MEANT_IN_PLURAL
    return NounPhrase(noun, draw.choose((THE, THESE if plural else THIS)), plural, adjective)


def location(draw: Draw) -> Pair:
    """Show where things lie or stand, in the dative: Der Schlüssel liegt auf dem Tisch."""
    english, german, _, verb, _, nouns = draw.choose(SPOTS)
    noun = draw.choose(nouns)
    while noun.english in english:
        noun = draw.choose(nouns)
    subject = _described(draw, noun)
    clause = Clause(subject, copula(subject.person, verb), english, german)
    return state_deny_or_ask(draw, clause, (verb.infinitive, noun.german, german))


def existence(draw: Draw) -> Pair:
    """Show what there is: "es gibt" with the accusative: In der Stadt gibt es einen Park."""
    english_place, german_place = draw.choose(NEIGHBORHOODS)
    noun = draw.choose(FACILITIES)
    while not fits_neighborhood(noun, english_place):
        noun = draw.choose(FACILITIES)
    number = draw.choose(SMALL_NUMBERS[:3])
    phrase = draw.choose(
        (
            NounPhrase(noun, A),
            NounPhrase(noun, A, False, draw.choose((None, *adjectives_for(noun)))),
            NounPhrase(noun, NO),
            NounPhrase(noun, numeral(number), plural=True)
            if noun in SEVERAL
            else NounPhrase(noun, A),
        )
    )
    be = "are" if phrase.plural else "is"
    combination = ("geben", noun.german, german_place)
    if phrase.determiner is not NO and draw.chance(0.4):
        source = sentence(be, "there", phrase.english, english_place, end="?")
        target = sentence("gibt es", german_place, phrase.german("accusative"), end="?")
    else:
        source = sentence("there", be, phrase.english, english_place)
        target = sentence(german_place, "gibt es", phrase.german("accusative"))
    return Pair(source, target, combination)


# what there are several of in one place
SEVERAL = nouns_of("errand hotel church museum theater")
