"""Suspects planted at known lines: at least nine of ten are found, and next to nothing else."""

import random
from dataclasses import fields
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


def half_cut_away(generator, pairs, line):
    pair = list(pairs[line - 1])
    side = generator.randrange(2)
    words = pair[side].split()
    half = len(words) // 2
    # A German sentence without its beginning may well begin with a noun, and look whole.
    at_start = side == 0 and generator.random() < 0.5
    pair[side] = b" ".join(words[-half:] if at_start else words[:half])
    return tuple(pair)


def changed_number(generator, pairs, line):
    source, target = pairs[line - 1]
    number = str(generator.randrange(1000, 2100))
    place = generator.randrange(4)
    digit = generator.choice([digit for digit in "123456789" if digit != number[place]])
    other = generator.choice(
        [
            number[:place] + digit + number[place + 1 :],  # one changed
            number[:place] + digit + number[place:],  # one added
            number[:2] + number[3:],  # one lost
            "",
        ]
    )
    with_number, with_other = (f"{each}: ".encode() if each else b"" for each in (number, other))
    return with_number + source.split(b": ")[-1], with_other + target.split(b": ")[-1]


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
    "length_ratio, cut": half_cut_away,
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
    assert len(set(lines) & set(suspects[name.split(",")[0]])) >= 0.9 * len(lines)
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
    end = generator.choice([start + 40, start + 150, start + 700, None])
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
        for name in (field.name for field in fields(whole)):
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
    ("source", "target"),
    [
        ("In 1984 it rained.", "1984 regnete es."),
        ("12,000 people", "12 000 Menschen"),
        ("12,000 people", "12.000 Menschen"),
        ("10 000 people of 500", "10000 von 500 Menschen"),
        ("volume 2 199, page 3", "Band 2, 199, Seite 3"),
        ("It costs 1.5 euros.", "Es kostet 1,50 Euro."),
        ("At 2:30 p.m.", "Um 14.30 Uhr"),
        ("On 5/3/1999", "Am 5.3.1999"),
        ("It was 2 p.m.", "Es war 14 Uhr."),
        ("the 1990s", "die 90er"),
        ("the 1980s", "die Achtzigerjahre"),
        ("in the 1850s", "Mitte des 19. Jahrhunderts"),
        ("3 dogs and 11 cats", "drei Hunde und elf Katzen"),
        ("the 4th of 5", "der vierte von 5"),
        ("4 chiens", "quatre dogs of 4"),
        ("100 years", "hundert Jahre"),
        ("150 years", "hundertfünfzig Jahre"),
        ("186,000 miles", "dreihunderttausend Kilometer"),
        ("15 billion euros", "15.000.000.000 Euro"),
        ("118,800 tourists", "118,8 Tausend Touristen"),
        ("room 007", "Zimmer 7"),
        ("10 miles", "16 Kilometer"),
        ("100 miles and 90 pounds", "160 Kilometer und 40 Kilo"),
        ("a cup of sugar", "225 g Zucker"),
        ("five ri", "five ri (19.635 metres)"),
        ("３月１４日", "14 March, 3"),
        ("訪日外国人は524万人であった。", "There were 5,240,000 foreign visitors."),
        ("3万3000円と2.7万石", "33,000 yen and 27,000 koku"),
        ("5億8674万枚", "586,740,000 coins"),
        ("62万5千石", "0.625 million koku"),
        ("4億円", "400 million yen"),
        ("九〇年代と四十六人の120人", "46 of 120 people in 1990"),
        ("昭和60年頃に生まれた。", "It was born around 1985."),
        ("宝暦を代表する。", "In 1751 it was the best."),
        ("寛元4年（1246年）12月25日", "January 13, 1247"),
        ("1984年の昭和60年頃", "From 1983 to 1985"),
    ],
)
def test_numbers_written_in_another_way(source, target, inspect):
    for pair in ((source, target), (target, source)):
        suspects = inspect(*([text.encode()] for text in pair)).suspects
        assert suspects["numbers"].lines == [], suspects["numbers"].examples


@pytest.mark.parametrize(
    ("source", "target", "detail"),
    [
        ("In 1984 it rained.", "1985 regnete es.", "1984 and 1985"),
        ("In 1984 it rained.", "1948 regnete es.", "1984 and 1948"),
        ("In 1984 it rained.", "198 regnete es.", "1984 and 198"),
        ("In 1984 it rained.", "19854 regnete es.", "1984 and 19854"),
        ("In 1984 it rained.", "Es regnete.", "1984 in the source, not in the target"),
        ("It rained.", "1984 regnete es.", "1984 in the target, not in the source"),
        ("4 of 1984 days", "4 Tage", "1984 in the source, not in the target"),
        ("17 trees", "71 Bäume", "17 and 71"),
        ("3 trees, 12 dogs", "5 Bäume, 12 Hunde", "3 and 5"),
        ("It costs 19.99.", "Es kostet 19,95.", "99 and 95"),
        ("訪日外国人は524万人であった。", "There were 524,000 visitors.", "5240000 and 524000"),
        ("1984年12月に生まれた。", "It was born on January 3, 1948.", "1984 and 1948"),
    ],
)
def test_numbers_that_differ(source, target, detail, inspect):
    (example,) = inspect([source.encode()], [target.encode()]).suspects["numbers"].examples
    assert (example.line, example.side, example.detail) == (1, None, detail)


def test_a_list_with_long_entries_belongs_together(draw_pairs, inspect):
    pairs = draw_pairs(NUM_PAIRS, 5)
    generator = random.Random(5)
    for n in range(1000, 1120):
        name = "".join(generator.choices("abcdefgh", k=generator.randrange(2, 20)))
        pairs[n] = name.encode(), f"{name} (which is {name}, as they say), {name}".encode()
    assert inspect(*zip(*pairs, strict=True)).regions == []


def test_explanations_in_brackets_make_no_uneven_pair(draw_pairs, inspect):
    pairs = draw_pairs(NUM_PAIRS, 6)
    explained = b" (that is to say" + 30 * b", what is said" + b")"
    for n in range(0, NUM_PAIRS, 100):
        pairs[n] = pairs[n][0], pairs[n][1] + explained
    assert inspect(*zip(*pairs, strict=True)).suspects["length_ratio"].lines == []
    pairs[50] = pairs[50][0], pairs[50][1] + explained.replace(b"(", b"").replace(b")", b"")
    assert inspect(*zip(*pairs, strict=True)).suspects["length_ratio"].lines == [51]


@pytest.mark.parametrize(("every", "found"), [(10, False), (1000, True)])
def test_where_full_stops_are_often_missing_that_says_little(every, found, draw_pairs, inspect):
    pairs = draw_pairs(NUM_PAIRS, 7)
    for n in range(0, NUM_PAIRS, every):
        pairs[n] = pairs[n][0].rstrip(b".?!"), pairs[n][1]
    whole = "Meine Schwester möchte das alte Schloss mit ihren Freunden besuchen."
    pairs[55] = b"My sister would like to visit the old", whole.encode()
    suspects = inspect(*zip(*pairs, strict=True)).suspects
    assert suspects["length_ratio"].lines == ([56] if found else [])


@pytest.mark.parametrize("text", ["1" * 5000, "1,234 " * 5000, "1万" * 5000, "(" * 20000 + ")("])
def test_odd_lines_are_no_trouble(text, inspect):
    assert inspect([text.encode()], [b"5 " + text[1:].encode()]).suspects["numbers"].lines == []


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
