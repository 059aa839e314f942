"""The options that mean the same in several commands, and those of `evaluate`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class Device(StrEnum):
    """Where to compute."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"
    mps = "mps"


class Precision(StrEnum):
    """In which numbers to compute."""

    auto = "auto"
    float32 = "float32"
    bfloat16 = "bfloat16"


class Split(StrEnum):
    """Which data of a run to evaluate."""

    validation = "validation"
    test = "test"


class BleuTokenizer(StrEnum):
    """How sacreBLEU cuts text into words."""

    mteval_13a = "13a"
    none = "none"
    intl = "intl"
    zh = "zh"
    char = "char"
    ja_mecab = "ja-mecab"


class OutputFormat(StrEnum):
    """For people or for programs."""

    text = "text"
    json = "json"


class LineFormatName(StrEnum):
    """What a line holds."""

    text = "text"
    tsv = "tsv"
    jsonl = "jsonl"


def path_option(*names: str, metavar: str, help: str) -> Any:  # noqa: ANN401 - as typer.Option
    """Return an option for a path, which whoever opens it has better words for than Typer."""
    return typer.Option(*names, metavar=metavar, help=help, readable=False)


RunOption = Annotated[
    Path | None, path_option("--run", metavar="DIR", help="The run's folder [the last trained].")
]
OutputOption = Annotated[Path | None, path_option(metavar="FILE", help="[standard output]")]
DeviceOption = Annotated[Device, typer.Option(help="Where to compute.")]
ThreadsOption = Annotated[int | None, typer.Option(min=1, metavar="N", help="CPU threads.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No progress on standard error.")]
BeamOption = Annotated[int | None, typer.Option(min=1, metavar="N", help="1 is greedy.")]
PenaltyOption = Annotated[
    float | None, typer.Option(min=0.0, max=10.0, metavar="A", help="score = log_prob / length^A.")
]
BatchOption = Annotated[int | None, typer.Option(min=1, metavar="N", help="Sentences at a time.")]
PrecisionOption = Annotated[Precision, typer.Option(help="auto is float32.")]
FormatOption = Annotated[OutputFormat, typer.Option("--format", help="For people, or programs.")]

# Of `tmt evaluate`

BleuOption = Annotated[bool, typer.Option("--bleu", help="[with --chrf, where none is named]")]
ChrfOption = Annotated[bool, typer.Option("--chrf")]
ChrfPlusPlusOption = Annotated[bool, typer.Option("--chrf++", help="chrF with pairs of words.")]
TerOption = Annotated[bool, typer.Option("--ter", help="Edits per word; lower is better.")]
SplitsOption = Annotated[
    list[Split] | None,
    typer.Option(
        "--split", metavar="<validation|test>", help="The run's own data; repeatable [test]."
    ),
]
SourcesOption = Annotated[
    list[Path] | None,
    path_option("--source", metavar="FILE", help="A test set of your own; repeatable."),
]
ReferencesOption = Annotated[
    list[Path] | None,
    path_option(
        "--reference", metavar="FILE", help="Of the source; repeatable, the same number for each."
    ),
]
HypothesesOption = Annotated[
    list[Path] | None,
    path_option(
        "--hypotheses", metavar="FILE", help="Score these translations as they are; one a test set."
    ),
]
AgainstOption = Annotated[
    list[Path] | None,
    path_option(
        "--against",
        metavar="RUN_OR_FILE",
        help="Compare with another run, or with its translations, one file a test set.",
    ),
]
TokenizeOption = Annotated[
    BleuTokenizer | None, typer.Option(help="sacreBLEU's tokenizer [by target language].")
]
LowercaseOption = Annotated[bool, typer.Option("--lowercase", help="Ignore case.")]
ConfidenceOption = Annotated[
    int | None,
    typer.Option(
        min=0, metavar="N", help="Resamples for the 95 % intervals [1000]; 0 is no intervals."
    ),
]
ByLengthOption = Annotated[
    bool, typer.Option("--by-length", help="Scores by the length of the source as well.")
]
WorstOption = Annotated[
    int, typer.Option(min=0, metavar="N", help="List the N worst sentences, by chrF.")
]
NoOverlapCheckOption = Annotated[
    bool,
    typer.Option(
        "--no-overlap-check", help="Do not look for the test sentences in the training data."
    ),
]
TranslationsOption = Annotated[
    Path | None, path_option(metavar="FILE", help="Where the translations go.")
]
