"""The words of the phrasebook, one line each; ``tables`` says how a line is read.

English is American; "you" is the formal "Sie".
"""

from transformer_mt.data.phrasebook.lexicon.adjectives import ADJECTIVES
from transformer_mt.data.phrasebook.lexicon.adverbials import PLACES, TIMES
from transformer_mt.data.phrasebook.lexicon.nouns import NOUNS
from transformer_mt.data.phrasebook.lexicon.numbers import (
    CLOCK_TIMES,
    MONTHS,
    NUMBER_WORDS,
    NUMBERS,
    ORDINALS,
    SMALL_NUMBERS,
    TENS,
)
from transformer_mt.data.phrasebook.lexicon.people import (
    LANGUAGES,
    NAMES,
    ORIGINS,
    PROFESSIONS,
    PRONOUNS,
)
from transformer_mt.data.phrasebook.lexicon.verbs import MODALS, REFLEXIVES, VERBS

__all__ = [
    "ADJECTIVES",
    "CLOCK_TIMES",
    "LANGUAGES",
    "MODALS",
    "MONTHS",
    "NAMES",
    "NOUNS",
    "NUMBERS",
    "NUMBER_WORDS",
    "ORDINALS",
    "ORIGINS",
    "PLACES",
    "PROFESSIONS",
    "PRONOUNS",
    "REFLEXIVES",
    "SMALL_NUMBERS",
    "TENS",
    "TIMES",
    "VERBS",
]
