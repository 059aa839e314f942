"""Pairs to token ids: filtered, counted, cached on disk and memory-mapped.

A corpus is tokenised once, into an Arrow file named after all that its content depends on. It
is read through a memory map, so that a corpus may be larger than memory.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from transformer_mt.data.corpus import Corpus, corpus_fingerprint, read_pairs
from transformer_mt.data.dataset_cache import PAIRS_PER_CHUNK, CacheFiles, DatasetWriter
from transformer_mt.data.filtering import CorpusReport, Filters, PairFilter
from transformer_mt.data.tokenizer import TokenIds, TokenizerPair
from transformer_mt.errors import UserError

if TYPE_CHECKING:
    import pyarrow

_FORMAT_VERSION = 1


class TokenizedDataset:
    """The kept pairs of the corpora as token ids without special ids, by pair index."""

    def __init__(self, table: "pyarrow.Table", *, report: CorpusReport, filters: Filters) -> None:
        self.report = report
        self.filters = filters
        self._table = table
        chunk_lengths = [len(chunk) for chunk in table.column("source_ids").chunks]
        self._chunk_starts = np.cumsum([0, *chunk_lengths])

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def fetch(self, indices: npt.NDArray[np.integer]) -> tuple[list[TokenIds], list[TokenIds]]:
        """Return the source ids and the target ids of the pairs, in the order asked for."""
        return self._fetch_ids("source_ids", indices), self._fetch_ids("target_ids", indices)

    def fetch_text(self, indices: npt.NDArray[np.integer]) -> tuple[list[str], list[str]]:
        """Return the source and the target text of the pairs; needs `keep_text`."""
        assert "source" in self._table.column_names, "the dataset was built without its text"
        source, target = self._gather("source", indices), self._gather("target", indices)
        return source.to_pylist(), target.to_pylist()

    def _fetch_ids(self, column: str, indices: npt.NDArray[np.integer]) -> list[TokenIds]:
        rows = self._gather(column, indices)
        flat: TokenIds = rows.values.to_numpy()
        return [flat[start:end] for start, end in pairwise(rows.offsets.to_pylist())]

    def _gather(self, column: str, indices: npt.NDArray[np.integer]) -> "pyarrow.Array":
        """Return the rows of a column, read chunk by chunk.

        Arrow's own `take` first makes one array of all chunks of a column of lists: a copy
        of the whole corpus in memory for each fetch.
        """
        import pyarrow as pa

        order = np.argsort(indices, kind="stable")
        rows = indices[order].astype(np.int64)
        bounds = np.searchsorted(rows, self._chunk_starts).tolist()
        pieces = [
            chunk.take(pa.array(rows[low:high] - start))
            for chunk, start, (low, high) in zip(
                self._table.column(column).chunks,
                self._chunk_starts[:-1],
                pairwise(bounds),
                strict=True,
            )
            if low < high
        ]
        places = np.empty(len(order), dtype=np.int64)
        places[order] = np.arange(len(order))
        return pa.concat_arrays(pieces).take(pa.array(places))


def build_dataset(
    corpora: Sequence[Corpus],
    tokenizers: TokenizerPair,
    *,
    filters: Filters,
    keep_text: bool,
    cache_dir: Path,
    progress: Callable[[int], None] | None = None,
) -> TokenizedDataset:
    """Tokenise corpora into `cache_dir`, or open what an earlier call left there.

    Args:
        corpora: read one after the other
        tokenizers: of source and target
        filters: pairs that do not pass are dropped, and counted in the dataset's report
        keep_text: also store the text, which subword sampling needs
        cache_dir: created if need be
        progress: called with the number of pairs done so far, while tokenising

    Raises:
        UserError: a corpus cannot be read, no pair is kept, or the cache cannot be written.
    """
    key = _cache_key(corpora, tokenizers, filters=filters, keep_text=keep_text)
    cache = CacheFiles(cache_dir, key=key)
    report = cache.load_report()
    if report is None:
        pairs = chain.from_iterable(read_pairs(corpus) for corpus in corpora)
        try:
            cache_dir.mkdir(parents=True, exist_ok=True)
            with closing(DatasetWriter(cache, keep_text=keep_text)) as writer:
                report = _tokenize(
                    pairs, tokenizers, filters=filters, writer=writer, progress=progress
                )
                writer.commit(report)
        except OSError as error:
            raise UserError(
                f"{cache_dir}: the tokenised data cannot be written ({error.strerror or error}).\n"
                "Free some disk space, or check the folder's permissions.",
                exit_code=1,
            ) from error
    return TokenizedDataset(cache.open_table(), report=report, filters=filters)


def _tokenize(
    pairs: Iterable[tuple[str, str]],
    tokenizers: TokenizerPair,
    *,
    filters: Filters,
    writer: DatasetWriter,
    progress: Callable[[int], None] | None,
) -> CorpusReport:
    pair_filter = PairFilter(filters)
    num_threads = os.cpu_count() or 1
    num_read = num_kept = source_tokens = target_tokens = 0
    for chunk in _chunks(pairs):
        sources, targets = zip(*chunk, strict=True)
        source_ids = tokenizers.source.encode_arrays(sources, num_threads=num_threads)
        target_ids = tokenizers.target.encode_arrays(targets, num_threads=num_threads)
        source_lengths = np.array([len(ids) for ids in source_ids])
        target_lengths = np.array([len(ids) for ids in target_ids])
        keep = pair_filter.keep(
            sources, targets, source_lengths=source_lengths, target_lengths=target_lengths
        )
        kept = np.flatnonzero(keep).tolist()
        writer.write(source_ids, target_ids, sources=sources, targets=targets, kept=kept)
        num_read += len(chunk)
        num_kept += len(kept)
        source_tokens += int(source_lengths[keep].sum()) + len(kept)
        target_tokens += int(target_lengths[keep].sum()) + len(kept)
        if progress is not None:
            progress(num_read)
    report = CorpusReport(num_read, num_kept, pair_filter.dropped, source_tokens, target_tokens)
    if num_kept == 0:
        raise _nothing_kept(report, filters)
    return report


def _chunks(pairs: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    iterator = iter(pairs)
    while chunk := list(islice(iterator, PAIRS_PER_CHUNK)):
        yield chunk


def _nothing_kept(report: CorpusReport, filters: Filters) -> UserError:
    return UserError(
        f"No sentence pair is left to work on: {report.describe()}.\n"
        f"Limits: {filters.max_source_length} source and {filters.max_target_length} target "
        f"tokens, length ratio {filters.max_length_ratio or 'off'}.\n"
        "Check that source and target belong together and are not swapped or blank, or raise "
        "data.max_source_length and data.max_target_length."
    )


def _cache_key(
    corpora: Sequence[Corpus], tokenizers: TokenizerPair, *, filters: Filters, keep_text: bool
) -> str:
    """Return a SHA-256 over all that the content of the cache depends on."""
    content = {
        "format_version": _FORMAT_VERSION,
        "corpora": [corpus_fingerprint(corpus) for corpus in corpora],
        "tokenizers": [tokenizers.source.sha256, tokenizers.target.sha256],
        "filters": asdict(filters),
        "keep_text": keep_text,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
