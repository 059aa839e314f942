"""Parquet: nested columns, types of text, and what can be wrong."""

import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from transformer_mt.data.corpus import PairsFile, read_pairs
from transformer_mt.data.reading_report import ReadingReport


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a table and returns its pairs."""

    def read(table, *columns):
        path = tmp_path / "pairs.parquet"
        pq.write_table(pa.table(table), path)
        corpus = PairsFile(path, *columns, format="parquet", languages=("en", "de"))
        return list(read_pairs(corpus, ReadingReport()))

    return read


TEXTS = ["a", "b"]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ({"de": ["x", "y"], "en": TEXTS}, ()),
        ({"source": TEXTS, "id": [1, 2], "target": ["x", "y"]}, ()),
        ({"translation": [{"en": "a", "de": "x"}, {"en": "b", "de": "y"}]}, ()),
        ({"translation.en": TEXTS, "translation.de": ["x", "y"]}, ()),
        ({"s": [{"t": {"u": "a"}}, {"t": {"u": "b"}}], "v": ["x", "y"]}, ("s.t.u", "v")),
        ({"en": pa.array(TEXTS).dictionary_encode(), "de": ["x", "y"]}, ()),
    ],
)
def test_where_the_texts_are(read, table, columns):
    assert read(table, *columns) == [("a", "x"), ("b", "y")]


def test_rows_of_many_batches_stay_in_order(read):
    texts = [str(i) for i in range(3000)]
    assert read({"en": texts, "de": texts[::-1]}) == list(zip(texts, texts[::-1], strict=True))


def test_one_column_may_be_both_sides(read):
    assert read({"x": TEXTS}, "x", "x") == [("a", "a"), ("b", "b")]


MANY = [str(i) for i in range(1500)]
BINARY = pa.array([b"fine", b"caf\xe9"]).view(pa.string())


@pytest.mark.parametrize(
    ("table", "columns", "expected"),
    [
        ({"en": ["a", None], "de": TEXTS}, (), ["row 2: 'en' is null"]),
        ({"en": [*MANY, "x"], "de": [*MANY, None]}, (), ["row 1501: 'de' is null"]),
        (
            {"translation": [{"en": "a", "de": "b"}, None]},
            (),
            ["row 2: 'translation.en' is null"],
        ),
        ({"en": TEXTS, "de": BINARY}, (), ["row 2: byte 4 of 'de' (0xE9) is not valid UTF-8"]),
        ({"en": [1, 2], "de": TEXTS}, (), ["'en' is of type int64, not text"]),
        ({"en": [["a"], ["b"]], "de": TEXTS}, (), ["'en' is of type list<"]),
        (
            {"id": [1, 2], "t": [{"fr": "a"}, {"fr": "b"}]},
            (),
            ["found none of translation.en and", "There is: 'id', 't.fr'."],
        ),
        ({"text": TEXTS, "de": TEXTS}, ("test", "de"), ["source_column: there is no 'test'; did"]),
        ({"en": [], "de": []}, (), ["type null"]),
        ({"en": pa.array([], "string"), "de": pa.array([], "string")}, (), ["the file is empty"]),
    ],
)
def test_what_is_wrong_is_named_with_its_row(read, message_of, table, columns, expected):
    message = message_of(lambda: read(table, *columns))
    assert re.search(r"pairs\.parquet[:,]", message)
    for words in expected:
        assert words in message


def test_damaged_files_are_named(tmp_path, write, message_of):
    pq.write_table(pa.table({"en": MANY, "de": MANY}), tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    middle = whole[:200] + bytes(200) + whole[400:]
    for content in (b"", b"text\n", whole[:-1], whole[: len(whole) // 2], middle):
        path = write(tmp_path / "pairs.parquet", content)
        corpus = PairsFile(path, format="parquet", languages=("en", "de"))
        message = message_of(lambda corpus=corpus: list(read_pairs(corpus)))
        assert re.match(f"{re.escape(str(path))}: damaged or incomplete Parquet file", message)


def test_missing_files_are_named(tmp_path, message_of):
    for path, reason in ((tmp_path / "none.parquet", "no such file"), (tmp_path, "is a folder")):
        corpus = PairsFile(path, format="parquet")
        message = message_of(lambda corpus=corpus: list(read_pairs(corpus)))
        assert f"{path}: {reason}" in message
