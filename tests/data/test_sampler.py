import json
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import asdict
from itertools import islice, takewhile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
import torch

from transformer_mt.data.batch import make_batch
from transformer_mt.data.dataset import TokenizedDataset
from transformer_mt.data.filtering import CorpusReport, Filters
from transformer_mt.data.mapped_table import MappedTable
from transformer_mt.data.mixing import Mixture, shares_by_weight
from transformer_mt.data.prefetch import prefetch
from transformer_mt.data.sampler import BatchSampler, Position
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.errors import UserError

NUM_PAIRS = 230
MAX_LENGTH = 64


@pytest.fixture(scope="module")
def pairs(sentences):
    return list(zip(sentences[:NUM_PAIRS], reversed(sentences[-NUM_PAIRS:]), strict=True))


def make_dataset(pairs, tokenizers, *, max_source_length, max_target_length):
    sources, targets = zip(*pairs, strict=True)
    ids = {
        "source_ids": tokenizers.source.encode_batch(sources),
        "target_ids": tokenizers.target.encode_batch(targets),
    }
    columns = {name: pa.array(rows, type=pa.list_(pa.int32())) for name, rows in ids.items()}
    columns |= {"source": pa.array(sources), "target": pa.array(targets)}
    batches = pa.table(columns).to_batches(max_chunksize=37)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.arrow"
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, batches[0].schema) as out:
            for batch in batches:
                out.write_batch(batch)
        table = MappedTable([path])
    return TokenizedDataset(
        table,
        report=CorpusReport(len(pairs), len(pairs), {}, 0, 0),
        filters=Filters(max_source_length, max_target_length, None, False),
    )


@pytest.fixture(scope="module")
def dataset(pairs, tokenizers):
    lengths = {"max_source_length": MAX_LENGTH, "max_target_length": MAX_LENGTH}
    return make_dataset(pairs, tokenizers, **lengths)


@pytest.fixture
def sampler(dataset, tokenizers):
    """Make a sampler of small pools with settings that a test changes one by one."""

    def make(**settings):
        defaults = {
            "seed": 5,
            "max_tokens_per_batch": 128,
            "tokens_per_update": 300,
            "pool_size": 60,
        }
        return BatchSampler(dataset, tokenizers, **defaults | settings)

    return make


def key(micro_batch):
    """All there is to a micro-batch, in a form that can be compared."""
    batch = micro_batch.batch
    return (
        batch.source_ids.tolist(),
        batch.target_input_ids.tolist(),
        batch.target_label_ids.tolist(),
        batch.num_target_tokens,
        micro_batch.indices.tolist(),
        micro_batch.epoch,
        micro_batch.position_after,
    )


def keys(update):
    return [key(micro_batch) for micro_batch in update]


def updates_of_epochs(sampler, num_epochs):
    """The updates whose first micro-batch is in one of the first epochs."""
    updates = sampler.updates(Position())
    return list(takewhile(lambda update: update[0].epoch < num_epochs, updates))


def indices_by_epoch(updates):
    indices = {}
    for update in updates:
        for micro_batch in update:
            indices.setdefault(micro_batch.epoch, []).extend(micro_batch.indices.tolist())
    return indices


@pytest.mark.parametrize("sampling", [0.0, 0.2])
@pytest.mark.parametrize("pool_size", [1, 60, 229, 230, 65_536])
def test_every_pair_comes_once_per_epoch(sampler, sampling, pool_size):
    updates = updates_of_epochs(sampler(sampling=sampling, pool_size=pool_size), 2)
    indices = indices_by_epoch(updates)
    for epoch in (0, 1):
        assert Counter(indices[epoch]) == Counter(range(NUM_PAIRS))
    assert indices[0] != indices[1]


@pytest.mark.parametrize("sampling", [0.0, 0.2])
def test_static_batches_have_few_shapes_and_every_pair_once(sampler, sampling):
    made = sampler(sampling=sampling, static_shapes=True)
    assert 1 < len(made.shapes) <= 12
    updates = updates_of_epochs(made, 2)
    for epoch, indices in indices_by_epoch(updates).items():
        assert epoch > 1 or Counter(indices) == Counter(range(NUM_PAIRS))
    shapes = {(s.rows, s.source_len, s.target_len) for s in made.shapes}
    for update in updates:
        for micro_batch in update:
            batch = micro_batch.batch
            rows, target_len = batch.target_label_ids.shape
            assert (rows, batch.source_ids.shape[1], target_len) in shapes
            assert batch.target_input_ids.shape == batch.target_label_ids.shape
            assert batch.num_target_tokens == int((batch.target_label_ids != 0).sum())
            blank = batch.target_label_ids[len(micro_batch.indices) :]
            assert (blank == 0).all()


def test_static_batches_resumed_anywhere_go_on_as_if_uninterrupted(sampler):
    updates = updates_of_epochs(sampler(static_shapes=True), 2)
    for k, update in enumerate(updates):
        resumed = sampler(static_shapes=True).updates(update[-1].position_after)
        for later in updates[k + 1 : k + 3]:
            assert keys(next(resumed)) == keys(later)


@pytest.mark.parametrize("sampling", [0.0, 0.2])
def test_batches_hold_their_pairs_within_the_budget(sampler, pairs, tokenizers, sampling):
    made = sampler(sampling=sampling)
    assert made.max_tokens == 100
    changed = 0
    for micro_batch in made.rest_of_epoch(Position()):
        batch = micro_batch.batch
        assert batch.source_ids.numel() <= made.max_tokens
        assert batch.target_label_ids.numel() <= made.max_tokens
        expected = make_batch(
            [tokenizers.source.encode(pairs[i][0]) for i in micro_batch.indices],
            [tokenizers.target.encode(pairs[i][1]) for i in micro_batch.indices],
            pad_id=0,
            bos_id=2,
            eos_id=3,
        )
        if sampling == 0.0:
            assert torch.equal(batch.source_ids, expected.source_ids)
            assert torch.equal(batch.target_label_ids, expected.target_label_ids)
            assert torch.equal(batch.target_input_ids, expected.target_input_ids)
        changed += not torch.equal(batch.source_ids, expected.source_ids)
        decode = tokenizers.source.decode, tokenizers.target.decode
        for i, source, target in zip(
            micro_batch.indices, batch.source_ids, batch.target_label_ids, strict=True
        ):
            assert (decode[0](source.tolist()), decode[1](target.tolist())) == pairs[i]
            assert max(int((source != 0).sum()), int((target != 0).sum())) <= MAX_LENGTH
    assert (changed > 0) == (sampling > 0.0)


@pytest.mark.parametrize("sampling", [0.0, 0.2])
def test_resuming_after_any_update_gives_the_updates_that_follow(sampler, sampling):
    updates = updates_of_epochs(sampler(sampling=sampling), 3)
    assert any(len({m.epoch for m in update}) == 2 for update in updates)
    for k, update in enumerate(updates):
        saved = json.dumps(asdict(update[-1].position_after))
        resumed = sampler(sampling=sampling).updates(Position(**json.loads(saved)))
        for later in updates[k + 1 : k + 4]:
            assert keys(next(resumed)) == keys(later)


def test_resuming_at_any_micro_batch_gives_the_rest_of_its_epoch(sampler):
    epoch = [key(m) for m in sampler().rest_of_epoch(Position(epoch=4))]
    positions = [Position(epoch=4)] + [k[-1] for k in epoch[:-1]]
    assert len(set(positions)) == len(epoch)
    for start, position in enumerate(positions):
        rest = sampler().rest_of_epoch(position)
        assert [key(m) for m in rest] == epoch[start:]
    assert epoch[-1][-1] == Position(epoch=5)


def test_the_order_without_a_mix_is_a_plain_permutation(sampler):
    """So it has been from the first version on; another one would change runs that have begun."""
    made = sampler(pool_size=1)
    for epoch in (0, 3):
        order = [int(m.indices[0]) for m in made.rest_of_epoch(Position(epoch=epoch))]
        seeds = np.random.SeedSequence(5, spawn_key=(epoch, 0))
        generator = np.random.Generator(np.random.Philox(seeds))
        assert order == generator.permutation(np.arange(NUM_PAIRS, dtype=np.uint32)).tolist()


MIXTURE = Mixture((30, 150, 50), shares_by_weight([0.55, 0.3, 0.15]))


def test_a_mix_is_cut_into_pools_in_its_order(sampler):
    made = sampler(pool_size=1, mixture=MIXTURE)
    for epoch in (0, 2):
        order = [int(m.indices[0]) for m in made.rest_of_epoch(Position(epoch=epoch))]
        assert order == MIXTURE.pairs_of_epoch(epoch, made._generator).tolist()
    in_order = indices_by_epoch(updates_of_epochs(sampler(mixture=MIXTURE), 2))
    for epoch in (0, 1):
        pairs = MIXTURE.pairs_of_epoch(epoch, made._generator)
        assert Counter(in_order[epoch]) == Counter(pairs.tolist())


@pytest.mark.parametrize("sampling", [0.0, 0.2])
def test_a_mix_resumed_at_any_micro_batch_goes_on_as_if_uninterrupted(sampler, sampling):
    made = sampler(mixture=MIXTURE, sampling=sampling)
    updates = updates_of_epochs(made, 3)
    stream = [key(m) for update in updates for m in update]
    positions = [Position()] + [k[-1] for k in stream[:-1]]
    for start, position in enumerate(positions[:-3]):
        saved = Position(**json.loads(json.dumps(asdict(position))))
        rest = sampler(mixture=MIXTURE, sampling=sampling)._stream(saved)
        assert [key(m) for m in islice(rest, 3)] == stream[start : start + 3]


def test_a_position_that_does_not_exist_is_a_bug(sampler):
    with pytest.raises(AssertionError, match="there is no such position"):
        next(sampler().rest_of_epoch(Position(micro_batch=1000)))


def test_the_stream_is_a_function_of_the_seed(sampler):
    def first(seed):
        return [keys(u) for u in islice(sampler(seed=seed, sampling=0.2).updates(Position()), 5)]

    assert first(1) == first(1)
    assert first(1) != first(2)
    assert first(2**40) != first(0)


def test_two_streams_do_not_disturb_each_other(sampler):
    made = sampler(sampling=0.2)
    alone = [keys(u) for u in islice(made.updates(Position()), 12)]
    one, other = made.updates(Position()), made.updates(Position(epoch=1))
    together = []
    for _ in range(12):
        together.append(keys(next(one)))
        next(other)
    assert together == alone


def test_prefetching_changes_nothing(sampler):
    made = sampler(sampling=0.2)
    alone = [keys(u) for u in islice(made.updates(Position()), 12)]
    with closing(prefetch(made.updates(Position()), depth=3)) as updates:
        assert [keys(u) for u in islice(updates, 12)] == alone


def test_sampling_changes_from_epoch_to_epoch_and_with_the_seed_only(sampler):
    def sources_by_pair(made, epoch):
        return {
            int(i): source[source != 0].tolist()
            for m in made.rest_of_epoch(Position(epoch=epoch))
            for i, source in zip(m.indices, m.batch.source_ids, strict=True)
        }

    first = sources_by_pair(sampler(sampling=0.2), 0)
    assert sources_by_pair(sampler(sampling=0.2, pool_size=17, tokens_per_update=99), 0) == first
    for other in (
        sources_by_pair(sampler(sampling=0.2), 1),
        sources_by_pair(sampler(sampling=0.2, seed=6), 0),
    ):
        assert sum(other[i] != first[i] for i in first) > NUM_PAIRS / 4


def lengths_without_padding(ids):
    return (ids != 0).sum(dim=1).tolist()


def test_samples_stay_within_the_length_limit_of_their_side(pairs, tokenizers):
    longest = {
        "max_source_length": max(len(tokenizers.source.encode(s)) + 1 for s, _ in pairs),
        "max_target_length": max(len(tokenizers.target.encode(t)) + 1 for _, t in pairs) + 2,
    }
    dataset = make_dataset(pairs, tokenizers, **longest)
    budget = {"max_tokens_per_batch": 128, "tokens_per_update": 128}
    sampler = BatchSampler(dataset, tokenizers, seed=1, sampling=0.4, **budget)
    source, target = [], []
    for micro_batch in sampler.rest_of_epoch(Position()):
        source += lengths_without_padding(micro_batch.batch.source_ids)
        target += lengths_without_padding(micro_batch.batch.target_label_ids)
    assert max(source) <= longest["max_source_length"]
    assert max(target) <= longest["max_target_length"]


def test_both_sides_are_sampled_independently(pairs, unigram):
    same = [(source, source) for source, _ in pairs]
    shared = TokenizerPair(unigram, unigram)
    dataset = make_dataset(same, shared, max_source_length=100, max_target_length=100)
    budget = {"max_tokens_per_batch": 128, "tokens_per_update": 128}
    sampler = BatchSampler(dataset, shared, seed=1, sampling=0.1, **budget)
    different = sum(
        source[source != 0].tolist() != target[target != 0].tolist()
        for m in sampler.rest_of_epoch(Position())
        for source, target in zip(m.batch.source_ids, m.batch.target_label_ids, strict=True)
    )
    assert different > NUM_PAIRS / 2


def test_a_micro_batch_that_comes_no_closer_is_left_for_the_next_update(sampler, monkeypatch):
    sizes = [10, 10, 12, 2, 1, 40, 5, 20]
    stream = [SimpleNamespace(batch=SimpleNamespace(num_target_tokens=n)) for n in sizes]
    made = sampler(tokens_per_update=15)
    monkeypatch.setattr(made, "_stream", lambda start: iter(stream))
    updates = [[m.batch.num_target_tokens for m in u] for u in made.updates(Position())]
    assert updates == [[10], [10], [12, 2, 1], [40], [5]]


@pytest.mark.parametrize("tokens_per_update", [1, 90, 100, 101, 250, 300, 1000, 3000])
def test_an_update_is_as_close_to_its_size_as_whole_micro_batches_come(sampler, tokens_per_update):
    made = sampler(tokens_per_update=tokens_per_update)
    stream = [m for update in islice(made.updates(Position()), 40) for m in update]
    tokens = [m.batch.num_target_tokens for m in stream]
    expected, update = [], []
    for count in tokens:  # the rule, written out
        closer = abs(tokens_per_update - sum(update) - count) < abs(tokens_per_update - sum(update))
        if update and not closer:
            expected.append(update)
            update = []
        update.append(count)
    updates = islice(made.updates(Position()), len(expected))
    assert [[m.batch.num_target_tokens for m in u] for u in updates] == expected


def test_the_tail_of_an_epoch_joins_the_next_one(sampler):
    updates = updates_of_epochs(sampler(tokens_per_update=1000), 3)
    mixed = [update for update in updates if update[0].epoch != update[-1].epoch]
    assert mixed
    for update in mixed:
        assert sum(m.batch.num_target_tokens for m in update) == pytest.approx(1000, abs=60)
    epochs = [m.epoch for update in updates for m in update]
    assert epochs == sorted(epochs)


def test_micro_batches_of_a_pool_are_shuffled(sampler):
    made = sampler(pool_size=65_536)
    lengths = [m.batch.target_label_ids.shape[1] for m in made.rest_of_epoch(Position())]
    assert lengths != sorted(lengths)
    later = [m.batch.target_label_ids.shape[1] for m in made.rest_of_epoch(Position(epoch=1))]
    assert lengths != later


def test_pools_are_of_equal_size(sampler, dataset):
    made = sampler(pool_size=229)  # not 229 and 1
    sizes = Counter()
    position = Position()
    for micro_batch in made.rest_of_epoch(Position()):
        sizes[position.pool] += len(micro_batch.indices)
        position = micro_batch.position_after
    assert sizes == {0: 115, 1: 115}


def test_a_budget_below_the_longest_pair_allowed_is_refused(sampler):
    assert sampler(max_tokens_per_batch=MAX_LENGTH, tokens_per_update=1000).max_tokens == 64
    with pytest.raises(UserError, match=r"training\.max_tokens_per_batch: 63 is less than"):
        sampler(max_tokens_per_batch=63)


def test_order_is_uniform_enough(sampler):
    """The mean place of each pair over many epochs is the middle."""
    made = sampler(max_tokens_per_batch=100, pool_size=8)
    places = np.zeros(NUM_PAIRS)
    for epoch in range(40):
        indices = [m.indices for m in made.rest_of_epoch(Position(epoch=epoch))]
        places[np.concatenate(indices)] += np.arange(NUM_PAIRS) / 40
    # the standard deviation of a mean is 230 / sqrt(12 × 40) = 10.5
    assert abs(places - (NUM_PAIRS - 1) / 2).max() < 45
