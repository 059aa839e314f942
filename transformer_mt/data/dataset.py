"""Pairs to token ids: filtered, counted, cached on disk and memory-mapped.

A corpus is tokenised once, into Arrow files in a folder named after all that their content
depends on. They are read through memory maps, so that a corpus may be larger than memory.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from transformer_mt.data.corpus import Corpus, corpus_fingerprint, read_pairs
from transformer_mt.data.dataset_cache import DatasetCache, PartWriter
from transformer_mt.data.filtering import CorpusReport, Filters, PairFilter, total
from transformer_mt.data.hash_set import Hashes
from transformer_mt.data.kept_counts import Boundaries, PartCounts
from transformer_mt.data.mapped_table import MappedTable
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.data.tokenizer import TokenIds, TokenizerPair
from transformer_mt.data.tokenizing import TokenizedChunk, tokenized_chunks
from transformer_mt.errors import UserError

_FORMAT_VERSION = 4
_PAIRS_PER_CHUNK = 10_000  # tokenised and written at a time
_PAIRS_PER_PART = 200_000  # what a killed process has to do again, at most


class TokenizedDataset:
    """The kept pairs of the corpora as token ids without special ids, by pair index."""

    def __init__(
        self,
        table: MappedTable,
        *,
        report: CorpusReport,
        filters: Filters,
        folder: Path | None = None,
    ) -> None:
        self.report = report
        self.filters = filters
        self.folder = folder
        """Where it lies: what `open_dataset` opens."""
        self._table = table

    def __len__(self) -> int:
        return self._table.num_rows

    def fetch(self, indices: npt.NDArray[np.integer]) -> tuple[list[TokenIds], list[TokenIds]]:
        """Return the source ids and the target ids of the pairs, in the order asked for."""
        return self._fetch_ids("source_ids", indices), self._fetch_ids("target_ids", indices)

    def fetch_text(self, indices: npt.NDArray[np.integer]) -> tuple[list[str], list[str]]:
        """Return the source and the target text of the pairs; needs `keep_text`."""
        assert "source" in self._table.column_names, "the dataset was built without its text"
        source, target = self._table.take("source", indices), self._table.take("target", indices)
        return source.to_pylist(), target.to_pylist()

    def _fetch_ids(self, column: str, indices: npt.NDArray[np.integer]) -> list[TokenIds]:
        rows = self._table.take(column, indices)
        flat: TokenIds = rows.values.to_numpy()
        return [flat[start:end] for start, end in pairwise(rows.offsets.to_pylist())]


@dataclass(frozen=True)
class TokenizingOptions:
    """How the work is done; nothing of it changes the result.

    `progress` is called with the number of pairs done so far; `announce` with a line for people.
    """

    num_workers: int = 1
    progress: Callable[[int], None] = lambda _: None
    announce: Callable[[str], None] = lambda _: None


def build_dataset(
    corpora: Sequence[Corpus],
    tokenizers: TokenizerPair,
    *,
    filters: Filters,
    keep_text: bool,
    cache_dir: Path,
    known_hashes: Mapping[str, str] | None = None,
    options: TokenizingOptions | None = None,
) -> TokenizedDataset:
    """Tokenise corpora into `cache_dir`, or open what an earlier call left there.

    A call that was killed is gone on with.

    Args:
        corpora: read one after the other
        tokenizers: of source and target
        filters: pairs that do not pass are dropped, and counted in the dataset's report
        keep_text: also store the text, which subword sampling needs
        cache_dir: created if need be
        known_hashes: what `content_hashes` has given for files of the corpora
        options: processes, and whom to tell of the progress

    Raises:
        UserError: a corpus cannot be read, no pair is kept, or the cache cannot be written.
    """
    fingerprints = [corpus_fingerprint(corpus, known_hashes) for corpus in corpora]
    key = _cache_key(fingerprints, tokenizers, filters=filters, keep_text=keep_text)
    cache = DatasetCache(cache_dir / key)
    report = cache.load_report()
    if report is None:
        builder = _Builder(cache, tokenizers, filters, keep_text, options or TokenizingOptions())
        try:
            report = builder.build(corpora)
        except UserError as error:
            if error.exit_code == 2:  # this corpus will not be tokenised as it is
                cache.remove()
            raise
        except OSError as error:
            raise UserError(
                f"{cache_dir}: the tokenised data cannot be written ({error.strerror or error}).\n"
                "Free some disk space, or check the folder's permissions.",
                exit_code=1,
            ) from error
    return TokenizedDataset(cache.open_table(), report=report, filters=filters, folder=cache.folder)


def open_dataset(folder: Path, *, filters: Filters) -> TokenizedDataset:
    """Open what another process has built with these filters."""
    cache = DatasetCache(folder)
    return TokenizedDataset(
        cache.open_table(), report=cache.read_report(), filters=filters, folder=folder
    )


@dataclass(frozen=True)
class _Builder:
    """Fills the cache of one dataset."""

    cache: DatasetCache
    tokenizers: TokenizerPair
    filters: Filters
    keep_text: bool
    options: TokenizingOptions

    def build(self, corpora: Sequence[Corpus]) -> CorpusReport:
        """Tokenise the pairs that no part of the cache holds yet."""
        readings = tuple(ReadingReport() for _ in corpora)
        boundaries = Boundaries()
        read = (read_pairs(*part) for part in zip(corpora, readings, strict=True))
        pairs = boundaries.noted(read)
        pair_filter = PairFilter(self.filters)
        reports = self.cache.begin(remember=pair_filter.remember)
        done = sum(report.read for report in reports)
        if done:
            self.options.announce(f"Tokenising goes on after {done:,} pairs done earlier.")
        chunks = tokenized_chunks(
            islice(pairs, done, None),
            self.tokenizers,
            pairs_per_chunk=_PAIRS_PER_CHUNK,
            num_workers=self.options.num_workers,
        )
        with closing(chunks):
            while part := list(islice(chunks, 1)):
                rest = islice(chunks, _PAIRS_PER_PART // _PAIRS_PER_CHUNK - 1)
                number = len(reports)
                counts = PartCounts(boundaries, first=done, num_corpora=len(corpora))
                report = self._write_part(number, chain(part, rest), pair_filter, counts)
                reports.append(report)
                done += report.read
        whole = replace(total(reports), corpora=readings)
        if whole.kept == 0:
            raise _nothing_kept(whole, self.filters)
        self.cache.complete(num_parts=len(reports), corpora=readings)
        return whole

    def _write_part(
        self,
        number: int,
        chunks: Iterable[TokenizedChunk],
        pair_filter: PairFilter,
        counts: PartCounts,
    ) -> CorpusReport:
        temporary = self.cache.temporary(number)
        kept_hashes: list[Hashes] = []
        dropped_before = dict(pair_filter.dropped)
        with closing(PartWriter(temporary, keep_text=self.keep_text)) as writer:
            for chunk in chunks:
                keep = pair_filter.keep(
                    chunk.sources,
                    chunk.targets,
                    source_lengths=chunk.source.lengths,
                    target_lengths=chunk.target.lengths,
                    hashes=chunk.hashes,
                )
                writer.write(chunk, keep)
                kept_hashes.append(chunk.hashes[keep])
                counts.add(chunk, keep)
                self.options.progress(counts.read_so_far)
            writer.finish()
            dropped = {
                name: count - dropped_before[name] for name, count in pair_filter.dropped.items()
            }
            report = counts.report(dropped)
            hashes = np.concatenate(kept_hashes)
            self.cache.commit_part(number, temporary=temporary, hashes=hashes, report=report)
        return report


def _nothing_kept(report: CorpusReport, filters: Filters) -> UserError:
    return UserError(
        f"No sentence pair is left to work on: {report.describe()}.\n"
        f"Limits: {filters.max_source_length} source and {filters.max_target_length} target "
        f"tokens, length ratio {filters.max_length_ratio or 'off'}.\n"
        "Check that source and target belong together and are not swapped or blank, or raise "
        "data.max_source_length and data.max_target_length."
    )


def _cache_key(
    fingerprints: Sequence[str], tokenizers: TokenizerPair, *, filters: Filters, keep_text: bool
) -> str:
    """Return a SHA-256 over all that the content of the cache depends on."""
    content = {
        "format_version": _FORMAT_VERSION,
        "corpora": list(fingerprints),
        "tokenizers": [tokenizers.source.sha256, tokenizers.target.sha256],
        "filters": asdict(filters),
        "keep_text": keep_text,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
