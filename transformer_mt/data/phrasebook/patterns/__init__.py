"""The sentence patterns: functions that draw one pair each, named after what they show."""

from collections.abc import Callable

from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.patterns import (
    clauses,
    courtesy,
    descriptions,
    negations,
    noun_phrases,
    questions,
    statements,
)
from transformer_mt.data.phrasebook.patterns.pair import Pair

# How many distinct pairs to draw of each pattern.
PATTERNS: tuple[tuple[Callable[[Draw], Pair], int], ...] = (
    (statements.timed_statement, 1100),
    (statements.fronted_time, 1000),
    (statements.separable_verb, 700),
    (statements.habit, 600),
    (statements.past, 600),
    (statements.modal, 600),
    (statements.direction, 350),
    (statements.place, 700),
    (noun_phrases.adjective_object, 1300),
    (noun_phrases.dative_adjective, 240),
    (noun_phrases.number_object, 500),
    (noun_phrases.recipient, 600),
    (noun_phrases.pronoun_object, 500),
    (noun_phrases.gern, 400),
    (descriptions.predicate_adjective, 600),
    (descriptions.price, 250),
    (descriptions.location, 450),
    (descriptions.existence, 250),
    (negations.nicht, 600),
    (negations.kein, 500),
    (questions.present_question, 1200),
    (questions.auxiliary_question, 500),
    (questions.when_where_why, 500),
    (questions.what_or_whom, 350),
    (questions.who, 300),
    (questions.how_much, 70),
    (clauses.because_of_mood, 350),
    (clauses.because_of_duty, 350),
    (clauses.that_clause, 600),
    (clauses.if_time, 400),
    (clauses.if_weather, 300),
    (clauses.purpose, 400),
    (courtesy.request, 400),
    (courtesy.transfer_request, 400),
    (courtesy.order, 140),
)
