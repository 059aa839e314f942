"""The built-in English-German phrasebook."""

from transformer_mt.data.phrasebook.generate import Phrase
