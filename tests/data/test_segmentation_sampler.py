import math
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from random import Random

import pytest
import sentencepiece

from transformer_mt.data.segmentation_sampler import SegmentationSampler
from transformer_mt.data.tokenizer import Tokenizer
from transformer_mt.data.tokenizer_training import train_tokenizer

ODD = ["", "ba", "日本 é x🙂🙂y q ⁇ ba", "🙂", "<s> ba </s>", "ku" * 40]
NUM_DRAWS = 4000


@pytest.fixture(params=["unigram", "bpe"])
def tokenizer(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["unigram", "bpe"])
def without_bytes(request, tmp_path, sentences):
    """A tokenizer for which rare characters are unknown."""
    path = tmp_path / "small.model"
    options = {"vocab_size": 60, "byte_fallback": False, "character_coverage": 0.98}
    train_tokenizer(sentences, path, type=request.param, **options)
    return Tokenizer(path)


def certain(tokenizer):
    """The alpha that leaves nothing to chance."""
    return 80.0 if is_unigram(tokenizer) else 0.0


def is_unigram(tokenizer):
    return any(not tokenizer._processor.get_score(i).is_integer() for i in range(300, 310))


def test_without_chance_it_is_the_segmentation_of_sentencepiece(tokenizer, sentences):
    for seed, text in enumerate([*sentences[:200], *ODD]):
        sampled = tokenizer.sample(text, seed=seed, alpha=certain(tokenizer))
        assert sampled == tokenizer.encode(text), text


def test_unknown_characters_are_those_of_sentencepiece(without_bytes, sentences):
    kind = any(not without_bytes._processor.get_score(i).is_integer() for i in range(4, 60))
    for text in [*sentences[:100], *ODD]:
        sampled = without_bytes.sample(text, seed=1, alpha=80.0 if kind else 0.0)
        assert sampled == without_bytes.encode(text), text
    assert without_bytes.unk_id in without_bytes.encode("日本 ba")


@pytest.mark.parametrize("alpha", [0.1, 0.5, 0.9])
def test_a_sample_is_the_text(tokenizer, sentences, alpha):
    for seed, text in enumerate(sentences[:100]):
        assert tokenizer.decode(tokenizer.sample(text, seed=seed, alpha=alpha)) == text


def all_segmentations(processor, word):
    """Every way to cut a word into pieces, with the sum of the scores."""
    if not word:
        return [((), 0.0)]
    found = []
    for length in range(1, len(word) + 1):
        token_id = processor.piece_to_id(word[:length])
        if token_id != processor.unk_id():
            rest = all_segmentations(processor, word[length:])
            score = processor.get_score(token_id)
            found += [((token_id, *ids), score + other) for ids, other in rest]
    return found


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_unigram_segmentations_have_their_probabilities(unigram, models, alpha):
    processor = sentencepiece.SentencePieceProcessor(model_file=str(models["unigram"]))
    weights = {
        ids: math.exp(alpha * score) for ids, score in all_segmentations(processor, "▁stalikuba")
    }
    assert len(weights) > 20
    draws = Counter(
        tuple(unigram.sample("stalikuba", seed=seed, alpha=alpha)) for seed in range(NUM_DRAWS)
    )
    assert draws.keys() <= weights.keys()
    for ids, weight in weights.items():
        expected = NUM_DRAWS * weight / sum(weights.values())
        assert abs(draws[ids] - expected) < 5 * math.sqrt(expected + 1)


def bpe_distribution(processor, symbols, alpha, left_out=frozenset()):
    """The probability of each segmentation, by following both outcomes of every draw."""
    places = [len("".join(symbols[:n])) for n in range(len(symbols))]
    merges = []
    for n, (left, right) in enumerate(pairwise(symbols)):
        merge = (places[n], left, right)
        token_id = processor.piece_to_id(left + right)
        if token_id != processor.unk_id() and merge not in left_out:
            merges.append((-processor.get_score(token_id), n, merge))
    if not merges:
        return Counter({tuple(processor.piece_to_id(symbol) for symbol in symbols): 1.0})
    _, n, merge = min(merges)
    merged = [*symbols[:n], symbols[n] + symbols[n + 1], *symbols[n + 2 :]]
    found = Counter()
    for probability, more in (
        (1 - alpha, bpe_distribution(processor, merged, alpha, left_out)),
        (alpha, bpe_distribution(processor, symbols, alpha, left_out | {merge})),
    ):
        for ids, conditional in more.items():
            found[ids] += probability * conditional
    return found


@pytest.mark.parametrize("alpha", [0.1, 0.5])
def test_bpe_segmentations_have_their_probabilities(bpe, models, alpha):
    processor = sentencepiece.SentencePieceProcessor(model_file=str(models["bpe"]))
    probabilities = bpe_distribution(processor, list("▁stalikuba"), alpha)
    assert len(probabilities) > 10
    draws = Counter(
        tuple(bpe.sample("stalikuba", seed=seed, alpha=alpha)) for seed in range(NUM_DRAWS)
    )
    assert draws.keys() <= probabilities.keys()
    for ids, probability in probabilities.items():
        expected = NUM_DRAWS * probability
        assert abs(draws[ids] - expected) < 5 * math.sqrt(expected + 1)


def test_bpe_with_all_merges_left_out_is_characters(bpe):
    assert len(bpe.sample("ba ku.", seed=1, alpha=1.0)) == len("▁ba▁ku.")


PRINT_SAMPLES = (
    "import sys; from pathlib import Path; from transformer_mt.data.tokenizer import Tokenizer\n"
    "tokenizer = Tokenizer(Path(sys.argv[1]))\n"
    "print([tokenizer.sample('ba ku mone zweistatu.', seed=n, alpha=0.2) for n in range(50)])\n"
)


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_a_sample_is_the_same_in_every_process(models, request, kind):
    tokenizer = request.getfixturevalue(kind)
    expected = [tokenizer.sample("ba ku mone zweistatu.", seed=n, alpha=0.2) for n in range(50)]
    assert len(set(map(tuple, expected))) > 5
    command = [sys.executable, "-c", PRINT_SAMPLES, str(models[kind])]
    assert subprocess.check_output(command, text=True) == f"{expected}\n"


def test_the_generator_decides(unigram):
    sampler = SegmentationSampler(unigram._processor)

    def sample(seed):
        return sampler.sample("▁stalikuba▁monetu", alpha=0.1, generator=Random(seed))

    assert sample(1) == sample(1)
    assert len({tuple(sample(seed)) for seed in range(50)}) > 10
