"""Cleaned copies: what is left is clean, and nothing is lost unseen."""

import gzip
import random

import pytest

from transformer_mt.checking.classes import FAULTS
from transformer_mt.checking.cleaning import cleaned_folder, escaped
from transformer_mt.checking.inspection import Inspection
from transformer_mt.checking.reading import CorpusReader
from transformer_mt.checking.repeats import HeldOutTexts, RepeatCheck
from transformer_mt.data.corpus import PairsFile, ParallelFiles, Phrasebook, read_pairs
from transformer_mt.errors import UserError


def clean(corpus, folder, *, split="", held_out=None):
    with cleaned_folder(folder) as cleaner:
        inspection = Inspection(CorpusReader(corpus), split)
        inspection.read_text(repeats=RepeatCheck(held_out or {}), cleaner=cleaner)
    return inspection


def removed_rows(folder):
    heading, *rows = (folder / "removed.tsv").read_text(encoding="utf-8").split("\n")[:-1]
    assert heading == "split\tfile\tline\treasons\ttext"
    return [row.split("\t") for row in rows]


@pytest.fixture
def faulty(draw_pairs, plants, tmp_path):
    """Return a function that writes a corpus with many faults, and the lines that have any."""

    def faulty(seed, *, tabs):
        generator = random.Random(seed)
        pairs = draw_pairs(300, seed)
        faults = {}
        names = [name for name in plants if name != "tab" or tabs]
        for line in generator.sample(range(2, 301), 40):
            name = generator.choice([*names, "duplicate", "equal_sides"])
            source, target = pairs[line - 1]
            if name == "duplicate":
                other = generator.randrange(300)
                while other + 1 in faults or other + 1 == line:
                    other = generator.randrange(300)
                pairs[line - 1] = pairs[other]
                faults[max(line, other + 1)] = name
            elif name == "equal_sides":
                pairs[line - 1] = source, source
                faults[line] = name
            else:
                pairs[line - 1] = source, plants[name](generator, target)
                faults[line] = name
        if tabs:
            files = ParallelFiles(tmp_path / "a.en", tmp_path / "a.de.gz")
            source, target = (b"\r\n".join(side) for side in zip(*pairs, strict=True))
            files.source.write_bytes(b"\xef\xbb\xbf" + source)
            files.target.write_bytes(gzip.compress(target + b"\nleft over\n"))
            return files
        file = PairsFile(tmp_path / "a.tsv")
        file.path.write_bytes(b"".join(s + b"\t" + t + b"\n" for s, t in pairs) + b"one column\n")
        return file

    return faulty


@pytest.mark.parametrize("tabs", [True, False], ids=["parallel", "tsv"])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_is_clean_and_what_is_not_is_listed(seed, tabs, faulty, tmp_path):
    corpus = faulty(seed, tabs=tabs)
    inspection = clean(corpus, tmp_path / "clean")
    kept, removed = inspection.cleaned
    assert kept + removed == inspection.num_rows == 301
    rows = removed_rows(tmp_path / "clean")
    assert len(rows) == removed > 30
    wrong = {line for report in inspection.faults.values() for line in report.lines} - {1}
    assert [int(row[2]) for row in rows] == sorted(wrong)
    assert all(set(row[3].split(",")) <= set(FAULTS) for row in rows)

    if tabs:
        cleaned = ParallelFiles(tmp_path / "clean" / "a.en", tmp_path / "clean" / "a.de.gz")
    else:
        cleaned = PairsFile(tmp_path / "clean" / "a.tsv")
    again = Inspection(CorpusReader(cleaned), "")
    again.read_text(repeats=RepeatCheck({}))
    assert not again.faulty
    # The pairs kept are those of the lines that are not listed, as they were.
    lines = {
        chunk.first_line + row: pair
        for chunk in inspection.reader.chunks()
        for row, pair in enumerate(zip(chunk.source.texts, chunk.target.texts, strict=True))
    }
    expected = [pair for line, pair in lines.items() if line not in wrong]
    assert list(read_pairs(cleaned)) == expected
    assert again.num_pairs == kept


def test_what_is_mended_is_said(faulty, tmp_path):
    reader = clean(faulty(0, tabs=True), tmp_path / "clean").reader
    name = str(tmp_path / "a.en")
    assert (name, "the byte-order mark at the start") in reader.mended
    assert (name, "carriage returns at line ends") in reader.mended
    content = (tmp_path / "clean" / "a.en").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" not in content


def test_a_clean_corpus_is_copied_byte_for_byte(draw_pairs, tmp_path):
    file = PairsFile(tmp_path / "a.tsv")
    lines = [source + b"\t" + target + b"\tCC-BY\n" for source, target in draw_pairs(50, 0)]
    file.path.write_bytes(b"".join(lines))
    inspection = clean(file, tmp_path / "deep" / "clean")
    assert inspection.cleaned == (50, 0)
    assert (tmp_path / "deep" / "clean" / "a.tsv").read_bytes() == file.path.read_bytes()
    assert removed_rows(tmp_path / "deep" / "clean") == []


def test_pairs_from_elsewhere_become_a_tab_separated_file(tmp_path):
    clean(Phrasebook("test"), tmp_path / "clean", split="test")
    file = PairsFile(tmp_path / "clean" / "test" / "test.tsv")
    assert list(read_pairs(file)) == list(read_pairs(Phrasebook("test")))


def test_training_pairs_with_held_out_text_are_removed(draw_pairs, tmp_path):
    pairs = draw_pairs(60, 1)
    file, known = PairsFile(tmp_path / "a.tsv"), PairsFile(tmp_path / "b.tsv")
    file.path.write_bytes(b"".join(s + b"\t" + t + b"\n" for s, t in pairs))
    known.path.write_bytes(b"".join(s.upper() + b"\tx\n" for s, _ in pairs[5:7]))
    texts = HeldOutTexts()
    Inspection(CorpusReader(known), "test").read_text(repeats=RepeatCheck({}), collect=texts)
    inspection = clean(file, tmp_path / "clean", split="train", held_out={"test": texts})
    assert inspection.cleaned == (58, 2)
    rows = [
        ["train", str(file.path), str(line), "test_source", *(t.decode() for t in pairs[line - 1])]
        for line in (6, 7)
    ]
    assert removed_rows(tmp_path / "clean") == rows


def test_files_of_one_name_stand_side_by_side(draw_pairs, tmp_path):
    with cleaned_folder(tmp_path / "clean") as cleaner:
        for seed in range(2):
            path = tmp_path / str(seed) / "a.tsv"
            path.parent.mkdir()
            path.write_bytes(b"".join(s + b"\t" + t + b"\n" for s, t in draw_pairs(5, seed)))
            inspection = Inspection(CorpusReader(PairsFile(path)), "train")
            inspection.read_text(repeats=RepeatCheck({}), cleaner=cleaner)
    names = sorted(path.name for path in (tmp_path / "clean" / "train").iterdir())
    assert names == ["2.a.tsv", "a.tsv"]


def test_nothing_is_overwritten(faulty, tmp_path):
    folder = tmp_path / "clean"
    folder.mkdir()
    (folder / "mine").write_text("text")
    with pytest.raises(UserError, match="is there already, and nothing is overwritten"):
        clean(faulty(0, tabs=False), folder)
    assert [path.name for path in folder.iterdir()] == ["mine"]


def test_a_failure_leaves_nothing_behind(tmp_path):
    (tmp_path / "a.en").write_bytes(b"one\n")
    (tmp_path / "a.de").write_bytes(b"")
    with pytest.raises(UserError, match=r"a\.de: the file is empty"):
        clean(ParallelFiles(tmp_path / "a.en", tmp_path / "a.de"), tmp_path / "clean")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.de", "a.en"]


def test_removed_text_is_written_out():
    text = "a\\b\tc\0d\x85e\u2028f\ufeff".encode() + b"\xe4\r"
    assert escaped(text, keep_tabs=False) == "a\\\\b\\tc\\x00d\\u0085e\\u2028f\\ufeff\\xe4\\x0d"
    assert escaped(b"a\tb", keep_tabs=True) == "a\tb"
