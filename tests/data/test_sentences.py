"""Sentences found, and nothing of the text lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer_mt.data.languages import two_letters
from transformer_mt.data.sentences import split_into_sentences


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Dr. Smith paid 3.50 for it. ", "Did he?  ", '"Yes!" ', "It was late."]),
        ("de", ["Am 3. Mai kam Dr. Ott, z.B. um 4. ", "Er ging."]),
        ("de-AT", ["Am 3. Mai kam Dr. Ott, z.B. um 4. ", "Er ging."]),
        ("ja", ["今日は晴れです。", "「はい！」", "明日は雨。"]),
        ("zh_Hans", ["你好。", "世界！"]),
        ("ar", ["كيف حالك؟ ", "نعم."]),
        ("qqq", ["One of them. ", "Another one."]),
        ("en", ["A title\n\n", "A text."]),
    ],
)
def test_sentences(language, sentences):
    found = split_into_sentences("".join(sentences), language)
    assert [each.strip() for each in found if each.strip()] == [each.strip() for each in sentences]
    assert "".join(found) == "".join(sentences)


def test_white_space_of_any_width_is_kept():
    """Some of these make sentencex 1.0 panic where they are not replaced."""
    for space in "\u0085\u00a0\u1680\u2003\u2028\u2029\u3000":
        text = f"?\x0b«.\t)21{space} B{space}.… Yes.{space}No.{space}"
        assert "".join(split_into_sentences(text, "en")) == text
    assert len(split_into_sentences("Yes.\u3000No.\u2028Well.", "en")) == 3


pieces = st.one_of(
    st.text(max_size=4),
    st.sampled_from(
        [". ", "! ", "? ", "。", "Dr.", "J.", " A.", "…", "”", "«", "\u3000", "\u2028", "\n\n"]
    ),
    st.characters(categories=["Cs"]),  # lone surrogates
)


@settings(max_examples=150)
@given(st.lists(pieces, max_size=12).map("".join), st.sampled_from(["en", "de", "ja", "hi", "xx"]))
def test_nothing_is_lost(text, language):
    found = split_into_sentences(text, language)
    assert "".join(found) == text
    assert all(found)


def test_two_letters():
    codes = ["de", "de-AT", "zh_Hans", "ZH-tw", "src"]
    assert [two_letters(code) for code in codes] == ["de", "de", "zh", "zh", "src"]
