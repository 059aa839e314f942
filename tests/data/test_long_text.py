"""Long texts cut where a reader would cut them; whatever they are, nothing is lost."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer_mt.data.long_text import cut_to_fit, is_written_with_spaces


def cut(text, longest, *, language="en"):
    """Cut into parts of at most `longest` characters."""
    return cut_to_fit(text, fits=lambda part: len(part) <= longest, language=language)


def test_what_fits_stays_whole():
    text = "One sentence. Another one, with a comma."
    assert cut(text, len(text)) == [text]
    assert cut("", 1) == [""]


def test_sentences_first():
    text = "It is late. Are you there? Yes, here."
    assert cut(text, len(text) - 1) == ["It is late. ", "Are you there? ", "Yes, here."]


def test_then_punctuation_nearest_to_the_middle():
    text = "At ten, when it rained, we left; and then, after noon, it stopped."
    assert cut(text, 40) == [
        "At ten, when it rained, we left; ",
        "and then, after noon, it stopped.",
    ]


def test_then_words():
    assert cut("one two three four five six", 14) == ["one two three ", "four five six"]


def test_then_inside_the_word():
    assert cut("abcdefghij", 5) == ["abcde", "fghij"]
    assert cut("see abcdefghij now", 6) == ["see ", "abcde", "fghij ", "now"]


def test_numbers_stay_whole_where_they_can():
    assert cut("about 1,000,000 and 2.5", 16) == ["about 1,000,000 ", "and 2.5"]


def test_scripts_without_spaces_are_cut_after_their_marks():
    text = "今日は晴れ、明日は雨、その次は曇りです。"
    assert cut(text, 12, language="ja") == ["今日は晴れ、明日は雨、", "その次は曇りです。"]
    assert cut("寿限無寿限無五劫の擦り切れ", 7, language="ja") == ["寿限無寿限無", "五劫の擦り切れ"]


def test_accents_stay_with_their_letters():
    text = unicodedata.normalize("NFD", "éàüöéàüö")
    for longest in range(2, 8):
        assert all(not unicodedata.combining(part[0]) for part in cut(text, longest))
    family = "👩\u200d👩\u200d👧"
    assert cut(family * 2, 6) == [family, family]


def test_one_character_stays_fitting_or_not():
    assert cut("abc", 0) == ["a", "b", "c"]
    assert "".join(cut("e\u0301\u0302", 1)) == "e\u0301\u0302"


def test_a_very_long_text_is_cut_in_reasonable_time():
    for unit in ("word ", "word, ", "Word. ", "x"):
        text = unit * (50_000 // len(unit))
        parts = cut(text, 100)
        assert "".join(parts) == text
        assert max(map(len, parts)) <= 100


words = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        [" ", ", ", ". ", "! ", "。", "、", "\u2028", "\u3000", "word ", "\u0301", "\u200d"]
    ),
    st.characters(categories=["Cs"]),
)


@settings(max_examples=200)
@given(
    st.lists(words, max_size=25).map("".join),
    st.integers(1, 12),
    st.sampled_from(["en", "de", "ja", "th", "xx"]),
)
def test_the_parts_give_the_text_back_and_fit(text, longest, language):
    parts = cut(text, longest, language=language)
    assert "".join(parts) == text
    assert all(len(part) <= longest for part in parts)


@pytest.mark.parametrize(
    ("code", "spaced"),
    [("en", True), ("ko", True), ("vi", True), ("ja", False), ("zh-TW", False), ("tha", False)],
)
def test_languages_with_and_without_spaces(code, spaced):
    assert is_written_with_spaces(code) == spaced
