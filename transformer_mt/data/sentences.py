"""Text to sentences, by sentencex, with nothing lost."""

import re

from transformer_mt.data.languages import two_letters

# One character for one, so that places stay: sentencex 1.0 panics on white space of several
# bytes, and a lone surrogate is not text that it could be given at all.
_WIDE_SPACE = re.compile(r"(?![\x00-\x7f])\s")
_SURROGATE = re.compile("[\ud800-\udfff]")


def split_into_sentences(text: str, language: str) -> list[str]:
    """Return the sentences of a text, each with the white space that follows it.

    Args:
        text: any; joined, the sentences give it back.
        language: a code such as `de` or `zh-TW`, whose abbreviations and full stops count; for
            languages that sentencex does not know it takes those of a related one, or English.
    """
    import sentencex

    plain = _SURROGATE.sub("\ufffd", _WIDE_SPACE.sub(" ", text))
    sentences, begin = [], 0
    for sentence in sentencex.segment(two_letters(language), plain):
        end = begin + len(sentence)
        sentences.append(text[begin:end])
        begin = end
    assert begin == len(text), "sentencex has lost a part of the text"
    return sentences
