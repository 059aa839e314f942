"""Patterns: what is bigger, as big, and a bigger one."""

from transformer_mt.data.phrasebook.constituents import (
    BARE,
    THE,
    A,
    NounPhrase,
    Subject,
    copula,
    join,
    possessive,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.patterns.pair import Pair, ask, state, state_deny_or_ask
from transformer_mt.data.phrasebook.people import (
    PRONOUN,
    befits,
    draw_subject,
    is_you,
    name_subjects,
    not_us,
    noun_subject,
    noun_subjects,
    shares_oddly,
)
from transformer_mt.data.phrasebook.scenes import draw_tense
from transformer_mt.data.phrasebook.topics.contrasts import BETTER, COMPARED, PEOPLE_COMPARED
from transformer_mt.data.phrasebook.usage import VERB
from transformer_mt.data.phrasebook.words import Adjective


def comparison(draw: Draw) -> Pair:
    """Compare things: Der Zug ist schneller als der Bus."""
    adjective, nouns = draw.choose(COMPARED)
    one = draw.choose(nouns)
    other = draw.choose([noun for noun in nouns if noun is not one])
    plural = not one.is_mass and (one.is_paired or other.is_paired or "fruit" in one.kinds)
    determiner = THE
    if "thing" in one.kinds or "clothes" in one.kinds:
        determiner = draw.choose((THE, possessive(PRONOUN["I"]), possessive(PRONOUN["you"])))
    subject = noun_subject(NounPhrase(one, determiner, plural))
    compared = NounPhrase(other, determiner, plural)
    return _compare(draw, adjective, subject, compared.english, compared.german("nominative"))


def person_comparison(draw: Draw) -> Pair:
    """Compare people, also with pronouns in the nominative: Anna ist älter als ich."""
    adjective = draw.choose(PEOPLE_COMPARED)
    kin = [s for s in noun_subjects() if s.person == "third" and s.english.split()[-1] in GROWN]
    subject = draw.choose(draw.choose((kin, kin, name_subjects())))
    if draw.chance(0.35):
        pronoun = PRONOUN[draw.choose(("I", "we", "he", "she", "they"))]
        if pronoun.german == (subject.pronoun.german if subject.pronoun else ""):
            pronoun = PRONOUN["I"]
        return _compare(draw, adjective, subject, pronoun.english_object, pronoun.german)
    others = [s for s in (*kin, *name_subjects()) if s.name != subject.name]
    other = draw.choose(others)
    return _compare(draw, adjective, subject, other.english, other.german)


GROWN = ("brother", "sister", "cousin", "friend", "neighbor", "colleague", "teacher", "boss")


def _compare(
    draw: Draw, adjective: Adjective, subject: Subject, other_english: str, other_german: str
) -> Pair:
    """Say that the subject is more so, or as much so as the other."""
    assert adjective.comparative is not None
    if draw.chance(0.6):
        more = adjective.comparative
        english, german = f"{more.english} than", f"{more.german} als"
    else:
        english, german = f"as {adjective.english} as", f"so {adjective.german} wie"
    clause = Clause(
        subject,
        copula(subject.person),
        join(english, other_english),
        join(german, other_german),
    )
    combination = ("sein", subject.name, join(german, other_german))
    if " als " in f" {clause.german_middle} ":
        forms = (state, state, ask) if not_us(subject) else (state,)
        return draw.choose(forms)(clause, combination)
    return state_deny_or_ask(draw, clause, combination)


def comparative_object(draw: Draw) -> Pair:
    """Show endings on comparatives: "Haben Sie ein billigeres Zimmer?"."""
    noun, comparatives = draw.choose(BETTER)
    adjective = draw.choose(comparatives)
    phrase = NounPhrase(noun, A, noun.is_paired, adjective)
    if noun.is_paired:
        phrase = NounPhrase(noun, BARE, True, adjective)
    english, german = phrase.english, phrase.german("accusative")
    form = draw.choose(("have", "look", "need", "would", "buy"))
    name = (noun.german, adjective.german)
    if form == "would":
        who_english, who_german = draw.choose((("I", "ich hätte"), ("we", "wir hätten")))
        return Pair(
            sentence(who_english, "would like", english),
            sentence(who_german, "gern", german),
            ("hätte gern", *name),
        )
    if form == "have" and noun.english not in ("house", "office", "kitchen", "car", "apartment"):
        subject = draw_subject(draw, is_you)
        forms = predicate(VERB["haben"], "simple", subject.person, do_support=True)
        return ask(Clause(subject, forms, english, german), ("haben", *name))
    infinitive, use = {
        "look": ("suchen", "now"),
        "have": ("suchen", "now"),
        "need": ("brauchen", "state"),
        "buy": ("kaufen", "modal"),
    }[form]
    if form == "buy" and noun.english in ("room", "hotel", "office"):
        infinitive = "suchen"
    subject = draw_subject(
        draw,
        lambda subject: (
            not subject.is_minor
            and befits(subject, VERB["tragen"], noun)
            and not ("clothes" in noun.kinds and shares_oddly(subject, VERB["tragen"], phrase))
        ),
    )
    forms = predicate(VERB[infinitive], draw_tense(draw, use), subject.person)
    return state(Clause(subject, forms, english, german), (infinitive, *name))
