"""Numbers written as words."""

import pytest

from transformer_mt.checking.number_words import has_large_number_word, values_in_words


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("七", "7"), ("十", "10"), ("十二", "12"), ("四十", "40"), ("四十六", "46"), ("百二", "102"),
     ("三百", "300"), ("千九百四十六", "1946"), ("一九四六", "1946"), ("〇", "0")],
)  # fmt: skip
def test_chinese_numerals(numeral, value):
    assert values_in_words(f"昭和{numeral}年") == {value}


def test_small_numbers_in_words():
    assert values_in_words("Two dogs and the Third cat") == {"2", "3"}
    assert values_in_words("Zwölf Hunde, ein Zwölftel") == {"12", "1"}
    assert values_in_words("nobody") == set()


@pytest.mark.parametrize(
    ("text", "large"),
    [("hundertfünfzig", True), ("the nineties", True), ("au XXe siècle", True), ("二十人", True),
     ("teenager", False), ("two million", False), ("Jahrzehnt", False), ("ten per cent", False)],
)  # fmt: skip
def test_words_for_some_larger_number(text, large):
    assert has_large_number_word(text) == large
