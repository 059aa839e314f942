"""Patterns: yes/no questions and questions with who, what, when, where, why, how much."""

from dataclasses import replace

from transformer_mt.data.phrasebook.constituents import (
    THE,
    NounPhrase,
    Subject,
    join,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause, timed
from transformer_mt.data.phrasebook.objects import DEFINITE, adjectives_for
from transformer_mt.data.phrasebook.patterns.pair import Pair, ask
from transformer_mt.data.phrasebook.people import draw_subject, not_i, noun_subject
from transformer_mt.data.phrasebook.scenes import (
    actions,
    draw_scene,
    draw_tense,
    draw_time,
    times_for,
)
from transformer_mt.data.phrasebook.situations import (
    ASKED_PEOPLE,
    ASKED_PLACES,
    ASKED_THINGS,
    CHEAP,
    DEAR,
)
from transformer_mt.data.phrasebook.usage import VERB

WHO = Subject("wer", "who", "wer", "third", None)


def yes_no_question(draw: Draw) -> Pair:
    """Verb first, do-support in English: "Kauft Anna morgen das Auto?"."""
    choices = actions("plan", "now", "need", "habit", "past", "modal")
    scene = draw_scene(draw, choices, subjects=not_i)
    time = draw_time(draw, scene.frame, scene.use)
    clause = timed(scene.clause(do_support=True), scene.complement, time)
    return ask(clause, scene.combination(time.german))


def when_where_why(draw: Draw) -> Pair:
    """The question word first, the verb second: "Wann hat Anna das Auto gekauft?"."""
    english, german, choices = draw.choose(
        (
            ("when", "wann", actions("plan", "past")),
            ("where", "wo", ASKED_PLACES),
            ("why", "warum", actions("plan", "now", "past")),
        )
    )
    scene = draw_scene(draw, choices, subjects=not_i, determiners=DEFINITE)
    clause = scene.clause(do_support=True)
    return Pair(
        sentence(english, clause.english_question, end="?"),
        sentence(german, clause.verb_first, end="?"),
        scene.combination(german),
    )


def what_or_whom(draw: Draw) -> Pair:
    """Asking for the object, in its case: "Was kauft Anna heute?", "Wem helfen Sie morgen?"."""
    things = draw.chance(0.5)
    verb, use = draw.choose(ASKED_THINGS if things else ASKED_PEOPLE)
    german = "was" if things else {"accusative": "wen", "dative": "wem"}[verb.case]
    subject = draw_subject(draw, not_i)
    time = draw.choose(times_for((use,), use, ""))
    forms = predicate(verb, draw_tense(draw, use), subject.person, do_support=True)
    clause = Clause(subject, forms, time.english, time.german)
    return Pair(
        sentence("what" if things else "who", clause.english_question, end="?"),
        sentence(join(verb.preposition, german), clause.verb_first, end="?"),
        (verb.infinitive, german, time.german),
    )


def who(draw: Draw) -> Pair:
    """Asking for the subject: no do-support: "Wer kauft morgen das Auto?"."""
    choices = actions("plan", "past", "need", "modal")
    scene = draw_scene(draw, choices, determiners=("a", "some", "the"))
    scene = replace(scene, subject=WHO)
    time = draw_time(draw, scene.frame, scene.use)
    clause = timed(scene.clause(), scene.complement, time)
    return Pair(
        sentence(clause.english, end="?"),
        sentence(clause.verb_second, end="?"),
        scene.combination(time.german),
    )


def how_much(draw: Draw) -> Pair:
    """Asking for a price: "Wie viel kostet die rote Tasche?"."""
    noun = draw.choose(CHEAP + DEAR)
    while not adjectives_for(noun):
        noun = draw.choose(CHEAP + DEAR)
    adjective = draw.choose(adjectives_for(noun))
    subject = noun_subject(NounPhrase(noun, THE, False, adjective))
    plural = noun_subject(NounPhrase(noun, THE, True, adjective))
    if noun.english_plural and draw.chance(0.4):
        subject = plural
    forms = predicate(VERB["kosten"], "simple", subject.person, do_support=True)
    clause = Clause(subject, forms, "", "")
    return Pair(
        sentence("how much", clause.english_question, end="?"),
        sentence("wie viel", clause.verb_first, end="?"),
        ("kosten", noun.german, adjective.german),
    )
