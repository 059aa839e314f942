"""Datasets of the Hugging Face Hub as corpora, read through the `datasets` library.

A dataset is named by its commit, so that a run reads the same text however long it takes and
whatever its owner changes meanwhile. What `datasets` has made of a commit lies in its own cache
as Arrow files; from there it is memory-mapped, and the Hub is not asked again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from transformer_mt.corpus_entries import HubEntry
from transformer_mt.data.arrow_columns import choose_text_columns, column_of
from transformer_mt.data.hub_errors import reading_the_cache
from transformer_mt.data.hub_loading import open_split
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.errors import UserError

if TYPE_CHECKING:
    import datasets

ROWS_PER_BATCH = 1000


@dataclass(frozen=True)
class HubDataset:
    """One split, or a slice of one, of one configuration of a dataset at one commit."""

    hub: str
    name: str
    split: str
    commit: str
    source_column: str
    target_column: str

    @property
    def identity(self) -> str:
        """What the text is, wherever it lies: `hub:wmt/wmt14@<commit>/de-en/train`."""
        return f"hub:{self.hub}@{self.commit}/{self.name}/{self.split}"

    @property
    def digest(self) -> str:
        """A SHA-256 of the identity, which stands for the content.

        A commit is itself a hash of every file of the repository (of large ones by the SHA-256
        in their pointers): the content cannot change without it. So the text need not be
        there, let alone be read, to tell that it is what a run began with.
        """
        return hashlib.sha256(self.identity.encode()).hexdigest()


def resolve(
    entry: HubEntry, *, commit: str, source_language: str, target_language: str
) -> HubEntry:
    """Return the entry at a commit, with all filled in that it leaves to the dataset.

    What is not in the cache of `datasets` yet is downloaded.

    Raises:
        UserError: there is no such dataset, configuration, split or column; or the Hub cannot
            be reached.
    """
    name, split, rows = open_split(entry.hub, entry.name, commit, entry.split)
    columns = None
    if entry.source_column is not None and entry.target_column is not None:
        columns = entry.source_column, entry.target_column
    source_column, target_column = choose_text_columns(
        rows.features.arrow_schema,
        columns,
        languages=(source_language, target_language),
        place=f"hub {entry.hub}",
    )
    return HubEntry(
        hub=entry.hub,
        name=name,
        split=split,
        revision=commit,
        resolved_from=entry.resolved_from if commit == entry.revision else entry.revision,
        source_column=source_column,
        target_column=target_column,
    )


def dataset_of(entry: HubEntry) -> HubDataset:
    """Return the corpus that a resolved entry names.

    Raises:
        UserError: the entry leaves something open, which those in a run's config never do.
    """
    if (
        entry.name is None
        or entry.split is None
        or entry.revision is None
        or entry.source_column is None
        or entry.target_column is None
    ):
        raise UserError(
            f"hub {entry.hub}: name, split, revision, source_column and target_column must all "
            "stand in the config.yaml of a run.\nPut back what was removed, or begin anew with "
            "--overwrite."
        )
    return HubDataset(
        hub=entry.hub,
        name=entry.name,
        split=entry.split,
        commit=entry.revision,
        source_column=entry.source_column,
        target_column=entry.target_column,
    )


def read_hub_pairs(corpus: HubDataset, report: ReadingReport) -> Iterator[tuple[str, str]]:
    """Yield the (source, target) pairs of a dataset; only a batch of rows is in memory at a time.

    `report` is told of the line breaks that became spaces.

    Raises:
        UserError: the dataset is neither in the cache nor to be had, a text is missing, or
            there is no row.
    """
    _, _, rows = open_split(corpus.hub, corpus.name, corpus.commit, corpus.split)
    yield from pairs_of(rows, corpus, report)


def pairs_of(
    rows: datasets.Dataset, corpus: HubDataset, report: ReadingReport
) -> Iterator[tuple[str, str]]:
    """Yield the pairs of an opened dataset; what would break a line becomes a space."""
    tables = rows.with_format("arrow")
    folder = str(Path(rows.cache_files[0]["filename"]).parent) if rows.cache_files else "memory"
    for start in range(0, len(rows), ROWS_PER_BATCH):
        with reading_the_cache(corpus.hub, folder):
            table = tables[start : start + ROWS_PER_BATCH]
            sources = column_of(table, corpus.source_column).to_pylist()
            targets = column_of(table, corpus.target_column).to_pylist()
        for row, (source, target) in enumerate(zip(sources, targets, strict=True), start=start):
            if source is None or target is None:
                column = corpus.source_column if source is None else corpus.target_column
                raise _no_text(corpus, row=row, column=column)
            yield report.one_line(source), report.one_line(target)
    if not len(rows):
        raise UserError(
            f"hub {corpus.hub}: split {corpus.split} of {corpus.name} is empty. Name another one."
        )


def _no_text(corpus: HubDataset, *, row: int, column: str) -> UserError:
    split = corpus.split
    example = f"{split}[:{row}]+{split}[{row + 1}:]" if split.isidentifier() else "train[9:]"
    return UserError(
        f"hub {corpus.hub}: row {row} of split {split} (counted from 0) has no text in column "
        f"{column}.\nLeave it out with slices, such as split: {example}, or name another column."
    )
