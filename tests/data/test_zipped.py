"""The zip of two Moses files, and what can be wrong with it."""

import io
import re
import zipfile

import pytest

from transformer_mt.data.corpus import PairsFile, read_pairs


@pytest.fixture
def read(tmp_path, write):
    """Return a function that zips members and returns the pairs that are read from them."""

    def read(members, *, languages=("en", "de"), damage=lambda content: content):
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        path = write(tmp_path / "de-en.txt.zip", damage(sink.getvalue()))
        return list(read_pairs(PairsFile(path, format="zip", languages=languages)))

    return read


TEXTS = {"Books.de-en.de": "x\r\ny\n", "Books.de-en.en": "a\u2028\nb"}
PAIRS = [("a\u2028", "x"), ("b", "y")]


def test_the_two_files_are_found_by_their_languages(read):
    others = {"README": "en", "LICENSE": "de", "Books.de-en.xml": "<x/>", "Books.de-en.ids": "1"}
    assert read({**others, **TEXTS}) == PAIRS
    assert read({**{f"__MACOSX/._{name}": "x" for name in TEXTS}, **TEXTS}) == PAIRS
    assert read({"x/": "", **{f"x/{name}": text for name, text in TEXTS.items()}}) == PAIRS
    assert read(TEXTS, languages=("de", "en")) == [(target, source) for source, target in PAIRS]
    assert read({"a.en_GB": "a", "a.de": "b"}) == [("a", "b")]
    assert read({"a.en_GB": "x", "a.en": "a", "a.de": "b"}) == [("a", "b")]
    assert read({"a.en": "a", "a.en_GB": "x", "a.de": "b"}) == [("a", "b")]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"a.en": "", "b.de": ""}, ["holds no two files", ".en and .de", "'a.en', 'b.de'"]),
        ({}, ["holds no two files"]),
        (
            {"x.en-de.zip": b"PK"},
            ["holds no two files", "It holds: 'x.en-de.zip'.", "or unpack it"],
        ),
        (
            {f"{stem}.{language}": "" for stem in "ab" for language in ("en", "de")},
            ["holds several files of one name that end in .en and .de: 'a.en', 'b.en'"],
        ),
        ({"a.en": "1\n2\n", "a.de": "1\n"}, ["zip, a.en: 2\n", "zip, a.de: 1\n"]),
        ({"a.en": "", "a.de": "1\n"}, ["zip, a.en: the file is empty"]),
        (
            {"a.en": b"a\n\xff\n", "a.de": "1\n2\n"},
            ["zip, a.en, line 2: byte 1 of the line (0xFF)"],
        ),
    ],
)
def test_wrong_members_are_named(read, message_of, members, expected):
    message = message_of(lambda: read(members))
    for words in expected:
        assert words in message


def flip(content):
    place = content.index(b"Books.de-en.de") + 20
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def encrypted(content):
    changed = bytearray(content)
    for place in (m.start() for m in re.finditer(b"PK\x01\x02", content)):
        changed[place + 8] |= 1
    return bytes(changed)


def unknown_method(content):
    changed = bytearray(content)
    for place in (m.start() for m in re.finditer(b"PK\x01\x02", content)):
        changed[place + 10] = 99
    for place in (m.start() for m in re.finditer(b"PK\x03\x04", content)):
        changed[place + 8] = 99
    return bytes(changed)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda content: b"", "File is not a zip file"),
        (lambda content: b"text\n", "File is not a zip file"),
        (lambda content: content[: len(content) // 2], "File is not a zip file"),
        (flip, r"Bad CRC-32|Error -3"),
        (encrypted, "encrypted"),
        (unknown_method, "compression"),
    ],
)
def test_damage_is_named(read, message_of, damage, reason):
    texts = {name: "".join(f"line {i}\n" for i in range(500)) for name in TEXTS}
    message = message_of(lambda: read(texts, damage=damage))
    assert re.search(rf"de-en\.txt\.zip: damaged or incomplete zip file.*\(.*({reason})", message)
