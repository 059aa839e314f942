"""JSON Lines: keys with dots, and what can be wrong."""

import json
import re

import pytest

from transformer_mt.data.corpus import PairsFile, read_pairs
from transformer_mt.data.reading_report import ReadingReport


@pytest.fixture
def read(tmp_path, write):
    """Return a function that writes a file and returns its pairs and the report."""

    def read(content, *columns):
        if isinstance(content, list):
            content = "".join(json.dumps(record) + "\n" for record in content)
        path = write(tmp_path / "pairs.jsonl", content)
        corpus = PairsFile(path, *columns, format="jsonl", languages=("en", "de"))
        report = ReadingReport()
        return list(read_pairs(corpus, report)), report

    return read


@pytest.mark.parametrize(
    ("record", "columns"),
    [
        ({"translation": {"de": "b", "en": "a"}, "en": "x", "de": "y"}, ()),
        ({"de": "b", "en": "a", "source": "x", "target": "y"}, ()),
        ({"source": "a", "target": "b", "en": "x"}, ()),
        ({"translation.en": "a", "translation.de": "b"}, ()),
        ({"translation": {"en": "a"}, "source": "a", "target": "b"}, ()),
        ({"x": {"y": {"z": {"s": "a", "t": "b"}}}}, ("x.y.z.s", "x.y.z.t")),
        ({"text": "a", "en": "x", "de": "y", "t": {"u": "b"}}, ("text", "t.u")),
        ({"x.y": "a", "x": {"y": "c"}, "": "b"}, ("x.y", "")),
    ],
)
def test_where_the_texts_are(read, record, columns):
    assert read([record, record], *columns)[0] == 2 * [("a", "b")]


def test_empty_lines_are_skipped_and_other_line_ends_are_text(read):
    pairs, report = read('{"en":"a\u2028","de":"b\\u0085"}\r\n\n{"en":"null","de":""}\n \r\n')
    assert pairs == [("a\u2028", "b\x85"), ("null", "")]
    assert report.describe() == "2 pairs; 2 empty lines skipped"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"en": "a", "de": null}', ["the value of 'de' is null, not a text"]),
        ('{"en": 5, "de": "b"}', ["the value of 'en' is 5, not a text"]),
        ('{"en": true, "de": "b"}', ["the value of 'en' is true"]),
        ('{"en": ["a"], "de": "b"}', ["the value of 'en' is a list"]),
        ('{"en": {"x": 1}, "de": "b"}', ["the value of 'en' is an object"]),
        ('{"En": "a", "de": "b"}', ["there is no 'en'; did you mean 'En'?", "'En', 'de'"]),
        ('{"de": "b", "x": {"y": 1, "z": {}}}', ["there is no 'en'.", "'de', 'x.y', 'x.z'"]),
        ('{"en": "a", "de": "b"', ["is not valid JSON (Expecting ',' delimiter at character 23"]),
        ('{"en": "a", "de": "b"} {}', ["is not valid JSON (Extra data"]),
        ('{"en": "a\tb", "de": "b"}', ["is not valid JSON (Invalid control character"]),
        ('{"en": ' + "[" * 100_000, ["is not valid JSON"]),
        ('{"en": ' + "1" * 10_000 + "}", ["is not valid JSON"]),
        ('["a", "b"]', ["holds a list, not an object", "one object on each line"]),
        ('"text"', ['holds "text", not an object']),
        ('{"en": "a\\ud83d", "de": "b"}', ["'en' has half a character, \\ud83d"]),
        (b'{"en": "a", "de": "\xff"}', ["byte 20 of the line (0xFF) is not valid UTF-8"]),
    ],
)
def test_what_is_wrong_is_named_with_its_line(read, message_of, line, expected):
    line = line if isinstance(line, bytes) else line.encode()
    message = message_of(lambda: read(b'{"en": "a", "de": "b"}\n' + line + b"\n"))
    assert re.search(r"pairs\.jsonl, line 2: ", message)
    for words in expected:
        assert words in message


def test_without_a_likely_key_those_that_are_there_are_listed(read, message_of):
    message = message_of(lambda: read([{"id": 1, "translation": {"fr": "a", "de": "b"}}]))
    assert "line 1: found none of translation.en and translation.de, en and de, source" in message
    assert "There is: 'id', 'translation.fr', 'translation.de'." in message
    assert "Set source_column and target_column" in message


def test_a_key_that_is_nowhere_is_named(read, message_of):
    message = message_of(lambda: read([{"text": "a", "de": "b"}], "test", "de"))
    assert "line 1: source_column: there is no 'test'; did you mean 'text'?" in message
    assert "There is: 'text', 'de'.\nSet source_column and target_column" in message


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_named(read, message_of, content):
    assert "pairs.jsonl: the file is empty" in message_of(lambda: read(content))
