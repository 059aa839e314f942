"""The parts of a sentence in both languages at once: noun phrases, subjects, predicates."""

from dataclasses import dataclass
from typing import Literal

from transformer_mt.data.phrasebook.german import (
    AUXILIARIES,
    Agreement,
    DeterminerKind,
    decline_adjective,
    decline_determiner,
    decline_noun,
)
from transformer_mt.data.phrasebook.words import Adjective, Case, Modal, Noun, Person, Pronoun, Verb

# "future" ("will buy") and "gern" ("likes to buy") are English only: German says the present.
Tense = Literal["progressive", "simple", "past", "future", "gern"] | Modal

_BE: dict[Person, str] = {"first": "am", "third": "is", "plural": "are"}
_WAS: dict[Person, str] = {"first": "was", "third": "was", "plural": "were"}


@dataclass(frozen=True)
class Determiner:
    """An article, possessive or number; ``german`` is the form before any ending."""

    english: str
    german: str
    kind: DeterminerKind

    @property
    def is_possessive(self) -> bool:
        """Whether it says whose something is."""
        return self.kind == "ein" and self.german not in ("ein", "kein")


A = Determiner("a", "ein", "ein")
THE = Determiner("the", "", "definite")
THIS = Determiner("this", "dies", "dieser")
THESE = Determiner("these", "dies", "dieser")  # before a plural
BARE = Determiner("", "", "none")
NO = Determiner("no", "kein", "ein")


def possessive(owner: Pronoun) -> Determiner:
    """Return "my" / "mein" and so on."""
    return Determiner(owner.english_possessive, owner.german_possessive, "ein")


@dataclass(frozen=True, eq=False)
class NounPhrase:
    """A determiner, perhaps an adjective, and a noun."""

    noun: Noun
    determiner: Determiner
    plural: bool = False
    adjective: Adjective | None = None
    owner: str = ""  # a German genitive after the noun, where English says "my father's"

    def __post_init__(self) -> None:
        noun = self.noun
        assert not self.plural or noun.english_plural, f"{noun.english} has no plural"
        assert self.plural or not (noun.is_befriended and self.determiner.is_possessive), noun

    @property
    def is_definite(self) -> bool:
        """Whether it has "the" or a possessive."""
        return self.determiner is not A and self.determiner.kind != "none"

    @property
    def modifier(self) -> str:
        """The German adjective or number word, or empty."""
        if self.adjective:
            return self.adjective.german
        return self.determiner.german if self.determiner.kind == "none" else ""

    @property
    def english(self) -> str:
        """The English phrase, with "an" before vowel sounds."""
        noun = self.noun.english_plural if self.plural else self.noun.english
        words = [self.adjective.english, noun] if self.adjective else [noun]
        article = self.determiner.english
        if self.determiner is A and begins_with_vowel(words[0]):
            article = "an"
        return join(article, *words)

    def german(self, case: Case, *, negated: bool = False) -> str:
        """Return the German phrase in this case; negated, "kein" takes the place of "ein"."""
        determiner = NO if negated else self.determiner
        agreement: Agreement = "plural" if self.plural else self.noun.gender
        kind = determiner.kind
        adjective = (
            decline_adjective(self.adjective, kind=kind, agreement=agreement, case=case)
            if self.adjective
            else ""
        )
        return join(
            decline_determiner(determiner.german, kind=kind, agreement=agreement, case=case),
            adjective,
            decline_noun(self.noun, plural=self.plural, case=case),
            self.owner,
        )


@dataclass(frozen=True, eq=False)
class Subject:
    """Who acts: in the nominative, with the pronoun that resumes it (none for das Mädchen)."""

    name: str
    english: str
    german: str
    person: Person
    pronoun: Pronoun | None
    is_minor: bool = False


def pronoun_subject(pronoun: Pronoun) -> Subject:
    """Return the pronoun as a subject."""
    return Subject(pronoun.german, pronoun.english, pronoun.german, pronoun.person, pronoun)


@dataclass(frozen=True)
class Predicate:
    """The verb forms of a clause and their places.

    English: auxiliary (may be empty) and main verb. German: the finite verb and what closes the
    sentence (prefix, participle or infinitive; may be empty).
    """

    auxiliary: str
    main: str
    finite: str
    closing: str
    separable: bool  # closing is a prefix that joins the finite verb in verb-final clauses

    @property
    def verb_final(self) -> str:
        """The German verbs at the end of a subordinate clause."""
        return self.closing + self.finite if self.separable else join(self.closing, self.finite)


def predicate(verb: Verb, tense: Tense, person: Person, *, do_support: bool = False) -> Predicate:
    """Conjugate a verb; ``do_support`` is for English questions and negations."""
    auxiliary, main = _english_verb(verb, tense, person, do_support=do_support)
    if isinstance(tense, Modal):
        finite, closing = tense.german[person], verb.infinitive
    elif tense == "past":
        finite, closing = AUXILIARIES[verb.auxiliary][person], verb.participle
    else:
        finite, closing = verb.german_present(person), verb.prefix
    separable = bool(verb.prefix) and closing == verb.prefix
    return Predicate(auxiliary, main, finite, closing, separable)


def copula(person: Person, verb: Verb | None = None) -> Predicate:
    """Conjugate "to be", which German says with "sein" or with another verb, as in "liegt"."""
    finite = verb.german_present(person) if verb else AUXILIARIES["sein"][person]
    return Predicate(_BE[person], "", finite, "", False)


def past_copula(person: Person) -> Predicate:
    """Conjugate "was" and "were", which German says in the preterite."""
    return Predicate(_WAS[person], "", AUXILIARIES["war"][person], "", False)


def _english_verb(verb: Verb, tense: Tense, person: Person, *, do_support: bool) -> tuple[str, str]:
    """Return the auxiliary, which may be empty, and the main verb."""
    if tense == "progressive":
        return _BE[person], verb.english_ing
    if tense == "future":
        return "will", verb.english
    if isinstance(tense, Modal) and tense.english_auxiliary:
        return tense.english_auxiliary, join(tense.english, verb.english)
    is_third = person == "third"
    auxiliary = "did" if tense == "past" else "does" if is_third else "do"
    plain, inflected = verb.english, verb.english_third if is_third else verb.english
    if tense == "past":
        inflected = verb.english_past
    elif isinstance(tense, Modal):
        plain = join(tense.english, verb.english)
        inflected = join(tense.english_third if is_third else tense.english, verb.english)
    elif tense == "gern":
        plain = join("like to", verb.english)
        inflected = join("likes to" if is_third else "like to", verb.english)
    return (auxiliary, plain) if do_support else ("", inflected)


def begins_with_vowel(word: str) -> bool:
    """Return whether "an" stands before the word."""
    return word == "hour" or (word[0] in "aeiou" and not word.startswith("uni"))


def join(*parts: str) -> str:
    """Join the parts that are not empty with spaces."""
    return " ".join(part for part in parts if part)


def sentence(*parts: str, end: str = ".") -> str:
    """Join parts to a sentence: capital first, punctuation last."""
    text = join(*parts)
    return text[0].upper() + text[1:] + end
