"""The built-in corpus: its size, its splits, and that it is the same everywhere."""

import os
import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from transformer_mt.data.phrasebook import SOURCE_LANGUAGE, TARGET_LANGUAGE, phrases
from transformer_mt.data.phrasebook.generate import draw_phrases, word_forms
from transformer_mt.data.phrasebook.lexicon import (
    ADJECTIVES,
    NOUNS,
    SMALL_NUMBERS,
    TENS,
    TIMES,
    VERBS,
)
from transformer_mt.data.phrasebook.patterns import PATTERNS

SPLITS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def corpus():
    return {split: phrases(split) for split in SPLITS}


@pytest.fixture(scope="module")
def all_phrases(corpus):
    return [phrase for split in SPLITS for phrase in corpus[split]]


def test_languages():
    assert (SOURCE_LANGUAGE, TARGET_LANGUAGE) == ("en", "de")


def test_there_are_enough_pairs_words_and_patterns(corpus, all_phrases):
    assert len({(phrase.source, phrase.target) for phrase in all_phrases}) >= 10_000
    assert 400 <= len(corpus["validation"]) <= 700
    assert 400 <= len(corpus["test"]) <= 700
    content_words = [*NOUNS, *VERBS, *ADJECTIVES, *TIMES, *SMALL_NUMBERS, *TENS]
    assert len(content_words) >= 150
    assert len({phrase.pattern for phrase in all_phrases}) == len(PATTERNS) >= 12


def test_every_source_has_one_target_and_comes_once():
    sources = [phrase.source for phrase in draw_phrases()]
    assert len(set(sources)) == len(sources)


def test_a_target_carries_one_combination_whatever_its_source():
    combinations = defaultdict(set)
    for phrase in draw_phrases():
        combinations[phrase.target].add(phrase.combination)
    assert all(len(found) == 1 for found in combinations.values())


@pytest.mark.parametrize("what", ["source", "target", "combination"])
def test_splits_share_nothing(corpus, what):
    train, validation, test = (
        {getattr(phrase, what) for phrase in corpus[split]} for split in SPLITS
    )
    assert not train & validation
    assert not train & test
    assert not validation & test


def test_combinations_are_complete(all_phrases):
    assert all(len(p.combination) == 3 and all(p.combination) for p in all_phrases)


def test_held_out_words_are_common_in_train(corpus):
    counts = Counter(form for phrase in corpus["train"] for form in word_forms(phrase))
    held_out = {
        form
        for split in ("validation", "test")
        for phrase in corpus[split]
        for form in word_forms(phrase)
    }
    assert min(counts[form] for form in held_out) >= 20


def test_most_held_out_verbs_and_complements_meet_in_other_combinations(corpus):
    pairs = {phrase.combination[:2] for phrase in corpus["train"]}
    held_out = corpus["validation"] + corpus["test"]
    known = sum(phrase.combination[:2] in pairs for phrase in held_out)
    assert known / len(held_out) > 0.95


def test_every_pattern_is_in_every_split_and_plentiful_in_train(corpus):
    counts = {split: Counter(phrase.pattern for phrase in corpus[split]) for split in SPLITS}
    for pattern, _ in PATTERNS:
        assert counts["train"][pattern.__name__] >= 50, pattern.__name__
        assert counts["validation"][pattern.__name__] >= 1, pattern.__name__
        assert counts["test"][pattern.__name__] >= 1, pattern.__name__


def test_train_is_shuffled(corpus):
    assert len({phrase.pattern for phrase in corpus["train"][:200]}) > 20


def test_the_caller_may_change_what_it_gets():
    phrases("test").clear()
    assert phrases("test")


def test_the_corpus_is_the_same_in_every_process():
    code = (
        "import hashlib; from transformer_mt.data.phrasebook import phrases\n"
        "text = repr([phrases(s) for s in ('train', 'validation', 'test')])\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "20251")
    }
    assert len(digests) == 1
