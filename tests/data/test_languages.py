import pytest

from transformer_mt.data.languages import code_of, covers, same_language, two_letters, words_for


@pytest.mark.parametrize(
    ("code", "tag", "expected"),
    [
        ("en", "en", True),
        ("en", "EN-gb", True),
        ("en", "en_US", True),
        ("pt_BR", "pt-br", True),
        ("en-GB", "en", False),
        ("en", "eng", True),
        ("eng", "en-GB", True),
        ("deu", "ger", True),
        ("en", "enm", False),
        ("en", "en2", False),
        ("", "en", False),
        ("zh-Hans", "zh-Hans-CN", True),
    ],
)
def test_a_code_covers_its_regions(code, tag, expected):
    assert covers(code, tag) == expected


def test_codes_are_the_same_in_any_case():
    assert same_language("pt_BR", "PT-br")
    assert same_language("por_BR", "PT-br")
    assert not same_language("pt", "pt-BR")


def test_a_column_is_called_by_code_or_english_name():
    assert words_for("de") == words_for("deu") == {"de", "deu", "ger", "german"}
    assert words_for("zh_TW") == {"zh_tw", "chinese"}
    assert words_for("tlh") == {"tlh"}
    assert words_for("") == set()


def test_every_three_letters_stand_for_a_language_with_a_name():
    from transformer_mt.data import languages

    assert set(languages._TWO_LETTERS.values()) == set(languages._NAMES)
    assert all(len(three) == 3 for three in languages._TWO_LETTERS)
    assert two_letters("zho_Hans") == two_letters("cmn") == two_letters("ZH-tw") == "zh"
    assert two_letters("tlh") == "tlh"


def test_the_code_of_an_english_name():
    assert [code_of(name) for name in ("German", "JAPANESE ", "Norwegian")] == ["de", "ja", "nb"]
    assert [code_of(name) for name in ("de", "lao", "Klingon", "")] == [None] * 4
