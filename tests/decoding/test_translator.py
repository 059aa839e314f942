"""Texts through small models: one has learnt a little, others are random or biased."""

import random
from itertools import pairwise

import pytest
import torch
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from transformer_mt.config import Config, DataConfig, DecodingConfig, ModelConfig
from transformer_mt.data.tokenizer import Tokenizer, TokenizerPair
from transformer_mt.data.tokenizer_training import train_tokenizer
from transformer_mt.decoding.translator import Translator
from transformer_mt.errors import UserError

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
    """Translators for texts of up to `longest` tokens; `search` has settings of that."""

    def translator(model, *, longest=100, positions="sinusoidal", languages=("en", "de"), **search):
        config = Config(
            data=DataConfig(
                source_language=languages[0],
                target_language=languages[1],
                max_source_length=longest,
                max_target_length=longest,
            ),
            model=ModelConfig(positions=positions),
            decoding=DecodingConfig(**{"beam_size": BEAM_SIZE, **search}),
        )
        return Translator(model, tokenizers, config)

    return translator


@pytest.fixture(scope="module")
def reference(model, translator, texts):
    """All hypotheses of all texts, in one batch."""
    return translator(model, batch_size=64).translate_n_best(texts, BEAM_SIZE)


def test_the_model_is_worth_testing(reference):
    """Outputs are of many lengths, finished as a rule, and depend on their sources."""
    best = [translations[0] for translations in reference]
    assert len({translation.text for translation in best}) > 20
    assert len({len(translation.token_log_probs) for translation in best}) > 5
    assert sum(translation.truncated for translation in best) < 10


@pytest.mark.parametrize("batch_size", [1, 7])
def test_same_text_same_translation(model, translator, texts, reference, batch_size):
    results = translator(model, batch_size=batch_size).translate_n_best(texts, BEAM_SIZE)
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
        assert found.text == reference[index][0].text


def test_equal_texts_have_equal_translations(model, translator, texts):
    text = max(texts, key=len)
    results = translator(model, batch_size=2).translate([text, "ku", text, "ba li", text])
    assert results[0] == results[2] == results[4]


def test_blank_lines_stay_blank(model, translator, texts, reference):
    blanks = ["", " \t\u2028\u3000\v\n", "\u2581 \t", "\0\t"]
    mixed = [blanks[0], texts[0], blanks[1], blanks[2], texts[1], blanks[3]]
    done = []
    results = translator(model, batch_size=1).translate_n_best(mixed, 2, progress=done.append)
    assert sum(done) == len(mixed)
    for index in (0, 2, 3, 5):
        (empty,) = results[index]
        assert (empty.text, empty.score, empty.log_prob) == ("", 0.0, 0.0)
        assert empty.token_log_probs == ()
        assert not empty.truncated
    assert [results[i][0].text for i in (1, 4)] == [reference[i][0].text for i in (0, 1)]


def test_pairs_with_a_blank_side_have_no_score(model, translator):
    found = translator(model).score(["\t", "ba", "ba"], ["ba", "\u2028", "ba"])
    assert [each.flags for each in found] == [("empty",), ("empty",), ()]


def test_no_texts(model, translator):
    assert translator(model).translate([]) == []


def test_n_best(model, translator, tokenizers, texts, reference):
    single = translator(model).translate(texts[:3])
    for text, one, all_found in zip(texts, single, reference, strict=False):
        tokenizers.target.decoded.clear()
        (found,) = translator(model).translate_n_best([text], 3)
        assert len(found) == 3
        assert len({tuple(ids) for ids in tokenizers.target.decoded}) == 3
        assert [t.text for t in found] == [t.text for t in all_found[:3]]
        assert found[0].text == one.text
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
        (found,) = translator(model, **settings).translate_n_best([text], BEAM_SIZE)
        for token_ids, translation in zip(tokenizers.target.decoded, found, strict=True):
            assert list(translation.token_ids) == token_ids
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
        (translation,) = translator(model, beam_size=1).translate([text])
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
    for text, translation in zip(texts, search.translate(texts), strict=True):
        source_tokens = len(tokenizers.source.encode(text)) + 1  # </s> is one of them
        assert len(translation.token_log_probs) == int(ratio * source_tokens) + 50
        assert translation.truncated
        assert translation.text


def test_a_finished_translation_is_not_flagged(build, translator, tokenizers):
    eager = build(favoured={tokenizers.target.eos_id: 1000.0})
    (translation,) = translator(eager).translate(["ba ku"])
    assert translation.text == ""
    assert translation.token_log_probs == pytest.approx((0.0,))
    assert not translation.truncated


def test_learned_positions_bound_the_output(build, translator, tokenizers):
    endless = build(positions="learned", favoured={tokenizers.target.eos_id: -1000.0})
    search = translator(endless, positions="learned", longest=20, beam_size=2)
    (translation,) = search.translate(["ba ku"])
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
    settings = {"beam_size": beam_size, "max_length_ratio": 0.1}
    for found in translator(breaking, **settings).translate_n_best(texts[:6], beam_size):
        for translation in found:
            assert not set(translation.text) & set("\n\r\0")
    assert not set(target.forbidden_ids) & {i for ids in target.decoded for i in ids}


def test_translates_in_evaluation_mode(build, translator, texts):
    found = translator(build(dropout=0.5).train()).translate(texts[:4])
    expected = translator(build()).translate(texts[:4])
    assert [t.text for t in found] == [t.text for t in expected]


SENTENCES = ("Ba ku li. ", "Ne stra ba ne. ", "Li mö")
TEXT = "".join(SENTENCES)


@pytest.fixture
def long_enough(tokenizers):
    """The longest sentence in tokens, </s> included; the whole text is longer."""
    return 1 + max(map(len, tokenizers.source.encode_batch(SENTENCES)))


def test_long_texts_are_translated_in_parts(model, translator, tokenizers, long_enough):
    """The parts are those of texts given one by one, joined; nothing else differs."""
    whole_length = len(tokenizers.source.encode(TEXT)) + 1
    (whole,) = translator(model, longest=whole_length).translate([TEXT])
    assert "split" not in whole.flags
    (halves,) = translator(model, longest=whole_length - 1).translate([TEXT])
    assert "split" in halves.flags

    short = translator(model, longest=long_enough)
    (joined,), (other,) = short.translate_n_best([TEXT, SENTENCES[0]], 1)
    parts = short.translate(SENTENCES)
    assert joined.flags[0] == "split"
    assert joined.text == " ".join(part.text for part in parts)
    assert joined.token_ids == tuple(i for part in parts for i in part.token_ids)
    log_probs = [each for part in parts for each in part.token_log_probs]
    assert joined.token_log_probs == pytest.approx(log_probs, abs=1e-4)
    assert joined.log_prob == pytest.approx(sum(log_probs), abs=1e-3)
    assert joined.score == pytest.approx(joined.log_prob / len(log_probs))
    assert "split" not in other.flags
    assert other.text == parts[0].text


def test_n_best_of_long_texts_joins_the_ranks(model, translator, long_enough):
    short = translator(model, longest=long_enough)
    (found,) = short.translate_n_best([TEXT], 3)
    parts = short.translate_n_best(SENTENCES, 3)
    assert [each.text for each in found] == [
        " ".join(part.text for part in rank) for rank in zip(*parts, strict=True)
    ]


@pytest.mark.parametrize(
    ("target", "joint"), [("de", " "), ("ja", ""), ("zh-TW", ""), ("tha", ""), ("ko", " ")]
)
def test_parts_are_joined_as_the_target_language_is_written(
    model, translator, long_enough, target, joint
):
    search = translator(model, longest=long_enough, languages=("en", target))
    (joined,) = search.translate([TEXT])
    assert joined.text == joint.join(part.text for part in search.translate(SENTENCES))


def test_sentences_by_themselves_on_wish_only(model, translator):
    search = translator(model)
    (together,) = search.translate([TEXT])
    (apart,) = search.translate([TEXT], split_sentences=True)
    parts = search.translate(SENTENCES)
    assert apart.text == " ".join(part.text for part in parts)
    assert apart.flags == tuple(dict.fromkeys(flag for part in parts for flag in part.flags))
    assert together.token_ids != apart.token_ids


@pytest.mark.parametrize("split_sentences", [False, True])
def test_a_nul_is_a_space(model, translator, split_sentences):
    texts = ["\0ba. Ku! Li? ", " ba. Ku! Li? "]
    with_nul, with_space = translator(model).translate(texts, split_sentences=split_sentences)
    assert with_nul == with_space


def test_progress_counts_whole_texts(model, translator):
    done = []
    texts = [TEXT * 4, "", "ba.", TEXT, " "]
    translator(model, longest=24, batch_size=3).translate(texts, progress=done.append)
    assert sum(done) == len(texts)
    assert done[0] == 2  # the blank ones
    assert len(done) > 3


def test_a_character_beyond_the_learned_positions_is_refused(build, translator):
    search = translator(build(positions="learned"), positions="learned", longest=3)
    with pytest.raises(UserError) as refused:
        search.translate(["ba", "\U0001f600"])
    assert str(refused.value) == (
        "One character has 6 tokens, </s> included, but this model has learned 3 positions.\n"
        "Train with a larger data.max_source_length."
    )
    # positions that are computed have no end
    (translation,) = translator(build(), longest=3, beam_size=1).translate(["\U0001f600"])
    assert "split" in translation.flags


def test_loops_are_flagged_unless_the_text_has_one(build, translator, tokenizers):
    looping = build(favoured={tokenizers.target.eos_id: -1000.0, 20: 1000.0})
    search = translator(looping, beam_size=1)
    plain, repetitive = search.translate(["ba ku", "ba " * 20])
    assert plain.token_ids == (20,) * len(plain.token_ids)
    assert plain.flags == ("truncated", "looping")
    assert repetitive.flags == ("truncated",)


def test_copies_are_flagged_between_two_languages(model, translator, monkeypatch):
    search = translator(model)
    monkeypatch.setattr(search.tokenizers.target, "decode", lambda ids: "ba ku li")
    same, other = search.translate(["ba  ku li ", "ba ku ne"])
    assert "copied" in same.flags
    assert "copied" not in other.flags
    search = translator(model, languages=("en", "en"))
    assert "copied" not in search.translate(["ba ku li"])[0].flags


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"beam_size": 0}, "decoding.beam_size: expected greater than or equal to 1, found 0."),
        ({"length_penalty": -1.0}, "decoding.length_penalty: expected greater than or equal to 0"),
        ({"batch_size": "4"}, "decoding.batch_size: expected a valid integer, found '4'."),
        ({"beam_size": "4"}, "decoding.beam_size: expected a valid integer, found '4'."),
    ],
)
def test_settings_of_a_call_are_checked(model, translator, settings, expected):
    with pytest.raises(UserError) as refused:
        translator(model).translate(["ba"], **settings)
    assert expected in str(refused.value)


def test_texts_are_a_list(model, translator):
    with pytest.raises(UserError, match=r"^texts: expected a list of texts, .* found one string"):
        translator(model).translate("ba ku")
    for wrong, shown in ((b"ba", "b'ba'"), (None, "None"), (3, "3")):
        with pytest.raises(UserError) as refused:
            translator(model).translate(["ba", wrong])
        assert str(refused.value) == f"texts[1]: expected a string, found {shown}."
    with pytest.raises(UserError, match=r"^targets\[0\]: expected a string, found None"):
        translator(model).score(["ba"], [None])
    assert translator(model).translate(text for text in ["ba"]) == translator(model).translate(
        ["ba"]
    )
    for wrong in (0, 2.5, "2"):
        with pytest.raises(UserError) as refused:
            translator(model).translate_n_best(["ba"], wrong)
        assert str(refused.value) == f"n_best: expected a whole number from 1, found {wrong!r}."
    with pytest.raises(UserError, match=r"^2 sources and 1 targets"):
        translator(model).score(["ba", "ku"], ["ta"])


def test_a_call_overrides_the_settings_of_the_run(model, translator, texts):
    wide, greedy = translator(model), translator(model, beam_size=1, length_penalty=0.0)
    found = wide.translate(texts[:5], beam_size=1, length_penalty=0.0)
    assert found == greedy.translate(texts[:5])
    assert [each.score for each in found] == [each.log_prob for each in found]
    assert wide.settings.beam_size == BEAM_SIZE
