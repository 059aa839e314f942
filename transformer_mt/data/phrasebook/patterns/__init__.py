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
    (statements.timed_statement, 900),
    (statements.fronted_time, 1200),
    (statements.separable_verb, 900),
    (statements.habit, 500),
    (statements.past, 900),
    (statements.modal, 900),
    (statements.direction, 400),
    (statements.place, 800),
    (noun_phrases.adjective_object, 1200),
    (noun_phrases.dative_adjective, 400),
    (noun_phrases.number_object, 600),
    (noun_phrases.recipient, 800),
    (noun_phrases.pronoun_object, 600),
    (noun_phrases.gern, 500),
    (descriptions.predicate_adjective, 600),
    (descriptions.price, 300),
    (descriptions.location, 500),
    (descriptions.existence, 300),
    (negations.nicht, 800),
    (negations.kein, 700),
    (questions.yes_no_question, 800),
    (questions.when_where_why, 700),
    (questions.what_or_whom, 400),
    (questions.who, 400),
    (questions.how_much, 80),
    (clauses.because_of_mood, 500),
    (clauses.because_of_duty, 500),
    (clauses.that_clause, 700),
    (clauses.if_time, 500),
    (clauses.if_weather, 400),
    (clauses.purpose, 500),
    (courtesy.request, 600),
    (courtesy.transfer_request, 400),
    (courtesy.order, 150),
)
