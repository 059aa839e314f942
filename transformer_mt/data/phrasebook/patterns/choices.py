"""Patterns: which one, how many, how much, and measures."""

from functools import cache

from transformer_mt.data.phrasebook.constituents import (
    BARE,
    A,
    Determiner,
    NounPhrase,
    join,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.lexicon import SMALL_NUMBERS
from transformer_mt.data.phrasebook.objects import adjectives_for, numeral
from transformer_mt.data.phrasebook.patterns.pair import Combination, Pair, ask, state
from transformer_mt.data.phrasebook.people import (
    PRONOUN,
    befits,
    draw_subject,
    not_us,
    shares_oddly,
    suits,
)
from transformer_mt.data.phrasebook.scenes import draw_tense, draw_time
from transformer_mt.data.phrasebook.topics.quantities import (
    COUNTED,
    MEASURES,
    ORDERED,
    PICKED,
    QUANTITIES,
    USED_UP,
)
from transformer_mt.data.phrasebook.usage import VERB
from transformer_mt.data.phrasebook.words import Pronoun


def which(draw: Draw) -> Pair:
    """Show "welcher" in the accusative: "Welchen Mantel kaufen Sie?"."""
    frame, use = draw.choose(PICKED)
    noun = draw.choose(frame.nouns)
    phrase = NounPhrase(noun, WHICH, noun.is_paired)
    subject = draw_subject(
        draw,
        lambda subject: (
            not_us(subject)
            and suits(subject, frame.verb)
            and befits(subject, frame.verb, noun)
            and not shares_oddly(subject, frame.verb, phrase)
        ),
    )
    time = draw_time(draw, frame, use) if use != "state" and draw.chance(0.7) else None
    time_english, time_german = (time.english, time.german) if time else ("", "")
    forms = predicate(frame.verb, draw_tense(draw, use), subject.person, do_support=True)
    clause = Clause(subject, forms, time_english, time_german)
    return Pair(
        sentence(phrase.english, clause.english_question, end="?"),
        sentence(
            frame.verb.preposition, phrase.german(frame.verb.case), clause.verb_first, end="?"
        ),
        (frame.verb.infinitive, noun.german, join("welch", time_german)),
    )


WHICH = Determiner("which", "welch", "dieser")
HOW_MANY = Determiner("how many", "wie viele", "none")


def how_many(draw: Draw) -> Pair:
    """Ask for a number: "Wie viele Stühle brauchen Sie?"."""
    frame, use = draw.choose(COUNTED)
    noun = draw.choose(frame.nouns)
    subject = draw_subject(draw, lambda subject: not_us(subject) and suits(subject, frame.verb))
    phrase = NounPhrase(noun, HOW_MANY, True)
    forms = predicate(frame.verb, draw_tense(draw, use), subject.person, do_support=True)
    clause = Clause(subject, forms, "", "")
    return Pair(
        sentence(phrase.english, clause.english_question, end="?"),
        sentence(phrase.german("accusative"), clause.verb_first, end="?"),
        (frame.verb.infinitive, noun.german, join("wie viele", use)),
    )


def quantity(draw: Draw) -> Pair:
    """Show words that do not decline before a noun: Wir brauchen ein paar Äpfel."""
    frame, use, words = draw.choose(USED_UP)
    noun = draw.choose(frame.nouns)
    english, german = QUANTITIES[draw.choose(words)]
    phrase = NounPhrase(noun, Determiner(english, german, "none"), not noun.is_mass)
    subject = draw_subject(draw, lambda subject: suits(subject, frame.verb))
    while not befits(subject, frame.verb, noun):
        subject = draw_subject(draw, lambda subject: suits(subject, frame.verb))
    asked = not_us(subject) and draw.chance(0.3)
    forms = predicate(frame.verb, draw_tense(draw, use), subject.person, do_support=asked)
    clause = Clause(subject, forms, phrase.english, phrase.german(frame.verb.case))
    return (ask if asked else state)(clause, (frame.verb.infinitive, noun.german, german))


@cache
def measures() -> tuple[tuple[str, str, str, str], ...]:
    """Return each measure with each of its contents: English, German, noun, how much."""
    found = []
    for one, many, article, german_one, german_many, contents in MEASURES:
        for noun in contents:
            content = NounPhrase(noun, BARE, not noun.is_mass)
            of, german = f"of {content.english}", content.german("accusative")
            found.append((f"a {one} {of}", f"{article} {german_one} {german}", german, german_one))
            for number in SMALL_NUMBERS[:5]:
                found.append(
                    (
                        f"{number.english} {many} {of}",
                        f"{number.german} {german_many} {german}",
                        german,
                        f"{number.german} {german_many}",
                    )
                )
    return tuple(found)


def measure(draw: Draw) -> Pair:
    """Show measures without "of": "Könnten Sie uns bitte zwei Flaschen Wasser bringen?"."""
    english, german, content, amount = draw.choose(measures())
    form = draw.choose(("bring", "need", "would", "buy"))
    # what a waiter brings is ordered, not bought by anybody
    served = any(word in german.split() for word in ("Tasse", "Tassen", "Teller", "Stück"))
    served = served or content in ("Bier", "Wein") or "glass" in english
    who = PRONOUN[draw.choose(("I", "we"))]
    if form == "bring" and "Kilo" not in german:
        return _could_you_bring(who, english, german, ("bringen", content, amount))
    if form in ("need", "buy") and not served:
        verb, tense = (VERB["brauchen"], "simple") if form == "need" else (VERB["kaufen"], "past")
        subject = draw_subject(draw, lambda subject: suits(subject, verb))
        forms = predicate(verb, draw_tense(draw, tense), subject.person)
        return state(Clause(subject, forms, english, german), (verb.infinitive, content, amount))
    return _would_like(who, english, german, ("hätte gern", content, amount))


def _would_like(who: Pronoun, english: str, german: str, combination: Combination) -> Pair:
    """Order something: Ich hätte gern einen Tee, bitte."""
    would = "hätte" if who.person == "first" else "hätten"
    return Pair(
        sentence(who.english, "would like", f"{english}, please"),
        sentence(who.german, would, "gern", f"{german}, bitte"),
        combination,
    )


def _could_you_bring(who: Pronoun, english: str, german: str, combination: Combination) -> Pair:
    """Ask to be brought something: "Könnten Sie mir bitte einen Tee bringen?"."""
    return Pair(
        sentence("could you please bring", who.english_object, english, end="?"),
        sentence("könnten Sie", who.dative, "bitte", german, "bringen", end="?"),
        combination,
    )


def order(draw: Draw) -> Pair:
    """Show what one would like to have: Ich hätte gern drei Äpfel, bitte."""
    noun = draw.choose(ORDERED)
    adjectives = [
        a for a in adjectives_for(noun, "bestellen") if a.english != "delicious"
    ]  # of course
    if noun.english_plural and draw.chance(0.6):
        phrase = NounPhrase(noun, numeral(draw.choose(SMALL_NUMBERS[:6])), plural=True)
    elif noun.is_mass and adjectives:
        phrase = NounPhrase(noun, BARE, False, draw.choose(adjectives))
    else:
        adjective = draw.choose(adjectives) if adjectives and draw.chance(0.5) else None
        phrase = NounPhrase(noun, BARE if noun.is_mass else A, False, adjective)
    who = PRONOUN[draw.choose(("I", "we"))]
    english, german = phrase.english, phrase.german("accusative")
    name = (phrase.noun.german, phrase.modifier or "ein")
    if draw.chance(0.3):
        return _could_you_bring(who, english, german, ("bringen", *name))
    return _would_like(who, english, german, ("hätte gern", *name))
