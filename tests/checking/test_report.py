import unicodedata

import pytest

from transformer_mt.checking.inspection import MAX_CHARACTERS, MAX_EXAMPLES, MAX_LINES
from transformer_mt.checking.report import as_json, as_text, visible


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("width", [80, 200])
def test_examples_fit_the_terminal(width, inspect):
    pairs = [(f"{n}: これは長い日本語の文です。" * 9, f"{n}: long text " * 30) for n in range(9)]
    sources, targets = (
        [text.encode() + b"\0" for text in side] for side in zip(*pairs, strict=True)
    )
    lines = as_text(inspect(sources, targets), width=width).splitlines()
    examples = [line for line in lines if line.startswith("      ")]
    assert len(examples) == 3
    for line in examples:
        assert columns(line) <= width
        assert columns(line) >= width - 2
        assert line.endswith("…")


def test_a_report_names_file_line_and_fault(inspect):
    inspection = inspect([b"one", b"t\0wo", b"three", b"four"], [b"eins", b"zwei", b"drei"])
    text = as_text(inspection, width=100)
    assert "  4 and 3 lines, 3 pairs\n  Faults\n" in text
    assert (
        "    line_counts               1  lines without a counterpart in the other file\n" in text
    )
    assert "      a.en, line 4: no such line in the other file: four\n" in text
    assert "      a.en, line 2: U+0000, character 2: t\\u0000wo\n" in text
    assert "Suspects" not in text
    assert text.endswith("  Target: 12 characters, 8 different")


def test_what_cannot_be_seen_is_written_out():
    assert visible("a\tb\x85\u2028\u202e\ufeffä") == "a\\tb\\u0085\\u2028\\u202e\\ufeffä"


def test_the_report_is_bounded(inspect):
    report = as_json(inspect([b"x" * 5000] * (MAX_LINES + 50), [b"y"] * (MAX_LINES + 50)))
    found = report["faults"]["duplicate"]
    assert found["count"] == MAX_LINES + 49
    assert found["lines"] == list(range(2, MAX_LINES + 2))
    assert len(found["examples"]) == MAX_EXAMPLES
    assert all(len(example["text"]) == MAX_CHARACTERS for example in found["examples"])
