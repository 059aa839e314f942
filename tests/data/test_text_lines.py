import gzip
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer_mt.data.text_lines import file_sha256, lines_of, read_lines

# Characters at which other readers split lines, or stumble.
TEXT = st.text(
    st.sampled_from("a\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029\ufeff\0é日🙂")
    | st.characters(exclude_categories=["Cs"])
)


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
def test_line_rules(tmp_path, content, lines, write):
    assert list(read_lines(write(tmp_path / "text", content))) == lines
    assert list(read_lines(write(tmp_path / "text.gz", gzip.compress(content)))) == lines


def test_lines_arrive_one_by_one(tmp_path, write, message_of):
    lines = read_lines(write(tmp_path / "text", b"good\n\xff\n"))
    assert next(lines) == "good"
    assert "line 2" in message_of(lambda: next(lines))


@pytest.mark.parametrize(
    ("content", "line", "byte", "value", "encoding"),
    [
        (b"fine\ncaf\xe9\n", 2, 4, "0xE9", "ISO-8859-1"),
        (b"\xef\xbb\xbfab\xff", 1, 6, "0xFF", "ISO-8859-1"),
        ("ab\n".encode("utf-16"), 1, 1, "0xFF", "UTF-16"),
        (b"ok\n\xed\xa0\x80\n", 2, 1, "0xED", "ISO-8859-1"),
    ],
)
def test_invalid_utf8_is_named(tmp_path, content, line, byte, value, encoding, write, message_of):
    path = write(tmp_path / "text", content)
    message = message_of(lambda: list(read_lines(path)))
    assert f"{path}, line {line}: byte {byte} of the line ({value}) is not valid UTF-8" in message
    assert f"iconv -f {encoding} -t UTF-8" in message


def test_missing_file_is_named(tmp_path, message_of):
    for path in (tmp_path / "none", tmp_path / "none.gz"):
        assert f"{path}: no such file" in message_of(lambda path=path: list(read_lines(path)))
        assert f"{path}: no such file" in message_of(lambda path=path: file_sha256(path))


def test_folder_instead_of_file_is_named(tmp_path, message_of):
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
def test_unreadable_file_is_named(tmp_path, monkeypatch, error, message, write, message_of):
    def fail(*args, **kwargs):
        raise error

    path = write(tmp_path / "text", "a")
    monkeypatch.setattr(Path, "open", fail)
    assert re.match(
        f"{re.escape(str(path))}: {message}", message_of(lambda: list(read_lines(path)))
    )


CONTENT = "".join(f"line {i}\n" for i in range(3000)).encode()
DAMAGES = {
    "half": lambda content: content[: len(content) // 2],
    "one byte short": lambda content: content[:-1],
    "not compressed": lambda content: CONTENT,
    "something behind it": lambda content: content + b"more",
}


@pytest.mark.parametrize(("suffix", "name"), [(".gz", "gzip"), (".xz", "xz"), (".zst", "zstd")])
def test_compressed_files(tmp_path, compress, write, suffix, name):
    path = write(tmp_path / f"text{suffix}", compress[suffix](CONTENT))
    assert list(read_lines(path)) == CONTENT.decode().splitlines()
    # several compressed files, one behind the other, are one text
    path = write(tmp_path / f"TEXT{suffix.upper()}", 2 * compress[suffix](CONTENT))
    assert list(read_lines(path)) == 2 * CONTENT.decode().splitlines()


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(("suffix", "name"), [(".gz", "gzip"), (".xz", "xz"), (".zst", "zstd")])
def test_damaged_compression_is_named(tmp_path, compress, write, message_of, suffix, name, damage):
    content = DAMAGES[damage](compress[suffix](CONTENT))
    path = write(tmp_path / f"text{suffix}", content)
    message = message_of(lambda: list(read_lines(path)))
    assert re.match(rf"{re.escape(str(path))}: damaged or incomplete {name} file \([^)]+", message)
    assert f"must not end in {suffix}" in message


@pytest.mark.parametrize("suffix", [".gz", ".xz"])
def test_flipped_bits_are_found_by_their_checksum(tmp_path, compress, write, message_of, suffix):
    content = bytearray(compress[suffix](CONTENT))
    content[len(content) // 2] ^= 0xFF
    path = write(tmp_path / f"text{suffix}", bytes(content))
    assert f"{path}" in message_of(lambda: list(read_lines(path)))
