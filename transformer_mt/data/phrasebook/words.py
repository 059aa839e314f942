"""What a word is: its forms in both languages and the kinds of things it goes with."""

from dataclasses import dataclass
from typing import Literal

Gender = Literal["m", "f", "n"]
Case = Literal["nominative", "accusative", "dative", "genitive"]
# All that a verb agrees with, in both languages: I / he, she, a noun / we, you, they, plurals.
# German "Sie" (you) always takes the plural form.
Person = Literal["first", "third", "plural"]


@dataclass(frozen=True, eq=False)
class Noun:
    """A noun with its forms; ``english_plural`` is empty where the noun has no plural here."""

    english: str
    english_plural: str
    german: str
    german_oblique: str  # accusative and dative singular, which differ in weak nouns only
    german_genitive: str
    german_plural: str
    gender: Gender
    kinds: tuple[str, ...]

    @property
    def tags(self) -> frozenset[str]:
        """Its kinds and its own name, by which tables ask for it."""
        return frozenset((*self.kinds, self.english.replace(" ", "_")))

    @property
    def is_mass(self) -> bool:
        """Whether it stands without an article where other nouns take "a"."""
        return "mass" in self.kinds

    @property
    def is_paired(self) -> bool:
        """Whether one has two of it: shoes are spoken of in the plural."""
        return "paired" in self.kinds

    @property
    def is_befriended(self) -> bool:
        """Whether a possessive makes it a lover: "meine Freunde" are friends, "mein Freund" not."""
        return "befriended" in self.kinds

    @property
    def is_one_each(self) -> bool:
        """Whether everybody has one of his own: several people put on their coats."""
        return bool({"clothes", "personal", "pass", "own_day"} & set(self.kinds))


@dataclass(frozen=True, eq=False)
class Verb:
    """A verb with its forms and with the case, and perhaps the preposition, that it governs."""

    english: str
    english_third: str
    english_ing: str
    english_past: str
    prefix: str  # of a separable verb, else empty
    german_first: str
    german_third: str
    german_plural: str  # the infinitive without the prefix
    participle: str
    auxiliary: Literal["haben", "sein"]
    preposition: str
    case: Case

    @property
    def infinitive(self) -> str:
        """The German infinitive."""
        return self.prefix + self.german_plural

    @property
    def zu_infinitive(self) -> str:
        """The German infinitive with "zu", inside the word where the prefix is separable."""
        return f"{self.prefix}zu{self.german_plural}" if self.prefix else f"zu {self.german_plural}"

    def german_present(self, person: Person) -> str:
        """Return the finite form of the present, without the prefix."""
        forms = {
            "first": self.german_first,
            "third": self.german_third,
            "plural": self.german_plural,
        }
        return forms[person]


@dataclass(frozen=True, eq=False)
class Modal:
    """A modal verb, or an English phrase that German says with one.

    English has an auxiliary ("can", "would" + "like to") or a verb that inflects ("has to").
    """

    english_auxiliary: str
    english: str
    english_third: str
    german: dict[Person, str]


@dataclass(frozen=True, eq=False)
class Adjective:
    """An adjective, the German stem that takes endings, and the nouns it fits.

    The comparative is an adjective of its own, for the same nouns; None where nobody compares.
    """

    english: str
    german: str
    stem: str
    attributive_kinds: tuple[str, ...]  # of nouns that it stands before
    predicate_kinds: tuple[str, ...]  # of nouns that it describes after "to be"
    comparative: "Adjective | None" = None


@dataclass(frozen=True, eq=False)
class Time:
    """A time expression, the uses of verbs that it goes with, and where it may stand.

    Traits: ``front`` may open a sentence, ``middle`` stands before the English main verb,
    ``negatable`` goes with a negation.
    """

    english: str
    german: str
    uses: tuple[str, ...]
    traits: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Place:
    """A place: where one is and where one goes; a phrase is empty where it is not used."""

    name: str
    english_at: str
    german_at: str
    english_to: str
    german_to: str
    travel: tuple[str, ...]  # the verbs that lead there


@dataclass(frozen=True, eq=False)
class Pronoun:
    """A personal pronoun with its object forms, possessive determiner and reflexive."""

    english: str
    german: str
    person: Person
    english_object: str
    accusative: str
    dative: str
    english_possessive: str
    german_possessive: str
    reflexive: str


@dataclass(frozen=True, eq=False)
class Number:
    """A word that counts or tells the time: a number above one, an ordinal, a month."""

    english: str
    german: str
