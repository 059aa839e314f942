"""What several commands share: the values and the options that mean the same everywhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

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


RunOption = Annotated[
    Path | None, typer.Option("--run", metavar="DIR", help="The run's folder [the last trained].")
]
DeviceOption = Annotated[Device, typer.Option(help="Where to compute.")]
ThreadsOption = Annotated[int | None, typer.Option(min=1, metavar="N", help="CPU threads.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No progress on standard error.")]
BeamOption = Annotated[int | None, typer.Option(min=1, metavar="N", help="1 is greedy.")]
PenaltyOption = Annotated[
    float | None, typer.Option(min=0.0, metavar="A", help="score = log_prob / length^A.")
]
BatchOption = Annotated[int | None, typer.Option(min=1, metavar="N", help="Sentences at a time.")]
PrecisionOption = Annotated[Precision, typer.Option(help="auto is float32.")]
FormatOption = Annotated[OutputFormat, typer.Option("--format", help="For people, or programs.")]
