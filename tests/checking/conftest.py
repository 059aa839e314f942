"""A clean corpus to plant faults in, and what looks for them."""

import random

import pytest

from transformer_mt.checking.inspection import Inspection
from transformer_mt.checking.reading import CorpusReader
from transformer_mt.checking.repeats import RepeatCheck
from transformer_mt.data.corpus import PairsFile, ParallelFiles


def insert(generator, line, what):
    """Put bytes strictly inside a line, between two characters."""
    text = line.decode()
    place = generator.randrange(1, len(text))
    return text[:place].encode() + what + text[place:].encode()


def one_of(*choices):
    def plant(generator, line):
        choice = generator.choice(choices)
        return insert(generator, line, choice if isinstance(choice, bytes) else choice.encode())

    return plant


CONTROLS = [chr(c) for c in (*range(1, 9), *range(14, 32), *range(127, 160)) if c != 0x85]

# Each takes a generator and a line, and gives the line with the fault of that name.
IN_A_LINE = {
    "invalid_utf8": one_of(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xe4\xb8", b"\xc0\xaf"),
    "byte_order_mark": one_of("\ufeff"),
    "nul": one_of("\0"),
    "control_character": one_of(*CONTROLS),
    "line_break": one_of("\r", "\v", "\f", "\x85", "\u2028", "\u2029"),
}
IN_A_TEXT = {
    **IN_A_LINE,
    "tab": one_of("\t"),
    "empty": lambda generator, line: generator.choice([b"", b" ", "\u3000 ".encode()]),
}


@pytest.fixture(scope="session")
def plants():
    """Return what plants a fault in the text of one side, by the name of the fault."""
    return IN_A_TEXT


@pytest.fixture(scope="session")
def draw_pairs():
    """Return a function that draws pairs of the phrasebook as bytes; some hold a number."""
    from transformer_mt.data.phrasebook import phrases

    train = phrases("train")

    def draw_pairs(count, seed):
        generator = random.Random(seed)
        pairs = []
        for phrase in generator.sample(train, count):
            source, target = phrase.source, phrase.target
            if generator.random() < 0.3:
                number = generator.randrange(10, 3000)
                source, target = f"{number}: {source}", f"{number}: {target}"
            pairs.append((source.encode(), target.encode()))
        return pairs

    return draw_pairs


@pytest.fixture
def inspect(tmp_path):
    """Return a function that writes lines to files and inspects them, in both formats."""

    def inspect(sources, targets=None, *, held_out=None, cleaner=None):
        if targets is None:  # whole lines of a file of tab-separated pairs
            corpus = PairsFile(tmp_path / "a.tsv")
            corpus.path.write_bytes(b"".join(line + b"\n" for line in sources))
        else:
            corpus = ParallelFiles(tmp_path / "a.en", tmp_path / "a.de")
            corpus.source.write_bytes(b"".join(line + b"\n" for line in sources))
            corpus.target.write_bytes(b"".join(line + b"\n" for line in targets))
        inspection = Inspection(CorpusReader(corpus), "")
        inspection.read_text(repeats=RepeatCheck(held_out or {}), cleaner=cleaner)
        inspection.read_tokens(None)
        return inspection

    return inspect


@pytest.fixture
def found():
    """Return a function that gives the lines of each class that was found at all."""

    def found(reports):
        for report in reports.values():
            assert report.count == len(report.lines)
            assert report.lines == sorted(set(report.lines))
            assert [example.line for example in report.examples] == report.lines[:5]
        return {name: report.lines for name, report in reports.items() if report.count}

    return found
