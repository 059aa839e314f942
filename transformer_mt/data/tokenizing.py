"""Pairs to token ids, chunk by chunk, in several processes where the corpus is large.

The result does not depend on the number of processes.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import numpy.typing as npt

from transformer_mt.data.filtering import Lengths, pair_hashes
from transformer_mt.data.hash_set import Hashes
from transformer_mt.data.tokenizer import TokenIds, Tokenizer, TokenizerPair
from transformer_mt.errors import UserError

Texts = Sequence[str]

_CHUNKS_BEFORE_WORKERS = 4
"""A corpus of fewer chunks is done before the processes would have started."""
_CHUNKS_WAITING_PER_WORKER = 2


@dataclass(frozen=True)
class TokenizedTexts:
    """Token ids without special ids, those of all texts one after the other."""

    ids: TokenIds  # (all tokens,)
    lengths: Lengths  # (texts,)


@dataclass(frozen=True)
class TokenizedChunk:
    """Some pairs of a corpus in order, and what tokenising them gave."""

    sources: Texts
    targets: Texts
    source: TokenizedTexts
    target: TokenizedTexts
    hashes: Hashes


def tokenized_chunks(
    pairs: Iterable[tuple[str, str]],
    tokenizers: TokenizerPair,
    *,
    pairs_per_chunk: int,
    num_workers: int,
) -> Generator[TokenizedChunk, None, None]:
    """Yield the pairs in order, tokenised, in chunks of which only the last may be smaller.

    Raises:
        UserError: a worker process has been killed.
    """
    chunks = _chunks(pairs, size=pairs_per_chunk)
    if num_workers < 2:
        yield from (_tokenize(*chunk, tokenizers, num_threads=1) for chunk in chunks)
        return
    for chunk in islice(chunks, _CHUNKS_BEFORE_WORKERS):
        yield _tokenize(*chunk, tokenizers, num_threads=num_workers)
    rest = next(chunks, None)
    if rest is not None:
        yield from _in_processes(chain([rest], chunks), tokenizers, num_workers=num_workers)


def _chunks(pairs: Iterable[tuple[str, str]], *, size: int) -> Iterator[tuple[Texts, Texts]]:
    iterator = iter(pairs)
    while chunk := list(islice(iterator, size)):
        sources, targets = zip(*chunk, strict=True)
        yield sources, targets


def _tokenize(
    sources: Texts, targets: Texts, tokenizers: TokenizerPair, *, num_threads: int
) -> TokenizedChunk:
    return TokenizedChunk(
        sources=sources,
        targets=targets,
        source=_tokenize_texts(tokenizers.source, sources, num_threads=num_threads),
        target=_tokenize_texts(tokenizers.target, targets, num_threads=num_threads),
        hashes=pair_hashes(sources, targets),
    )


def _tokenize_texts(tokenizer: Tokenizer, texts: Texts, *, num_threads: int) -> TokenizedTexts:
    rows = tokenizer.encode_arrays(texts, num_threads=num_threads)
    lengths: npt.NDArray[np.int64] = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    return TokenizedTexts(ids=np.concatenate(rows), lengths=lengths)


def _in_processes(
    chunks: Iterable[tuple[Texts, Texts]], tokenizers: TokenizerPair, *, num_workers: int
) -> Iterator[TokenizedChunk]:
    # Not forked: a process with threads, as PyTorch starts them, must not be.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        num_workers, mp_context=context, initializer=_begin_worker, initargs=(tokenizers,)
    )
    waiting: deque[Future[TokenizedChunk]] = deque()
    try:
        for chunk in chunks:
            waiting.append(pool.submit(_work, *chunk))
            if len(waiting) > _CHUNKS_WAITING_PER_WORKER * num_workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise UserError(
            "Tokenising stopped: one of its processes was killed, perhaps for lack of memory.\n"
            "Run the same command again: it goes on where it was. --threads N starts fewer.",
            exit_code=1,
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


_worker_tokenizers: list[TokenizerPair] = []
"""In a worker process: what it tokenises with."""


def _begin_worker(tokenizers: TokenizerPair) -> None:
    # Ctrl-C reaches every process of a terminal; what it means is for the parent to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker_tokenizers.append(tokenizers)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """End this process when its parent has ended, even by kill -9, which tells nobody."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _work(sources: Texts, targets: Texts) -> TokenizedChunk:
    return _tokenize(sources, targets, _worker_tokenizers[0], num_threads=1)
