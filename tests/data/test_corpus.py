import gzip
import hashlib
import io
import re
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer_mt.data.corpus import (
    HeldOutPart,
    PairsFile,
    ParallelFiles,
    Phrasebook,
    content_hashes,
    corpus_fingerprint,
    lines_of,
    read_lines,
    read_pairs,
)
from transformer_mt.data.held_out import held_out_split
from transformer_mt.errors import UserError

# Characters at which other readers split lines, or stumble.
TEXT = st.text(
    st.sampled_from("a\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029\ufeff\0é日🙂")
    | st.characters(exclude_categories=["Cs"])
)


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def message_of(action):
    with pytest.raises(UserError) as caught:
        action()
    message = str(caught.value)
    assert len(message.splitlines()) <= 5
    return message


@settings(deadline=None, derandomize=True)
@given(text=TEXT)
def test_n_lines_in_are_n_lines_out(text):
    lines = text.removeprefix("\ufeff").split("\n")
    if not lines[-1]:
        lines.pop()  # nothing after the last newline is no line
    expected = [line.removesuffix("\r").replace("\0", " ") for line in lines]
    assert list(lines_of(io.BytesIO(text.encode()), name="text")) == expected


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"\xef\xbb\xbf", []),
        (b"\n", [""]),
        (b"\xef\xbb\xbf\n", [""]),
        (b"a\r\nb\r\r\n\r\n", ["a", "b\r", ""]),
        (b"a\rb\nc\r", ["a\rb", "c"]),
        (b"a\0b\nc", ["a b", "c"]),
        ("a\u2028b\x85c\v\f\n\ufeffd".encode(), ["a\u2028b\x85c\v\f", "\ufeffd"]),
    ],
)
def test_line_rules(tmp_path, content, lines):
    assert list(read_lines(write(tmp_path / "text", content))) == lines
    assert list(read_lines(write(tmp_path / "text.gz", gzip.compress(content)))) == lines


def test_lines_arrive_one_by_one(tmp_path):
    lines = read_lines(write(tmp_path / "text", b"good\n\xff\n"))
    assert next(lines) == "good"
    assert "line 2" in message_of(lambda: next(lines))


def test_pairs_of_parallel_files(tmp_path):
    source = write(tmp_path / "a.en", "one\n\nnull\n")
    target = write(tmp_path / "a.de.gz", gzip.compress(b'eins\nzwei\n"drei'))
    pairs = [("one", "eins"), ("", "zwei"), ("null", '"drei')]
    assert list(read_pairs(ParallelFiles(source, target))) == pairs


def test_pairs_of_columns_without_quoting(tmp_path):
    path = write(tmp_path / "pairs.tsv", 'id1\t"say\tsag\nid2\tNA\t"" \r\n')
    pairs = [("sag", '"say'), ('"" ', "NA")]
    assert list(read_pairs(PairsFile(path, source_column=2, target_column=1))) == pairs


def test_phrasebook_pairs(monkeypatch):
    module = type("module", (), {})()
    phrase = type("Phrase", (), {"source": "hello", "target": "hallo"})()
    module.phrases = lambda split: [phrase] if split == "test" else []
    monkeypatch.setitem(__import__("sys").modules, "transformer_mt.data.phrasebook", module)
    assert list(read_pairs(Phrasebook("test"))) == [("hello", "hallo")]
    digest = hashlib.sha256(b"hello\thallo\n").hexdigest()
    assert content_hashes(Phrasebook("test")) == {"phrasebook/test": digest}


def test_held_out_parts_are_a_partition_by_source(tmp_path):
    lines = [f"source {i % 400}\ttarget {i}" for i in range(1000)]
    corpus = PairsFile(write(tmp_path / "pairs.tsv", "\n".join(lines)))
    parts = {
        part: list(read_pairs(HeldOutPart(corpus, part, 0.1, 0.2)))
        for part in ("train", "validation", "test")
    }
    assert sorted(chain.from_iterable(parts.values())) == sorted(read_pairs(corpus))
    assert all(parts.values())
    for part, pairs in parts.items():
        for source, _ in pairs:
            assert held_out_split(source, validation_fraction=0.1, test_fraction=0.2) == part


@pytest.mark.parametrize(
    ("content", "line", "byte", "value", "encoding"),
    [
        (b"fine\ncaf\xe9\n", 2, 4, "0xE9", "ISO-8859-1"),
        (b"\xef\xbb\xbfab\xff", 1, 6, "0xFF", "ISO-8859-1"),
        ("ab\n".encode("utf-16"), 1, 1, "0xFF", "UTF-16"),
        (b"ok\n\xed\xa0\x80\n", 2, 1, "0xED", "ISO-8859-1"),
    ],
)
def test_invalid_utf8_is_named(tmp_path, content, line, byte, value, encoding):
    path = write(tmp_path / "text", content)
    message = message_of(lambda: list(read_lines(path)))
    assert f"{path}, line {line}: byte {byte} of the line ({value}) is not valid UTF-8" in message
    assert f"iconv -f {encoding} -t UTF-8" in message


def test_missing_file_is_named(tmp_path):
    for path in (tmp_path / "none", tmp_path / "none.gz"):
        assert f"{path}: no such file" in message_of(lambda path=path: list(read_lines(path)))
        corpus = PairsFile(path)
        assert f"{path}: no such file" in message_of(lambda corpus=corpus: content_hashes(corpus))


def test_folder_instead_of_file_is_named(tmp_path):
    folder = tmp_path / "folder.gz"
    folder.mkdir()
    assert f"{tmp_path}: is a folder" in message_of(lambda: list(read_lines(tmp_path)))
    assert f"{folder}: is a folder" in message_of(lambda: list(read_lines(folder)))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(13, "Permission denied"), "no permission to read it"),
        (OSError(5, "Input/output error"), r"cannot be read \(Input/output error\)"),
    ],
)
def test_unreadable_file_is_named(tmp_path, monkeypatch, error, message):
    def fail(*args, **kwargs):
        raise error

    path = write(tmp_path / "text", "a")
    monkeypatch.setattr(Path, "open", fail)
    assert re.match(
        f"{re.escape(str(path))}: {message}", message_of(lambda: list(read_lines(path)))
    )


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"plain text\n"])
def test_damaged_gzip_is_named(tmp_path, damage):
    content = gzip.compress("".join(f"line {i}\n" for i in range(1000)).encode())
    path = write(tmp_path / "text.gz", damage(content))
    message = message_of(lambda: list(read_lines(path)))
    assert f"{path}: damaged or incomplete gzip file" in message


def test_flipped_bits_in_gzip_are_found(tmp_path):
    content = bytearray(gzip.compress("".join(f"line {i}\n" for i in range(1000)).encode()))
    content[len(content) // 2] ^= 0xFF
    path = write(tmp_path / "text.gz", bytes(content))
    assert f"{path}" in message_of(lambda: list(read_lines(path)))


@pytest.mark.parametrize("name", ["empty", "empty.gz"])
def test_empty_file_is_named(tmp_path, name):
    empty, full = write(tmp_path / name, b""), write(tmp_path / "full", b"a\n")
    for corpus in (PairsFile(empty), ParallelFiles(empty, full), ParallelFiles(full, empty)):
        message = message_of(lambda corpus=corpus: list(read_pairs(corpus)))
        assert f"{empty}: the file is empty" in message


@pytest.mark.parametrize(("num_sources", "num_targets"), [(3, 7), (7, 3), (4, 5)])
def test_unequal_line_counts_are_named(tmp_path, num_sources, num_targets):
    source = write(tmp_path / "a.en", "x\n" * num_sources)
    target = write(tmp_path / "a.de", "y\n" * num_targets)
    pairs = read_pairs(ParallelFiles(source, target))
    for _ in range(min(num_sources, num_targets)):
        assert next(pairs) == ("x", "y")
    message = message_of(lambda: next(pairs))
    assert f"{source}: {num_sources}\n{target}: {num_targets}\n" in message


def test_missing_columns_are_named(tmp_path):
    path = write(tmp_path / "pairs.tsv", "a\tb\tc\nd\te\n")
    corpus = PairsFile(path, source_column=0, target_column=2)
    message = message_of(lambda: list(read_pairs(corpus)))
    assert f"{path}, line 2: found 2 tab-separated column(s)" in message
    assert "source_column 0 and target_column 2 need 3" in message


def test_content_hashes_are_of_the_bytes(tmp_path):
    source = write(tmp_path / "a.en", "x\r\n")
    target = write(tmp_path / "a.de.gz", gzip.compress(b"y\n"))
    assert content_hashes(ParallelFiles(source, target)) == {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in (source, target)
    }
    part = HeldOutPart(PairsFile(source), "train", 0.1, 0.1)
    assert content_hashes(part) == content_hashes(PairsFile(source))


def test_fingerprint_is_of_what_is_read(tmp_path):
    one, copy = write(tmp_path / "1", "a\tb\tc\n"), write(tmp_path / "2", "a\tb\tc\n")
    other = write(tmp_path / "3", "a\tb\td\n")
    assert corpus_fingerprint(PairsFile(one)) == corpus_fingerprint(PairsFile(copy))
    corpora = [
        PairsFile(one),
        PairsFile(one, 1, 2),
        PairsFile(other),
        ParallelFiles(one, other),
        ParallelFiles(other, one),
        ParallelFiles(one, one),
        HeldOutPart(PairsFile(one), "train", 0.1, 0.1),
        HeldOutPart(PairsFile(one), "test", 0.1, 0.1),
        HeldOutPart(PairsFile(one), "train", 0.2, 0.1),
        HeldOutPart(PairsFile(other), "train", 0.1, 0.1),
    ]
    assert len({corpus_fingerprint(corpus) for corpus in corpora}) == len(corpora)
