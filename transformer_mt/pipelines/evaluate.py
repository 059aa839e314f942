"""`tmt evaluate`: translate test sets, or take given translations, score and compare them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from transformer_mt.config import Config
from transformer_mt.data.held_out import Split
from transformer_mt.data.hub_errors import show_downloads
from transformer_mt.errors import UserError
from transformer_mt.evaluation.scores import MetricName, TokenizerName, default_tokenizer
from transformer_mt.evaluation.significance import RESAMPLES, memory_needed
from transformer_mt.pipelines.evaluation_report import Report, as_json, as_text
from transformer_mt.pipelines.evaluation_sets import EvaluationSet, file_sets, split_sets
from transformer_mt.pipelines.loading import DecodingOptions, say
from transformer_mt.pipelines.measuring import Measures, doubts_about, measure
from transformer_mt.pipelines.training_overlap import TrainingOverlap, training_overlap
from transformer_mt.pipelines.translated_sets import (
    System,
    TranslatedSet,
    read_translations,
    translate_sets,
)
from transformer_mt.run_directory import RunDirectory, find_run

_FEWEST_RESAMPLES = 100
_MEMORY_FOR_RESAMPLING = 4 * 2**30


@dataclass(frozen=True)
class EvaluateOptions:
    """What to score and how; see `tmt evaluate --help`."""

    metrics: Sequence[MetricName] = ()
    splits: Sequence[Split] = ()
    sources: Sequence[Path] = ()
    references: Sequence[Path] = ()
    hypotheses: Sequence[Path] = ()
    against: Sequence[Path] = ()
    tokenize: TokenizerName | None = None
    lowercase: bool = False
    confidence: int | None = None
    by_length: bool = False
    worst: int = 0
    overlap_check: bool = True
    output: Path | None = None
    as_json: bool = False


def evaluate(options: EvaluateOptions, decoding: DecodingOptions) -> str:
    """Return the scores as text or JSON; what casts doubt on them goes to standard error.

    Raises:
        UserError: files or options do not fit together.
    """
    show_downloads.set(not decoding.quiet)
    run = _run(options, decoding)
    config = run.load_config() if run else None
    sets = _test_sets(options, run, config, quiet=decoding.quiet)
    against_run = _against_run(options, run, sets)
    against_config = against_run.load_config() if against_run else None
    if options.hypotheses and not against_run:
        _refuse_search_options(decoding)
    measures = _measures(options, sets, config or against_config)
    # Files before runs: what is wrong with them should show before a long translation.
    against = System()
    compared: Sequence[TranslatedSet | None] = [None] * len(sets)
    if options.against and not against_run:
        compared = read_translations(options.against, sets, option="--against")
    system = System()
    if options.hypotheses:
        translated = read_translations(options.hypotheses, sets, option="--hypotheses")
    else:
        assert run is not None
        of_run = replace(decoding, run=run.path)
        system, translated = translate_sets(of_run, sets, output=options.output)
    if against_run:
        of_run = replace(decoding, run=against_run.path)
        against, compared = translate_sets(of_run, sets)
    trained = [(run, config), (against_run, against_config)] if options.overlap_check else []
    overlaps = _overlaps(trained, sets, quiet=decoding.quiet)
    reports = [
        measure(each, made, other, overlap, measures)
        for each, made, other, overlap in zip(sets, translated, compared, overlaps, strict=True)
    ]
    doubts = [
        doubt
        for each, made, report in zip(sets, translated, reports, strict=True)
        for doubt in doubts_about(each, made, report, measures)
    ]
    for doubt in doubts:
        say(f"warning: {doubt.test_set}: {doubt.message}", quiet=False)
    found = Report(system, against if options.against else None, reports, doubts)
    return as_json(found) if options.as_json else as_text(found)


def _run(options: EvaluateOptions, decoding: DecodingOptions) -> RunDirectory | None:
    """Return the run that translates, or whose data is used; given translations may need none."""
    if not options.hypotheses:
        return find_run(decoding.run)
    if options.output:
        raise UserError("--hypotheses FILE is scored as it is: leave --output out.")
    if decoding.run is None and (options.splits or not options.references):
        raise UserError("--hypotheses FILE needs --reference FILE, or --run DIR and --split.")
    return find_run(decoding.run) if decoding.run else None


def _refuse_search_options(decoding: DecodingOptions) -> None:
    """Refuse options of the search where nothing is translated."""
    given = {
        "--beam-size": decoding.beam_size,
        "--length-penalty": decoding.length_penalty,
        "--batch-size": decoding.batch_size,
    }
    for name, value in given.items():
        if value is not None:
            raise UserError(
                f"{name} {value}: --hypotheses FILE is scored as it is, and nothing is translated: "
                f"leave {name} out."
            )


def _test_sets(
    options: EvaluateOptions, run: RunDirectory | None, config: Config | None, *, quiet: bool
) -> list[EvaluationSet]:
    """Return splits first, then sets of files; the test split where neither is named."""
    splits = options.splits
    if not splits and not options.sources and not options.references:
        splits = ("test",)
    # Translations that no split claims belong to the files.
    rest = options.hypotheses[len(set(splits)) :] if options.references else ()
    files = file_sets(options.sources, options.references, rest)
    sets = files
    if splits:
        assert run is not None and config is not None
        sets = split_sets(run, config, splits, quiet=quiet) + files
    if options.output and len(sets) > 1:
        raise UserError(
            f"--output names one file, but there are {len(sets)} test sets: leave it out, and the "
            "translations are saved in the run's folder."
        )
    if options.output:
        _refuse_overwriting(options.output, options)
    if options.by_length and any(each.sources is None for each in sets):
        raise UserError("--by-length needs the sources of the translations: give --source FILE.")
    return sets


def _refuse_overwriting(output: Path, options: EvaluateOptions) -> None:
    given = {"source": options.sources, "reference": options.references}
    given["file to compare with"] = options.against
    for what, paths in given.items():
        if any(path.resolve() == output.resolve() for path in paths):
            raise UserError(f"--output {output}: is the {what}. Name another file.")


def _against_run(
    options: EvaluateOptions, run: RunDirectory | None, sets: Sequence[EvaluationSet]
) -> RunDirectory | None:
    """Return the run to compare with, None where it is none."""
    folders = [path for path in options.against if find_run(path).path.is_dir()]
    if not folders:
        return None
    if len(options.against) > 1:
        raise UserError(f"--against {folders[0]}: a run is compared with alone; give one.")
    against = find_run(folders[0])
    if run and not options.hypotheses and run.path.resolve() == against.path.resolve():
        raise UserError(f"--against {folders[0]}: is the run itself. Name another one.")
    if any(each.sources is None for each in sets):
        raise UserError(f"--against {folders[0]}: has to translate; give it --source FILE.")
    return against


def _measures(
    options: EvaluateOptions, sets: Sequence[EvaluationSet], config: Config | None
) -> Measures:
    """Return how to score, with everything decided that the options leave open."""
    metrics: Sequence[MetricName] = options.metrics or ("bleu", "chrf")
    tokenize = options.tokenize
    if tokenize not in (None, "none") and "bleu" not in metrics:
        raise UserError(f"--tokenize {tokenize}: is for BLEU; add --bleu, or leave --tokenize out.")
    if tokenize is None:
        needs_words = "bleu" in metrics
        language = config.data.target_language if config and needs_words else None
        tokenize = default_tokenizer(language)
    resamples = _resamples(options, metrics, max(each.sentences for each in sets))
    return Measures(
        metrics=metrics,
        tokenize=tokenize,
        tokenised=options.tokenize == "none",
        lowercase=options.lowercase,
        resamples=resamples,
        by_length=options.by_length,
        worst=options.worst,
    )


def _resamples(options: EvaluateOptions, metrics: Sequence[MetricName], sentences: int) -> int:
    """Return how often to draw the sentences anew for intervals and comparisons."""
    wanted = RESAMPLES if options.confidence is None else options.confidence
    if 0 < wanted < _FEWEST_RESAMPLES or (wanted == 0 and options.against):
        off = "" if options.against else "; 0 is off"
        raise UserError(f"--confidence {wanted}: take {_FEWEST_RESAMPLES} or more{off}.")
    needed = memory_needed(
        metrics, sentences=sentences, resamples=wanted, comparing=bool(options.against)
    )
    if needed <= _MEMORY_FOR_RESAMPLING:
        return wanted
    problem = f"resampling {sentences:,} sentences takes about {needed / 2**30:.0f} GiB of memory"
    if options.confidence is not None or options.against:
        raise UserError(f"{problem}.\nGive fewer sentences, or --confidence with a lower number.")
    say(f"No confidence intervals: {problem}.", quiet=False)
    return 0


def _overlaps(
    runs: Sequence[tuple[RunDirectory | None, Config | None]],
    sets: Sequence[EvaluationSet],
    *,
    quiet: bool,
) -> list[list[TrainingOverlap]]:
    """Return for each test set what each run's training data has of it, if sources are known."""
    sources = {n: each.sources for n, each in enumerate(sets) if each.sources is not None}
    overlaps: list[list[TrainingOverlap]] = [[] for _ in sets]
    for run, config in runs:
        if run and config and sources:
            found = training_overlap(run, config, list(sources.values()), quiet=quiet)
            for number, overlap in zip(sources, found, strict=True):
                overlaps[number].append(overlap)
    return overlaps
