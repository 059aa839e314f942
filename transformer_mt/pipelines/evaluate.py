"""`tmt evaluate`: translate a test set, or take given translations, and score them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from transformer_mt.config import Config
from transformer_mt.data.corpus import content_hashes
from transformer_mt.data.held_out import Split
from transformer_mt.data.text_lines import read_lines
from transformer_mt.device import out_of_memory
from transformer_mt.errors import UserError
from transformer_mt.evaluation import MetricName, Score, TokenizerName, default_tokenizer, score
from transformer_mt.pipelines.corpora import (
    check_data_unchanged,
    describe_reading,
    evaluation_corpora,
    read_all,
)
from transformer_mt.pipelines.loading import DecodingOptions, LoadedRun, load_translator, say
from transformer_mt.run_directory import RunDirectory, write_atomically
from transformer_mt.training.progress import counting_bar


@dataclass(frozen=True)
class EvaluateOptions:
    """What to score and how; see `tmt evaluate --help`."""

    metrics: Sequence[MetricName] = ()
    split: Split = "test"
    source: Path | None = None
    references: Sequence[Path] = ()
    hypotheses: Path | None = None
    tokenize: TokenizerName | None = None
    lowercase: bool = False
    output: Path | None = None
    as_json: bool = False


def evaluate(options: EvaluateOptions, decoding: DecodingOptions) -> str:
    """Return the scores as text or JSON.

    Raises:
        UserError: files or options do not fit together.
    """
    if options.hypotheses:
        report = _evaluate_file(options, decoding)
    else:
        report = _evaluate_run(options, decoding)
    if options.as_json:
        return json.dumps(report, indent=1, ensure_ascii=False)
    scores = report["scores"]
    return "\n".join(f"{s['name']} {s['value']:.2f}  {s['signature']}" for s in scores)


def _evaluate_file(options: EvaluateOptions, decoding: DecodingOptions) -> dict[str, Any]:
    """Score translations made elsewhere; no model is needed."""
    assert options.hypotheses is not None
    if options.source or options.output:
        raise UserError("--hypotheses FILE is scored as it is: leave --source and --output out.")
    if options.references:
        references = [list(read_lines(path)) for path in options.references]
        language = ""
    else:
        if decoding.run is None:
            raise UserError("--hypotheses FILE needs --reference FILE, or --run DIR and --split.")
        run = RunDirectory(decoding.run)
        config = run.load_config()
        references = [_split_texts(run, config, options.split, quiet=decoding.quiet)[1]]
        language = config.data.target_language
    hypotheses = list(read_lines(options.hypotheses))
    scores = _score(options, hypotheses, references, language=language)
    return _report(options, scores, hypotheses=options.hypotheses)


def _evaluate_run(options: EvaluateOptions, decoding: DecodingOptions) -> dict[str, Any]:
    """Translate with a run and score the result."""
    if bool(options.source) != bool(options.references):
        raise UserError("--source FILE and --reference FILE belong together; give both.")
    loaded = load_translator(decoding)
    if options.source:
        sources = list(read_lines(options.source))
        references = [list(read_lines(path)) for path in options.references]
        what = str(options.source)
    else:
        sources, reference = _split_texts(
            loaded.run, loaded.config, options.split, quiet=decoding.quiet
        )
        references, what = [reference], f"the {options.split} data"
    _refuse_unequal(sources, references, options)
    loaded.translator.refuse_too_long(sources, name=f"{what}, ")
    say(f"Translating {len(sources):,} lines of {what} …", quiet=decoding.quiet)
    bar = counting_bar("translating", "lines", quiet=decoding.quiet)
    with out_of_memory("Lower --batch-size, or use another --device."), bar as progress:
        done = 0

        def count(number: int) -> None:
            nonlocal done
            done += number
            progress(done)

        candidates = loaded.translator.translate(sources, progress=count)
    hypotheses = [translations[0].text for translations in candidates]
    output = _save(hypotheses, options, loaded)
    say(f"Translations saved in {output}", quiet=decoding.quiet)
    language = loaded.config.data.target_language
    scores = _score(options, hypotheses, references, language=language)
    cut = sum(translations[0].truncated for translations in candidates)
    return _report(
        options,
        scores,
        hypotheses=output,
        run=str(loaded.run.path),
        weights=loaded.description,
        decoding=loaded.translator.settings.model_dump(),
        truncated=cut,
    )


def _split_texts(
    run: RunDirectory, config: Config, split: Split, *, quiet: bool
) -> tuple[list[str], list[str]]:
    """Return sources and references of a run's split, which must be those it began with."""
    corpora = evaluation_corpora(run, config, split)
    for corpus in corpora:
        check_data_unchanged(config.data_sha256, content_hashes(corpus), place=str(run.config))
    texts = read_all(corpora)
    lines = describe_reading(corpora, texts.reports)
    for line, report in zip(lines, texts.reports, strict=True):
        if report.notes():
            say(line, quiet=quiet)
    return texts.sources, texts.targets


def _refuse_unequal(
    sources: Sequence[str], references: Sequence[Sequence[str]], options: EvaluateOptions
) -> None:
    for path, lines in zip(options.references, references, strict=False):
        if len(lines) != len(sources):
            raise UserError(
                f"{options.source} has {len(sources)} lines and {path} has {len(lines)}: "
                "line n of one must be the translation of line n of the other."
            )


def _score(
    options: EvaluateOptions,
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    language: str,
) -> list[Score]:
    scores = []
    metrics: Sequence[MetricName] = options.metrics or ("bleu", "chrf")
    for name in metrics:
        tokenize = options.tokenize
        if name == "bleu" and tokenize is None:
            tokenize = default_tokenizer(language)
        scores.append(
            score(name, hypotheses, references, tokenize=tokenize, lowercase=options.lowercase)
        )
    return scores


def _save(hypotheses: Sequence[str], options: EvaluateOptions, loaded: LoadedRun) -> Path:
    """Write the translations to --output, else into the run directory."""
    name = options.source.name if options.source else options.split
    language = loaded.config.data.target_language
    path = options.output or loaded.run.path / "hypotheses" / f"{name}.{language}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, "".join(f"{text}\n" for text in hypotheses).encode())
    except OSError as error:
        raise UserError(
            f"{path}: the translations cannot be saved ({error.strerror}). "
            "Name another file with --output.",
            exit_code=1,
        ) from None
    return path


def _report(
    options: EvaluateOptions, scores: Sequence[Score], *, hypotheses: Path, **more: object
) -> dict[str, Any]:
    """Return the object that `--format json` prints."""
    return {
        "scores": [asdict(each) for each in scores],
        "split": None if options.source or options.hypotheses else options.split,
        "hypotheses": str(hypotheses),
        **more,
    }
