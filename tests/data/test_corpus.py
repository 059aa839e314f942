import gzip
import hashlib
from itertools import chain

import pytest

from transformer_mt.data.corpus import (
    HeldOutPart,
    PairsFile,
    ParallelFiles,
    Phrasebook,
    content_hashes,
    corpus_fingerprint,
    describe_corpus,
    read_pairs,
)
from transformer_mt.data.held_out import held_out_split
from transformer_mt.data.reading_report import ReadingReport


def test_pairs_of_parallel_files(tmp_path, write):
    source = write(tmp_path / "a.en", "one\n\nnull\n")
    target = write(tmp_path / "a.de.gz", gzip.compress(b'eins\nzwei\n"drei'))
    pairs = [("one", "eins"), ("", "zwei"), ("null", '"drei')]
    assert list(read_pairs(ParallelFiles(source, target))) == pairs


def test_pairs_of_columns_without_quoting(tmp_path, write):
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


def test_held_out_parts_are_a_partition_by_source(tmp_path, write):
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


@pytest.mark.parametrize("name", ["empty", "empty.gz"])
def test_empty_file_is_named(tmp_path, name, write, message_of):
    empty, full = write(tmp_path / name, b""), write(tmp_path / "full", b"a\n")
    for corpus in (PairsFile(empty), ParallelFiles(empty, full), ParallelFiles(full, empty)):
        message = message_of(lambda corpus=corpus: list(read_pairs(corpus)))
        assert f"{empty}: the file is empty" in message


@pytest.mark.parametrize(("num_sources", "num_targets"), [(3, 7), (7, 3), (4, 5)])
def test_unequal_line_counts_are_named(tmp_path, num_sources, num_targets, write, message_of):
    source = write(tmp_path / "a.en", "x\n" * num_sources)
    target = write(tmp_path / "a.de", "y\n" * num_targets)
    pairs = read_pairs(ParallelFiles(source, target))
    for _ in range(min(num_sources, num_targets)):
        assert next(pairs) == ("x", "y")
    message = message_of(lambda: next(pairs))
    assert f"{source}: {num_sources}\n{target}: {num_targets}\n" in message


def test_missing_columns_are_named(tmp_path, write, message_of):
    path = write(tmp_path / "pairs.tsv", "a\tb\tc\nd\te\n")
    corpus = PairsFile(path, source_column=0, target_column=2)
    message = message_of(lambda: list(read_pairs(corpus)))
    assert f"{path}, line 2: found 2 tab-separated column(s)" in message
    assert "source_column 0 and target_column 2 need 3" in message


def test_content_hashes_are_of_the_bytes(tmp_path, write):
    source = write(tmp_path / "a.en", "x\r\n")
    target = write(tmp_path / "a.de.gz", gzip.compress(b"y\n"))
    assert content_hashes(ParallelFiles(source, target)) == {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in (source, target)
    }
    part = HeldOutPart(PairsFile(source), "train", 0.1, 0.1)
    assert content_hashes(part) == content_hashes(PairsFile(source))


def test_hashes_that_are_known_are_not_computed_again(tmp_path, write):
    source, target = write(tmp_path / "a.en", "x\n"), write(tmp_path / "a.de", "y\n")
    corpora = [
        ParallelFiles(source, target),
        PairsFile(source),
        HeldOutPart(PairsFile(source), "train", 0.1, 0.1),
    ]
    known = content_hashes(corpora[0])
    fingerprints = [corpus_fingerprint(corpus) for corpus in corpora]
    source.unlink()
    target.unlink()
    assert [corpus_fingerprint(corpus, known) for corpus in corpora] == fingerprints


def test_fingerprint_is_of_what_is_read(tmp_path, write):
    one, copy = write(tmp_path / "1", "a\tb\tc\n"), write(tmp_path / "2", "a\tb\tc\n")
    other = write(tmp_path / "3", "a\tb\td\n")
    packed = write(tmp_path / "1.gz", "a\tb\tc\n")  # the same bytes, which are read otherwise
    assert corpus_fingerprint(PairsFile(one)) == corpus_fingerprint(PairsFile(copy))
    corpora = [
        PairsFile(one),
        PairsFile(one, 1, 2),
        PairsFile(other),
        *(PairsFile(one, format=kind) for kind in ("csv", "jsonl", "parquet", "tmx", "zip")),
        PairsFile(one, "a", "b"),
        PairsFile(one, None, None),
        PairsFile(one, header=True),
        PairsFile(one, header=False),
        PairsFile(one, languages=("en", "de")),
        PairsFile(one, languages=("de", "en")),
        PairsFile(packed),
        ParallelFiles(packed, other),
        ParallelFiles(one, other),
        ParallelFiles(other, one),
        ParallelFiles(one, one),
        HeldOutPart(PairsFile(one), "train", 0.1, 0.1),
        HeldOutPart(PairsFile(one), "test", 0.1, 0.1),
        HeldOutPart(PairsFile(one), "train", 0.2, 0.1),
        HeldOutPart(PairsFile(other), "train", 0.1, 0.1),
    ]
    assert len({corpus_fingerprint(corpus) for corpus in corpora}) == len(corpora)


def test_a_report_is_of_the_whole_corpus_also_where_a_part_is_held_out(tmp_path, write):
    path = write(tmp_path / "pairs.csv", "en,de\n" + "".join(f'"{i}\n",x\n' for i in range(50)))
    corpus = PairsFile(path, format="csv", languages=("en", "de"))
    part = HeldOutPart(corpus, "validation", 0.2, 0.2)
    report, report_of_part = ReadingReport(), ReadingReport()
    assert len(list(read_pairs(corpus, report))) == 50
    assert 0 < len(list(read_pairs(part, report_of_part))) < 50
    assert report == report_of_part
    assert report.describe() == (
        "50 pairs; line 1 is a header ('en', 'de'); "
        "50 line breaks (or NUL) in a text replaced by spaces"
    )
    assert describe_corpus(part) == describe_corpus(corpus) == str(path)


def test_a_missing_file_of_any_format_is_named(tmp_path, message_of):
    for kind in ("tsv", "csv", "jsonl", "parquet", "tmx", "zip"):
        corpus = PairsFile(tmp_path / "none", format=kind)
        expected = f"{tmp_path / 'none'}: no such file"
        assert expected in message_of(lambda corpus=corpus: list(read_pairs(corpus)))
        assert expected in message_of(lambda corpus=corpus: content_hashes(corpus))


def test_files_are_shown_as_one_would_type_them_here(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    below = tmp_path / "here" / "configs" / ".." / "data" / "a.tsv"
    assert describe_corpus(PairsFile(below)) == "data/a.tsv"
    beside = tmp_path / "a.en"
    both = ParallelFiles(beside, tmp_path / "here" / "a.de")
    assert describe_corpus(both) == f"{beside} and a.de"
