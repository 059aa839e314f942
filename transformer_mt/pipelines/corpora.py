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
from transformer_mt.data.held_out import Split, held_out_fraction, held_out_split
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
        held_out = _held_out_before(run, config, missing) or _hold_out(run, config, train, missing)
        fractions = _fractions(held_out.num_pairs, missing)
        train = tuple(HeldOutPart(corpus, "train", **fractions) for corpus in train)
        note = "held out of the training data: " + ", ".join(
            f"{count:,} pairs for {split}" for split, count in held_out.counts.items()
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


@dataclass(frozen=True)
class _HeldOut:
    """What a run has held out of its training data."""

    num_pairs: int
    """Pairs of the training data before anything was held out."""
    counts: dict[Split, int]
    """Held-out split -> its pairs."""


def _fractions(num_pairs: int, missing: Sequence[Split]) -> dict[str, float]:
    fraction = held_out_fraction(num_pairs)
    return {f"{split}_fraction": fraction if split in missing else 0.0 for split in HELD_OUT_SPLITS}


def _held_out_record(run: RunDirectory) -> Path:
    return run.held_out / "counts.json"


def _held_out_before(
    run: RunDirectory, config: Config, missing: Sequence[Split]
) -> _HeldOut | None:
    """Return what the run held out when it began, if all of it is there and as it was then.

    That spares a resumed run two passes over its text. Data and settings are those of then: with
    others a run is refused, or begun anew and this removed.
    """
    try:
        saved = json.loads(_held_out_record(run).read_bytes())
        for split in missing:
            check_held_out_unchanged(run, config, split)
        counts = {split: int(saved["held_out"][split]) for split in missing}
        return _HeldOut(int(saved["pairs"]), counts)
    except (OSError, ValueError, LookupError, TypeError, UserError):
        return None


def _hold_out(
    run: RunDirectory, config: Config, train: Sequence[Corpus], missing: Sequence[Split]
) -> _HeldOut:
    """Write the missing splits, pairs with an empty side left out; reads the text once."""
    # The more pairs, the smaller the fractions: what is held out of all of them is among those
    # that were chosen when fewer were known.
    candidates, num_pairs, fewer = [], 0, 1
    fractions = _fractions(fewer, missing)
    for num_pairs, pair in enumerate(chain.from_iterable(map(read_pairs, train)), start=1):
        if num_pairs == 2 * fewer:
            fewer = num_pairs
            fractions = _fractions(fewer, missing)
        if held_out_split(pair[0], **fractions) != "train":
            candidates.append(pair)
    fractions = _fractions(num_pairs, missing)
    pairs: dict[Split, list[tuple[str, str]]] = {split: [] for split in missing}
    for source, target in candidates:
        split = held_out_split(source, **fractions)
        if split != "train" and source.strip() and target.strip():
            pairs[split].append((source, target))
    for split in missing:
        _write_held_out(run, config, split, pairs[split])
    held_out = _HeldOut(num_pairs, {split: len(pairs[split]) for split in missing})
    write_json(_held_out_record(run), {"pairs": num_pairs, "held_out": held_out.counts})
    return held_out


def _write_held_out(
    run: RunDirectory, config: Config, split: Split, pairs: Sequence[tuple[str, str]]
) -> None:
    """Write the pairs of a held-out split."""
    files = held_out_files(run, config, split)
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
