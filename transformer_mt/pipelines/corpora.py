"""From the settings of a run to its corpora: training, validation and test."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from transformer_mt.config import Config, DataConfig
from transformer_mt.corpus_entries import CorpusEntry, FilesEntry, HubEntry, PairsEntry
from transformer_mt.data.corpus import (
    Corpus,
    HeldOutPart,
    ParallelFiles,
    Phrasebook,
    content_hashes,
    describe_corpus,
    read_pairs,
)
from transformer_mt.data.filtering import Filters
from transformer_mt.data.held_out import Split, held_out_fraction
from transformer_mt.data.hub import dataset_of
from transformer_mt.data.pairs_file import PairsFile
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.data.text_lines import file_sha256
from transformer_mt.errors import UserError
from transformer_mt.run_directory import RunDirectory, write_atomically, write_json

HELD_OUT_SPLITS: tuple[Split, Split] = ("validation", "test")


@dataclass(frozen=True)
class Corpora:
    """What is trained on, validated on, and kept for the end."""

    train: tuple[Corpus, ...]
    validation: tuple[Corpus, ...]
    test: tuple[Corpus, ...]
    note: str = ""
    """What was held out, in words."""


@dataclass(frozen=True)
class Texts:
    """Corpora that are meant to fit into memory, joined."""

    sources: list[str]
    targets: list[str]
    reports: tuple[ReadingReport, ...]
    """One of each corpus."""


def corpora_of(data: DataConfig, split: Split) -> tuple[Corpus, ...]:
    """Return the corpora that a key of `data` names, in order; it must be given."""
    setting = getattr(data, split)
    if setting == "phrasebook":
        return (Phrasebook(split),)
    languages = data.source_language, data.target_language
    return tuple(_corpus_of(entry, languages) for entry in setting)


def _corpus_of(entry: CorpusEntry, languages: tuple[str, str]) -> Corpus:
    match entry:
        case FilesEntry():
            return ParallelFiles(Path(entry.source), Path(entry.target))
        case PairsEntry():
            return PairsFile(
                Path(entry.pairs),
                entry.source_column,
                entry.target_column,
                format=entry.format,
                header=entry.header,
                languages=languages,
            )
        case HubEntry():
            return dataset_of(entry)


def filters_of(config: Config) -> Filters:
    """Return which pairs training keeps."""
    data = config.data
    return Filters(
        max_source_length=data.max_source_length,
        max_target_length=data.max_target_length,
        max_length_ratio=data.max_length_ratio,
        drop_duplicates=data.drop_duplicates,
    )


def held_out_files(run: RunDirectory, config: Config, split: Split) -> ParallelFiles:
    """Return where a run keeps the text of a split that it held out itself."""
    source, target = config.data.source_language, config.data.target_language
    if source == target:
        source, target = f"source.{source}", f"target.{target}"
    return ParallelFiles(run.held_out / f"{split}.{source}", run.held_out / f"{split}.{target}")


def evaluation_corpora(run: RunDirectory, config: Config, split: Split) -> tuple[Corpus, ...]:
    """Return the validation or test corpora of a run."""
    if getattr(config.data, split) is not None:
        return corpora_of(config.data, split)
    if config.data.train == "phrasebook":
        return (Phrasebook(split),)
    return (held_out_files(run, config, split),)


def prepare_corpora(run: RunDirectory, config: Config) -> Corpora:
    """Return the corpora of a run; hold out validation and test data where none are given.

    Raises:
        UserError: a file cannot be read, or nothing would be left to train on.
    """
    train = corpora_of(config.data, "train")
    missing = [split for split in HELD_OUT_SPLITS if getattr(config.data, split) is None]
    note = ""
    if missing and config.data.train != "phrasebook":
        num_pairs = sum(1 for corpus in train for _ in read_pairs(corpus))
        fraction = held_out_fraction(num_pairs)
        parts = {
            split: tuple(_part(corpus, split, missing, fraction) for corpus in train)
            for split in ("train", *missing)
        }
        counts = {split: _write_held_out(run, config, split, parts[split]) for split in missing}
        train = parts["train"]
        note = "held out of the training data: " + ", ".join(
            f"{count:,} pairs for {split}" for split, count in counts.items()
        )
    test = evaluation_corpora(run, config, "test")
    for corpus in test:  # what is wrong with it is better known before training than after
        deque(read_pairs(corpus), maxlen=0)
    return Corpora(
        train=train,
        validation=evaluation_corpora(run, config, "validation"),
        test=test,
        note=note,
    )


def _part(corpus: Corpus, split: Split, missing: Sequence[str], fraction: float) -> HeldOutPart:
    return HeldOutPart(
        corpus,
        split,
        validation_fraction=fraction if "validation" in missing else 0.0,
        test_fraction=fraction if "test" in missing else 0.0,
    )


def _write_held_out(
    run: RunDirectory, config: Config, split: Split, parts: Sequence[Corpus]
) -> int:
    """Write the pairs of a held-out split, those with an empty side left out; return how many."""
    files = held_out_files(run, config, split)
    pairs = [(s, t) for part in parts for s, t in read_pairs(part) if s.strip() and t.strip()]
    if not pairs:
        raise UserError(
            f"data.train: too few pairs to hold out {split} data from. Give more pairs, or name "
            f"data.validation and data.test yourself."
        )
    run.held_out.mkdir(exist_ok=True)
    hashes = {}
    for path, side in ((files.source, 0), (files.target, 1)):
        content = "".join(f"{pair[side]}\n" for pair in pairs).encode()
        write_atomically(path, content)
        hashes[path.name] = hashlib.sha256(content).hexdigest()
    write_json(_held_out_hashes(run, split), hashes)
    return len(pairs)


def _held_out_hashes(run: RunDirectory, split: Split) -> Path:
    return run.held_out / f"{split}.sha256.json"


def check_held_out_unchanged(run: RunDirectory, config: Config, split: Split) -> None:
    """Refuse held-out text that is not what the run wrote.

    Raises:
        UserError: a file's content differs, or what it was is not known any more.
    """
    path = _held_out_hashes(run, split)
    if getattr(config.data, split) is not None or not path.exists():
        return  # not held out; or by a version that wrote no hashes
    restore = "Restore it, or give files of your own with --source and --reference."
    try:
        saved = dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise UserError(f"{path}: is damaged.\n{restore}") from None
    files = held_out_files(run, config, split)
    for file in (files.source, files.target):
        if saved.get(file.name) != file_sha256(file):
            raise UserError(f"{file}: has changed since the run held it out.\n{restore}")


def data_hashes(config: Config) -> dict[str, str]:
    """Return the SHA-256 of each file that the settings name; of a dataset that of its commit."""
    hashes: dict[str, str] = {}
    for split in ("train", *HELD_OUT_SPLITS):
        if getattr(config.data, split) is not None:
            for corpus in corpora_of(config.data, split):
                hashes.update(content_hashes(corpus))
    return hashes


def check_data_unchanged(saved: dict[str, str], now: dict[str, str], *, place: str) -> None:
    """Refuse data that is not what the run began with.

    Raises:
        UserError: a file's content differs.
    """
    changed = [path for path, digest in now.items() if saved.get(path, digest) != digest]
    if changed:
        raise UserError(
            f"{changed[0]}: has changed since this run began (its SHA-256 is in {place}).\n"
            "Restore the file, or train another run with --run DIR, or begin anew with --overwrite."
        )


def read_all(corpora: Sequence[Corpus]) -> Texts:
    """Return the text of corpora that are meant to fit into memory.

    Raises:
        UserError: a file cannot be read.
    """
    reports = tuple(ReadingReport() for _ in corpora)
    parts = (read_pairs(*part) for part in zip(corpora, reports, strict=True))
    pairs = list(chain.from_iterable(parts))
    sources, targets = [source for source, _ in pairs], [target for _, target in pairs]
    return Texts(sources, targets, reports)


def describe_reading(corpora: Sequence[Corpus], reports: Sequence[ReadingReport]) -> list[str]:
    """Return a line for each corpus: where it is, its pairs, and what was done to get at them."""
    return [
        f"{describe_corpus(corpus)}: {report.describe()}"
        for corpus, report in zip(corpora, reports, strict=True)
    ]
