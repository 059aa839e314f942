"""`tmt score`: how probable given translations are."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from transformer_mt.config_file import build_config
from transformer_mt.data.corpus import Corpus, ParallelFiles, read_pairs
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.decoding.forced_scores import PairFlag, PairScore
from transformer_mt.device import out_of_memory
from transformer_mt.errors import UserError
from transformer_mt.pipelines.corpora import corpora_of, describe_reading
from transformer_mt.pipelines.line_formats import FormatName, dump_json_line
from transformer_mt.pipelines.line_input import LINES_TOGETHER
from transformer_mt.pipelines.line_output import open_output, refuse_to_overwrite
from transformer_mt.pipelines.loading import DecodingOptions, load_translator, say
from transformer_mt.run_directory import RunDirectory, find_run
from transformer_mt.training.progress import counting_bar

_WORDS: dict[PairFlag, str] = {"empty": "with an empty side", "too_long": "too long"}


@dataclass(frozen=True)
class ScoreOptions:
    """Where the pairs are, and how lines look; see `tmt score --help`."""

    source: Path | None = None
    target: Path | None = None
    pairs: Path | None = None
    source_column: str | None = None
    """Of `pairs`: digits are the number of a column, from 0; `target_column` likewise."""
    target_column: str | None = None
    output: Path | None = None
    format: FormatName = "text"


def score(options: ScoreOptions, decoding: DecodingOptions) -> None:
    """Write a line for each pair, in order; then say the perplexity of all.

    Raises:
        UserError: no run, unreadable or unequal input, unwritable output.
    """
    corpus = _corpus(options, decoding)
    refuse_to_overwrite(options.output, options.source, options.target, options.pairs)
    with ExitStack() as stack:
        report = ReadingReport()
        pairs = read_pairs(corpus, report)
        first = next(pairs)  # before an output is overwritten; an empty file is an error already
        translator = load_translator(decoding).translator
        output = open_output(options.output, stack)
        stack.enter_context(out_of_memory("Lower --batch-size, or use another --device."))
        progress = stack.enter_context(counting_bar("scoring", "pairs", quiet=decoding.quiet))
        total = _Total()
        for chunk in _chunks(chain([first], pairs)):
            sources, targets = zip(*chunk, strict=True)
            for (source, target), found in zip(
                chunk, translator.score(sources, targets), strict=True
            ):
                total.add(found)
                output.write(f"{_line(options.format, source, target, found)}\n".encode())
            output.flush()
            progress(total.num_pairs)
    if report.notes():
        say("\n".join(describe_reading([corpus], [report])), quiet=decoding.quiet)
    say(total.report(), quiet=decoding.quiet)


@dataclass
class _Total:
    """Adds up what is scored, and counts what is not."""

    num_pairs: int = 0
    num_tokens: int = 0
    log_prob: float = 0.0
    flags: Counter[PairFlag] = field(default_factory=Counter)

    def add(self, found: PairScore) -> None:
        """Take one pair into account."""
        self.num_pairs += 1
        self.num_tokens += len(found.token_log_probs)
        self.log_prob += found.log_prob or 0.0
        self.flags.update(found.flags)

    def report(self) -> str:
        """Return the sum, and the perplexity per token, in words."""
        counts = ((self.flags[flag], words) for flag, words in _WORDS.items())
        left_out = [f"{count:,} {words}" for count, words in counts if count]
        note = f" Not scored: {', '.join(left_out)}." if left_out else ""
        if not self.num_tokens:
            return f"No pair could be scored.{note}"
        perplexity = math.exp(min(-self.log_prob / self.num_tokens, 700.0))
        return (
            f"{self.num_pairs - self.flags.total():,} pairs, {self.num_tokens:,} target tokens: "
            f"log-probability {self.log_prob:.2f}, perplexity {perplexity:.4f} per token.{note}"
        )


def _corpus(options: ScoreOptions, decoding: DecodingOptions) -> Corpus:
    if options.pairs and not (options.source or options.target):
        return _corpus_of_pairs(options, options.pairs, find_run(decoding.run))
    if options.source and options.target and not options.pairs:
        if options.source_column is not None or options.target_column is not None:
            raise UserError("--source-column and --target-column are of --pairs: leave them out.")
        return ParallelFiles(options.source, options.target)
    raise UserError("Give either --source FILE and --target FILE, or --pairs FILE.")


def _corpus_of_pairs(options: ScoreOptions, path: Path, run: RunDirectory) -> Corpus:
    """Return a file of pairs as training reads one, in the languages of the run."""
    data = run.load_config().data
    columns = {"source_column": options.source_column, "target_column": options.target_column}
    entry = {key: _column(value) for key, value in columns.items() if value is not None}
    languages = {
        "source_language": data.source_language,
        "target_language": data.target_language,
    }
    tree = {"data": {**languages, "train": [{"pairs": str(path), **entry}]}}
    (corpus,) = corpora_of(build_config(tree, place="--pairs").data, "train")
    return corpus


def _column(value: str) -> int | str:
    return int(value) if re.fullmatch("[0-9]{1,9}", value) else value


def _chunks(pairs: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    while chunk := list(islice(pairs, LINES_TOGETHER)):
        yield chunk


def _line(name: FormatName, source: str, target: str, found: PairScore) -> str:
    """Return the line of a pair; what has no score has `nan`, or null in JSON."""
    if name == "jsonl":
        return dump_json_line(
            {
                "source": source,
                "target": target,
                "score": _rounded(found.score),
                "log_prob": _rounded(found.log_prob),
                "token_log_probs": [round(each, 6) for each in found.token_log_probs],
                "flags": list(found.flags),
            }
        )
    figures = (_decimals(found.score), _decimals(found.log_prob))
    if name == "tsv":
        sides = (source.replace("\t", " "), target.replace("\t", " "))
        return "\t".join((*sides, *figures, ",".join(found.flags)))
    return "\t".join((*figures, *found.flags))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _decimals(value: float | None) -> str:
    return "nan" if value is None else f"{value:.4f}"
