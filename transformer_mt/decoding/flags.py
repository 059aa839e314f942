"""What is suspicious about a translation, or should be known of it."""

from collections.abc import Sequence
from typing import Literal

Flag = Literal["split", "truncated", "looping", "copied"]
"""split: the text was longer than the model was trained for, and was translated in parts;
truncated: cut at the length limit; looping: see `is_looping`; copied: see `is_copied`."""

_MIN_REPEATS = 4
_MIN_LOOP_LENGTH = 12
_MIN_COPIED_WORDS = 3
_MIN_COPIED_LETTERS = 8


def is_looping(token_ids: Sequence[int]) -> bool:
    """Whether the end repeats some tokens over and over.

    That is, the last 12 tokens or more are the same one or several tokens at least 4 times over,
    the last time perhaps not to their end. One more token may follow, such as a full stop.
    """
    return _ends_in_loop(token_ids) or _ends_in_loop(token_ids[:-1])


def _ends_in_loop(token_ids: Sequence[int]) -> bool:
    for period in range(1, len(token_ids) // _MIN_REPEATS + 1):
        needed = max(_MIN_REPEATS * period, _MIN_LOOP_LENGTH)
        begin = len(token_ids) - needed
        if begin >= 0 and all(
            token_ids[i] == token_ids[i - period]
            for i in range(len(token_ids) - 1, begin + period - 1, -1)
        ):
            return True
    return False


def is_copied(source: str, translation: str, *, spaced: bool) -> bool:
    """Whether a translation is its source, white space aside.

    Names, numbers and single words are the same in many languages: it takes three words with a
    letter in them or, in a language that is written without spaces, eight letters.

    Args:
        source: the text.
        translation: what was made of it.
        spaced: whether the source language is written with spaces.
    """
    words = source.split()
    if words != translation.split():
        return False
    if spaced:
        return sum(any(map(str.isalpha, word)) for word in words) >= _MIN_COPIED_WORDS
    return sum(map(str.isalpha, source)) >= _MIN_COPIED_LETTERS
