"""Where sentence pairs come from: parallel files, files of pairs, the Hub, the phrasebook."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from transformer_mt.data.held_out import Split, held_out_split
from transformer_mt.data.hub import HubDataset, read_hub_pairs
from transformer_mt.data.pairs_file import PairsFile, read_pairs_file
from transformer_mt.data.parallel import pair_lines
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.data.text_lines import file_sha256, read_lines
from transformer_mt.file_formats import compression_of


@dataclass(frozen=True)
class ParallelFiles:
    """Two files whose lines i are translations of each other."""

    source: Path
    target: Path


@dataclass(frozen=True)
class Phrasebook:
    """One split of the built-in English-German corpus."""

    split: Split


@dataclass(frozen=True)
class HeldOutPart:
    """What is left of a corpus for training, or the part of it that is held out."""

    corpus: "Corpus"
    part: Split
    validation_fraction: float
    test_fraction: float


Corpus = ParallelFiles | PairsFile | HubDataset | Phrasebook | HeldOutPart


def read_pairs(corpus: Corpus, report: ReadingReport | None = None) -> Iterator[tuple[str, str]]:
    """Yield the (source, target) pairs of a corpus in order, one at a time.

    `report` counts the pairs that are read, and what was skipped and replaced on the way; those
    of a part that is held out are counted with the whole corpus.

    Raises:
        UserError: a file cannot be read, is empty, or is not what the corpus says it is;
            at the latest when the last pair has been read.
    """
    report = report or ReadingReport()
    match corpus:
        case ParallelFiles(source_path, target_path):
            names = str(source_path), str(target_path)
            lines = pair_lines(read_lines(source_path), read_lines(target_path), names)
            yield from report.counting(lines)
        case PairsFile():
            yield from report.counting(read_pairs_file(corpus, report))
        case HubDataset():
            yield from report.counting(read_hub_pairs(corpus, report))
        case Phrasebook():
            yield from report.counting(_read_phrasebook(corpus.split))
        case HeldOutPart():
            for source, target in read_pairs(corpus.corpus, report):
                part = held_out_split(
                    source,
                    validation_fraction=corpus.validation_fraction,
                    test_fraction=corpus.test_fraction,
                )
                if part == corpus.part:
                    yield source, target
        case _:
            assert_never(corpus)


def _as_typed(path: Path) -> str:
    """Return a path from the current folder where it lies below it, else all of it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir) else relative


def describe_corpus(corpus: Corpus) -> str:
    """Return where the pairs of a corpus come from, in words."""
    match corpus:
        case ParallelFiles():
            return f"{_as_typed(corpus.source)} and {_as_typed(corpus.target)}"
        case PairsFile():
            return _as_typed(corpus.path)
        case HubDataset():
            return corpus.identity
        case Phrasebook():
            return f"the built-in phrasebook, {corpus.split}"
        case HeldOutPart():
            return describe_corpus(corpus.corpus)
        case _:
            assert_never(corpus)


def content_hashes(corpus: Corpus, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Map each file of a corpus to the SHA-256 of its bytes; those `known` are taken from there.

    The phrasebook has that of its text, a dataset of the Hub that of its commit and split.
    """
    known = known or {}
    match corpus:
        case ParallelFiles():
            paths = corpus.source, corpus.target
            return {str(path): known.get(str(path)) or file_sha256(path) for path in paths}
        case PairsFile():
            return {str(corpus.path): known.get(str(corpus.path)) or file_sha256(corpus.path)}
        case HubDataset():
            return {corpus.identity: corpus.digest}
        case Phrasebook():
            text = "".join(f"{source}\t{target}\n" for source, target in read_pairs(corpus))
            return {f"phrasebook/{corpus.split}": hashlib.sha256(text.encode()).hexdigest()}
        case HeldOutPart():
            return content_hashes(corpus.corpus, known)
        case _:
            assert_never(corpus)


def corpus_fingerprint(corpus: Corpus, known: Mapping[str, str] | None = None) -> str:
    """Return a SHA-256 that is equal for corpora that hold the same pairs in the same order.

    It depends on what the files hold and on how they are read, not on where they lie. `known` is
    what `content_hashes` has given.
    """
    settings: dict[str, object] = {"kind": type(corpus).__name__}
    match corpus:
        case ParallelFiles(source, target):
            settings["compressions"] = [compression_of(path.name) for path in (source, target)]
        case HubDataset():
            settings["columns"] = [corpus.source_column, corpus.target_column]
        case PairsFile():
            settings["columns"] = [corpus.source_column, corpus.target_column]
            settings["format"] = [corpus.format, compression_of(corpus.path.name)]
            settings["header"] = corpus.header
            settings["languages"] = corpus.languages
        case HeldOutPart():
            settings["fractions"] = [corpus.validation_fraction, corpus.test_fraction]
            settings["part"] = corpus.part
            settings["corpus"] = corpus_fingerprint(corpus.corpus, known)
    if not isinstance(corpus, HeldOutPart):
        # A list of digests: two files of one corpus may be the same file.
        settings["content"] = _content_digests(corpus, known)
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def _content_digests(
    corpus: ParallelFiles | PairsFile | HubDataset | Phrasebook, known: Mapping[str, str] | None
) -> list[str]:
    hashes = content_hashes(corpus, known)
    if isinstance(corpus, ParallelFiles):
        return [hashes[str(corpus.source)], hashes[str(corpus.target)]]
    return list(hashes.values())


def _read_phrasebook(split: Split) -> Iterator[tuple[str, str]]:
    from transformer_mt.data.phrasebook import phrases

    for phrase in phrases(split):
        yield phrase.source, phrase.target
