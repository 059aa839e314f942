"""Word order: a clause in English and German, as statement, question, negation or subclause."""

from dataclasses import dataclass, replace

from transformer_mt.data.phrasebook.constituents import Predicate, Subject, join
from transformer_mt.data.phrasebook.words import Place, Time


@dataclass(frozen=True)
class Complement:
    """What the verb governs, in its case: an object, an object with preposition, a direction.

    ``is_definite`` and ``is_prepositional`` decide where German puts it.
    """

    name: str
    english: str
    german: str
    is_definite: bool
    is_prepositional: bool


@dataclass(frozen=True)
class Clause:
    """A clause before its word order is chosen.

    English: ``adverb`` (often, always) goes before the main verb, ``english_rest`` after it.
    German: ``german_middle`` stands between the finite verb and what closes the clause.
    """

    subject: Subject
    predicate: Predicate
    english_rest: str
    german_middle: str
    adverb: str = ""

    @property
    def english(self) -> str:
        """A statement: subject, verb, the rest."""
        verb = self.predicate
        return join(self.subject.english, verb.auxiliary, self.adverb, verb.main, self.english_rest)

    @property
    def english_negated(self) -> str:
        """A statement with "not"; needs a predicate with do-support."""
        verb = self.predicate
        negated = "cannot" if verb.auxiliary == "can" else f"{verb.auxiliary} not"
        return join(self.subject.english, negated, verb.main, self.english_rest)

    @property
    def english_question(self) -> str:
        """A question: the auxiliary before the subject; needs a predicate with do-support."""
        verb = self.predicate
        return join(verb.auxiliary, self.subject.english, self.adverb, verb.main, self.english_rest)

    @property
    def verb_second(self) -> str:
        """A German statement that begins with the subject."""
        verb = self.predicate
        return join(self.subject.german, verb.finite, self.german_middle, verb.closing)

    @property
    def verb_first(self) -> str:
        """A German question; or what follows something in front: the subject comes third then."""
        verb = self.predicate
        return join(verb.finite, self.subject.german, self.german_middle, verb.closing)

    @property
    def verb_final(self) -> str:
        """A German subordinate clause after its conjunction: the finite verb closes it."""
        return join(self.subject.german, self.german_middle, self.predicate.verb_final)


def plain_clause(subject: Subject, predicate: Predicate, complement: Complement) -> Clause:
    """Return the clause without any adverbial."""
    return Clause(subject, predicate, complement.english, complement.german)


def timed(clause: Clause, complement: Complement, time: Time) -> Clause:
    """Add a time: last in English (or before the verb), before the complement in German."""
    german_middle = join(time.german, complement.german)
    if "middle" in time.traits:
        return replace(clause, adverb=time.english, german_middle=german_middle)
    english_rest = join(complement.english, time.english)
    return replace(clause, english_rest=english_rest, german_middle=german_middle)


def placed(clause: Clause, complement: Complement, place: Place) -> Clause:
    """Add a place: last in English; in German after a definite object, before any other."""
    first, second = complement.german, place.german_at
    if complement.is_prepositional or not complement.is_definite:
        first, second = second, first
    return replace(
        clause,
        english_rest=join(complement.english, place.english_at),
        german_middle=join(first, second),
    )


def negated(clause: Clause, complement: Complement, time: Time | None) -> Clause:
    """Add "nicht": after a definite object and the time, but before a preposition."""
    time_english, time_german = (time.english, time.german) if time else ("", "")
    if complement.is_prepositional:
        german_middle = join(time_german, "nicht", complement.german)
    else:
        german_middle = join(complement.german, time_german, "nicht")
    english_rest = join(complement.english, time_english)
    return replace(clause, english_rest=english_rest, german_middle=german_middle)
