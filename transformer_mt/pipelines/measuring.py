"""From one test set and its translations to scores, comparison, details and doubts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transformer_mt.evaluation.breakdown import scores_by_length, worst_sentences
from transformer_mt.evaluation.doubts import Doubt, doubts_about_size, doubts_about_text
from transformer_mt.evaluation.scores import MetricName, TokenizerName, score
from transformer_mt.evaluation.significance import compare, verdict
from transformer_mt.pipelines.evaluation_report import SetComparison, SetReport
from transformer_mt.pipelines.evaluation_sets import EvaluationSet
from transformer_mt.pipelines.training_overlap import TrainingOverlap
from transformer_mt.pipelines.translated_sets import TranslatedSet


@dataclass(frozen=True)
class Measures:
    """What to find out.

    Attributes:
        metrics: the scores, one or more.
        tokenize: how BLEU cuts lines into tokens.
        tokenised: the text has been cut already, on purpose.
        lowercase: ignore case.
        resamples: for intervals and comparisons; 0 is no intervals.
        by_length: scores for each length of source as well.
        worst: how many of the worst sentences to list.
    """

    metrics: Sequence[MetricName]
    tokenize: TokenizerName
    tokenised: bool
    lowercase: bool
    resamples: int
    by_length: bool
    worst: int


def measure(
    test_set: EvaluationSet,
    translated: TranslatedSet,
    against: TranslatedSet | None,
    overlap: list[TrainingOverlap],
    measures: Measures,
) -> SetReport:
    """Score the translations of one test set in every way that was asked for."""
    hypotheses, references = translated.hypotheses, test_set.references
    tokenize, lowercase = measures.tokenize, measures.lowercase
    scores = [
        score(
            metric,
            hypotheses,
            references,
            tokenize=tokenize,
            lowercase=lowercase,
            resamples=measures.resamples,
        )
        for metric in measures.metrics
    ]
    by_length, worst = None, None
    if measures.by_length:
        assert test_set.sources is not None
        by_length = scores_by_length(
            measures.metrics,
            test_set.sources,
            hypotheses,
            references,
            tokenize=tokenize,
            lowercase=lowercase,
        )
    if measures.worst:
        worst = worst_sentences(
            test_set.sources, hypotheses, references, count=measures.worst, lowercase=lowercase
        )
    return SetReport(
        name=test_set.name,
        split=test_set.split,
        source=str(test_set.source_file) if test_set.source_file else None,
        references=[str(path) for path in test_set.reference_files],
        sentences=test_set.sentences,
        hypotheses=str(translated.file),
        truncated=translated.truncated,
        scores=scores,
        comparison=_compare(test_set, translated, against, measures) if against else None,
        training_overlap=overlap,
        by_length=by_length,
        worst=worst,
    )


def doubts_about(
    test_set: EvaluationSet, translated: TranslatedSet, report: SetReport, measures: Measures
) -> list[Doubt]:
    """Return what makes the scores of a test set less than they seem."""
    name = test_set.name
    doubts = doubts_about_text(
        name,
        translated.hypotheses,
        test_set.references,
        tokenised=measures.tokenised,
        lowercase=measures.lowercase,
    )
    for found in report.training_overlap:
        if found.sentences is None:
            message = f"overlap with the training data of {found.run} is not known: {found.problem}"
            doubts.append(Doubt("training_overlap_unknown", name, message))
        elif found.sentences:
            message = (
                f"{found.sentences:,} of {test_set.sentences:,} sources are also in the training "
                f"data of {found.run}: the scores say less about new text."
            )
            doubts.append(Doubt("training_overlap", name, message))
    comparisons = report.comparison.scores if report.comparison else []
    return doubts + doubts_about_size(name, report.scores, comparisons)


def _compare(
    test_set: EvaluationSet, this: TranslatedSet, against: TranslatedSet, measures: Measures
) -> SetComparison:
    comparisons = [
        compare(
            metric,
            this.hypotheses,
            against.hypotheses,
            test_set.references,
            tokenize=measures.tokenize,
            lowercase=measures.lowercase,
            resamples=measures.resamples,
        )
        for metric in measures.metrics
    ]
    return SetComparison(
        against=against.system,
        hypotheses=str(against.file),
        truncated=against.truncated,
        differing=sum(
            one != other for one, other in zip(this.hypotheses, against.hypotheses, strict=True)
        ),
        scores=comparisons,
        verdicts=[verdict(c, this=this.system, against=against.system) for c in comparisons],
    )
