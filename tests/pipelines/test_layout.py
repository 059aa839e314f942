import pytest

from transformer_mt.pipelines.layout import columns, duration, labelled, number_of_bytes


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0.0 kB"), (949, "0.9 kB"), (9_940, "9.9 kB"), (9_950, "10 kB"), (999_400, "999 kB"),
     (999_600, "1.0 MB"), (46_312_858, "46 MB"), (5 * 10**9, "5.0 GB"), (10**13, "10.0 TB")],
)  # fmt: skip
def test_sizes(size, text):
    assert number_of_bytes(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (59.9, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h"),
     (47.9 * 3600, "47 h"), (48 * 3600, "2 days")],
)  # fmt: skip
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_columns_stand_one_under_the_other():
    rows = [("a", "1"), ("bcd", "22")]
    assert columns(rows) == ["a    1", "bcd  22"]
    assert columns(rows, right=(1,)) == ["a     1", "bcd  22"]


def test_labels_stand_beside_values_and_above_them_where_it_is_narrow():
    rows = [("One", "first line\nsecond"), ("Three", "x")]
    assert labelled(rows, width=80) == "One    first line\n       second\nThree  x"
    assert labelled(rows, width=40) == "One\n  first line\n  second\nThree\n  x"


def test_long_values_are_wrapped_and_words_kept():
    text = labelled([("Key", "word " * 10 + "x" * 50)], width=60)
    assert [len(line) for line in text.splitlines()] == [54, 57]
    assert text.splitlines()[1] == " " * 7 + "x" * 50
