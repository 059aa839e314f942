"""Given translations get the scores that the search gives its own."""

import math

import pytest
import torch

from transformer_mt.config import Config, DataConfig, DecodingConfig, ModelConfig
from transformer_mt.data.tokenizer import Tokenizer, TokenizerPair
from transformer_mt.data.tokenizer_training import train_tokenizer
from transformer_mt.decoding.translator import Translator

SOURCES = [
    "the red dog sees a tree.", "a cat", "the old house is small and the tree is old.", "it rains.",
    "the dog", "a tree and a tree and a dog", "is it old?", "the cat sees the red house.",
]  # fmt: skip
LONGEST = 40
EOS_LOGIT = 3.0


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizers")
    train_tokenizer(SOURCES * 5, folder / "source.model", type="unigram", vocab_size=290)
    train_tokenizer(SOURCES * 5, folder / "target.model", type="bpe", vocab_size=280)
    return TokenizerPair(Tokenizer(folder / "source.model"), Tokenizer(folder / "target.model"))


@pytest.fixture(scope="module")
def make_translator(make_model, tokenizers):
    def make_translator(*, positions="sinusoidal", **search):
        model = make_model(
            source_vocab_size=tokenizers.source.vocab_size,
            target_vocab_size=tokenizers.target.vocab_size,
            tie_embeddings=False,
            positions=positions,
            max_positions=LONGEST,
        )
        norm, eos_id = model.decoder.layers[-1].feed_forward_sublayer.norm, 3
        with torch.no_grad():
            # The first element of the decoder's output becomes 1, its weights a bias: for </s>.
            norm.weight[0], norm.bias[0] = 0.0, 1.0
            model.output_projection.weight[:, 0] = 0.0
            model.output_projection.weight[eos_id, 0] = EOS_LOGIT
        config = Config(
            data=DataConfig(max_source_length=LONGEST, max_target_length=LONGEST),
            model=ModelConfig(positions=positions),
            decoding=DecodingConfig(**{"beam_size": 4, **search}),
        )
        return Translator(model, tokenizers, config)

    return make_translator


@pytest.mark.parametrize("positions", ["sinusoidal", "learned"])
@pytest.mark.parametrize(
    "search",
    [{}, {"length_penalty": 0.0}, {"length_penalty": 0.6, "length_penalty_type": "gnmt"}],
)
def test_scores_are_those_of_the_search(make_translator, tokenizers, positions, search):
    translator = make_translator(positions=positions, max_length_ratio=0.5, **search)
    found = translator.translate_n_best(SOURCES, 4)
    pairs = [
        (source, translation)
        for source, translations in zip(SOURCES, found, strict=True)
        for translation in translations
        if translation.token_ids and not translation.truncated
    ]
    assert len(pairs) >= 15
    scores = translator.score_ids(
        tokenizers.source.encode_batch([source for source, _ in pairs]),
        [translation.token_ids for _, translation in pairs],
        batch_size=5,
    )
    for (_, translation), score in zip(pairs, scores, strict=True):
        assert score.log_prob == pytest.approx(translation.log_prob, abs=1e-4)
        assert score.score == pytest.approx(translation.score, abs=1e-4)
        assert score.token_log_probs == pytest.approx(translation.token_log_probs, abs=1e-4)
        assert score.flags == ()


def test_scores_are_those_of_the_softmax(make_translator, tokenizers):
    translator, model = make_translator(), make_translator().model
    targets = SOURCES[::-1]
    scores = translator.score(SOURCES, targets, batch_size=3)
    for source, target, score in zip(SOURCES, targets, scores, strict=True):
        source_ids = torch.tensor([[*tokenizers.source.encode(source), tokenizers.source.eos_id]])
        labels = [*tokenizers.target.encode(target), tokenizers.target.eos_id]
        inputs = torch.tensor([[tokenizers.target.bos_id, *labels[:-1]]])
        with torch.no_grad():
            log_probs = torch.log_softmax(model(source_ids, inputs)[0], dim=-1)
        expected = [row[label].item() for row, label in zip(log_probs, labels, strict=True)]
        assert score.token_log_probs == pytest.approx(expected, abs=1e-4)
        assert score.log_prob == pytest.approx(math.fsum(expected), abs=1e-4)
        assert score.score == pytest.approx(math.fsum(expected) / len(labels), abs=1e-4)


@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_neighbours_change_nothing(make_translator, batch_size):
    translator = make_translator()
    done = []
    scores = translator.score(SOURCES, SOURCES, batch_size=batch_size, progress=done.append)
    assert sum(done) == len(SOURCES)
    for text, score in zip(SOURCES, scores, strict=True):
        (alone,) = translator.score([text], [text])
        assert score.log_prob == pytest.approx(alone.log_prob, abs=1e-4)


@pytest.mark.parametrize("positions", ["sinusoidal", "learned"])
def test_what_is_empty_or_too_long_has_a_flag_and_no_score(make_translator, positions):
    """A source as long as in training counts, </s> included; so does the longest output of it."""
    translator = make_translator(positions=positions)
    longest_output = {"sinusoidal": 2 * LONGEST + 50, "learned": LONGEST}[positions]
    source, too_long_source = [5] * (LONGEST - 1), [5] * LONGEST
    target, too_long_target = [6] * (longest_output - 1), [6] * longest_output
    done = []
    scores = translator.score_ids(
        [source, too_long_source, source, [], source, []],
        [target, target, too_long_target, target, [], []],
        progress=done.append,
    )
    flags = [(), ("too_long",), ("too_long",), ("empty",), ("empty",), ("empty",)]
    assert [score.flags for score in scores] == flags
    assert len(scores[0].token_log_probs) == longest_output
    assert sum(done) == len(scores)
    for score in scores[1:]:
        assert (score.log_prob, score.score, score.token_log_probs) == (None, None, ())


def test_a_target_as_long_as_in_training_has_a_score_whatever_its_source(make_translator):
    translator = make_translator(max_length_ratio=0.01)
    longest_output = 50
    assert longest_output > LONGEST  # so the other limit is the smaller one here
    assert translator.score_ids([[5]], [[6] * (longest_output - 1)])[0].flags == ()
    assert translator.score_ids([[5]], [[6] * longest_output])[0].flags == ("too_long",)
    data = translator.config.data.model_copy(update={"max_target_length": 70})
    config = translator.config.model_copy(update={"data": data})
    translator = Translator(translator.model, translator.tokenizers, config)
    assert translator.score_ids([[5]], [[6] * 69])[0].flags == ()
    assert translator.score_ids([[5]], [[6] * 70])[0].flags == ("too_long",)


def test_no_pairs(make_translator):
    assert make_translator().score([], []) == []
