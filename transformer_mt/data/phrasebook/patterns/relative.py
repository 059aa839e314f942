"""Patterns: relative clauses, whose pronoun has the gender of the noun and a case of its own."""

from transformer_mt.data.phrasebook.constituents import (
    THE,
    NounPhrase,
    Subject,
    join,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.objects import numbers_after
from transformer_mt.data.phrasebook.patterns.pair import Pair
from transformer_mt.data.phrasebook.people import befits, draw_subject, suits
from transformer_mt.data.phrasebook.scenes import draw_tense, times_for
from transformer_mt.data.phrasebook.topics.occasions import RELATED
from transformer_mt.data.phrasebook.topics.routines import ACQUAINTANCES
from transformer_mt.data.phrasebook.usage import VERB


def relative_object(draw: Draw) -> Pair:
    """Show a relative pronoun in the accusative: Das ist der Mantel, den ich gekauft habe."""
    frame, use = draw.choose(RELATED)
    noun = draw.choose(frame.nouns)
    verb = frame.verb
    subject = draw_subject(
        draw, lambda subject: suits(subject, verb) and befits(subject, verb, noun)
    )
    may_be_plural = bool(noun.english_plural) and "home" not in noun.kinds and draw.chance(0.4)
    plural = draw.choose(numbers_after(THE, noun, may_be_plural=may_be_plural))
    phrase = NounPhrase(noun, THE, plural)
    thing = NounPhrase(noun, THE, plural).german("nominative")
    pronoun = phrase.german("accusative").split()[0]
    times = times_for(("plan",), use, "") if use == "past" else ()
    time = draw.choose(times) if times and draw.chance(0.6) else None
    time_english, time_german = (time.english, time.german) if time else ("", "")
    forms = predicate(verb, draw_tense(draw, use), subject.person)
    clause = Clause(subject, forms, time_english, time_german)
    be, is_ = ("are", "sind") if plural else ("is", "ist")
    that = "those" if plural else "that"
    combination = (verb.infinitive, noun.german, join("relativ", time_german))
    if draw.chance(0.5):
        return Pair(
            sentence("where", be, phrase.english, "that", clause.english, end="?"),
            sentence("wo", is_, f"{thing},", pronoun, clause.verb_final, end="?"),
            combination,
        )
    form = draw.choose(("state", "ask"))
    if form == "ask":
        return Pair(
            sentence(be, that, phrase.english, "that", clause.english, end="?"),
            sentence(is_, "das", f"{thing},", pronoun, clause.verb_final, end="?"),
            combination,
        )
    return Pair(
        sentence(that, be, phrase.english, "that", clause.english),
        sentence("das", is_, f"{thing},", pronoun, clause.verb_final),
        combination,
    )


# what one has to do with people, and when
GOVERNORS = (
    ("kennen", "state"),
    ("suchen", "now"),
    ("treffen", "past"),
    ("sprechen", "past"),
    ("helfen", "past"),
    ("sehen", "past"),
)


def relative_subject(draw: Draw) -> Pair:
    """Show a relative pronoun in the nominative: Ich kenne die Frau, die im Hotel arbeitet."""
    persons, activity = draw.choose(ACQUAINTANCES)
    noun = draw.choose(persons)
    plural = draw.chance(0.25)
    phrase = NounPhrase(noun, THE, plural)
    pronoun = phrase.german("nominative").split()[0]
    place = draw.choose(activity.places)
    inner = Clause(
        Subject(noun.german, "who", pronoun, "plural" if plural else "third", None),
        predicate(activity.verb, "simple", "plural" if plural else "third"),
        place.english_at,
        place.german_at,
    )
    verb, use = draw.choose(GOVERNORS)
    while verb == "sehen" and noun.english == "doctor":  # which is to consult him
        verb, use = draw.choose(GOVERNORS)
    governor = VERB[verb]
    subject = draw_subject(draw, lambda subject: subject.name != noun.german)
    forms = predicate(governor, draw_tense(draw, use), subject.person)
    german = join(governor.preposition, phrase.german(governor.case))
    outer = Clause(subject, forms, phrase.english, german)
    relative = inner.verb_final
    target = sentence(outer.subject.german, forms.finite, f"{german},", f"{relative}")
    if forms.closing:  # the participle goes before the relative clause
        target = sentence(outer.subject.german, forms.finite, german, f"{forms.closing},", relative)
    return Pair(
        sentence(outer.english, inner.english),
        target,
        (verb, noun.german, join(activity.verb.infinitive, place.german_at)),
    )
