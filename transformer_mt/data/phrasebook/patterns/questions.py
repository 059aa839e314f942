"""Patterns: yes/no questions and questions with who, what, when, where, why, how much."""

from dataclasses import replace
from functools import cache

from transformer_mt.data.phrasebook.constituents import (
    Subject,
    join,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause, timed
from transformer_mt.data.phrasebook.objects import DEFINITE
from transformer_mt.data.phrasebook.patterns.descriptions import priced
from transformer_mt.data.phrasebook.patterns.pair import Pair, ask
from transformer_mt.data.phrasebook.people import draw_subject, not_us, noun_subject, suits
from transformer_mt.data.phrasebook.scenes import (
    Action,
    actions,
    draw_scene,
    draw_tense,
    draw_time,
    times_for,
)
from transformer_mt.data.phrasebook.topics.situations import (
    ASKED_PEOPLE,
    ASKED_PLACES,
    ASKED_THINGS,
    CHEAP,
    DEAR,
    UNASKED_REASONS,
)
from transformer_mt.data.phrasebook.usage import VERB

WHO = Subject("wer", "who", "wer", "third", None)


def present_question(draw: Draw) -> Pair:
    """Show the verb first: "Does Anna need a car?" is "Braucht Anna ein Auto?"."""
    return _yes_no(draw, actions("plan", "now", "need", "habit", "wont"))


def auxiliary_question(draw: Draw) -> Pair:
    """Show a question with two verbs: "Hat Anna gestern das Auto gekauft?"."""
    return _yes_no(draw, actions("past", "modal"))


def _yes_no(draw: Draw, choices: tuple[Action, ...]) -> Pair:
    scene = draw_scene(draw, choices, subjects=not_us)
    time = draw_time(draw, scene.frame, scene.use)
    while time.english == "rarely":  # nobody asks whether one rarely does something
        time = draw_time(draw, scene.frame, scene.use)
    clause = timed(scene.clause(do_support=True), scene.complement, time)
    return ask(clause, scene.combination(time.german))


@cache
def reasoned_actions() -> tuple[Action, ...]:
    """Return what one does for a reason."""
    return tuple(
        action for action in actions("plan", "now", "past") if action[0].verb not in UNASKED_REASONS
    )


def when_where_why(draw: Draw) -> Pair:
    """Show the question word first, the verb second: "Wann kauft Anna das Auto?"."""
    english, german, choices = draw.choose(
        (
            ("when", "wann", actions("plan", "past")),
            ("where", "wo", ASKED_PLACES),
            ("why", "warum", reasoned_actions()),
        )
    )
    scene = draw_scene(draw, choices, subjects=not_us, determiners=DEFINITE)
    clause = scene.clause(do_support=True)
    return Pair(
        sentence(english, clause.english_question, end="?"),
        sentence(german, clause.verb_first, end="?"),
        scene.combination(german),
    )


def what_or_whom(draw: Draw) -> Pair:
    """Ask for the object, in its case: "Was kauft er heute?", "Wem hilft er heute?"."""
    things = draw.chance(0.5)
    verb, use = draw.choose(ASKED_THINGS if things else ASKED_PEOPLE)
    german = "was" if things else {"accusative": "wen", "dative": "wem"}[verb.case]
    subject = draw_subject(draw, lambda subject: not_us(subject) and suits(subject, verb))
    time = draw.choose(times_for((use,), use, ""))
    forms = predicate(verb, draw_tense(draw, use), subject.person, do_support=True)
    clause = Clause(subject, forms, time.english, time.german)
    return Pair(
        sentence("what" if things else "who", clause.english_question, end="?"),
        sentence(join(verb.preposition, german), clause.verb_first, end="?"),
        (verb.infinitive, german, time.german),
    )


def who(draw: Draw) -> Pair:
    """Ask for the subject: no do-support: "Wer kauft morgen das Auto?"."""
    choices = actions("plan", "past", "need", "modal")
    scene = draw_scene(draw, choices, determiners=("a", "some", "the"))
    scene = replace(scene, subject=WHO)
    time = draw_time(draw, scene.frame, scene.use)
    while time.english == "soon":
        time = draw_time(draw, scene.frame, scene.use)
    clause = timed(scene.clause(), scene.complement, time)
    return Pair(
        sentence(clause.english, end="?"),
        sentence(clause.verb_second, end="?"),
        scene.combination(time.german),
    )


def how_much(draw: Draw) -> Pair:
    """Ask for a price: "Wie viel kostet die rote Tasche?"."""
    phrase = priced(draw, CHEAP + DEAR)
    subject = noun_subject(phrase)
    forms = predicate(VERB["kosten"], "simple", subject.person, do_support=True)
    clause = Clause(subject, forms, "", "")
    return Pair(
        sentence("how much", clause.english_question, end="?"),
        sentence("wie viel", clause.verb_first, end="?"),
        ("kosten", phrase.noun.german, join("wie viel", phrase.determiner.german, phrase.modifier)),
    )
