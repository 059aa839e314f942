"""What a word is: its forms in both languages and the kinds of things it goes with.

Words are written as tables, one line per word and columns between ``|`` (see ``lexicon``);
here is how a line is read. A column is often a list of words, and ``-`` is an empty one.
"""

from dataclasses import dataclass
from typing import Literal

Gender = Literal["m", "f", "n"]
Case = Literal["nominative", "accusative", "dative"]
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
    german_plural: str
    gender: Gender
    kinds: tuple[str, ...]

    @property
    def is_mass(self) -> bool:
        """Whether it stands without an article where other nouns take "a"."""
        return "mass" in self.kinds


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
        """The finite form of the present, without the prefix."""
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
    """An adjective, the German stem that takes endings, and the kinds of nouns it fits."""

    english: str
    german: str
    stem: str
    kinds: tuple[str, ...]
    predicate_kinds: tuple[str, ...]  # fits these only after "to be"


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
    """A personal pronoun with its object forms and its possessive determiner."""

    english: str
    german: str
    person: Person
    english_object: str
    accusative: str
    dative: str
    english_possessive: str
    german_possessive: str


@dataclass(frozen=True, eq=False)
class Number:
    """A number word above one."""

    english: str
    german: str


def read_rows(table: str) -> list[list[str]]:
    """Split a table into its cells; an empty cell is written ``-``."""
    lines = [line for line in table.splitlines() if line.strip()]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [["" if cell == "-" else cell for cell in row] for row in cells]


def read_nouns(table: str) -> tuple[Noun, ...]:
    """Read ``english | plural | German gender | plural | kinds``; weak: ``Junge/Jungen m``."""
    nouns = []
    genders: dict[str, Gender] = {"m": "m", "f": "f", "n": "n"}
    for english, english_plural, singular, german_plural, kinds in read_rows(table):
        forms, gender = singular.split()
        german, _, oblique = forms.partition("/")
        nouns.append(
            Noun(
                english=english,
                english_plural=english_plural,
                german=german,
                german_oblique=oblique or german,
                german_plural=german_plural,
                gender=genders[gender],
                kinds=tuple(kinds.split()),
            )
        )
    return tuple(nouns)


def read_verbs(table: str) -> tuple[Verb, ...]:
    """Read ``english, -s, -ing, past | infinitive, ich, er, participle | government``.

    ``ab·holen`` is separable; ``ist gegangen`` takes sein; government is ``acc``, ``dat``, or a
    preposition with a case, such as ``mit dat``.
    """
    verbs = []
    cases: dict[str, Case] = {"acc": "accusative", "dat": "dative"}
    for english_forms, german_forms, government in read_rows(table):
        english, third, ing, past = (form.strip() for form in english_forms.split(","))
        infinitive, first, german_third, participle = (
            form.strip() for form in german_forms.split(",")
        )
        prefix, _, stem = infinitive.rpartition("·")
        preposition, _, case = government.rpartition(" ")
        verbs.append(
            Verb(
                english=english,
                english_third=third,
                english_ing=ing,
                english_past=past,
                prefix=prefix,
                german_first=first,
                german_third=german_third,
                german_plural=stem,
                participle=participle.removeprefix("ist "),
                auxiliary="sein" if participle.startswith("ist ") else "haben",
                preposition=preposition,
                case=cases[case],
            )
        )
    return tuple(verbs)


def read_modals(table: str) -> tuple[Modal, ...]:
    """Read ``auxiliary | verb, third person | ich, er, wir``."""
    modals = []
    for auxiliary, english_forms, german_forms in read_rows(table):
        english, _, third = english_forms.partition(", ")
        first, german_third, plural = german_forms.split(", ")
        german: dict[Person, str] = {"first": first, "third": german_third, "plural": plural}
        modals.append(Modal(auxiliary, english, third or english, german))
    return tuple(modals)


def read_adjectives(table: str) -> tuple[Adjective, ...]:
    """Read ``english | German | kinds | kinds after "to be" only``; ``teuer/teur``: a stem."""
    adjectives = []
    for english, forms, kinds, predicate_kinds in read_rows(table):
        german, _, stem = forms.partition("/")
        adjectives.append(
            Adjective(
                english=english,
                german=german,
                stem=stem or german,
                kinds=tuple(kinds.split()),
                predicate_kinds=tuple(predicate_kinds.split()),
            )
        )
    return tuple(adjectives)


def read_times(table: str) -> tuple[Time, ...]:
    """Read ``english | German | uses | traits``."""
    return tuple(
        Time(english, german, tuple(uses.split()), tuple(traits.split()))
        for english, german, uses, traits in read_rows(table)
    )


def read_places(table: str) -> tuple[Place, ...]:
    """Read ``name | at, English | at, German | to, English | to, German | verbs``."""
    return tuple(Place(*row[:5], travel=tuple(row[5].split())) for row in read_rows(table))


def read_pronouns(table: str) -> tuple[Pronoun, ...]:
    """Read ``English | German | person | object forms | possessives``."""
    persons: dict[str, Person] = {"first": "first", "third": "third", "plural": "plural"}
    pronouns = []
    for english, german, person, objects, possessives in read_rows(table):
        pronouns.append(
            Pronoun(english, german, persons[person], *objects.split(), *possessives.split())
        )
    return tuple(pronouns)


def read_numbers(table: str) -> tuple[Number, ...]:
    """Read ``English | German``."""
    return tuple(Number(*row) for row in read_rows(table))
