"""How the tables of ``lexicon`` are read: one line per word, columns between ``|``.

A column is often a list of words; ``-`` is an empty column.
"""

from transformer_mt.data.phrasebook.words import (
    Adjective,
    Case,
    Gender,
    Modal,
    Noun,
    Number,
    Person,
    Place,
    Pronoun,
    Time,
    Verb,
)

_GENDERS: dict[str, Gender] = {"m": "m", "f": "f", "n": "n"}
_CASES: dict[str, Case] = {"acc": "accusative", "dat": "dative", "": "accusative"}
_PERSONS: dict[str, Person] = {"first": "first", "third": "third", "plural": "plural"}


def read_rows(table: str) -> list[list[str]]:
    """Split a table into its cells; an empty cell is written ``-``."""
    lines = [line for line in table.splitlines() if line.strip()]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [["" if cell == "-" else cell for cell in row] for row in cells]


def _forms(cell: str) -> list[str]:
    """Split the forms of a word at the commas."""
    return [form.strip() for form in cell.split(",")]


def read_nouns(table: str) -> tuple[Noun, ...]:
    """Read ``english | plural | German gender genitive | plural | kinds``.

    A weak noun is written ``Junge/Jungen m``; a genitive that is not named ends in -s, or in -es
    after a hissing sound.
    """
    nouns = []
    for english, english_plural, singular, german_plural, kinds in read_rows(table):
        forms, gender, *genitive = singular.split()
        german, _, oblique = forms.partition("/")
        nouns.append(
            Noun(
                english=english,
                english_plural=english_plural,
                german=german,
                german_oblique=oblique or german,
                german_genitive=genitive[0] if genitive else oblique or _genitive(german, gender),
                german_plural=german_plural,
                gender=_GENDERS[gender],
                kinds=tuple(kinds.split()),
            )
        )
    return tuple(nouns)


def _genitive(noun: str, gender: str) -> str:
    if gender == "f":
        return noun
    return noun + ("es" if noun.endswith(("s", "ß", "z", "x", "sch")) else "s")


def read_verbs(table: str) -> tuple[Verb, ...]:
    """Read ``english, -s, -ing, past | infinitive, ich, er, participle | government``.

    ``ab·holen`` is separable; ``ist gegangen`` takes sein; government is ``acc``, ``dat``, a
    preposition with a case, such as ``mit dat``, or nothing.
    """
    verbs = []
    for english_forms, german_forms, government in read_rows(table):
        english, third, ing, past = _forms(english_forms)
        infinitive, first, german_third, participle = _forms(german_forms)
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
                case=_CASES[case],
            )
        )
    return tuple(verbs)


def read_modals(table: str) -> tuple[Modal, ...]:
    """Read ``auxiliary | verb, third person | ich, er, wir``."""
    modals = []
    for auxiliary, english_forms, german_forms in read_rows(table):
        english, _, third = english_forms.partition(", ")
        german = dict(zip(_PERSONS.values(), _forms(german_forms), strict=True))
        modals.append(Modal(auxiliary, english, third or english, german))
    return tuple(modals)


def read_adjectives(table: str) -> tuple[Adjective, ...]:
    """Read ``english | German | kinds | kinds before a noun only | after "to be" only``.

    The comparative follows a comma; ``teuer/teur`` gives the stem that takes endings.
    """
    adjectives = []
    for english_forms, german_forms, kinds, attributive_only, predicate_only in read_rows(table):
        english, *english_comparative = _forms(english_forms)
        forms, *comparative = _forms(german_forms)
        german, _, stem = forms.partition("/")
        fits = (
            tuple(kinds.split() + attributive_only.split()),
            tuple(kinds.split() + predicate_only.split()),
        )
        adjectives.append(
            Adjective(
                english,
                german,
                stem or german,
                *fits,
                Adjective(english_comparative[0], comparative[0], comparative[0], *fits)
                if comparative
                else None,
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
    return tuple(
        Place(name, english_at, german_at, english_to, german_to, tuple(verbs.split()))
        for name, english_at, german_at, english_to, german_to, verbs in read_rows(table)
    )


def read_pronouns(table: str) -> tuple[Pronoun, ...]:
    """Read ``English | German | person | object forms | possessives | reflexive``."""
    pronouns = []
    for english, german, person, objects, possessives, reflexive in read_rows(table):
        english_object, accusative, dative = objects.split()
        english_possessive, german_possessive = possessives.split()
        pronouns.append(
            Pronoun(
                english=english,
                german=german,
                person=_PERSONS[person],
                english_object=english_object,
                accusative=accusative,
                dative=dative,
                english_possessive=english_possessive,
                german_possessive=german_possessive,
                reflexive=reflexive,
            )
        )
    return tuple(pronouns)


def read_numbers(table: str) -> tuple[Number, ...]:
    """Read ``English | German``."""
    return tuple(Number(*row) for row in read_rows(table))
