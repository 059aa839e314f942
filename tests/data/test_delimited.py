"""TSV and CSV: headers, columns by name and number, and what can be wrong."""

import re

import pytest

from transformer_mt.data.corpus import PairsFile, read_pairs
from transformer_mt.data.reading_report import ReadingReport


@pytest.fixture
def read(tmp_path, write):
    """Return a function that writes a file and returns its pairs and the report."""

    def read(content, *columns, name="pairs.csv", **settings):
        path = write(tmp_path / name, content)
        settings = {"format": name.split(".")[1], "languages": ("en", "de")} | settings
        report = ReadingReport()
        return list(read_pairs(PairsFile(path, *columns, **settings), report)), report

    return read


@pytest.mark.parametrize(
    "first",
    [
        "en,de",
        "EN, De ",
        "English,German",
        '"english","de"',
        "source,target",
        "src,tgt",
        "\ufeffSource,trg",
    ],
)
def test_a_header_of_languages_is_found(read, first):
    pairs, report = read(f"{first}\nDog,Hund\n")
    assert pairs == [("Dog", "Hund")]
    assert report.header.startswith("line 1 is a header (")
    pairs, report = read(f"{first}\nDog,Hund\n", header=False)
    assert len(pairs) == 2
    assert report.header == "no header"


@pytest.mark.parametrize("first", ["one,eins", "en,eins", "french,german", "target,target"])
def test_other_first_lines_are_pairs(read, first):
    pairs, report = read(f"{first}\nDog,Hund\n")
    assert pairs == [tuple(first.split(",")), ("Dog", "Hund")]
    assert report.header == "no header"
    pairs, _ = read(f"{first}\nDog,Hund\n", header=True)
    assert pairs == [("Dog", "Hund")]


def test_regions_of_a_language_are_its_header_too(read):
    languages = ("en-GB", "pt_BR")
    assert read("english,portuguese\na,b\n", languages=languages)[0] == [("a", "b")]
    assert read("EN-gb,pt_br\na,b\n", languages=languages)[0] == [("a", "b")]


def test_the_decision_is_of_the_two_columns_alone(read):
    pairs, report = read("id,de,en\n1,Hund,Dog\n", 2, 1)
    assert pairs == [("Dog", "Hund")]
    assert report.describe() == "1 pair; line 1 is a header ('en', 'de')"


def test_a_header_the_wrong_way_round_is_refused(read, message_of):
    content = "de,en\nHund,Dog\n"
    message = message_of(lambda: read(content))
    assert re.search(r"pairs\.csv, line 1: this header has the target, 'de', in source_c", message)
    assert "Set source_column: 'en' and target_column: 'de'" in message
    assert read(content, "en", "de")[0] == [("Dog", "Hund")]
    assert read(content, header=True)[0] == [("Hund", "Dog")]
    assert read(content, header=False)[0] == [("de", "en"), ("Hund", "Dog")]


@pytest.mark.parametrize(
    ("first", "source", "target"),
    [("id,en,de", ("en", 1), ("de", 2)), ("English,x,Target", ("English", 0), ("Target", 2))],
)
def test_a_header_of_other_columns_is_refused(read, message_of, first, source, target):
    content = f"{first}\n1,Dog,Hund\n"
    assert message_of(lambda: read(content)).partition(", line 1: ")[2] == (
        f"this header has the source, {source[0]!r}, in column {source[1]} and the target, "
        f"{target[0]!r}, in column {target[1]}; source_column is 0 and target_column 1.\n"
        f"Set source_column: {source[0]!r} and target_column: {target[0]!r}; or header: false if "
        "this is a pair."
    )
    assert len(read(content, header=False)[0]) == 2
    assert len(read(content, header=True)[0]) == 1
    assert read(content, source[0], target[0])[0] == [(["1", "Dog"][source[1] != 0], "Hund")]


def test_tags_of_each_line_are_no_header(read):
    content = "Dog\tHund\ten\tde\nCat\tKatze\ten\tde\n"
    pairs, report = read(content, name="pairs.tsv")
    assert pairs == [("Dog", "Hund"), ("Cat", "Katze")]
    assert report.header == "no header"
    assert read("id,en,de\n")[0] == [("id", "en")]  # nothing to tell it by
    assert len(read("id,x,en,de,german\na,b,c,d,e\n")[0]) == 2  # nor which is the target


@pytest.mark.parametrize("name", ["pairs.tsv", "pairs.csv"])
def test_columns_by_name(read, message_of, name):
    mark = "\t" if name == "pairs.tsv" else ","
    content = mark.join(["id", "English", "German"]) + "\n" + mark.join(["1", "Dog", "Hund"])
    assert read(content, "English", "German", name=name)[0] == [("Dog", "Hund")]
    assert read(content, "English", 2, name=name)[0] == [("Dog", "Hund")]
    message = message_of(lambda: read(content, "english", "German", name=name))
    assert "line 1: there is no column 'english'; did you mean 'English'?" in message
    assert "The header is: 'id', 'English', 'German'." in message
    assert "Set source_column" in message
    message = message_of(lambda: read(content, "English", "xyz", name=name))
    assert "there is no column 'xyz'.\n" in message
    assert "Set target_column" in message


def test_an_ambiguous_name_is_refused(read, message_of):
    message = message_of(lambda: read("en,de,de\na,b,c\n", "en", "de"))
    assert "there are 2 columns 'de'" in message


def test_long_headers_are_cut(read, message_of):
    content = ",".join(f"a long column {i}" for i in range(1000)) + "\n"
    assert len(message_of(lambda: read(content, "x", "y"))) < 700


def test_a_header_alone_is_no_pair(read, message_of):
    for content in ("en,de\n", "en,de"):
        assert "holds a header and nothing else" in message_of(lambda c=content: read(c))


def test_tsv_has_no_quoting(read):
    content = 'say "cheese\tsag "Käse\r\n"a"\t"b""\n'
    pairs = [('say "cheese', 'sag "Käse'), ('"a"', '"b""')]
    assert read(content, name="pairs.tsv")[0] == pairs


def test_csv_fields_hold_quotes_commas_and_lines(read):
    content = 'id,en,de\r\n1,"a ""b"", c","d\r\ne"\r\n\r\n2,f,\n\n'
    pairs, report = read(content, 1, 2)
    assert pairs == [('a "b", c', "d  e"), ("f", "")]
    assert report.describe() == (
        "2 pairs; line 1 is a header ('en', 'de'); 2 empty lines skipped; "
        "2 line breaks (or NUL) in a text replaced by spaces"
    )


def test_words_for_nothing_stay_text(read):
    rows = [("null", "NA"), ("nan", "None"), ("", "NULL"), ("N/A", "0")]
    content = "".join(f"{source},{target}\n" for source, target in rows)
    assert read(content)[0] == rows


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('a,b\nc,"d\ne,f\n', ["line 2", "never closed"]),
        ('a,b\n"c\nd"x,e\n', ["line 2", "not valid CSV (',' expected after '\"')"]),
        ("a,b\nc\rd,e\n", ["line 2", "carriage return"]),
        ("a,b\nc,d,e\n", ["line 2: found 3 comma-separated", "first record has 2"]),
        ("a,b\nc\n", ["line 2: found 1 comma-separated", "need 2"]),
        ("a;b\n", ["line 1: found 1 comma-separated", "semicolons"]),
        ("a\tb\n", ["line 1: found 1 comma-separated", "tabs", "format: tsv"]),
        ('a,b\nc,"' + "d\n" * 100_000, ["line 2", "a field of over 131,072 characters"]),
        (b'a,b\n"c\n\xe9",d\n', ["line 3: byte 1 of the line (0xE9) is not valid UTF-8"]),
        ("", ["the file is empty"]),
        ("\n\n", ["the file is empty"]),
    ],
)
def test_what_is_no_csv_is_named_with_its_line(read, message_of, content, expected):
    message = message_of(lambda: read(content))
    assert re.search(r"pairs\.csv[:,]", message)
    for words in expected:
        assert words in message


def test_missing_columns_are_named(read, message_of):
    message = message_of(lambda: read("a\tb\tc\nd\te\n", 0, 2, name="pairs.tsv"))
    assert "pairs.tsv, line 2: found 2 tab-separated column(s)" in message
    assert "source_column 0 and target_column 2 need 3" in message
