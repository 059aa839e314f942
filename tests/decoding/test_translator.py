"""Texts through small models: one has learnt a little, others are random or biased."""

import random
from itertools import pairwise

import pytest
import torch
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from transformer_mt.config import DecodingConfig
from transformer_mt.data.tokenizer import Tokenizer, TokenizerPair
from transformer_mt.data.tokenizer_training import train_tokenizer
from transformer_mt.decoding.translator import Translator

BEAM_SIZE = 4


def make_pairs(count, *, seed):
    """Sentences, and what they are word by word in another made-up language."""
    languages = ("ba", "ku", "li", "mö", "ne", "stra"), ("ta", "ro", "ßi", "que", "un", "du")
    generator = random.Random(0)
    syllables = [generator.choices(range(6), k=1 + i // 12) for i in range(40)]
    source, target = (["".join(s[i] for i in word) for word in syllables] for s in languages)
    generator.seed(seed)
    for _ in range(count):
        words = generator.choices(range(40), k=generator.randint(1, 9))
        yield " ".join(source[i] for i in words), " ".join(target[i] for i in words)


@pytest.fixture(scope="module")
def texts():
    return [source for source, _ in make_pairs(40, seed=1)]


class Recorder(Tokenizer):
    """Remembers the token ids that it was asked to turn into text."""

    def __init__(self, model_path):
        super().__init__(model_path)
        self.decoded = []

    def decode(self, ids):
        self.decoded.append(list(ids))
        return super().decode(ids)


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory):
    """Two of different sizes, so that a mix-up of the sides shows."""
    folder = tmp_path_factory.mktemp("tokenizers")
    sources, targets = zip(*make_pairs(150, seed=2), strict=True)
    train_tokenizer(sources, folder / "source.model", type="bpe", vocab_size=300)
    train_tokenizer(targets, folder / "target.model", type="unigram", vocab_size=290)
    return TokenizerPair(Tokenizer(folder / "source.model"), Recorder(folder / "target.model"))


@pytest.fixture(scope="module")
def build(make_model, tokenizers):
    def build(*, favoured=None, **settings):
        """A random model; `favoured` is added to the logits of token ids."""
        model = make_model(
            source_vocab_size=tokenizers.source.vocab_size,
            target_vocab_size=tokenizers.target.vocab_size,
            tie_embeddings=False,
            max_positions=100,
            **settings,
        )
        norm = model.decoder.layers[-1].feed_forward_sublayer.norm
        with torch.no_grad():
            # The first element of the decoder's output becomes 1, its weights a bias.
            norm.weight[0], norm.bias[0] = 0.0, 1.0
            model.output_projection.weight[:, 0] = 0.0
            for token_id, logit in (favoured or {}).items():
                model.output_projection.weight[token_id, 0] = logit
        return model

    return build


@pytest.fixture(scope="module")
def model(build, tokenizers):
    """A model that has learnt a little, and ends its sentences."""
    model = build(fresh=True, d_model=32, num_encoder_layers=1, num_decoder_layers=2)
    bos, eos = [tokenizers.target.bos_id], [tokenizers.target.eos_id]
    sources, targets = zip(*make_pairs(1600, seed=3), strict=True)
    sources = [torch.tensor(ids + eos) for ids in tokenizers.source.encode_batch(sources)]
    targets = [torch.tensor(bos + ids + eos) for ids in tokenizers.target.encode_batch(targets)]
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    for begin in range(0, len(sources), 16):
        source_ids, target_ids = (
            pad_sequence(side[begin : begin + 16], batch_first=True) for side in (sources, targets)
        )
        logits = model(source_ids, target_ids[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), target_ids[:, 1:].flatten(), ignore_index=0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@pytest.fixture(scope="module")
def translator(tokenizers):
    def translator(model, *, n_best=1, max_positions=None, **settings):
        settings = DecodingConfig(**{"beam_size": BEAM_SIZE, **settings})
        return Translator(model, tokenizers, settings, n_best=n_best, max_positions=max_positions)

    return translator


@pytest.fixture(scope="module")
def reference(model, translator, texts):
    """All hypotheses of all texts, in one batch."""
    return translator(model, n_best=BEAM_SIZE, batch_size=64).translate(texts)


def test_the_model_is_worth_testing(reference):
    """Outputs are of many lengths, finished as a rule, and depend on their sources."""
    best = [translations[0] for translations in reference]
    assert len({translation.text for translation in best}) > 20
    assert len({len(translation.token_log_probs) for translation in best}) > 5
    assert sum(translation.truncated for translation in best) < 10


@pytest.mark.parametrize("batch_size", [1, 7])
def test_same_text_same_translation(model, translator, texts, reference, batch_size):
    results = translator(model, n_best=BEAM_SIZE, batch_size=batch_size).translate(texts)
    assert len(results) == len(texts)
    for found, expected in zip(results, reference, strict=True):
        scores = [translation.score for translation in expected]
        assert [translation.score for translation in found] == pytest.approx(scores, abs=1e-4)
        if all(first - second >= 1e-4 for first, second in pairwise(scores)):
            assert [t.text for t in found] == [t.text for t in expected]
            assert [t.truncated for t in found] == [t.truncated for t in expected]


def test_order_of_the_texts_is_kept(model, translator, texts, reference):
    order = random.Random(0).sample(range(len(texts)), len(texts))
    results = translator(model, batch_size=7).translate([texts[i] for i in order])
    for index, found in zip(order, results, strict=True):
        assert found[0].text == reference[index][0].text


def test_equal_texts_have_equal_translations(model, translator, texts):
    text = max(texts, key=len)
    results = translator(model, batch_size=2).translate([text, "ku", text, "ba li", text])
    assert results[0][0].text == results[2][0].text == results[4][0].text


def test_blank_lines_stay_blank(model, translator, texts, reference):
    blanks = ["", "  ", "\u2581 ", " \u2581"]
    mixed = [blanks[0], texts[0], blanks[1], blanks[2], texts[1], blanks[3]]
    done = []
    results = translator(model, n_best=2, batch_size=1).translate(mixed, progress=done.append)
    assert sum(done) == len(mixed)
    for index in (0, 2, 3, 5):
        (empty,) = results[index]
        assert (empty.text, empty.score, empty.log_prob) == ("", 0.0, 0.0)
        assert empty.token_log_probs == ()
        assert not empty.truncated
    assert [results[i][0].text for i in (1, 4)] == [reference[i][0].text for i in (0, 1)]


def test_no_texts(model, translator):
    assert translator(model).translate([]) == []


def test_n_best(model, translator, tokenizers, texts, reference):
    single = translator(model).translate(texts[:3])
    for text, one, all_found in zip(texts, single, reference, strict=False):
        tokenizers.target.decoded.clear()
        (found,) = translator(model, n_best=3).translate([text])
        assert len(found) == 3
        assert len({tuple(ids) for ids in tokenizers.target.decoded}) == 3
        assert [t.text for t in found] == [t.text for t in all_found[:3]]
        assert found[0].text == one[0].text
        assert len(one) == 1
        finished = [t.score for t in found if not t.truncated]
        assert finished == sorted(finished, reverse=True)


def teacher_forced(model, tokenizers, text, token_ids):
    """Log-probabilities of tokens and the </s> after them, given the text."""
    source_ids = torch.tensor([[*tokenizers.source.encode(text), tokenizers.source.eos_id]])
    input_ids = torch.tensor([[tokenizers.target.bos_id, *token_ids]])
    label_ids = torch.tensor([*token_ids, tokenizers.target.eos_id])
    with torch.no_grad():
        log_probs = torch.log_softmax(model(source_ids, input_ids)[0], dim=-1)
    return log_probs.gather(1, label_ids.unsqueeze(1)).squeeze(1)


@pytest.mark.parametrize(
    ("kind", "exponent"), [("average", 1.0), ("average", 0.0), ("average", 0.5), ("gnmt", 0.6)]
)
def test_scores_are_those_of_teacher_forcing(model, translator, tokenizers, texts, kind, exponent):
    settings = {"length_penalty_type": kind, "length_penalty": exponent}
    for text in texts[:5]:
        tokenizers.target.decoded.clear()
        (found,) = translator(model, n_best=BEAM_SIZE, **settings).translate([text])
        for token_ids, translation in zip(tokenizers.target.decoded, found, strict=True):
            expected = teacher_forced(model, tokenizers, text, token_ids)
            if translation.truncated:
                expected = expected[:-1]
            assert translation.token_log_probs == pytest.approx(expected.tolist(), abs=1e-4)
            assert translation.log_prob == pytest.approx(expected.sum().item(), abs=1e-4)
            length = len(expected)
            base = length if kind == "average" else (5 + length) / 6
            assert translation.score == pytest.approx(translation.log_prob / base**exponent)


def test_greedy_takes_the_best_token_each_time(model, translator, tokenizers, texts):
    source, target = tokenizers.source, tokenizers.target
    for text in texts[:8]:
        source_ids = torch.tensor([[*source.encode(text), source.eos_id]])
        limit = 2 * source_ids.shape[1] + 50
        ids = [target.bos_id]
        while len(ids) <= limit and ids[-1] != target.eos_id:
            with torch.no_grad():
                logits = model(source_ids, torch.tensor([ids]))[0, -1]
            logits[list(target.forbidden_ids)] = -torch.inf
            ids.append(int(logits.argmax()))
        finished = ids[-1] == target.eos_id
        target.decoded.clear()
        ((translation,),) = translator(model, beam_size=1).translate([text])
        assert target.decoded == [ids[1:-1] if finished else ids[1:]]
        assert translation.truncated == (not finished)


@pytest.mark.parametrize("ratio", [2.0, 0.5])
@pytest.mark.parametrize("beam_size", [1, 2])
def test_the_length_limit_depends_on_the_text_alone(
    build, translator, tokenizers, ratio, beam_size
):
    endless = build(favoured={tokenizers.target.eos_id: -1000.0})
    search = translator(endless, beam_size=beam_size, max_length_ratio=ratio)
    texts = ["ba", "ku li mö", "stra ne ba ku li"]
    for text, (translation,) in zip(texts, search.translate(texts), strict=True):
        source_tokens = len(tokenizers.source.encode(text)) + 1  # </s> is one of them
        assert len(translation.token_log_probs) == int(ratio * source_tokens) + 50
        assert translation.truncated
        assert translation.text


def test_a_finished_translation_is_not_flagged(build, translator, tokenizers):
    eager = build(favoured={tokenizers.target.eos_id: 1000.0})
    ((translation,),) = translator(eager).translate(["ba ku"])
    assert translation.text == ""
    assert translation.token_log_probs == pytest.approx((0.0,))
    assert not translation.truncated


def test_learned_positions_bound_the_output(build, translator, tokenizers):
    endless = build(positions="learned", favoured={tokenizers.target.eos_id: -1000.0})
    ((translation,),) = translator(endless, max_positions=20, beam_size=2).translate(["ba ku"])
    assert translation.truncated
    assert len(translation.token_log_probs) == 20


@pytest.mark.parametrize("beam_size", [1, BEAM_SIZE])
def test_never_a_line_break_or_special_token(build, translator, tokenizers, texts, beam_size):
    target = tokenizers.target
    breaking = build(favoured=dict.fromkeys(target.forbidden_ids, 30.0))
    source_ids = torch.tensor([[5, 6, tokenizers.source.eos_id]])
    with torch.no_grad():
        logits = breaking(source_ids, torch.tensor([[target.bos_id]]))[0, 0]
    assert set(logits.topk(6).indices.tolist()) == set(target.forbidden_ids)
    assert len(target.forbidden_ids) == 6  # <pad>, <unk>, <s>, newline, carriage return, NUL

    target.decoded.clear()
    settings = {"n_best": beam_size, "beam_size": beam_size, "max_length_ratio": 0.1}
    for found in translator(breaking, **settings).translate(texts[:6]):
        for translation in found:
            assert not set(translation.text) & set("\n\r\0")
    assert not set(target.forbidden_ids) & {i for ids in target.decoded for i in ids}


def test_translates_in_evaluation_mode(build, translator, texts):
    found = translator(build(dropout=0.5).train()).translate(texts[:4])
    expected = translator(build()).translate(texts[:4])
    assert [t[0].text for t in found] == [t[0].text for t in expected]
