"""The search against two oracles: all sequences there are, and a plain-Python beam search.

The scorers here are tables: log-probabilities drawn from a seed and the whole prefix.
"""

import math
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
import torch

from transformer_mt.decoding.beam_search import SearchOptions, beam_search
from transformer_mt.decoding.hypothesis import Hypothesis, average_penalty, gnmt_penalty

PENALTIES = [
    ("average", 0.0),
    ("average", 0.6),
    ("average", 1.0),
    ("average", 1.4),
    ("gnmt", 0.6),
]


def random_table(seed, vocab_size):
    """Normalised log-probabilities without ties."""

    @cache
    def next_log_probs(prefix):
        logits = np.random.default_rng([seed, vocab_size, *prefix]).normal(0, 1.5, vocab_size)
        return tuple((logits - np.logaddexp.reduce(logits)).astype(np.float32).tolist())

    return next_log_probs


def tied_table(seed, vocab_size, *, levels=3, zeros=0.2):
    """Multiples of 1/2, exact in every sum, so full of ties; a share has probability 0."""

    @cache
    def next_log_probs(prefix):
        generator = np.random.default_rng([seed, vocab_size, *prefix])
        log_probs = -0.5 * generator.integers(0, levels, vocab_size)
        log_probs[generator.random(vocab_size) < zeros] = -np.inf
        return tuple(log_probs.tolist())

    return next_log_probs


class TableScorer:
    """Follows the search through its arguments only, and keeps them."""

    def __init__(self, tables):
        self.tables = tables
        self.calls = []  # (token_ids, parents, sentences)
        self.sources = []  # per call, which table each row belongs to

    def __call__(self, token_ids, parents, sentences):
        assert token_ids.shape == parents.shape == (len(sentences), token_ids.shape[1])
        if not self.calls:
            sources = sentences.tolist()
            self.prefixes = [[()] for _ in sources]
        else:
            sources = [self.sources[-1][row] for row in sentences.tolist()]
            self.prefixes = [
                [(*self.prefixes[row][parent], token) for parent, token in zip(*pair, strict=True)]
                for row, *pair in zip(
                    sentences.tolist(), parents.tolist(), token_ids.tolist(), strict=True
                )
            ]
        self.calls.append((token_ids, parents, sentences))
        self.sources.append(sources)
        return torch.tensor(
            [
                [self.tables[source](prefix) for prefix in prefixes]
                for source, prefixes in zip(sources, self.prefixes, strict=True)
            ]
        )


def search(tables, max_lengths, options, *, eos_id=0, forbidden_ids=()):
    scorer = tables if callable(tables) else TableScorer(tables)
    return beam_search(
        scorer,
        max_lengths=torch.tensor(max_lengths),
        options=options,
        bos_id=1,
        eos_id=eos_id,
        forbidden_ids=forbidden_ids,
    )


def make_hypothesis(table, token_ids, options, *, truncated, eos_id):
    """Score a sequence, with the formulas written out."""
    sequence = token_ids if truncated else (*token_ids, eos_id)
    log_probs = tuple(table(sequence[:i])[token] for i, token in enumerate(sequence))
    length, exponent = len(sequence), options.length_penalty
    if options.length_penalty_type == "average":
        score = sum(log_probs) / length**exponent
    else:
        score = sum(log_probs) / ((5 + length) / 6) ** exponent
    return Hypothesis(token_ids, sum(log_probs), score, log_probs, truncated)


def best_first(hypotheses, n_best, eos_id):
    possible = [hypothesis for hypothesis in hypotheses if hypothesis.log_prob > -math.inf]
    possible.sort(key=lambda h: (h.truncated, -h.score, (*h.token_ids, eos_id)))
    return possible[:n_best]


def brute_force(table, max_length, options, *, vocab_size, eos_id):
    """Every sequence of at most ``max_length`` tokens, ranked."""
    words = [token for token in range(vocab_size) if token != eos_id]
    hypotheses = [
        make_hypothesis(table, token_ids, options, truncated=truncated, eos_id=eos_id)
        for length in range(max_length + 1)
        for truncated in ([False] if length < max_length else [True])
        for token_ids in product(words, repeat=length)
    ]
    return best_first(hypotheses, options.n_best, eos_id)


def plain_search(table, max_length, options, *, eos_id=0, forbidden_ids=()):
    """The narrow search without tensors and without early stop: its result and its steps."""
    beam, found, length = [((), 0.0)], [], 0
    while beam and len(found) < options.beam_size and length < max_length:
        length += 1
        candidates = sorted(
            (-(log_prob + token_log_prob), token, rank)
            for rank, (prefix, log_prob) in enumerate(beam)
            for token, token_log_prob in enumerate(table(prefix))
            if token not in forbidden_ids and log_prob + token_log_prob > -math.inf
        )
        found += [
            make_hypothesis(table, beam[rank][0], options, truncated=False, eos_id=eos_id)
            for _, token, rank in candidates[: options.beam_size]
            if token == eos_id
        ]
        others = [each for each in candidates if each[1] != eos_id][: options.beam_size]
        beam = [((*beam[rank][0], token), -negative) for negative, token, rank in others]
    if length == max_length:
        found += [
            make_hypothesis(table, prefix, options, truncated=True, eos_id=eos_id)
            for prefix, _ in beam
        ]
    return best_first(found, options.n_best, eos_id), length


# --- against all sequences ---------------------------------------------------------------------

TABLES = {
    (vocab_size, max_length): [random_table(seed, vocab_size) for seed in range(40)]
    for vocab_size, max_length in [(3, 3), (3, 4), (4, 3), (4, 4), (5, 3)]
}


def wide(vocab_size, max_length):
    """As many places as the last step has candidates, so that nothing is ever dropped."""
    return vocab_size * (vocab_size - 1) ** (max_length - 1)


@pytest.mark.parametrize("early_stop", [True, False])
@pytest.mark.parametrize(("penalty_type", "exponent"), PENALTIES)
def test_a_wide_beam_finds_the_best_of_all_sequences(penalty_type, exponent, early_stop):
    assert sum(len(tables) for tables in TABLES.values()) >= 200
    for (vocab_size, max_length), tables in TABLES.items():
        beam_size = wide(vocab_size, max_length)
        options = SearchOptions(beam_size, 6, exponent, penalty_type, early_stop)
        eos_id = vocab_size % 3
        found = search(tables, [max_length] * len(tables), options, eos_id=eos_id)
        assert found == [
            brute_force(table, max_length, options, vocab_size=vocab_size, eos_id=eos_id)
            for table in tables
        ]


@pytest.mark.parametrize("make_table", [random_table, tied_table])
def test_a_wide_beam_finds_every_sequence(make_table):
    options = SearchOptions(beam_size=wide(4, 3), n_best=wide(4, 3))
    tables = [make_table(seed, 4) for seed in range(30)]
    found = search(tables, [3] * 30, options)
    assert found == [brute_force(table, 3, options, vocab_size=4, eos_id=0) for table in tables]
    assert any(hypothesis.truncated for hypotheses in found for hypothesis in hypotheses)


def test_greedy_search_is_often_worse_than_the_best():
    worse = 0
    greedy = SearchOptions(beam_size=1, length_penalty=0.0)
    for (vocab_size, max_length), tables in TABLES.items():
        exact = replace(greedy, beam_size=wide(vocab_size, max_length))
        lengths = [max_length] * len(tables)
        for one, best in zip(
            search(tables, lengths, greedy), search(tables, lengths, exact), strict=True
        ):
            assert (one[0].truncated, -one[0].score) >= (best[0].truncated, -best[0].score)
            worse += one[0].truncated or one[0].score < best[0].score
    assert worse >= 50


# --- against the plain search ------------------------------------------------------------------


@pytest.mark.parametrize(("penalty_type", "exponent"), PENALTIES)
@pytest.mark.parametrize("beam_size", [1, 2, 3, 5])
@pytest.mark.parametrize("vocab_size", [3, 6, 64, 130])
def test_a_narrow_beam_equals_the_plain_search(vocab_size, beam_size, penalty_type, exponent):
    tables = [tied_table(seed, vocab_size) for seed in range(6)]
    tables += [tied_table(seed, vocab_size, levels=12, zeros=0.0) for seed in range(6)]
    tables += [random_table(seed, vocab_size) for seed in range(6)]
    lengths = [1 + seed % 6 for seed in range(len(tables))]
    for n_best, eos_id, forbidden_ids in [(1, 0, ()), (beam_size, 2, (1, 0))]:
        options = SearchOptions(beam_size, n_best, exponent, penalty_type)
        expected = [
            plain_search(table, length, options, eos_id=eos_id, forbidden_ids=forbidden_ids)[0]
            for table, length in zip(tables, lengths, strict=True)
        ]
        for early_stop in [True, False]:
            options = replace(options, early_stop=early_stop)
            found = search(tables, lengths, options, eos_id=eos_id, forbidden_ids=forbidden_ids)
            assert found == expected


def test_early_stop_changes_nothing_but_the_number_of_steps():
    steps = {True: 0, False: 0}
    for beam_size, (penalty_type, exponent) in product([1, 2, 3, 4, 6], PENALTIES):
        found = {}
        for early_stop in [True, False]:
            tables = [random_table(seed, 4) for seed in range(40)]
            tables += [tied_table(seed, 4, zeros=0.1) for seed in range(40)]
            scorer = TableScorer(tables)
            options = SearchOptions(
                beam_size, (beam_size + 1) // 2, exponent, penalty_type, early_stop
            )
            found[early_stop] = search(scorer, [2 + seed % 8 for seed in range(80)], options)
            steps[early_stop] += sum(len(sources) for sources in scorer.sources)
        assert found[True] == found[False]
    assert steps[True] < steps[False]


@pytest.mark.parametrize(("early_stop", "steps"), [(True, 1), (False, 2)])
def test_early_stop_ends_a_search_that_is_decided(early_stop, steps):
    def certain(prefix):
        return (-0.1, -9.0, -8.0, -7.0)

    scorer = TableScorer([certain])
    options = SearchOptions(3, length_penalty=1.0, early_stop=early_stop)
    (found,) = search(scorer, [50], options)
    assert [each.token_ids for each in found] == [()]
    assert len(scorer.calls) == steps


def test_early_stop_waits_for_a_longer_output_that_could_win():
    def late(prefix):
        return (-0.5, -9.0, -0.1) if len(prefix) < 3 else (-0.01, -9.0, -9.0)

    (found,) = search([late], [9], SearchOptions(beam_size=4, length_penalty=0.0))
    assert found[0].token_ids == (2, 2, 2)


def test_early_stop_waits_for_an_equal_score_with_smaller_token_ids():
    def equal(prefix):
        return (-9.0, -9.0, 0.0) if prefix == (0,) else (-1.0, -9.0, -1.0)

    (found,) = search([equal], [9], SearchOptions(2, length_penalty=0.0), eos_id=2)
    assert [each.token_ids for each in found] == [(0,)]


def test_equal_scores_go_to_the_smaller_token_id():
    def uniform(prefix):
        return (-1.0,) * 200

    options = SearchOptions(beam_size=3, n_best=3, length_penalty=0.0)
    (found,) = search([uniform], [2], options, eos_id=1)
    assert [each.token_ids for each in found] == [(), (0, 0), (2, 0)]
    (found,) = search([uniform], [2], options, eos_id=150)
    assert [each.token_ids for each in found] == [(0, 0), (1, 0), (2, 0)]
    assert all(each.truncated for each in found)


def test_both_zeros_are_equal():
    def certain(prefix):
        return (-9.0, -0.0, 0.0, 0.0, 0.0, 0.0)

    (found,) = search([certain], [1], SearchOptions(beam_size=2, n_best=2))
    assert [each.token_ids for each in found] == [(1,), (2,)]


# --- the batch ---------------------------------------------------------------------------------


@pytest.mark.parametrize("beam_size", [1, 4])
def test_a_sentence_alone_gets_the_same_as_in_a_batch(beam_size):
    tables = [random_table(seed, 70) for seed in range(12)]
    tables += [tied_table(seed, 70) for seed in range(12)]
    lengths = [1 + 5 * seed % 7 for seed in range(24)]
    options = SearchOptions(beam_size, n_best=beam_size)
    together = search(tables, lengths, options)
    alone = [
        search([table], [length], options)[0] for table, length in zip(tables, lengths, strict=True)
    ]
    assert together == alone


def test_finished_sentences_leave_the_batch_at_once():
    options = SearchOptions(beam_size=2, early_stop=False)
    tables = [random_table(seed, 5) for seed in range(20)]
    lengths = [1 + seed % 9 for seed in range(20)]
    scorer = TableScorer(tables)
    search(scorer, lengths, options)
    steps = [
        plain_search(table, length, options)[1]
        for table, length in zip(tables, lengths, strict=True)
    ]
    assert len(set(steps)) > 3
    assert scorer.sources == [
        [source for source in range(20) if steps[source] > step] for step in range(max(steps))
    ]


@pytest.mark.parametrize("beam_size", [1, 4, 13])
def test_what_the_scorer_is_given(beam_size):
    scorer = TableScorer([random_table(seed, 5) for seed in range(3)])
    search(scorer, [4, 4, 4], SearchOptions(beam_size))
    token_ids, parents, sentences = scorer.calls[0]
    assert token_ids.tolist() == [[1], [1], [1]]
    assert parents.tolist() == [[0], [0], [0]]
    assert sentences.tolist() == [0, 1, 2]
    hypotheses = 1
    for token_ids, parents, sentences in scorer.calls[1:]:
        assert token_ids.shape == parents.shape == (len(sentences), beam_size)
        assert token_ids.dtype == parents.dtype == sentences.dtype == torch.int64
        assert ((token_ids >= 0) & (token_ids < 5)).all()
        assert ((parents >= 0) & (parents < hypotheses)).all()
        hypotheses = beam_size


def test_what_the_scorer_returns_is_left_alone():
    log_probs = torch.tensor([-1.0, -2.0, -0.5, -3.0])

    def score_next_tokens(token_ids, parents, sentences):
        return log_probs.expand(*token_ids.shape, 4)

    search(score_next_tokens, [3, 2], SearchOptions(beam_size=3), forbidden_ids=(1, 2))
    assert log_probs.tolist() == [-1.0, -2.0, -0.5, -3.0]


def test_no_sentences():
    assert search([], [], SearchOptions(beam_size=2)) == []


# --- edges -------------------------------------------------------------------------------------


def test_forbidden_tokens_never_appear_and_leave_the_end_of_sentence():
    table = tied_table(0, 4, zeros=0.0)
    options = SearchOptions(beam_size=5, n_best=5, length_penalty=0.0)
    (found,) = search([table], [4], options, forbidden_ids=(1, 2, 3, 3))
    assert [each.token_ids for each in found] == [()]
    assert found[0].token_log_probs == (table(())[0],)
    (found,) = search([table], [4], options, forbidden_ids=(1, 3))
    assert {token for each in found for token in each.token_ids} == {2}


def test_without_any_possible_token_there_is_no_hypothesis():
    def impossible(prefix):
        return (-math.inf,) * 3

    scorer = TableScorer([impossible, random_table(0, 3)])
    assert search(scorer, [3, 3], SearchOptions(2))[0] == []
    assert [0 in sources for sources in scorer.sources] == [True, False, False]


def test_a_hypothesis_cut_at_the_limit_is_flagged():
    def talkative(prefix):
        return (-9.0, -2.0, -0.25)

    (found,) = search([talkative], [3], SearchOptions(beam_size=1))
    assert found == [Hypothesis((2, 2, 2), -0.75, -0.25, (-0.25,) * 3, truncated=True)]


def test_a_finished_hypothesis_comes_before_a_better_one_that_was_cut():
    def talkative(prefix):
        return (-2.0, -9.0, -0.25)

    (found,) = search([talkative], [2], SearchOptions(beam_size=2, n_best=2))
    assert [(each.token_ids, each.truncated) for each in found] == [((2,), False), ((), False)]
    (found,) = search([talkative], [1], SearchOptions(beam_size=2, n_best=2))
    assert [(each.token_ids, each.truncated) for each in found] == [((), False), ((2,), True)]


@pytest.mark.parametrize("vocab_size", [3, 64, 100])
@pytest.mark.parametrize("sign", [1, -1])
def test_log_probs_that_are_not_numbers_are_refused(vocab_size, sign):
    def score_next_tokens(token_ids, parents, sentences):
        log_probs = torch.full((*token_ids.shape, vocab_size), -1.0)
        log_probs[-1, -1] = math.copysign(math.nan, sign)
        return log_probs

    with pytest.raises(FloatingPointError, match="NaN"):
        search(score_next_tokens, [3, 3], SearchOptions(beam_size=2))


def test_options_are_checked():
    with pytest.raises(ValueError, match="n_best must be from 1 to beam_size 2: 3"):
        SearchOptions(beam_size=2, n_best=3)
    with pytest.raises(ValueError, match="n_best must be from 1 to beam_size 2: 0"):
        SearchOptions(beam_size=2, n_best=0)
    with pytest.raises(ValueError, match="beam_size must be at least 1, not 0"):
        SearchOptions(beam_size=0)
    with pytest.raises(ValueError, match=r"length_penalty must not be negative: -0\.5"):
        SearchOptions(beam_size=1, length_penalty=-0.5)


def test_length_penalties():
    assert average_penalty(9, 0.5) == 3.0
    assert average_penalty(7, 0.0) == gnmt_penalty(7, 0.0) == 1.0
    assert gnmt_penalty(7, 1.0) == 2.0
    assert gnmt_penalty(19, 0.5) == 2.0
    assert gnmt_penalty(1, 0.6) == 1.0
