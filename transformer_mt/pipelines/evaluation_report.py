"""What `tmt evaluate` prints: tables for people, JSON for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from transformer_mt.evaluation.breakdown import LengthGroup, WorstSentence
from transformer_mt.evaluation.doubts import Doubt
from transformer_mt.evaluation.scores import Score
from transformer_mt.evaluation.significance import Comparison
from transformer_mt.pipelines.training_overlap import TrainingOverlap
from transformer_mt.pipelines.translated_sets import System

_WIDTH = 80
_SHORTEST_NAME = 10


@dataclass(frozen=True)
class SetComparison:
    """Two systems on one test set.

    Attributes:
        against: the other: the folder of a run, or a file of translations.
        hypotheses: where its translations lie.
        truncated: how many of them were cut at the length limit; None where nobody knows.
        differing: how many translations the two do not share.
        scores: one for each metric.
        verdicts: what each of them says, in a sentence.
    """

    against: str
    hypotheses: str
    truncated: int | None
    differing: int
    scores: list[Comparison]
    verdicts: list[str]


@dataclass(frozen=True)
class SetReport:
    """All that is found about the translations of one test set.

    Attributes:
        name: the split, or the file of the sources, or that of the translations.
        split: where it is a split of a run.
        source: the file of the sources, if they come from one.
        references: the files of the references, if they come from files.
        sentences: how many there are.
        hypotheses: where the translations lie.
        truncated: how many of them were cut at the length limit; None where nobody knows.
        scores: one for each metric.
        comparison: with `--against`.
        training_overlap: for each run whose training data is known.
        by_length: with `--by-length`.
        worst: with `--worst`.
    """

    name: str
    split: str | None
    source: str | None
    references: list[str]
    sentences: int
    hypotheses: str
    truncated: int | None
    scores: list[Score]
    comparison: SetComparison | None
    training_overlap: list[TrainingOverlap]
    by_length: list[LengthGroup] | None
    worst: list[WorstSentence] | None


@dataclass(frozen=True)
class Report:
    """The object that `--format json` prints."""

    system: System
    against: System | None
    test_sets: list[SetReport]
    warnings: list[Doubt]


def as_json(report: Report) -> str:
    """Return the whole report as JSON."""
    return json.dumps(asdict(report), indent=1, ensure_ascii=False)


def as_text(report: Report) -> str:
    """Return the report, without its warnings, as paragraphs for people."""
    paragraphs = [_scores(report.test_sets)]
    for each in report.test_sets:
        if each.comparison:
            paragraphs.append(_comparison(each, each.comparison))
        if each.by_length:
            paragraphs.append(_by_length(each, each.by_length))
        if each.worst is not None:
            paragraphs.extend(_worst(each, each.worst))
    paragraphs.append(_signatures(report.test_sets))
    return "\n\n".join(paragraphs)


def _scores(test_sets: Sequence[SetReport]) -> str:
    names = [each.name for each in test_sets[0].scores]
    has_bleu = "BLEU" in names
    rows = [["test set", "lines", *names, *(["ratio", "BP"] if has_bleu else [])]]
    for each in test_sets:
        row = [each.name, f"{each.sentences:,}", *map(_with_interval, each.scores)]
        for details in (score.bleu_details for score in each.scores):
            if details:
                row += [f"{details.length_ratio:.3f}", f"{details.brevity_penalty:.3f}"]
        rows.append(row)
    return _table(rows)


def _with_interval(score: Score) -> str:
    interval = f" ±{score.confidence.half_width:.1f}" if score.confidence else ""
    return f"{score.value:.2f}{interval}"


def _comparison(test_set: SetReport, comparison: SetComparison) -> str:
    rows = [["", "this", "against", "difference", "p bootstrap", "p randomisation"]]
    for each in comparison.scores:
        p_values = [each.bootstrap.p_value, each.randomisation.p_value]
        rows.append(
            [
                each.name,
                f"{each.value:.2f}",
                f"{each.against_value:.2f}",
                f"{each.difference:+.2f}",
                *("-" if p is None else f"{p:.4f}" for p in p_values),
            ]
        )
    sentences = (
        textwrap.fill(verdict, _WIDTH, break_long_words=False) for verdict in comparison.verdicts
    )
    title = (
        f"{test_set.name}, against {comparison.against}: {comparison.differing:,} of "
        f"{test_set.sentences:,} translations differ"
    )
    return "\n".join(
        [textwrap.fill(title, _WIDTH, break_long_words=False), _table(rows), *sentences]
    )


def _by_length(test_set: SetReport, groups: Sequence[LengthGroup]) -> str:
    names = [score.name for score in test_set.scores]
    rows = [["words", "lines", *names]]
    for group in groups:
        scores = [f"{group.scores[name]:.2f}" if group.scores else "-" for name in names]
        rows.append([group.words, f"{group.sentences:,}", *scores])
    return f"{test_set.name}, by words of the source\n{_table(rows)}"


def _worst(test_set: SetReport, sentences: Sequence[WorstSentence]) -> Iterator[str]:
    if not sentences:
        yield f"{test_set.name}: every translation has the words of a reference"
        return
    title = f"{test_set.name}, the worst translations by chrF\n"
    for each in sentences:
        lines = [f"{title}line {each.line:,}, chrF {each.chrf:.2f}"]
        if each.source is not None:
            lines.append(f"  source       {each.source}")
        lines.append(f"  translation  {each.hypothesis}")
        lines.extend(f"  reference    {text}" for text in each.references)
        yield "\n".join(lines)
        title = ""


def _signatures(test_sets: Sequence[SetReport]) -> str:
    """Return each signature once; where test sets differ in one, with their names."""
    lines = []
    for number, score in enumerate(test_sets[0].scores):
        names: dict[str, list[str]] = {}
        for each in test_sets:
            names.setdefault(each.scores[number].signature, []).append(each.name)
        for signature, sharing in names.items():
            of = f", {', '.join(sharing)}" if len(names) > 1 else ""
            lines += [f"{score.name}{of}", signature]
    return "\n".join(lines)


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Align the first column to the left, cut it where lines would be too long, others right."""
    first, *others = zip(*rows, strict=True)
    widths = [max(map(len, column)) for column in others]
    room = max(_SHORTEST_NAME, _WIDTH - sum(widths) - 2 * len(widths))
    names = [name if len(name) <= room else f"…{name[1 - room :]}" for name in first]
    longest = max(map(len, names))
    lines = []
    for name, row in zip(names, rows, strict=True):
        cells = [f"  {cell:>{width}}" for cell, width in zip(row[1:], widths, strict=True)]
        lines.append(f"{name:<{longest}}{''.join(cells)}")
    return "\n".join(lines)
