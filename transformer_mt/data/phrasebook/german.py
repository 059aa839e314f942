"""German inflection: articles, adjective endings and nouns by gender, number and case."""

from typing import Literal

from transformer_mt.data.phrasebook.words import Adjective, Case, Noun, Person

# Which set of endings a determiner takes and asks of the adjective after it: der-words; ein-words
# (ein, kein, possessives); nothing or a number.
DeterminerKind = Literal["definite", "ein", "none"]
# A gender in the singular, or the plural, where genders no longer differ.
Agreement = Literal["m", "f", "n", "plural"]

_COLUMNS: tuple[Agreement, ...] = ("m", "f", "n", "plural")


def _paradigm(nominative: str, accusative: str, dative: str) -> dict[tuple[Case, Agreement], str]:
    """Read three rows of four cells (m, f, n, plural); ``-`` is an empty cell."""
    rows: tuple[tuple[Case, str], ...] = (
        ("nominative", nominative),
        ("accusative", accusative),
        ("dative", dative),
    )
    return {
        (case, agreement): "" if cell == "-" else cell
        for case, row in rows
        for agreement, cell in zip(_COLUMNS, row.split(), strict=True)
    }


_DEFINITE_ARTICLE = _paradigm("der die das die", "den die das die", "dem der dem den")
_EIN_ENDINGS = _paradigm("- e - e", "en e - e", "em er em en")
_ADJECTIVE_ENDINGS = {
    "definite": _paradigm("e e e en", "en e e en", "en en en en"),  # der gute
    "ein": _paradigm("er e es en", "en e es en", "en en en en"),  # ein guter
    "none": _paradigm("er e es e", "en e es e", "em er em en"),  # guter; zwei gute
}

AUXILIARIES: dict[str, dict[Person, str]] = {
    "haben": {"first": "habe", "third": "hat", "plural": "haben"},
    "sein": {"first": "bin", "third": "ist", "plural": "sind"},
}


def decline_determiner(word: str, *, kind: DeterminerKind, agreement: Agreement, case: Case) -> str:
    """Return der/die/das for a definite ``word``, else the word with its ending, if any."""
    if kind == "definite":
        return _DEFINITE_ARTICLE[case, agreement]
    return word + _EIN_ENDINGS[case, agreement] if kind == "ein" else word


def decline_adjective(
    adjective: Adjective, *, kind: DeterminerKind, agreement: Agreement, case: Case
) -> str:
    """Return the adjective with the ending that the determiner before it asks for."""
    return adjective.stem + _ADJECTIVE_ENDINGS[kind][case, agreement]


def decline_noun(noun: Noun, *, plural: bool, case: Case) -> str:
    """Return the noun; dative plurals add -n unless they end in -n or -s."""
    if not plural:
        return noun.german if case == "nominative" else noun.german_oblique
    if case == "dative" and not noun.german_plural.endswith(("n", "s")):
        return noun.german_plural + "n"
    return noun.german_plural
