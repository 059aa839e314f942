"""Every format and compression by oracle: pairs written by another program, read back equal."""

import csv
import io
import json
import re
import tracemalloc
import zipfile
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer_mt.data.corpus import PairsFile, read_pairs
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.file_formats import TEXT_FORMATS, format_of

TEXT = st.text(
    st.sampled_from("ab ,;\"'\\\n\r\t\v\f\x1c\x85\u2028\ufeff\0<>&]é日🙂")
    | st.characters(exclude_categories=["Cs"]),
    max_size=12,
) | st.sampled_from(["", "null", "NA", "nan", "None", "0", "true", '"', '""', " a "])
PAIRS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=8)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_lines(text):
    """Return what a line of a text file can hold of a text: no tab and no line end."""
    return re.sub("[\t\n\r\0]", "_", text)


def to_tsv(pairs):
    return "".join(f"{source}\t{target}\n" for source, target in pairs).encode("utf-8-sig")


def to_csv(pairs, **options):
    text = io.StringIO(newline="")
    csv.writer(text, **options).writerows(pairs)
    return text.getvalue().encode("utf-8-sig")


def to_jsonl(pairs, *, ensure_ascii=False):
    records = [{"id": i, "translation": {"en": s, "de": t}} for i, (s, t) in enumerate(pairs)]
    lines = (json.dumps(record, ensure_ascii=ensure_ascii) + "\n" for record in records)
    return "".join(lines).encode()


def to_parquet(pairs, *, kind=None, **options):
    kind = kind or pa.string()
    rows = [{"en": source, "de": target} for source, target in pairs]
    struct = pa.array(rows, pa.struct([("de", kind), ("en", kind)]))
    sink = pa.BufferOutputStream()
    ids = pa.array(range(len(pairs)))
    pq.write_table(pa.table({"id": ids, "translation": struct}), sink, **options)
    return sink.getvalue().to_pybytes()


def to_tmx(pairs, *, encoding="utf-8"):
    def variant(language, text):
        text = escape(text, {"\r": "&#13;"})
        return f'<tuv xml:lang="{language}"><seg>{text}</seg></tuv>'

    units = "".join(
        f"<tu>\n{variant('de-AT', target)}\n{variant('en', source)}</tu>\n"
        for source, target in pairs
    )
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'
        f'<tmx version="1.4"><header srclang="en"/><body>\n{units}</body></tmx>\n'
    )
    return text.encode(encoding)


def to_zip(pairs, *, method=zipfile.ZIP_DEFLATED):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        archive.writestr("README", "from the.en to the.de\n")
        for side, language in enumerate(("en", "de")):
            text = "".join(f"{pair[side]}\n" for pair in pairs)
            archive.writestr(f"Books.de-en.{language}", text.encode("utf-8-sig"))
    return sink.getvalue()


WRITERS = {
    "tsv": [to_tsv],
    "csv": [
        to_csv,
        lambda pairs: to_csv(pairs, quoting=csv.QUOTE_ALL, lineterminator="\n"),
    ],
    "jsonl": [to_jsonl, lambda pairs: to_jsonl(pairs, ensure_ascii=True)],
    "parquet": [
        to_parquet,
        lambda pairs: to_parquet(pairs, kind=pa.large_string(), row_group_size=2),
        lambda pairs: to_parquet(pairs, compression="zstd", use_dictionary=False),
    ],
    "tmx": [to_tmx, lambda pairs: to_tmx(pairs, encoding="utf-16")],
    "zip": [to_zip, lambda pairs: to_zip(pairs, method=zipfile.ZIP_STORED)],
}


def corpus_of(path, **settings):
    return PairsFile(path, format=format_of(path.name), languages=("en", "de"), **settings)


@pytest.mark.parametrize("kind", WRITERS)
@settings(max_examples=60)
@given(pairs=PAIRS)
def test_what_was_written_is_read(kind, pairs, tmp_path_factory, write, compress):
    if kind in ("tsv", "zip"):
        pairs = [(as_lines(source), as_lines(target)) for source, target in pairs]
    if kind == "tmx":
        pairs = [tuple(NOT_XML.sub("", text) for text in pair) for pair in pairs]
    expected = [tuple(re.sub("[\n\r\0]", " ", text) for text in pair) for pair in pairs]
    breaks = sum(len(re.findall("[\n\r\0]", text)) for pair in pairs for text in pair)
    folder = tmp_path_factory.getbasetemp()
    for number, writer in enumerate(WRITERS[kind]):
        for suffix, compressed in compress.items():
            if suffix and (kind not in TEXT_FORMATS or number):
                continue
            path = write(folder / f"pairs.{kind}{suffix}", compressed(writer(pairs)))
            report = ReadingReport()
            assert list(read_pairs(corpus_of(path), report)) == expected
            header = "no header" if kind in ("tsv", "csv") else ""
            assert report == ReadingReport(pairs=len(pairs), header=header, replaced_breaks=breaks)


def peak_memory(path, num_pairs):
    """Return the bytes that reading a file takes at most, of Python and of Arrow together."""
    list(zip(read_pairs(corpus_of(path)), range(2), strict=False))  # what is loaded but once
    arrow_before, arrow_peak = pa.total_allocated_bytes(), 0
    tracemalloc.start()
    try:
        for number, _ in enumerate(read_pairs(corpus_of(path)), start=1):
            if number % 100 == 0:
                arrow_peak = max(arrow_peak, pa.total_allocated_bytes() - arrow_before)
        assert number == num_pairs
        return arrow_peak + tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", WRITERS)
def test_memory_does_not_grow_with_the_file(kind, tmp_path, write):
    text = "a sentence of some length, repeated until it is a long one; " * 4
    peaks = []
    for num_pairs in (5_000, 25_000):  # 2.5 and 12.5 MB; in Parquet one row group each
        pairs = [(f"{text}{i}", f"{i}{text}") for i in range(num_pairs)]
        path = write(tmp_path / f"pairs.{kind}", WRITERS[kind][-1](pairs))
        del pairs
        peaks.append(peak_memory(path, num_pairs))
    assert peaks[1] < peaks[0] + 500_000, peaks


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.tsv", "tsv"),
        ("a.txt", "tsv"),
        ("a", "tsv"),
        (".gz", "tsv"),
        ("a.b.CSV.GZ", "csv"),
        ("a.jsonl.zst", "jsonl"),
        ("a.ndjson", "jsonl"),
        ("a.json", "jsonl"),
        ("train-00000-of-00001.parquet", "parquet"),
        ("de-en.tmx.gz", "tmx"),
        ("de-en.txt.zip", "zip"),
        ("csv/a.xz", "tsv"),
    ],
)
def test_the_format_is_told_by_the_name(name, expected):
    assert format_of(name) == expected
