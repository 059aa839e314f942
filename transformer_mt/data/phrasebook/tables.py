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
    """Read ``english | German | kinds | kinds before a noun only | after "to be" only``.

    ``teuer/teur`` gives the stem that takes endings.
    """
    adjectives = []
    for english, forms, kinds, attributive_only, predicate_only in read_rows(table):
        german, _, stem = forms.partition("/")
        adjectives.append(
            Adjective(
                english=english,
                german=german,
                stem=stem or german,
                attributive_kinds=tuple(kinds.split() + attributive_only.split()),
                predicate_kinds=tuple(kinds.split() + predicate_only.split()),
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
    places = []
    for name, english_at, german_at, english_to, german_to, verbs in read_rows(table):
        travel = tuple(verbs.split())
        places.append(Place(name, english_at, german_at, english_to, german_to, travel))
    return tuple(places)


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
