"""Lines read and written in each format."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer_mt.decoding.translation import EMPTY, Translation
from transformer_mt.errors import UserError
from transformer_mt.pipelines.line_formats import dump_json_line, make_format

BEST = Translation("Ein Hund.", -0.25, -1.0, (-0.5, -0.5), (7,), ("copied",))
NEXT = Translation("Der\tHund.", -0.75, -1.5, (-1.0, -0.5), (8,), ())


def through(name, line, *, column=None, n_best=1, candidates=(BEST,)):
    line_format = make_format(name, column=column, n_best=n_best)
    item = line_format.read(line, "a file, line 3")
    return item.text, line_format.write(item, 3, candidates)


def test_text():
    assert through("text", "A\tdog. ") == ("A\tdog. ", "Ein Hund.")
    _, lines = through("text", "A dog.", n_best=2, candidates=(BEST, NEXT))
    assert lines == "3\t-0.2500\tEin Hund.\n3\t-0.7500\tDer\tHund."


def test_tsv_keeps_its_columns():
    assert through("tsv", "A dog.") == ("A dog.", "A dog.\tEin Hund.")
    assert through("tsv", "", candidates=(EMPTY,)) == ("", "\t")
    assert through("tsv", "7\tA dog.\t", column="1") == ("A dog.", "7\tA dog.\t\tEin Hund.")
    assert through("tsv", "A dog.", candidates=(NEXT,))[1] == "A dog.\tDer Hund."
    _, lines = through("tsv", "A dog.\tx", n_best=2, candidates=(BEST, NEXT))
    assert lines == "A dog.\tx\t3\t-0.2500\tEin Hund.\nA dog.\tx\t3\t-0.7500\tDer Hund."


def test_jsonl_keeps_its_keys():
    text, line = through("jsonl", '{"id": 1.5, "text": "A dog.", "flags": null}')
    assert text == "A dog."
    assert json.loads(line) == {
        "id": 1.5, "text": "A dog.", "translation": "Ein Hund.", "score": -0.25,
        "log_prob": -1.0, "token_log_probs": [-0.5, -0.5], "flags": ["copied"],
    }  # fmt: skip
    text, line = through("jsonl", '"A dog."', column="en")
    assert text == "A dog."
    assert json.loads(line)["en"] == "A dog."
    text, line = through(
        "jsonl", '{"en": "A dog."}', column="en", n_best=2, candidates=(BEST, NEXT)
    )
    assert json.loads(line)["translations"] == [
        {
            "translation": each.text, "score": each.score, "log_prob": each.log_prob,
            "token_log_probs": list(each.token_log_probs), "flags": list(each.flags),
        }
        for each in (BEST, NEXT)
    ]  # fmt: skip
    assert "translation" not in json.loads(line)


@pytest.mark.parametrize("name", ["text", "tsv", "jsonl"])
def test_an_argument_has_no_other_columns(name):
    line_format = make_format(name, column=None, n_best=1)
    item = line_format.of_argument('{"a\t"')
    line = line_format.write(item, 1, [BEST])
    expected = {"text": "Ein Hund.", "tsv": '{"a "\tEin Hund.'}
    if name == "jsonl":
        assert json.loads(line)["text"] == '{"a\t"'
    else:
        assert line == expected[name]


@pytest.mark.parametrize(
    ("name", "column", "line", "expected"),
    [
        (
            "tsv", "2", "a\tb",
            "a file, line 3: found 2 tab-separated column(s), but --column 2 needs 3 "
            "(columns are counted from 0).",
        ),
        (
            "jsonl", None, '{"text": ',
            "a file, line 3: is not JSON: Expecting value, character 10. "
            "Each line must be a JSON object or string.",
        ),
        ("jsonl", None, " ", "a file, line 3: is empty. Each line must be"),
        ("jsonl", None, "[" * 100_000, "a file, line 3: has a number of too many digits, or too"),
        ("jsonl", None, "9" * 5_000, "a file, line 3: has a number of too many digits"),
        (
            "jsonl", None, "[1]",
            "a file, line 3: expected a JSON object or string, found a list.",
        ),
        ("jsonl", None, "null", "a file, line 3: expected a JSON object or string, found null."),
        (
            "jsonl", "en", '{"text": "a", "id": 2}',
            "a file, line 3: has no key 'en', its keys are: 'text', 'id'.\n"
            "Name the one with the text by --column KEY.",
        ),
        ("jsonl", None, "{}", "a file, line 3: has no key 'text', its keys are: none."),
        (
            "jsonl", None, '{"text": 3}', "a file, line 3: 'text' is not a string but a number."
        ),
    ],
)  # fmt: skip
def test_wrong_lines_are_named(name, column, line, expected):
    with pytest.raises(UserError) as refused:
        make_format(name, column=column, n_best=1).read(line, "a file, line 3")
    assert str(refused.value).startswith(expected)


@pytest.mark.parametrize(
    ("name", "column", "expected"),
    [
        ("text", "1", "--column 1: needs --format tsv or jsonl."),
        ("tsv", "text", "--column text: tsv needs the number of a column, from 0."),
        ("tsv", "-1", "--column -1: tsv needs the number of a column, from 0."),
        ("tsv", "²", "--column ²: tsv needs the number of a column, from 0."),
    ],
)
def test_a_column_must_fit_the_format(name, column, expected):
    with pytest.raises(UserError) as refused:
        make_format(name, column=column, n_best=1)
    assert str(refused.value) == expected


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.text(st.characters(), max_size=4), anything, max_size=4), st.text())
def test_json_lines_are_utf_8_lines_of_the_same_objects(record, text):
    """Lone surrogates too: `st.characters()` draws them."""
    line = dump_json_line({**record, "text": text + "\ud800\u2028"})
    assert json.loads(line) == {**record, "text": text + "\ud800\u2028"}
    line.encode()
    assert len(line.splitlines()) == 1
