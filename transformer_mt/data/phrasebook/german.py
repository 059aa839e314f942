"""German inflection: articles, adjective endings and nouns by gender, number and case."""

from typing import Literal

from transformer_mt.data.phrasebook.words import Adjective, Case, Noun, Person

# Which set of endings a determiner takes and asks of the adjective after it: der, die, das; other
# der-words (dieser, welcher); ein-words (ein, kein, possessives); nothing or a number.
DeterminerKind = Literal["definite", "dieser", "ein", "none"]
# A gender in the singular, or the plural, where genders no longer differ.
Agreement = Literal["m", "f", "n", "plural"]

_COLUMNS: tuple[Agreement, ...] = ("m", "f", "n", "plural")
_CASES: tuple[Case, ...] = ("nominative", "accusative", "dative", "genitive")


def _paradigm(*rows: str) -> dict[tuple[Case, Agreement], str]:
    """Read a row for each case with cells for m, f, n, plural; ``-`` is an empty cell."""
    return {
        (case, agreement): "" if cell == "-" else cell
        for case, row in zip(_CASES, rows, strict=True)
        for agreement, cell in zip(_COLUMNS, row.split(), strict=True)
    }


_DEFINITE_ARTICLE = _paradigm(
    "der die das die", "den die das die", "dem der dem den", "des der des der"
)
_DETERMINER_ENDINGS = {
    "dieser": _paradigm("er e es e", "en e es e", "em er em en", "es er es er"),
    "ein": _paradigm("- e - e", "en e - e", "em er em en", "es er es er"),
}
_WEAK = _paradigm("e e e en", "en e e en", "en en en en", "en en en en")
_ADJECTIVE_ENDINGS = {
    "definite": _WEAK,  # der gute
    "dieser": _WEAK,  # dieser gute
    "ein": _paradigm("er e es en", "en e es en", "en en en en", "en en en en"),  # ein guter
    # guter; zwei gute
    "none": _paradigm("er e es e", "en e es e", "em er em en", "en er en er"),
}
_CONTRACTIONS = {
    ("an", "dem"): "am",
    ("in", "dem"): "im",
    ("von", "dem"): "vom",
    ("zu", "dem"): "zum",
    ("zu", "der"): "zur",
    ("an", "das"): "ans",
    ("in", "das"): "ins",
}

AUXILIARIES: dict[str, dict[Person, str]] = {
    "haben": {"first": "habe", "third": "hat", "plural": "haben"},
    "sein": {"first": "bin", "third": "ist", "plural": "sind"},
    "war": {"first": "war", "third": "war", "plural": "waren"},
    "hatte": {"first": "hatte", "third": "hatte", "plural": "hatten"},
    "dürfen": {"first": "darf", "third": "darf", "plural": "dürfen"},
}


def decline_determiner(word: str, *, kind: DeterminerKind, agreement: Agreement, case: Case) -> str:
    """Return der/die/das for a definite ``word``, else the word with its ending, if any."""
    if kind == "definite":
        return _DEFINITE_ARTICLE[case, agreement]
    return word if kind == "none" else word + _DETERMINER_ENDINGS[kind][case, agreement]


def decline_adjective(
    adjective: Adjective, *, kind: DeterminerKind, agreement: Agreement, case: Case
) -> str:
    """Return the adjective with the ending that the determiner before it asks for."""
    return adjective.stem + _ADJECTIVE_ENDINGS[kind][case, agreement]


def decline_noun(noun: Noun, *, plural: bool, case: Case) -> str:
    """Return the noun; dative plurals add -n unless they end in -n or -s."""
    if not plural:
        forms = {"nominative": noun.german, "genitive": noun.german_genitive}
        return forms.get(case, noun.german_oblique)
    if case == "dative" and not noun.german_plural.endswith(("n", "s")):
        return noun.german_plural + "n"
    return noun.german_plural


def contract(preposition: str, phrase: str) -> str:
    """Put a preposition before a phrase with "der", "die" or "das": "zu dem Zug", "zum Zug"."""
    article, _, rest = phrase.partition(" ")
    contracted = _CONTRACTIONS.get((preposition, article))
    return f"{contracted} {rest}" if contracted else f"{preposition} {phrase}"
