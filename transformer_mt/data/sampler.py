"""Token-budget batches of similar length, seeded and resumable.

The pairs of an epoch are shuffled, or mixed from several corpora (mixing.py), and cut into pools.
A pool is a pure function of (seed, epoch, pool): its pairs are sorted by length, cut into
micro-batches, and these are shuffled. Everything after a position follows from the position
alone, so that resuming needs neither replay nor the state of a generator.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

from transformer_mt.data.batch import Batch, make_batch
from transformer_mt.data.dataset import TokenizedDataset
from transformer_mt.data.micro_batching import cut_into_micro_batches, micro_batch_budget
from transformer_mt.data.mixing import Mixture, PairIndices
from transformer_mt.data.static_shapes import (
    BatchShape,
    choose_shapes,
    cut_to_shapes,
    padded_to,
)
from transformer_mt.data.subword_sampling import sample_ids, sampling_seeds
from transformer_mt.data.tokenizer import TokenIds, TokenizerPair

# What a generator is for; two purposes must never share a stream of random numbers.
_ORDER, _MICRO_BATCHES, _SOURCE_SAMPLING, _TARGET_SAMPLING = range(4)

_PAIRS_FOR_SHAPES = 16_384  # whose lengths stand for those of all


@dataclass(frozen=True)
class Position:
    """The next micro-batch to be consumed."""

    epoch: int = 0
    pool: int = 0
    micro_batch: int = 0


@dataclass(frozen=True)
class MicroBatch:
    """A batch and where it stands in the stream."""

    batch: Batch
    indices: npt.NDArray[np.uint32]  # (batch,), of the pairs in the dataset
    epoch: int
    position_after: Position


@dataclass(frozen=True)
class _Pool:
    indices: npt.NDArray[np.uint32]
    source: list[TokenIds]
    target: list[TokenIds]
    # Places in the three above, one group per micro-batch; and its shape where shapes are fixed.
    groups: list[tuple[BatchShape | None, npt.NDArray[np.int64]]]


class BatchSampler:
    """Makes the endless stream of micro-batches of a dataset and groups it into updates.

    Args:
        dataset: must have been built with its text if `sampling` is not 0
        tokenizers: those that the dataset was built with
        seed: of the order and of subword sampling; not negative
        max_tokens_per_batch: padded source tokens, and padded target tokens, of a micro-batch
        tokens_per_update: real target tokens that an update should have
        sampling: `alpha` of `Tokenizer.sample`; 0 turns subword sampling off
        mixture: of the corpora in the dataset; None: each pair comes once in an epoch
        static_shapes: let all batches have one of a few shapes, those of `shapes`
        pool_size: pairs that are sorted by length together, at most

    Raises:
        UserError: the longest pair that the dataset's filters allow does not fit into
            `max_tokens_per_batch`.
    """

    def __init__(
        self,
        dataset: TokenizedDataset,
        tokenizers: TokenizerPair,
        *,
        seed: int,
        max_tokens_per_batch: int,
        tokens_per_update: int,
        sampling: float = 0.0,
        mixture: Mixture | None = None,
        static_shapes: bool = False,
        pool_size: int = 65_536,
    ) -> None:
        filters = dataset.filters
        self.max_tokens = micro_batch_budget(
            tokens_per_update=tokens_per_update,
            max_tokens_per_batch=max_tokens_per_batch,
            longest=max(filters.max_source_length, filters.max_target_length),
        )
        self.num_pools = -(-len(dataset) // pool_size)
        self._dataset = dataset
        self._tokenizers = tokenizers
        self._seed = seed
        self._tokens_per_update = tokens_per_update
        self._sampling = sampling
        self._mixture = mixture
        self._last_order: tuple[int, PairIndices] | None = None
        self.shapes = self._choose_shapes() if static_shapes else []

    def updates(self, start: Position) -> Iterator[list[MicroBatch]]:
        """Yield, without end, the micro-batches of one update after the other from `start`.

        An update takes the next micro-batch if that brings its number of target tokens
        strictly closer to `tokens_per_update`, and at least one. Updates run on across the
        end of an epoch. `position_after` of an update's last micro-batch is where the next
        update starts.
        """
        update: list[MicroBatch] = []
        tokens = 0
        for micro_batch in self._stream(start):
            tokens_with_next = tokens + micro_batch.batch.num_target_tokens
            distance = abs(self._tokens_per_update - tokens)
            if update and abs(self._tokens_per_update - tokens_with_next) >= distance:
                yield update
                update, tokens_with_next = [], micro_batch.batch.num_target_tokens
            update.append(micro_batch)
            tokens = tokens_with_next

    def rest_of_epoch(self, start: Position) -> Iterator[MicroBatch]:
        """Yield the micro-batches from `start` to the end of its epoch."""
        order = self._order_of(start.epoch)
        first = start.micro_batch
        for number in range(start.pool, self.num_pools):
            pool = self._make_pool(order, epoch=start.epoch, number=number)
            assert first < len(pool.groups), f"there is no such position: {start}"
            for micro_batch in range(first, len(pool.groups)):
                yield self._make_micro_batch(
                    pool, Position(epoch=start.epoch, pool=number, micro_batch=micro_batch)
                )
            first = 0

    def _choose_shapes(self) -> list[BatchShape]:
        """Return the shapes for the lengths of the first epoch, as a sample of pairs has them."""
        count = min(len(self._dataset), _PAIRS_FOR_SHAPES)
        source, target = self._fetch(np.arange(count) * len(self._dataset) // count, epoch=0)
        return choose_shapes(
            _lengths(source),
            _lengths(target),
            max_source_length=self._dataset.filters.max_source_length,
            max_target_length=self._dataset.filters.max_target_length,
            max_tokens=self.max_tokens,
        )

    def _stream(self, start: Position) -> Iterator[MicroBatch]:
        yield from self.rest_of_epoch(start)
        for epoch in count(start.epoch + 1):
            yield from self.rest_of_epoch(Position(epoch=epoch))

    def _order_of(self, epoch: int) -> PairIndices:
        """Return the order of an epoch; of millions of pairs it takes seconds to make."""
        last, self._last_order = self._last_order, None
        if last is None or last[0] != epoch:
            last = None  # before there is another one
            last = (epoch, self._make_order(epoch))
        self._last_order = last
        return last[1]

    def _make_order(self, epoch: int) -> PairIndices:
        """Return the pairs of an epoch in the order in which they are cut into pools."""
        if self._mixture is not None:
            return self._mixture.pairs_of_epoch(epoch, self._generator)
        pairs = np.arange(len(self._dataset), dtype=np.uint32)
        self._generator(epoch, _ORDER).shuffle(pairs)
        return pairs

    def _make_pool(self, order: npt.NDArray[np.uint32], *, epoch: int, number: int) -> _Pool:
        # Pools of equal size, within one: a small last one would have badly filled batches.
        start, end = (len(order) * n // self.num_pools for n in (number, number + 1))
        indices = order[start:end]
        source, target = self._fetch(indices, epoch=epoch)
        lengths = _lengths(source), _lengths(target)
        groups: list[tuple[BatchShape | None, npt.NDArray[np.int64]]]
        if self.shapes:
            groups = [*cut_to_shapes(*lengths, self.shapes)]
        else:
            cut = cut_into_micro_batches(*lengths, max_tokens=self.max_tokens)
            groups = [(None, group) for group in cut]
        shuffled = self._generator(epoch, _MICRO_BATCHES, number).permutation(len(groups))
        return _Pool(indices, source, target, [groups[place] for place in shuffled])

    def _make_micro_batch(self, pool: _Pool, position: Position) -> MicroBatch:
        shape, group = pool.groups[position.micro_batch]
        tokenizer = self._tokenizers.target
        batch = make_batch(
            [pool.source[place] for place in group],
            [pool.target[place] for place in group],
            pad_id=tokenizer.pad_id,
            bos_id=tokenizer.bos_id,
            eos_id=tokenizer.eos_id,
        )
        if shape is not None:
            batch = padded_to(
                batch,
                shape,
                pad_id=tokenizer.pad_id,
                bos_id=tokenizer.bos_id,
                eos_id=tokenizer.eos_id,
            )
        return MicroBatch(
            batch=batch,
            indices=pool.indices[group],
            epoch=position.epoch,
            position_after=self._next(position, num_micro_batches=len(pool.groups)),
        )

    def _next(self, position: Position, *, num_micro_batches: int) -> Position:
        if position.micro_batch + 1 < num_micro_batches:
            return Position(position.epoch, position.pool, position.micro_batch + 1)
        if position.pool + 1 < self.num_pools:
            return Position(position.epoch, position.pool + 1, 0)
        return Position(position.epoch + 1, 0, 0)

    def _fetch(
        self, indices: npt.NDArray[np.integer], *, epoch: int
    ) -> tuple[list[TokenIds], list[TokenIds]]:
        """Return the ids of the pairs, with subword sampling if that is on."""
        source, target = self._dataset.fetch(indices)
        if self._sampling > 0.0:
            source_text, target_text = self._dataset.fetch_text(indices)
            filters = self._dataset.filters
            source = sample_ids(
                self._tokenizers.source,
                source_text,
                seeds=sampling_seeds(self._sequence(epoch, _SOURCE_SAMPLING), indices),
                alpha=self._sampling,
                unsampled=source,
                max_length=filters.max_source_length,
            )
            target = sample_ids(
                self._tokenizers.target,
                target_text,
                seeds=sampling_seeds(self._sequence(epoch, _TARGET_SAMPLING), indices),
                alpha=self._sampling,
                unsampled=target,
                max_length=filters.max_target_length,
            )
        return source, target

    def _sequence(self, epoch: int, *purpose: int) -> np.random.SeedSequence:
        return np.random.SeedSequence(self._seed, spawn_key=(epoch, *purpose))

    def _generator(self, epoch: int, *purpose: int) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(self._sequence(epoch, *purpose)))


def _lengths(sentences: list[TokenIds]) -> npt.NDArray[np.int64]:
    """Return the tokens of each sentence, `</s>` counted."""
    return np.fromiter(map(len, sentences), dtype=np.int64, count=len(sentences)) + 1
