"""A text longer than the model was trained for, cut into parts that are not."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from transformer_mt.data.languages import two_letters
from transformer_mt.data.sentences import split_into_sentences

_UNSPACED_LANGUAGES = frozenset(
    [
        *("ja", "jpn", "zh", "zho", "cmn", "yue", "wuu", "lzh"),
        *("th", "tha", "lo", "lao", "km", "khm", "my", "mya", "bo", "bod", "dz", "dzo"),
    ]
)

# A comma inside a number is followed by no space; the marks of scripts without spaces need none.
_PUNCTUATION = re.compile(r"[,;:.!?…)\]}»”’\"–—،؛؟।॥]\s+|[、。，；：！？）」』]+\s*")
_SPACE = re.compile(r"\s+")
_ZERO_WIDTH_JOINER = "\u200d"


def is_written_with_spaces(language: str) -> bool:
    """Whether words, and so sentences, of a language have spaces between them."""
    return two_letters(language) not in _UNSPACED_LANGUAGES


def cut_to_fit(text: str, *, fits: Callable[[str], bool], language: str) -> list[str]:
    """Cut a text into parts that fit; joined, the parts give the text back.

    A text that does not fit is cut into its sentences. What is still too long is cut in two,
    and its halves again, at the place nearest to the middle: after a punctuation mark, else
    after white space, else inside the word. A single character stays, fitting or not.
    """
    if fits(text):
        return [text]
    return [
        part
        for sentence in split_into_sentences(text, language)
        for part in _halves(sentence, fits)
    ]


def _halves(text: str, fits: Callable[[str], bool]) -> list[str]:
    if len(text) < 2 or fits(text):
        return [text]
    place = _place_to_cut(text)
    return _halves(text[:place], fits) + _halves(text[place:], fits)


def _place_to_cut(text: str) -> int:
    """Return the best place near the middle of at least two characters."""
    middle = len(text) / 2
    for places in (
        _ends(_PUNCTUATION, text),
        _ends(_SPACE, text),
        _between_characters(text),
        iter(range(1, len(text))),
    ):
        inside = (place for place in places if 0 < place < len(text))
        best = min(inside, key=lambda place: abs(place - middle), default=None)
        if best is not None:
            return best
    raise AssertionError("two characters always have a place between them")


def _ends(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    return (match.end() for match in pattern.finditer(text))


def _between_characters(text: str) -> Iterator[int]:
    """Yield the places that part no accent from its letter and no emoji from its other half."""
    for place in range(1, len(text)):
        before, after = text[place - 1], text[place]
        joined = _ZERO_WIDTH_JOINER in (before, after)
        if not joined and not unicodedata.category(after).startswith("M"):
            yield place
