"""Which columns of an Arrow table hold the texts, at any depth."""

import pyarrow as pa
import pytest

from transformer_mt.data.arrow_columns import choose_text_columns, column_of
from transformer_mt.errors import UserError

TEXT, NUMBER = pa.string(), pa.int64()
TRANSLATION = ("translation", pa.struct([("de", TEXT), ("en", TEXT)]))


def choose(columns, names=None, *, languages=("en", "de")):
    return choose_text_columns(pa.schema(columns), names, languages=languages, place="hub a/b")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([TRANSLATION], ("translation.en", "translation.de")),
        ([("en", TEXT), ("de", TEXT), TRANSLATION], ("translation.en", "translation.de")),
        ([("source", TEXT), ("target", TEXT), ("de", TEXT), ("en", TEXT)], ("en", "de")),
        ([("id", NUMBER), ("source", TEXT), ("target", pa.large_string())], ("source", "target")),
        ([("en", pa.dictionary(pa.int8(), TEXT)), ("de", TEXT)], ("en", "de")),
    ],
)
def test_columns_are_found_in_this_order(columns, expected):
    assert choose(columns) == expected


def test_columns_may_be_named_at_any_depth():
    inner = pa.struct([("text", TEXT), ("score", pa.float64())])
    columns = [("pair", pa.struct([("left", inner), ("right", inner)])), ("a.b", TEXT)]
    assert choose(columns, ("pair.left.text", "a.b")) == ("pair.left.text", "a.b")


def test_columns_that_are_not_there_are_named_with_those_that_are():
    columns = [("id", NUMBER), TRANSLATION, ("notes", pa.list_(TEXT))]
    with pytest.raises(UserError) as error:
        choose(columns, languages=("en", "fr"))
    assert str(error.value).splitlines() == [
        "hub a/b: found none of translation.en and translation.fr, en and fr, source and target.",
        "There is: 'id', 'translation.de', 'translation.en', 'notes'.",
        "Set source_column and target_column to the right ones (a dot leads into an object), "
        "or mend the languages.",
    ]
    with pytest.raises(UserError, match=r"a/b: the column 'id' is of type int64, not text\."):
        choose(columns, ("id", "translation.de"))
    with pytest.raises(UserError, match=r"target_column: there is no 'note'; did you mean 'notes'"):
        choose(columns, ("translation.de", "note"))
    with pytest.raises(UserError, match=r"the column 'en' is of type int64, not text\."):
        choose([("en", NUMBER), ("de", TEXT), ("source", TEXT), ("target", TEXT)])


def test_texts_of_nested_columns_are_those_of_python():
    rows = [{"x": {"y": "a", "z": "b"}}, {"x": {"y": None, "z": "c"}}, {"x": None}]
    type_ = pa.struct([("x", pa.struct([("y", TEXT), ("z", TEXT)]))])
    table = pa.table({"top": pa.array(rows, type_), "x.y": pa.array(["p", "q", "r"])})
    for part in (table, *table.to_batches()):
        assert column_of(part, "top.x.y").to_pylist() == ["a", None, None]
        assert column_of(part, "top.x.z").to_pylist() == ["b", "c", None]
        assert column_of(part, "x.y").to_pylist() == ["p", "q", "r"]
