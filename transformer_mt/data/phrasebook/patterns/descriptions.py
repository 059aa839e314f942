"""Patterns: how things are, what they cost, where they are, and what there is."""

from functools import cache

from transformer_mt.data.phrasebook.constituents import (
    NO,
    THE,
    A,
    Determiner,
    NounPhrase,
    Subject,
    copula,
    join,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.lexicon import ADJECTIVES, NOUNS, SMALL_NUMBERS, TENS
from transformer_mt.data.phrasebook.objects import DEFINITE, adjectives_for, determiners_for
from transformer_mt.data.phrasebook.patterns.pair import Pair, ask, state, state_deny_or_ask
from transformer_mt.data.phrasebook.people import PRONOUN, name_subjects, noun_subject
from transformer_mt.data.phrasebook.situations import (
    CHEAP,
    DEAR,
    FACILITIES,
    NEIGHBORHOODS,
    SPOTS,
)
from transformer_mt.data.phrasebook.usage import (
    DESCRIBED,
    VERB,
)
from transformer_mt.data.phrasebook.words import Adjective, Noun


def predicate_adjective(draw: Draw) -> Pair:
    """Show adjectives after "sein", without an ending: Der Kaffee ist sehr heiß."""
    adjective = draw.choose(ADJECTIVES)
    noun = draw.choose(described_by(adjective))
    subject = _described(draw, noun)
    if "person" in adjective.predicate_kinds and draw.chance(0.2):
        subject = draw.choose(name_subjects())
    very = "colored" not in adjective.predicate_kinds and draw.chance(0.3)
    clause = Clause(
        subject,
        copula(subject.person),
        join("very" if very else "", adjective.english),
        join("sehr" if very else "", adjective.german),
    )
    return state_deny_or_ask(draw, clause, ("sein", subject.name, adjective.german))


@cache
def described_by(adjective: Adjective) -> tuple[Noun, ...]:
    """Return the nouns of which one may say that they are so."""
    kinds = set(adjective.predicate_kinds)
    return tuple(noun for noun in NOUNS if kinds & set(noun.kinds))


def _described(draw: Draw, noun: Noun) -> Subject:
    """Return the noun as a subject with "the" or a possessive, perhaps in the plural."""
    speaker = PRONOUN[draw.choose(("I", "we"))]
    options = determiners_for(DESCRIBED, noun, speaker, DEFINITE)
    determiner, plural = draw.choose(options)
    return noun_subject(NounPhrase(noun, determiner, plural))


def price(draw: Draw) -> Pair:
    """Show prices, where "Euro" has no plural ending: Die Tasche kostet zwanzig Euro."""
    noun, number = draw.choose(
        (
            (draw.choose(CHEAP), draw.choose(SMALL_NUMBERS)),
            (draw.choose(DEAR), draw.choose(TENS)),
        )
    )
    adjectives = adjectives_for(noun)
    adjective = draw.choose(adjectives) if adjectives and draw.chance(0.5) else None
    by_the_bag = "food" in noun.kinds and bool(noun.english_plural)
    subject = noun_subject(NounPhrase(noun, THE, by_the_bag, adjective))
    form = draw.choose((state, ask))
    verb_forms = predicate(VERB["kosten"], "simple", subject.person, do_support=form is ask)
    clause = Clause(subject, verb_forms, f"{number.english} euros", f"{number.german} Euro")
    return form(clause, ("kosten", noun.german, number.german))


def location(draw: Draw) -> Pair:
    """Show where things lie or stand, in the dative: Der Schlüssel liegt auf dem Tisch."""
    english, german, verb, nouns = draw.choose(SPOTS)
    noun = draw.choose(nouns)
    while noun.english in english.split():
        noun = draw.choose(nouns)
    subject = _described(draw, noun)
    clause = Clause(subject, copula(subject.person, verb), english, german)
    return state_deny_or_ask(draw, clause, (verb.infinitive, noun.german, german))


def existence(draw: Draw) -> Pair:
    """Show what there is: "es gibt" with the accusative: In der Stadt gibt es einen Park."""
    english_place, german_place = draw.choose(NEIGHBORHOODS)
    noun = draw.choose(FACILITIES)
    while noun.english in english_place.split():
        noun = draw.choose(FACILITIES)
    number = draw.choose(SMALL_NUMBERS[:4])
    phrase = draw.choose(
        (
            NounPhrase(noun, A),
            NounPhrase(noun, A, False, draw.choose(adjectives_for(noun))),
            NounPhrase(noun, NO),
            NounPhrase(noun, Determiner(number.english, number.german, "none"), plural=True),
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
