"""Exact faults planted at known lines: exactly these lines are reported."""

import gzip
import random

import pytest

from transformer_mt.checking.inspection import Inspection
from transformer_mt.checking.reading import CorpusReader
from transformer_mt.checking.repeats import HeldOutTexts, RepeatCheck
from transformer_mt.data.corpus import PairsFile, ParallelFiles, Phrasebook, read_pairs
from transformer_mt.errors import UserError

NUM_PAIRS = 400
FIRST_PLANTED = 30  # the lines before it stay clean
IN_ONE_TEXT = ["invalid_utf8", "byte_order_mark", "nul", "control_character", "line_break"]
IN_PARALLEL = [*IN_ONE_TEXT, "tab", "empty"]


def plant(pairs, name, lines, *, generator, plants):
    """Change pairs, in place, so that they have a fault at these lines (counted from 1)."""
    for line in lines:
        source, target = pairs[line - 1]
        if name == "duplicate":
            pairs[line - 1] = pairs[generator.randrange(FIRST_PLANTED - 1)]
        elif name == "equal_sides":
            pairs[line - 1] = generator.choice([(source, source), (b" " + target, target)])
        elif generator.random() < 0.5:
            pairs[line - 1] = plants[name](generator, source), target
        else:
            pairs[line - 1] = source, plants[name](generator, target)


def draw_lines(generator, count):
    return sorted(generator.sample(range(FIRST_PLANTED, NUM_PAIRS + 1), count))


def columns(pairs):
    return list(zip(*pairs, strict=True))


def tsv(pairs):
    return [source + b"\t" + target for source, target in pairs]


def test_the_clean_corpus_is_clean(draw_pairs, inspect, found):
    pairs = draw_pairs(NUM_PAIRS, 0)
    for inspection in (inspect(*columns(pairs)), inspect(tsv(pairs))):
        assert found(inspection.faults) == {}
        assert inspection.num_pairs == inspection.num_rows == NUM_PAIRS
        assert not inspection.faulty


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", [*IN_PARALLEL, "duplicate", "equal_sides"])
def test_exactly_the_planted_lines_are_found(name, seed, draw_pairs, plants, inspect, found):
    generator = random.Random(seed)
    pairs = draw_pairs(NUM_PAIRS, seed)
    lines = draw_lines(generator, generator.randrange(1, 12))
    plant(pairs, name, lines, generator=generator, plants=plants)
    inspection = inspect(*columns(pairs))
    assert found(inspection.faults) == {name: lines}
    assert inspection.faulty
    if name != "tab":
        assert found(inspect(tsv(pairs)).faults) == {name: lines}


@pytest.mark.parametrize("seed", range(5))
def test_mixed_faults_are_all_found(seed, draw_pairs, plants, inspect, found):
    generator = random.Random(seed)
    pairs = draw_pairs(NUM_PAIRS, seed)
    names = [*IN_PARALLEL, "duplicate", "equal_sides"]
    generator.shuffle(names)
    lines = draw_lines(generator, 5 * len(names))
    expected = {}
    for name in names:
        expected[name] = sorted(generator.sample(lines, 5))
        lines = [line for line in lines if line not in expected[name]]
        plant(pairs, name, expected[name], generator=generator, plants=plants)
    assert found(inspect(*columns(pairs)).faults) == expected


@pytest.mark.parametrize("seed", range(3))
def test_many_faults_in_one_line_are_all_found(seed, draw_pairs, plants, inspect, found):
    generator = random.Random(seed)
    pairs = draw_pairs(NUM_PAIRS, seed)
    line = generator.randrange(1, NUM_PAIRS + 1)
    names = ["byte_order_mark", "nul", "control_character", "line_break", "tab"]
    source, target = pairs[line - 1]
    for name in generator.sample(names, len(names)):
        source = plants[name](generator, source)
    pairs[line - 1] = source, target[:3] + b"\xff"
    expected = {name: [line] for name in (*names, "invalid_utf8")}
    assert found(inspect(*columns(pairs)).faults) == expected


@pytest.mark.parametrize("seed", range(3))
def test_lines_with_too_few_or_too_many_columns(seed, draw_pairs, inspect, found):
    generator = random.Random(seed)
    lines = tsv(draw_pairs(NUM_PAIRS, seed))
    wrong = draw_lines(generator, 8)
    for line in wrong:
        extra = generator.choice([b"\tmore", b"\t", b"\ta\tb"])
        text = lines[line - 1]
        lines[line - 1] = generator.choice([text.replace(b"\t", b" "), text + extra])
    assert found(inspect(lines).faults) == {"columns": wrong}


def test_a_third_column_of_all_lines_is_no_fault(draw_pairs, inspect, found):
    lines = [line + b"\tCC-BY" for line in tsv(draw_pairs(NUM_PAIRS, 0))]
    lines[8] = lines[8].removesuffix(b"\tCC-BY")
    inspection = inspect(lines)
    assert found(inspection.faults) == {"columns": [9]}
    assert inspection.num_pairs == NUM_PAIRS  # line 9 still is a pair
    (example,) = inspection.faults["columns"].examples
    assert example.detail == "2 columns, where most lines have 3"


@pytest.mark.parametrize("seed", range(5))
def test_the_place_of_invalid_bytes_is_exact(seed, draw_pairs, inspect, tmp_path):
    generator = random.Random(seed)
    sources, targets = map(list, columns(draw_pairs(NUM_PAIRS, seed)))
    sources[0] = b"\xef\xbb\xbf" + sources[0]
    sources = [source + generator.choice([b"", b"\r"]) for source in sources]
    line = generator.randrange(1, NUM_PAIRS + 1)
    sources[line - 1] = sources[line - 1][:7] + b"\xe4" + sources[line - 1][7:]
    content = b"".join(source + b"\n" for source in sources)
    with pytest.raises(UnicodeDecodeError) as caught:
        content.decode()
    offset = caught.value.start
    in_line = offset - (content.rfind(b"\n", 0, offset) + 1)
    in_line -= 3 if line == 1 else 0  # the mark does not belong to the line
    (example,) = inspect(sources, targets).faults["invalid_utf8"].examples
    assert (example.file, example.line, example.side) == (str(tmp_path / "a.en"), line, "source")
    assert example.detail == (f"byte {in_line + 1} of the line (0xE4), offset {offset} in the file")
    assert "\ufffd" in example.text


def test_a_byte_order_mark_at_the_start_is_told_apart(draw_pairs, inspect, found):
    sources, targets = map(list, columns(draw_pairs(NUM_PAIRS, 0)))
    sources[0] = b"\xef\xbb\xbf" + sources[0]
    targets[4] = b"\xef\xbb\xbf" + targets[4]
    inspection = inspect(sources, targets)
    assert found(inspection.faults) == {"byte_order_mark": [1, 5]}
    details = [example.detail for example in inspection.faults["byte_order_mark"].examples]
    assert details == ["at the start of the file", "U+FEFF, character 1"]


@pytest.mark.parametrize(("more", "fewer"), [("a.en", "a.de"), ("a.de", "a.en")])
def test_unequal_files_are_paired_as_far_as_they_go(
    more, fewer, draw_pairs, plants, inspect, found, tmp_path
):
    pairs = draw_pairs(NUM_PAIRS, 1)
    plant(pairs, "nul", [50, 60], generator=random.Random(0), plants=plants)
    sides = dict(zip(("a.en", "a.de"), columns(pairs), strict=True))
    sides[fewer] = sides[fewer][:-3]
    inspection = inspect(sides["a.en"], sides["a.de"])
    last = [NUM_PAIRS - 2, NUM_PAIRS - 1, NUM_PAIRS]
    assert found(inspection.faults) == {"nul": [50, 60], "line_counts": last}
    assert inspection.num_pairs == NUM_PAIRS - 3
    counts = {more: NUM_PAIRS, fewer: NUM_PAIRS - 3}
    assert inspection.reader.num_lines == {str(tmp_path / n): c for n, c in counts.items()}


@pytest.mark.parametrize("seed", range(3))
def test_held_out_text_in_training_is_found_however_it_is_written(seed, draw_pairs, inspect, found):
    generator = random.Random(seed)
    pairs = draw_pairs(NUM_PAIRS + 100, seed)
    held_out, pairs = pairs[:100], pairs[100:]
    texts = HeldOutTexts()
    known = inspect(*columns(held_out))
    known.read_text(repeats=RepeatCheck({}), collect=texts)
    lines = draw_lines(generator, 9)
    changes = [bytes.upper, lambda text: b"  " + text.replace(b" ", b"\xc2\xa0 "), bytes]
    expected = {"test_source": lines[:4], "test_target": lines[4:]}
    for line, (source, target) in zip(lines, generator.sample(held_out, 9), strict=True):
        if line in expected["test_source"]:
            text = generator.choice(changes)(source), pairs[line - 1][1]
        else:
            text = pairs[line - 1][0], generator.choice(changes)(target)
        pairs[line - 1] = text
    result = inspect(*columns(pairs), held_out={"test": texts})
    assert found(result.faults) == expected


def test_repeats_are_found_across_chunks_and_corpora(draw_pairs, inspect, found, monkeypatch):
    monkeypatch.setattr("transformer_mt.checking.reading.PAIRS_PER_CHUNK", 7)
    pairs = draw_pairs(NUM_PAIRS, 2)
    pairs[300], pairs[301] = pairs[2], pairs[300]
    assert found(inspect(*columns(pairs)).faults) == {"duplicate": [301]}
    repeats = RepeatCheck({})
    for expected in ([301], list(range(1, NUM_PAIRS + 1))):
        inspection = inspect(*columns(pairs))
        again = Inspection(inspection.reader, "")
        again.read_text(repeats=repeats)
        assert again.faults["duplicate"].lines == expected


def test_line_ends_and_compression_are_no_faults(draw_pairs, found, tmp_path):
    pairs = draw_pairs(NUM_PAIRS, 3)
    files = ParallelFiles(tmp_path / "b.en.gz", tmp_path / "b.de")
    source, target = (b"\r\n".join(side) for side in columns(pairs))
    files.source.write_bytes(gzip.compress(source + b"\r\n"))
    files.target.write_bytes(target)  # no line end at the end
    inspection = Inspection(CorpusReader(files), "")
    inspection.read_text(repeats=RepeatCheck({}))
    assert found(inspection.faults) == {}
    texts = [
        (source, target)
        for chunk in inspection.reader.chunks()
        for source, target in zip(chunk.source.texts, chunk.target.texts, strict=True)
    ]
    assert texts == list(read_pairs(files))


def test_other_corpora_are_read_as_training_reads_them(found):
    corpus = Phrasebook("validation")
    inspection = Inspection(CorpusReader(corpus), "validation")
    inspection.read_text(repeats=RepeatCheck({}))
    assert found(inspection.faults) == {}
    assert inspection.num_pairs == len(list(read_pairs(corpus)))
    assert inspection.reader.files == ["phrasebook/validation"]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content, tmp_path):
    path = tmp_path / "empty.tsv"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"empty\.tsv: the file is empty"):
        list(CorpusReader(PairsFile(path)).chunks())
