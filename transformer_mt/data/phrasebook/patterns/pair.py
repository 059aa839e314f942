"""What a pattern returns."""

from dataclasses import replace
from typing import NamedTuple

from transformer_mt.data.phrasebook.constituents import join, sentence
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.people import not_us

Combination = tuple[str, str, str]


class Pair(NamedTuple):
    """A sentence, its translation, and the German (verb, complement, modifier) they carry."""

    source: str
    target: str
    combination: Combination


def state(clause: Clause, combination: Combination) -> Pair:
    """Return the clause as a statement."""
    return Pair(sentence(clause.english), sentence(clause.verb_second), combination)


def deny(clause: Clause, combination: Combination) -> Pair:
    """Return the negated statement, "nicht" before all that follows the German verb."""
    german = replace(clause, german_middle=join("nicht", clause.german_middle))
    return Pair(sentence(clause.english_negated), sentence(german.verb_second), combination)


def ask(clause: Clause, combination: Combination) -> Pair:
    """Return the clause as a yes/no question."""
    return Pair(
        sentence(clause.english_question, end="?"),
        sentence(clause.verb_first, end="?"),
        combination,
    )


def dative_before_subject(clause: Clause, pronoun: str) -> Clause:
    """Put the dative pronoun that opens the middle before a noun: "Hilft ihr der Nachbar?"."""
    subject = clause.subject
    if " " not in subject.german:
        return clause
    return replace(
        clause,
        subject=replace(subject, german=join(pronoun, subject.german)),
        german_middle=clause.german_middle.removeprefix(pronoun).lstrip(),
    )


def state_deny_or_ask(
    draw: Draw, clause: Clause, combination: Combination, *, supported: Clause | None = None
) -> Pair:
    """Return one of the three; ``supported`` is the clause with do-support where it differs."""
    forms = (state, state, deny, ask) if not_us(clause.subject) else (state, state, deny)
    form = draw.choose(forms)
    return form(clause if form is state or supported is None else supported, combination)
