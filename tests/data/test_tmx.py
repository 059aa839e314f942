"""TMX: units, languages, inline tags, and what can be wrong."""

import re

import pytest

from transformer_mt.data.corpus import PairsFile, read_pairs
from transformer_mt.data.reading_report import ReadingReport


def unit(**texts):
    variants = "".join(
        f'<tuv xml:lang="{language.replace("_", "-")}"><seg>{text}</seg></tuv>'
        for language, text in texts.items()
    )
    return f'<tu tuid="1"><prop type="x">y</prop>{variants}</tu>'


@pytest.fixture
def read(tmp_path, write):
    """Return a function that writes units and returns their pairs and the report."""

    def read(*units, languages=("en", "de"), around="<tmx><header/><body>{}</body></tmx>"):
        content = units[0]
        if not isinstance(content, bytes):
            content = around.format("\n".join(units)).encode()
        path = write(tmp_path / "pairs.tmx", content)
        report = ReadingReport()
        return list(read_pairs(PairsFile(path, format="tmx", languages=languages), report)), report

    return read


@pytest.mark.parametrize(
    ("segment", "text"),
    [
        ("plain &amp; &lt;b&gt; &#x263A;", "plain & <b> ☺"),
        ("", ""),
        ('Press <bpt i="1">&lt;b></bpt>Enter<ept i="1">&lt;/b></ept> now.', "Press Enter now."),
        ('a<ph x="1">{0}</ph>b<it pos="begin">\\i </it>c<ut>u</ut>d', "abcd"),
        ("a <hi>b <hi>c</hi> d</hi> e", "a b c d e"),
        ("a <ph>&lt;img alt='<sub>text</sub>'></ph> b", "a  b"),
        ("a <hi>b<ph>c</ph>d</hi> e", "a bd e"),
        ("a <x>b</x> c<!-- d --><?e f?>", "a b c"),
        ("<![CDATA[<b>]]>", "<b>"),
        ("a\n  b", "a   b"),
    ],
)
def test_inline_tags_are_dropped_and_text_is_kept(read, segment, text):
    assert read(unit(en=segment, de="x"))[0] == [(text, "x")]


@pytest.mark.parametrize(
    ("languages", "texts", "pair"),
    [
        (("en", "de"), {"de": "d", "en": "e"}, ("e", "d")),
        (("en", "de"), {"de_CH": "d", "EN_us": "e"}, ("e", "d")),
        (("en", "de"), {"en_GB": "e1", "en": "e2", "de": "d"}, ("e2", "d")),
        (("en", "de"), {"en_GB": "e1", "en_US": "e2", "de": "d"}, ("e1", "d")),
        (("en_US", "de"), {"en_GB": "e1", "en_US": "e2", "de": "d"}, ("e2", "d")),
        (("en", "en-GB"), {"en_GB": "e1", "en_US": "e2"}, ("e2", "e1")),
        (("en-GB", "en"), {"en_GB": "e1", "en_US": "e2"}, ("e1", "e2")),
    ],
)
def test_languages_are_matched_by_their_beginning(read, languages, texts, pair):
    assert read(unit(**texts), languages=languages)[0] == [pair]


def test_units_without_a_side_are_skipped_and_counted(read):
    no_segment = '<tu><tuv xml:lang="en"/><tuv xml:lang="de"><seg>d</seg></tuv></tu>'
    units = [unit(en="a", de="b"), unit(en="a"), unit(enm="a", de="b"), unit(), no_segment]
    pairs, report = read(*units, unit(en="c", de="d"))
    assert pairs == [("a", "b"), ("c", "d")]
    assert report.describe() == "2 pairs; 4 units without both languages skipped"


def test_older_and_newer_tmx(read):
    content = (
        '<tmx version="1.1"><body><tu><tuv lang="EN"><seg>a</seg></tuv>'
        '<tuv lang="DE"><seg>b</seg></tuv></tu></body></tmx>'
    )
    assert read(content, around="{}")[0] == [("a", "b")]
    around = '<tmx xmlns="http://www.lisa.org/tmx20"><body>{}</body></tmx>'
    assert read(unit(en="a", de="b"), around=around)[0] == [("a", "b")]


def test_other_encodings_are_read_as_they_are_declared(read):
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><tmx><body>{}</body></tmx>'
    content = text.format(unit(en="café", de="groß")).encode("latin-1")
    assert read(content)[0] == [("café", "groß")]


GOOD = unit(en="a", de="b")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"<tmx><body>\n{GOOD}\n<tu></body></tmx>", [r"line 3: is not well-formed XML \(mismatch"]),
        (f"<tmx><body>\n{GOOD}\n", [r"line 3: is not well-formed XML \(no element found at c"]),
        (f"<tmx><body>\n{GOOD}&nbsp;", [r"line 2: is not well-formed XML \(undefined entity"]),
        ("plain text\n", [r"line 1: is not well-formed XML \(syntax error at column 1\)"]),
        ("", [r"line 1: is not well-formed XML \(no element found"]),
        ("<html/>", ["is not TMX: it begins with <html>", "format: to what"]),
        ("<tmx><body/></tmx>", [r"holds no translation unit \(<tu>\)"]),
        (
            b"<tmx><body>\n<tu>caf\xe9</tu></body></tmx>",
            [r"line 2: byte 8 of the line \(0xE9\) is not valid UTF-8"],
        ),
        (
            b'<?xml version="1.0" encoding="x-none"?><tmx/>',
            [r"cannot be decoded \(unknown encoding: x-none\)"],
        ),
        (
            '<?xml version="1.0" encoding="shift_jis"?><tmx/>',
            [r"cannot be decoded \(multi-byte encodings", "UTF-8"],
        ),
        (
            f"<tmx><body>{unit(fr='a', de='b')}{unit(it='a')}</body></tmx>",
            ["none of its 2 units has both en and de", "languages are: 'fr', 'de', 'it'"],
        ),
    ],
)
def test_what_is_no_tmx_is_named_with_its_line(read, message_of, content, expected):
    content = content if isinstance(content, bytes) else content.encode()
    message = message_of(lambda: read(content))
    assert re.search(r"pairs\.tmx[:,]", message)
    for pattern in expected:
        assert re.search(pattern, message), message


def test_an_error_comes_after_the_good_units(tmp_path, write, message_of):
    path = write(tmp_path / "pairs.tmx", f"<tmx><body>{GOOD}\n</tmx>")
    pairs = read_pairs(PairsFile(path, format="tmx", languages=("en", "de")))
    assert next(pairs) == ("a", "b")
    assert "line 2: is not well-formed XML (mismatched tag" in message_of(lambda: next(pairs))
