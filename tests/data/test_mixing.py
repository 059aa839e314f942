"""Mixed corpora: equal counts within each, exact shares, a pure function of the epoch."""

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer_mt.data.mixing import Mixture, shares_by_temperature, shares_by_weight

sizes_and_weights = st.lists(
    st.tuples(st.integers(1, 60), st.floats(0.5, 20.0)), min_size=1, max_size=5
)


def generators(seed):
    def generator(number, *purpose):
        sequence = np.random.SeedSequence(seed, spawn_key=(number, *purpose))
        return np.random.Generator(np.random.Philox(sequence))

    return generator


def by_weight(drawn):
    """A mixture of drawn sizes and weights, none of which is too small for a pair of an epoch."""
    sizes, weights = zip(*drawn, strict=True)
    shares = shares_by_weight(weights)
    num_pairs = sum(sizes)
    return Mixture(sizes, shares) if all(s * num_pairs >= 1 for s in shares) else None


def by_temperature(sizes, temperature):
    return Mixture(tuple(sizes), shares_by_temperature(sizes, temperature))


mixtures = st.one_of(
    sizes_and_weights.map(by_weight).filter(bool),
    st.builds(
        by_temperature,
        st.lists(st.integers(0, 60), min_size=1, max_size=5).filter(any),
        st.floats(1.0, 50.0),
    ),
)


def epochs(mixture, numbers, *, seed=1):
    return [mixture.pairs_of_epoch(epoch, generators(seed)) for epoch in numbers]


@given(mixtures, st.integers(0, 10**6))
def test_the_epochs_before_hold_the_exact_shares_to_within_a_pair(mixture, epoch):
    drawn = mixture.drawn_before(epoch)
    assert sum(drawn) == epoch * mixture.num_pairs
    for count, share in zip(drawn, mixture.shares, strict=True):
        assert abs(count - epoch * mixture.num_pairs * share) < 1
    after = mixture.drawn_before(epoch + 1)
    assert all(end >= start for start, end in zip(drawn, after, strict=True))


@given(mixtures)
def test_after_a_whole_cycle_of_epochs_the_shares_are_exact(mixture):
    cycle = math.lcm(*(share.denominator for share in mixture.shares))
    drawn = mixture.drawn_before(cycle)
    assert [Fraction(count, cycle * mixture.num_pairs) for count in drawn] == [*mixture.shares]


@given(mixtures)
def test_an_epoch_holds_what_its_count_says(mixture):
    for epoch in (0, 1, 7):
        (pairs,) = epochs(mixture, [epoch])
        assert pairs.dtype == np.uint32
        assert len(pairs) == mixture.num_pairs
        drawn = np.bincount(mixture.corpus_of(pairs), minlength=len(mixture.sizes))
        before, after = mixture.drawn_before(epoch), mixture.drawn_before(epoch + 1)
        assert drawn.tolist() == [end - start for start, end in zip(before, after, strict=True)]


@given(mixtures)
def test_within_a_corpus_pairs_are_seen_equally_often_at_any_time(mixture):
    counts = np.zeros(mixture.num_pairs, dtype=int)
    ends = np.cumsum(mixture.sizes)
    for pairs in epochs(mixture, range(3)):
        for pair in pairs:
            counts[pair] += 1
            corpus = int(np.searchsorted(ends, pair, side="right"))
            seen = counts[ends[corpus] - mixture.sizes[corpus] : ends[corpus]]
            assert seen.max() - seen.min() <= 1


@given(mixtures, st.permutations(range(4)), st.integers(0, 2**63 - 1))
def test_an_epoch_is_a_function_of_seed_and_number_alone(mixture, numbers, seed):
    in_order = epochs(mixture, range(4), seed=seed)
    in_disorder = epochs(mixture, numbers, seed=seed)
    for number, pairs in zip(numbers, in_disorder, strict=True):
        assert np.array_equal(pairs, in_order[number])


def test_seeds_and_epochs_differ():
    mixture = Mixture((40, 60), shares_by_weight([1.0, 1.0]))
    first, second = epochs(mixture, [0, 1])
    (other,) = epochs(mixture, [0], seed=2)
    assert first.tolist() != second.tolist()
    assert first.tolist() != other.tolist()


def test_a_walk_goes_on_where_the_epoch_before_has_left_it():
    """The pairs of a corpus, over epochs, are whole permutations one after the other."""
    mixture = Mixture((30, 70), shares_by_weight([0.45, 0.55]))
    stream = np.concatenate(epochs(mixture, range(8)))
    for corpus, members in enumerate((range(30), range(30, 100))):
        walk = stream[mixture.corpus_of(stream) == corpus]
        passes = [walk[n : n + len(members)].tolist() for n in range(0, len(walk), len(members))]
        assert all(sorted(each) == list(members) for each in passes[:-1])
        assert len({tuple(each) for each in passes}) == len(passes)


def test_corpora_are_spread_evenly_over_an_epoch():
    mixture = Mixture((2000, 8000), shares_by_weight([1.0, 1.0]))
    (pairs,) = epochs(mixture, [3])
    for tenth in np.split(mixture.corpus_of(pairs), 10):
        assert np.mean(tenth) == pytest.approx(0.5, abs=0.06)  # four standard deviations


def test_every_order_of_a_small_mix_comes_about_as_often():
    mixture = Mixture((2, 2), shares_by_weight([1.0, 1.0]))
    orders = Counter(tuple(pairs.tolist()) for pairs in epochs(mixture, range(4800)))
    assert len(orders) == 24
    assert min(orders.values()) > 140  # of 200; the standard deviation is 14
    assert max(orders.values()) < 260


@given(mixtures, st.data())
def test_the_corpus_of_a_pair_is_found(mixture, data):
    corpora = [n for n, size in enumerate(mixture.sizes) for _ in range(size)]
    pair = data.draw(st.integers(0, len(corpora) - 1))
    assert mixture.corpus_of(np.array([pair], dtype=np.uint32)).tolist() == [corpora[pair]]


def test_shares_by_weight_are_those_written_down():
    assert shares_by_weight([0.1, 0.2]) == (Fraction(1, 3), Fraction(2, 3))
    assert shares_by_weight([7.0, 2.0, 1.0]) == (Fraction(7, 10), Fraction(1, 5), Fraction(1, 10))


def test_shares_by_temperature_follow_the_formula():
    sizes = (1_000_000, 50_000, 300)
    assert shares_by_temperature(sizes, 1.0) == tuple(Fraction(n, sum(sizes)) for n in sizes)
    for temperature in (1.5, 5.0, 100.0):
        powers = [n ** (1 / temperature) for n in sizes]
        expected = [power / sum(powers) for power in powers]
        shares = shares_by_temperature(sizes, temperature)
        assert [float(share) for share in shares] == pytest.approx(expected, abs=1e-9)
        assert sum(shares) == 1
    assert [float(s) for s in shares_by_temperature(sizes, 1e9)] == pytest.approx([1 / 3] * 3)
    assert shares_by_temperature((0, 5), 3.0) == (0, 1)


def test_passes_say_how_often_an_epoch_goes_through_a_corpus():
    mixture = Mixture((10, 90, 0), (Fraction(1, 2), Fraction(1, 2), Fraction(0)))
    assert mixture.passes() == pytest.approx([5.0, 50 / 90, 0.0])
