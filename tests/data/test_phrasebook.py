"""The built-in corpus: its size, its splits, and that it is the same everywhere."""

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from transformer_mt.data.phrasebook import SOURCE_LANGUAGE, TARGET_LANGUAGE, phrases
from transformer_mt.data.phrasebook.generate import TRIED_FIRST, draw_phrases, word_forms
from transformer_mt.data.phrasebook.lexicon import (
    ADJECTIVES,
    LANGUAGES,
    NOUNS,
    NUMBER_WORDS,
    PROFESSIONS,
    REFLEXIVES,
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
    assert len({(phrase.source, phrase.target) for phrase in corpus["train"]}) >= 40_000
    assert 400 <= len(corpus["validation"]) <= 700
    assert 400 <= len(corpus["test"]) <= 700
    assert len({word.english for word in (*NOUNS, *VERBS, *ADJECTIVES)}) >= 400
    assert len({phrase.pattern for phrase in all_phrases}) == len(PATTERNS) >= 80


def english_forms():
    """Map each content word to its English forms, as tuples of words."""
    forms = {}
    for noun in NOUNS:
        forms[f"noun {noun.english}"] = (noun.english, noun.english_plural, f"{noun.english}'s")
    for verb in (*VERBS, *REFLEXIVES):
        inflected = (verb.english, verb.english_third, verb.english_ing, verb.english_past)
        forms[f"verb {verb.infinitive}"] = inflected
    for adjective in ADJECTIVES:
        more = adjective.comparative.english if adjective.comparative else ""
        forms[f"adjective {adjective.english}"] = (adjective.english, more)
    for word in (*TIMES, *NUMBER_WORDS):
        forms[f"word {word.english}"] = (word.english,)
    for english, *_ in (*LANGUAGES, *PROFESSIONS):
        forms[f"name {english}"] = (english,)
    # "is" in English
    forms["verb liegen"] = forms["verb stehen"] = ("is", "are")
    return {word: {tuple(f.lower().split()) for f in found if f} for word, found in forms.items()}


def test_every_content_word_is_common_in_train_and_in_several_patterns(corpus):
    words_of = defaultdict(set)
    for word, forms in english_forms().items():
        for form in forms:
            words_of[form].add(word)
    longest = max(map(len, words_of))
    counts, patterns = Counter(), defaultdict(set)
    for phrase in corpus["train"]:
        tokens = re.findall(r"[\w'-]+", phrase.source.lower())
        found = set()
        for start in range(len(tokens)):
            for length in range(1, longest + 1):
                found |= words_of.get(tuple(tokens[start : start + length]), set())
        counts.update(found)
        for word in found:
            patterns[word].add(phrase.pattern)
    rare = {word: counts[word] for word in english_forms() if counts[word] < 20}
    lonely = {word: patterns[word] for word in english_forms() if len(patterns[word]) < 2}
    assert not rare
    assert not lonely


def test_no_pattern_takes_more_than_its_share(corpus):
    counts = Counter(phrase.pattern for phrase in corpus["train"])
    assert max(counts.values()) <= 0.1 * len(corpus["train"])


def test_there_are_short_and_long_sentences(corpus):
    lengths = Counter(min(len(phrase.source.split()) // 5, 2) for phrase in corpus["train"])
    assert min(lengths[length] for length in (0, 1, 2)) >= 0.04 * len(corpus["train"])


def test_a_kind_is_not_the_name_of_a_noun():
    names = {noun.english.replace(" ", "_") for noun in NOUNS}
    assert not names & {kind for noun in NOUNS for kind in noun.kinds}


EVERYDAY = {
    "Where is the train station?": "Wo ist der Bahnhof?",
    "I would like two coffees, please.": "Ich hätte gern zwei Kaffee, bitte.",
    "How much does this ticket cost?": "Wie viel kostet diese Fahrkarte?",
    "We do not have a reservation.": "Wir haben keine Reservierung.",
    "Can you help me tomorrow?": "Können Sie mir morgen helfen?",
}


def test_everyday_sentences_are_not_in_train_but_their_words_are(corpus):
    assert not {phrase.source for phrase in corpus["train"]} & set(EVERYDAY)
    assert not {phrase.target for phrase in corpus["train"]} & set(EVERYDAY.values())
    assert not {phrase.combination for phrase in corpus["train"]} & set(TRIED_FIRST)
    for phrase in draw_phrases():
        assert EVERYDAY.get(phrase.source, phrase.target) == phrase.target
    known = {form for phrase in corpus["train"] for form in word_forms(phrase)}
    for source, target in EVERYDAY.items():
        assert {("source", word) for word in re.findall(r"[\w'-]+", source)} <= known
        assert {("target", word) for word in re.findall(r"[\w'-]+", target)} <= known


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
    assert known / len(held_out) > 0.9


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
        for seed in ("0", "20251")
    }
    assert len(digests) == 1
