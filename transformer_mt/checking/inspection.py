"""One corpus, read twice: for all that is wrong with its text, then for its tokens."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field

from transformer_mt.checking.alignment import Region, misaligned_regions
from transformer_mt.checking.characters import check_characters
from transformer_mt.checking.chunk import Chunk, Finding, Side
from transformer_mt.checking.classes import DROPPED, FAULTS, SUSPECTS
from transformer_mt.checking.cleaning import Cleaner, CorpusCleaner
from transformer_mt.checking.content import check_content
from transformer_mt.checking.features import FeatureCollector, Features
from transformer_mt.checking.lengths import LengthSuspect, long_texts, uneven_pairs
from transformer_mt.checking.numbers import check_numbers
from transformer_mt.checking.reading import CorpusReader
from transformer_mt.checking.repeats import HeldOutTexts, RepeatCheck
from transformer_mt.checking.scripts import ScriptCheck
from transformer_mt.checking.tokens import TokenCheck

MAX_EXAMPLES = 5
MAX_LINES = 1000
MAX_CHARACTERS = 1000

Progress = Callable[[int], None]


@dataclass
class Example:
    """Where a class was found, counted from line 1, and the text: of one side, or of both."""

    file: str
    line: int
    side: Side | None
    text: str
    detail: str


@dataclass
class ClassReport:
    """How many lines a class was found in, which (the first of them), and some in full."""

    count: int = 0
    lines: list[int] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)

    def add(self, line: int) -> bool:
        """Count a line; return whether it shall be an example."""
        self.count += 1
        if len(self.lines) < MAX_LINES:
            self.lines.append(line)
        return len(self.examples) < MAX_EXAMPLES


@dataclass
class CharacterCount:
    """The characters of one side, and which different ones there are."""

    total: int = 0
    distinct: set[str] = field(default_factory=set)


def _reports(classes: Iterable[str]) -> dict[str, ClassReport]:
    return {name: ClassReport() for name in classes}


class Inspection:
    """What was found in one corpus.

    Attributes:
        split: train, validation or test; "" for files alone
        num_pairs: with both sides, of `num_rows` lines in the longer file
        dropped: what training would drop, None before `read_tokens` and for other splits
        cleaned: the pairs kept and removed, where a cleaned copy was written
    """

    def __init__(self, reader: CorpusReader, split: str) -> None:
        self.reader = reader
        self.split = split
        self.num_rows = 0
        self.num_pairs = 0
        self.faults = _reports(FAULTS)
        self.suspects = _reports(SUSPECTS)
        self.dropped: dict[str, ClassReport] | None = None
        self.regions: list[Region] = []
        self.characters: dict[Side, CharacterCount] = {
            "source": CharacterCount(),
            "target": CharacterCount(),
        }
        self.tokens: TokenCheck | None = None
        self.cleaned: tuple[int, int] | None = None
        # Examples found by statistics, whose text is read in the second pass.
        self._without_text: dict[int, list[Example]] = {}

    @property
    def faulty(self) -> bool:
        """Whether there is any exact fault."""
        return any(report.count for report in self.faults.values())

    def read_text(
        self,
        *,
        repeats: RepeatCheck,
        collect: HeldOutTexts | None = None,
        cleaner: Cleaner | None = None,
        sample: Callable[[Chunk], None] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Find all faults and suspects; note held-out texts in `collect`, write a cleaned copy.

        Raises:
            UserError: the corpus cannot be read.
        """
        features, scripts = FeatureCollector(), ScriptCheck()
        with ExitStack() as stack:
            output: CorpusCleaner | None = None
            if cleaner is not None:
                output = stack.enter_context(cleaner.corpus(self.reader, self.split))
            for chunk in self.reader.chunks():
                check_characters(chunk)
                repeats.check(chunk)
                check_content(chunk)
                check_numbers(chunk)
                scripts.check(chunk)
                features.add(chunk)
                self._count(chunk)
                for observe in (collect.add if collect else None, sample):
                    if observe is not None:
                        observe(chunk)
                if output is not None:
                    output.write(chunk)
                if progress is not None:
                    progress(len(chunk))
        if output is not None:
            self.cleaned = (output.kept, output.removed)
        self._judge(features.finish())

    def _count(self, chunk: Chunk) -> None:
        self.num_rows += len(chunk)
        self.num_pairs += len(chunk) - len(chunk.unpaired)
        for side, lines in chunk.sides():
            count = self.characters[side]
            count.total += len(lines.joined) - len(lines.texts) + 1
            count.distinct.update(lines.joined)
            count.distinct.discard("\n")
        for name, rows in chunk.found.classes.items():
            report = self.faults[name] if name in FAULTS else self.suspects[name]
            for row in sorted(rows):
                if report.add(chunk.first_line + row):
                    report.examples.append(self._example(chunk, row, rows[row]))

    def _example(self, chunk: Chunk, row: int, finding: Finding) -> Example:
        return Example(
            self.reader.file_of(finding.side),
            chunk.first_line + row,
            finding.side,
            _text(chunk, row, finding.side)[:MAX_CHARACTERS],
            finding.detail,
        )

    def _judge(self, features: Features) -> None:
        """Find the suspects that only the whole corpus shows."""
        by_row: dict[int, LengthSuspect] = {}
        for suspect in long_texts(features):
            by_row.setdefault(suspect.row, suspect)
        for row in sorted(by_row):
            self._add_without_text("length", by_row[row])
        for suspect in uneven_pairs(features):
            self._add_without_text("length_ratio", suspect)
        self.regions = misaligned_regions(features)
        for region in self.regions:
            suspect = LengthSuspect(region.start, None, region.detail)
            self._add_without_text("misaligned", suspect)

    def _add_without_text(self, name: str, suspect: LengthSuspect) -> None:
        line, side = suspect.row + 1, suspect.side
        if self.suspects[name].add(line):
            example = Example(self.reader.file_of(side), line, side, "", suspect.detail)
            self.suspects[name].examples.append(example)
            self._without_text.setdefault(line, []).append(example)

    def read_tokens(self, tokens: TokenCheck | None, *, progress: Progress | None = None) -> None:
        """Count tokens and what training would drop; fill in the texts still missing."""
        self.tokens = tokens
        if tokens is not None and self.split in ("", "train"):
            self.dropped = _reports(DROPPED)
        if tokens is None and not self._without_text:
            return
        for chunk in self.reader.chunks():
            self._fill_in(chunk)
            for row, reason in (tokens.check(chunk) if tokens else {}).items():
                assert self.dropped is not None
                if self.dropped[reason].add(chunk.first_line + row):
                    example = self._example(chunk, row, Finding(None, ""))
                    self.dropped[reason].examples.append(example)
            if progress is not None:
                progress(len(chunk))

    def _fill_in(self, chunk: Chunk) -> None:
        for row in range(len(chunk)) if self._without_text else ():
            for example in self._without_text.pop(chunk.first_line + row, ()):
                example.text = _text(chunk, row, example.side)[:MAX_CHARACTERS]


def _text(chunk: Chunk, row: int, side: Side | None) -> str:
    if side is None:
        whole = next((lines for name, lines in chunk.lines if name is None), None)
        if whole is not None:
            return whole.texts[row]
        return f"{chunk.source.texts[row]}\t{chunk.target.texts[row]}"
    return (chunk.source if side == "source" else chunk.target).texts[row]
