"""What `tmt evaluate` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import transformer_mt.commands.options as evaluating
from transformer_mt.commands.options import (
    BatchOption,
    BeamOption,
    Device,
    DeviceOption,
    FormatOption,
    OutputFormat,
    PenaltyOption,
    Precision,
    PrecisionOption,
    QuietOption,
    RunOption,
    ThreadsOption,
)

if TYPE_CHECKING:
    from transformer_mt.evaluation.scores import MetricName


def evaluate(
    bleu: evaluating.BleuOption = False,
    chrf: evaluating.ChrfOption = False,
    chrf_plus_plus: evaluating.ChrfPlusPlusOption = False,
    ter: evaluating.TerOption = False,
    run: RunOption = None,
    split: evaluating.SplitsOption = None,
    source: evaluating.SourcesOption = None,
    reference: evaluating.ReferencesOption = None,
    hypotheses: evaluating.HypothesesOption = None,
    against: evaluating.AgainstOption = None,
    confidence: evaluating.ConfidenceOption = None,
    by_length: evaluating.ByLengthOption = False,
    worst: evaluating.WorstOption = 0,
    tokenize: evaluating.TokenizeOption = None,
    lowercase: evaluating.LowercaseOption = False,
    no_overlap_check: evaluating.NoOverlapCheckOption = False,
    output: evaluating.TranslationsOption = None,
    format_: FormatOption = OutputFormat.text,
    beam_size: BeamOption = None,
    length_penalty: PenaltyOption = None,
    batch_size: BatchOption = None,
    device: DeviceOption = Device.auto,
    precision: PrecisionOption = Precision.auto,
    threads: ThreadsOption = None,
    quiet: QuietOption = False,
) -> None:
    """Translate test sets, score them with sacreBLEU, and compare systems."""
    from transformer_mt.pipelines.evaluate import EvaluateOptions
    from transformer_mt.pipelines.evaluate import evaluate as run_pipeline
    from transformer_mt.pipelines.loading import DecodingOptions

    wanted: dict[MetricName, bool] = {
        "bleu": bleu,
        "chrf": chrf,
        "chrf++": chrf_plus_plus,
        "ter": ter,
    }
    evaluation = EvaluateOptions(
        metrics=[name for name, chosen in wanted.items() if chosen],
        splits=[each.value for each in split or ()],
        sources=source or (),
        references=reference or (),
        hypotheses=hypotheses or (),
        against=against or (),
        tokenize=tokenize.value if tokenize else None,
        lowercase=lowercase,
        confidence=confidence,
        by_length=by_length,
        worst=worst,
        overlap_check=not no_overlap_check,
        output=output,
        as_json=format_ is OutputFormat.json,
    )
    decoding = DecodingOptions(
        run=run,
        beam_size=beam_size,
        length_penalty=length_penalty,
        batch_size=batch_size,
        device=device.value,
        precision=precision.value,
        threads=threads,
        quiet=quiet,
    )
    print(run_pipeline(evaluation, decoding))
