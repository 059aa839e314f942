"""Suspects planted at known lines: at least nine of ten are found, and next to nothing else."""

import random
from itertools import pairwise

import numpy as np
import pytest

from transformer_mt.checking.chunk import Chunk, Lines
from transformer_mt.checking.features import SHIFTS, FeatureCollector
from transformer_mt.checking.inspection import Inspection
from transformer_mt.checking.reading import CorpusReader
from transformer_mt.checking.repeats import RepeatCheck
from transformer_mt.data.corpus import Phrasebook

NUM_PAIRS = 3000


def lengthened(generator, pairs, line):
    parts = generator.sample(pairs, 12)
    return tuple(b" ".join(part[side] for part in parts) for side in (0, 1))


def uneven(generator, pairs, line):
    source, target = pairs[line - 1]
    if generator.random() < 0.5:
        return source, b" ".join([target, *(pair[1] for pair in generator.sample(pairs, 4))])
    return b" ".join([source, *(pair[0] for pair in generator.sample(pairs, 4))]), target


def changed_number(generator, pairs, line):
    source, target = pairs[line - 1]
    number = generator.randrange(1000, 2100)
    other = generator.choice([f"{number + 1}: ", f"{number - 100}: ", f"1{number}: ", ""])
    return f"{number}: ".encode() + source.split(b": ")[-1], other.encode() + target.split(b": ")[
        -1
    ]


def wrongly_decoded(generator, pairs, line):
    source, target = pairs[line - 1]
    text = target.decode() + " Schöne Grüße!"
    encoding = generator.choice(["cp1252", "latin-1"])
    return source, text.encode().decode(encoding).encode()


def with_markup(generator, pairs, line):
    source, target = pairs[line - 1]
    wrap = generator.choice(["<b>{}</b>", "{}<br/>", "&quot;{}&quot;", "{} &amp; co", "&#8220;{}"])
    return wrap.format(source.decode()).encode(), target


def with_space(generator, pairs, line):
    source, target = pairs[line - 1]
    space = generator.choice(["  ", " ", "\u3000", "\u00a0"]).encode()
    return generator.choice([(space + source, target), (source, target + space)])


def in_another_script(generator, pairs, line):
    texts = ["Это не по-немецки.", "これはドイツ語ではありません。", "Αυτό δεν είναι γερμανικά."]
    return pairs[line - 1][0], generator.choice(texts).encode()


PLANTS = {
    "length": lengthened,
    "length_ratio": uneven,
    "numbers": changed_number,
    "mojibake": wrongly_decoded,
    "markup": with_markup,
    "outer_space": with_space,
    "script": in_another_script,
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", PLANTS)
def test_most_planted_lines_are_suspected(name, seed, draw_pairs, inspect, found):
    generator = random.Random(seed)
    pairs = draw_pairs(NUM_PAIRS, seed)
    lines = generator.sample(range(1, NUM_PAIRS + 1), 30)
    for line in lines:
        pairs[line - 1] = PLANTS[name](generator, pairs, line)
    suspects = found(inspect(*zip(*pairs, strict=True)).suspects)
    assert len(set(lines) & set(suspects[name])) >= 0.9 * len(lines)
    others = {line for reported in suspects.values() for line in reported} - set(lines)
    assert len(others) <= 3


@pytest.mark.parametrize("split", ["train", "validation"])
def test_the_phrasebook_raises_no_suspicion(split, found):
    inspection = Inspection(CorpusReader(Phrasebook(split)), split)
    inspection.read_text(repeats=RepeatCheck({}))
    assert found(inspection.suspects) == {}


def shifted_targets(targets, *, start, end, extra):
    """Insert lines at `start`, and take as many away at `end` (None: at the very end)."""
    end = len(targets) if end is None else end
    return [*targets[:start], *extra, *targets[start : end - len(extra)], *targets[end:]]


@pytest.mark.parametrize("inserted", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_a_shifted_region_is_found(seed, inserted, draw_pairs, inspect):
    generator = random.Random(seed)
    sources, targets = map(list, zip(*draw_pairs(NUM_PAIRS, seed), strict=True))
    start = generator.randrange(100, 1500)
    end = generator.choice([start + 150, start + 700, None])
    extra = [target for _, target in draw_pairs(inserted, seed + 100)]
    inspection = inspect(sources, shifted_targets(targets, start=start, end=end, extra=extra))
    end = NUM_PAIRS if end is None else end
    assert [region.shift for region in inspection.regions] == [-inserted]
    (region,) = inspection.regions
    assert abs(region.start - start) <= 20
    assert abs(region.end - end) <= 20
    (example,) = inspection.suspects["misaligned"].examples
    assert example.line == region.start + 1
    lines = "1 line" if inserted == 1 else f"{inserted} lines"
    assert f"to about line {region.end:,}: " in example.detail
    assert f"a target seems to belong to the source {lines} above" in example.detail


@pytest.mark.parametrize("start", [0, 5])
def test_a_line_lost_at_the_start_shifts_everything(start, draw_pairs, inspect):
    sources, targets = map(list, zip(*draw_pairs(NUM_PAIRS, 9), strict=True))
    inspection = inspect(sources, targets[:start] + targets[start + 1 :])
    assert [region.shift for region in inspection.regions] == [1]
    assert inspection.regions[0].start <= 20
    assert inspection.regions[0].end >= NUM_PAIRS - 20


@pytest.mark.parametrize("seed", range(3))
def test_lines_that_belong_to_nothing_nearby_are_found(seed, draw_pairs, inspect):
    sources, targets = map(list, zip(*draw_pairs(NUM_PAIRS, seed), strict=True))
    block = targets[1000:1300]
    targets[1000:1300] = block[150:] + block[:150]
    (region,) = inspect(sources, targets).regions
    assert region.shift is None
    assert abs(region.start - 1000) <= 30
    assert abs(region.end - 1300) <= 30


def test_names_and_numbers_show_a_shift_where_lengths_say_nothing(inspect):
    generator = random.Random(0)
    names = [
        f"Dr. {generator.choice('BDFGHKLM')}{generator.choice('aeiou')}nner" for _ in range(600)
    ]
    sources = [f"Dr. {name} came at {n % 97}.".encode() for n, name in enumerate(names)]
    targets = [f"Dr. {name} kam um {n % 97}.".encode() for n, name in enumerate(names)]
    assert inspect(sources, targets).regions == []
    (region,) = inspect(sources, [*targets[:300], b"Wer kam um 3?", *targets[300:-1]]).regions
    assert region.shift == -1
    assert abs(region.start - 300) <= 12


def collect(pairs, *, size, first):
    """Collect features from a first chunk, which tells the common words, and others of a size."""
    collector = FeatureCollector()
    for start, end in pairwise([0, *range(first, len(pairs), size), len(pairs)]):
        source, target = (Lines(texts) for texts in zip(*pairs[start:end], strict=True))
        collector.add(Chunk(start + 1, source, target, lines=[], raw=[]))
    return collector.finish()


def test_features_do_not_depend_on_the_chunks(draw_pairs):
    pairs = [tuple(text.decode() for text in pair) for pair in draw_pairs(200, 4)]
    whole = collect(pairs, size=100, first=100)
    for size in (1, 2, 5, 64):
        parts = collect(pairs, size=size, first=100)
        for name in ("source_lengths", "target_lengths", "source_marks", "target_marks", "anchors"):
            assert np.array_equal(getattr(whole, name), getattr(parts, name)), (name, size)


@pytest.mark.parametrize("seed", range(3))
def test_anchors_are_shared_as_by_brute_force(seed):
    generator = random.Random(seed)
    words = ["Anna", "Bob", "7", "42", "and", "Über", "lower", "x"]
    pairs = [
        tuple(" ".join(generator.choices(words, k=generator.randrange(4))) for _ in range(2))
        for _ in range(60)
    ]
    features = collect(pairs, size=11, first=2)
    anchors = [[{w for w in text.split() if not w.islower()} for text in pair] for pair in pairs]
    for shift in SHIFTS:
        expected = []
        for n in range(len(pairs)):
            source = anchors[n + shift][0] if 0 <= n + shift < len(pairs) else set()
            target = anchors[n][1]
            expected.append(2 if source & target else int(bool(source and target)))
        assert features.anchor_outcomes(shift).tolist() == expected


@pytest.mark.parametrize(
    ("source", "target", "differ"),
    [
        ("In 1984 it rained.", "1984 regnete es.", False),
        ("In 1984 it rained.", "1985 regnete es.", True),
        ("In 1984 it rained.", "Es regnete.", True),
        ("12,000 people", "12 000 Menschen", False),
        ("12,000 people", "12.000 Menschen", False),
        ("３月１４日", "14 March, 3", False),
        ("It was 2 p.m.", "Es war 14 Uhr.", False),
        ("the 1990s", "die 90er", False),
        ("Seven of 7", "Sieben von sieben", False),
        ("100 years", "hundert Jahre", False),
        ("room 007", "Zimmer 7", False),
        ("17 trees", "71 Bäume", True),
        ("訪日外国人は524万人であった。", "There were 5,240,000 foreign visitors.", False),
        ("訪日外国人は524万人であった。", "There were 524,000 foreign visitors.", True),
        ("昭和60年頃に生まれた。", "It was born around 1985.", False),
        ("1984年の昭和60年頃", "From 1983 to 1985", False),
        ("1984年に生まれた。", "It was born around 1985.", True),
    ],
)
def test_which_numbers_differ(source, target, differ, inspect):
    suspects = inspect([source.encode()], [target.encode()]).suspects
    assert suspects["numbers"].lines == ([1] if differ else [])


@pytest.mark.parametrize(
    "text",
    [
        "Das macht Spaß“, sagte er.",
        "„Das Ü“ und „Ö“…",
        "À la carte, déjà-vu, «Été»",
        "CAFÉ» et «É»",
        "R&B, AT&T; a < b > c, <3",
        "x<y and y>z; <a",
        "Ångström, Ärger, Îles, Øre",
    ],
)
def test_what_looks_like_wrong_decoding_or_markup_and_is_not(text, inspect):
    suspects = inspect([text.encode()], [b"Something else."]).suspects
    assert suspects["mojibake"].lines == []
    assert suspects["markup"].lines == []
