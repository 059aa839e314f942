"""The built-in English-German corpus: a lexicon and a grammar that speaks both languages.

``words`` says what a word is, ``lexicon`` lists the words, ``usage`` and ``topics`` what goes with
what. ``german`` inflects, ``constituents`` and ``grammar`` put words in order, ``people``,
``objects`` and ``scenes`` draw who does what, ``patterns`` make sentences of it, and ``generate``
draws the corpus and splits it. Everything was written for this corpus; there is no other source.
"""

from transformer_mt.data.phrasebook.generate import Phrase, Split, split_phrases

__all__ = ["SOURCE_LANGUAGE", "TARGET_LANGUAGE", "Phrase", "Split", "phrases"]

SOURCE_LANGUAGE = "en"
TARGET_LANGUAGE = "de"


def phrases(split: Split) -> list[Phrase]:
    """Return the pairs of a split, always the same in the same random order.

    No two splits share a source, a target or a combination of verb, complement and modifier, and
    every word form of validation and test is common in train.
    """
    return list(split_phrases()[split])
