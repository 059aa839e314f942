"""Planted loops and copies are found; ordinary text raises no alarm."""

import random

import pytest

from transformer_mt.data.phrasebook import phrases
from transformer_mt.data.tokenizer import Tokenizer
from transformer_mt.data.tokenizer_training import train_tokenizer
from transformer_mt.decoding.flags import is_copied, is_looping


@pytest.mark.parametrize("period", range(1, 9))
@pytest.mark.parametrize("rest", [(), (99,)])
def test_planted_loops(period, rest):
    """From four times and 12 tokens on, at the end, wherever the last time stops."""
    start, unit = list(range(50, 57)), list(range(1, period + 1))
    needed = max(4 * period, 12)
    for length in range(needed, needed + 2 * period):
        loop = (unit * length)[:length]
        assert is_looping([*start, *loop, *rest]), (period, length)
    shorter = (unit * needed)[: needed - 1]
    assert not is_looping([*start, *shorter, *rest])


def test_a_loop_that_ends_is_over():
    assert not is_looping([*[7] * 20, 1, 2])
    assert is_looping([*[7] * 20, 1])


def test_short_outputs_do_not_loop():
    assert not is_looping([])
    assert not is_looping([5] * 11)
    assert is_looping([5] * 12)


def test_random_outputs_do_not_loop():
    generator = random.Random(0)
    for _ in range(2000):
        assert not is_looping(generator.choices(range(30), k=generator.randint(1, 60)))


def test_ordinary_text_does_not_loop(tmp_path):
    texts = [phrase.target for phrase in phrases("test")]
    emphatic = ["Nein, nein, nein, nein!", "Sehr, sehr, sehr gut...", "1 000 000 000", "Hahahaha!"]
    train_tokenizer(texts, tmp_path / "a.model", type="unigram", vocab_size=400)
    encoded = Tokenizer(tmp_path / "a.model").encode_batch([*texts, *emphatic])
    assert len(encoded) > 400
    assert not any(map(is_looping, encoded))


@pytest.mark.parametrize(
    ("source", "translation", "spaced", "copied"),
    [
        ("The dog is here.", "The dog is here.", True, True),
        ("The  dog is\u00a0here.", "The dog is here.", True, True),
        ("The dog is here.", "The dog is there.", True, False),
        ("The dog is here.", "the dog is here.", True, False),
        ("New York", "New York", True, False),
        ("Berlin", "Berlin", True, False),
        ("10 000 000 - 3", "10 000 000 - 3", True, False),
        ("https://example.org/a-b-c", "https://example.org/a-b-c", True, False),
        ("", "", True, False),
        ("今日は晴れです。", "今日は晴れです。", False, False),
        ("明日は雨が降るでしょう。", "明日は雨が降るでしょう。", False, True),
        ("明日は雨が降るでしょう。", "明日は雪が降るでしょう。", False, False),
    ],
)
def test_copies(source, translation, spaced, copied):
    assert is_copied(source, translation, spaced=spaced) == copied
