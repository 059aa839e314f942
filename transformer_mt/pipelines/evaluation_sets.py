"""From the files and splits that `tmt evaluate` is given to test sets: sources and references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transformer_mt.config import Config
from transformer_mt.data.corpus import content_hashes
from transformer_mt.data.held_out import Split
from transformer_mt.data.text_lines import read_lines
from transformer_mt.errors import UserError
from transformer_mt.pipelines.corpora import (
    check_data_unchanged,
    check_held_out_unchanged,
    describe_reading,
    evaluation_corpora,
    read_all,
)
from transformer_mt.pipelines.loading import say
from transformer_mt.run_directory import RunDirectory


@dataclass(frozen=True)
class EvaluationSet:
    """Sentences with one or more references, and where they come from.

    Attributes:
        name: the split, or the file of the sources, or that of the translations.
        split: where it is a split of a run.
        source_file: where the sources come from a file.
        reference_files: where the references come from files.
        sources: None where nobody said what was translated.
        references: one or more sets, each with a line per sentence.
    """

    name: str
    split: Split | None
    source_file: Path | None
    reference_files: tuple[Path, ...]
    sources: list[str] | None
    references: list[list[str]]

    @property
    def sentences(self) -> int:
        """How many sentences are translated and scored."""
        return len(self.references[0])


def split_sets(
    run: RunDirectory, config: Config, splits: Sequence[Split], *, quiet: bool
) -> list[EvaluationSet]:
    """Return splits of a run's data, which must be those it began with.

    Raises:
        UserError: a file is gone or has changed.
    """
    sets = []
    for split in dict.fromkeys(splits):
        corpora = evaluation_corpora(run, config, split)
        for corpus in corpora:
            check_data_unchanged(config.data_sha256, content_hashes(corpus), place=str(run.config))
        check_held_out_unchanged(run, config, split)
        texts = read_all(corpora)
        lines = describe_reading(corpora, texts.reports)
        for line, report in zip(lines, texts.reports, strict=True):
            if report.notes():
                say(line, quiet=quiet)
        sets.append(EvaluationSet(split, split, None, (), texts.sources, [texts.targets]))
    return sets


def file_sets(
    sources: Sequence[Path], references: Sequence[Path], hypotheses: Sequence[Path]
) -> list[EvaluationSet]:
    """Return the test sets that files make up.

    A set is a file of sources, or where there are none a file of hypotheses; the references are
    those of the first set, then those of the second, and so on, equally many of each.

    Raises:
        UserError: the files do not fit together, or cannot be read.
    """
    names = sources or hypotheses
    if not names and not references:
        return []
    if not names or not references:
        raise UserError("--source FILE and --reference FILE belong together; give both.")
    if len(references) % len(names):
        raise UserError(
            f"--reference: {len(references)} files are given for {len(names)} test sets.\n"
            "Each needs the same number: first those of the first set, then those of the second."
        )
    each = len(references) // len(names)
    sets = []
    for number, name in enumerate(names):
        files = tuple(references[number * each : (number + 1) * each])
        texts = [list(read_lines(path)) for path in files]
        source_lines = list(read_lines(name)) if sources else None
        lines = list(zip(files, texts, strict=True))
        refuse_unequal(lines if source_lines is None else [(name, source_lines), *lines])
        source_file = name if sources else None
        sets.append(EvaluationSet(str(name), None, source_file, files, source_lines, texts))
    return sets


def refuse_unequal(files: Sequence[tuple[Path | str, list[str]]]) -> None:
    """Refuse files of one test set that differ in their number of lines, or have none.

    Raises:
        UserError: naming the first file and the one that differs.
    """
    (first, lines), *others = files
    if not lines:
        raise UserError(f"{first}: the file is empty. Give a file with at least one sentence.")
    for path, other in others:
        if len(other) != len(lines):
            raise UserError(
                f"{first} has {len(lines)} lines and {path} has {len(other)}: "
                "line n of one must belong to line n of the other."
            )
