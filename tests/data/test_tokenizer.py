import hashlib
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import sentencepiece
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transformer_mt.data.tokenizer import Tokenizer, TokenizerPair
from transformer_mt.data.tokenizer_training import train_tokenizer
from transformer_mt.errors import UserError

TEXT = st.text(
    st.sampled_from("abku  \u3000\u00a0\t\v\r\n\0\x01\x7f\u2028\ufeff\u2581\u2585⁇<s>/é日🙂")
    | st.characters()
)


def one_line(text):
    """What a text is after a round trip: spaces alone are collapsed, and stripped at the ends.

    Other white space (tab, U+00A0, U+3000, U+2028, …) and control characters stay as they are.
    """
    text = re.sub("[\n\r\0\u2581]", " ", text)
    return re.sub(" +", " ", re.sub("[\ud800-\udfff]", "\ufffd", text)).strip(" ")


@pytest.fixture(params=["unigram", "bpe"])
def tokenizer(request):
    return request.getfixturevalue(request.param)


def test_special_ids_are_fixed(tokenizer):
    ids = (tokenizer.pad_id, tokenizer.unk_id, tokenizer.bos_id, tokenizer.eos_id)
    assert ids == (0, 1, 2, 3)
    assert tokenizer.vocab_size == 400


@settings(max_examples=300)
@given(text=TEXT)
@example("  a \u2581\u2581b\n\r c\0 ")
@example("\ud83d\ude42 \udfff")
def test_decode_is_the_inverse_of_encode(unigram, bpe, text):
    for tokenizer in (unigram, bpe):
        ids = tokenizer.encode(text)
        assert tokenizer.decode(ids) == one_line(text)
        assert not set(ids) & set(tokenizer.forbidden_ids)
        assert tokenizer.eos_id not in ids


@given(data=st.data())
def test_decode_of_any_ids_is_one_line(unigram, data):
    ids = data.draw(st.lists(st.integers(0, unigram.vocab_size - 1)))
    text = unigram.decode(ids)
    assert not set(text) & set("\n\r\0")
    text.encode()  # is valid text


@pytest.mark.parametrize("blank", ["", "   ", "\n", "\r\0", "\u2581 \u2581"])
def test_blank_text_has_no_tokens(tokenizer, blank):
    assert tokenizer.encode(blank) == []
    assert tokenizer.sample(blank, seed=1, alpha=0.1) == []


def test_decode_ignores_pad_bos_and_eos(tokenizer):
    ids = tokenizer.encode("ba ku.")
    assert tokenizer.decode([2, *ids, 3, 0, 0]) == "ba ku."
    assert tokenizer.decode(np.array(ids, dtype=np.int32)) == "ba ku."
    assert tokenizer.decode([]) == tokenizer.decode([0, 2, 3]) == ""


def test_typed_special_tokens_are_text(tokenizer):
    text = "<s> ba </s> <pad> <unk> <0x0A>"
    assert min(tokenizer.encode(text)) > 3
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_forbidden_ids_are_those_that_break_lines(models, tokenizer):
    processor = sentencepiece.SentencePieceProcessor(model_file=str(models["unigram"]))
    newlines = [processor.piece_to_id(piece) for piece in ("<0x00>", "<0x0A>", "<0x0D>")]
    assert tokenizer.forbidden_ids == (0, 1, 2, *newlines)
    for token_id in range(tokenizer.vocab_size):
        breaks = bool(set(processor.decode([token_id])) & set("\n\r\0"))
        assert breaks == (token_id in newlines)


def test_forbidden_ids_without_byte_fallback(tmp_path, sentences):
    train_tokenizer(sentences, tmp_path / "m", type="unigram", vocab_size=100, byte_fallback=False)
    assert Tokenizer(tmp_path / "m").forbidden_ids == (0, 1, 2)


def test_forbidden_ids_of_a_model_with_line_breaks_in_its_pieces(tmp_path):
    with (tmp_path / "m").open("wb") as stream:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["a\rb", "c\nd", "ef"] * 10),
            model_writer=stream,
            vocab_size=300,
            hard_vocab_limit=False,
            byte_fallback=True,
            normalization_rule_name="identity",
            pad_id=0,
            unk_id=1,
            bos_id=2,
            eos_id=3,
            minloglevel=2,
        )
    tokenizer = Tokenizer(tmp_path / "m")
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "m"))
    assert {processor.piece_to_id(piece) for piece in "\r\n"} <= set(tokenizer.forbidden_ids)


def test_batches_and_arrays_are_the_single_texts(tokenizer, sentences):
    texts = [*sentences[:50], "", "a\ud800b", "\u2581 x"]
    single = [tokenizer.encode(text) for text in texts]
    for num_threads in (1, 3):
        assert tokenizer.encode_batch(texts, num_threads=num_threads) == single
        arrays = tokenizer.encode_arrays(tuple(texts), num_threads=num_threads)
        assert [ids.tolist() for ids in arrays] == single
        assert {ids.dtype for ids in arrays} == {np.dtype(np.int32)}
    assert tokenizer.encode_batch([]) == [] == tokenizer.encode_arrays([])


def test_sampling_is_a_function_of_text_seed_and_alpha(tokenizer, sentences):
    texts = sentences[:100]

    def sample(place):
        return tokenizer.sample(texts[place], seed=place, alpha=0.3)

    places = range(len(texts))
    expected = [sample(place) for place in places]
    assert [sample(place) for place in reversed(places)] == expected[::-1]
    for workers in (1, 4):
        with ThreadPoolExecutor(workers) as pool:
            assert list(pool.map(sample, places)) == expected
            assert list(pool.map(sample, places)) == expected  # in threads that have sampled
    assert [tokenizer.decode(ids) for ids in expected] == texts


def test_sampling_differs_between_seeds(tokenizer, sentences):
    text = max(sentences, key=len)
    largest = 2**32 - 1
    seeds = [*range(20), largest, 2**64 - 1, -1]
    samples = {tuple(tokenizer.sample(text, seed=seed, alpha=0.1)) for seed in seeds}
    assert len(samples) > 10
    for seed in seeds:
        first = tokenizer.sample(text, seed=seed, alpha=0.1)
        assert tokenizer.sample(text, seed=seed, alpha=0.1) == first


def test_bpe_without_dropout_is_not_random(bpe, sentences):
    for seed, text in enumerate(sentences[:20]):
        assert bpe.sample(text, seed=seed, alpha=0.0) == bpe.encode(text)


def test_sha256_is_of_the_file(models, unigram):
    assert unigram.sha256 == hashlib.sha256(models["unigram"].read_bytes()).hexdigest()


def test_unreadable_models_are_named(tmp_path, models):
    missing, damaged = tmp_path / "missing.model", tmp_path / "damaged.model"
    damaged.write_bytes(models["bpe"].read_bytes()[:1000])
    with pytest.raises(UserError, match=f"{missing}: cannot be read"):
        Tokenizer(missing)
    for content in (models["bpe"].read_bytes()[:1000], b"", b"hello"):
        damaged.write_bytes(content)
        with pytest.raises(UserError, match=f"{damaged}: damaged, or not a SentencePiece model"):
            Tokenizer(damaged)


def test_models_with_other_special_ids_are_refused(tmp_path, sentences):
    with (tmp_path / "m").open("wb") as stream:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=stream,
            vocab_size=100,
            minloglevel=2,
        )
    with pytest.raises(UserError, match=r"are \(-1, 0, 1, 2\), not \(0, 1, 2, 3\)"):
        Tokenizer(tmp_path / "m")


def test_pair_is_loaded_from_a_run_directory(tmp_path, models):
    with pytest.raises(UserError, match=r"holds neither tokenizer\.model nor both"):
        TokenizerPair.load(tmp_path)
    (tmp_path / "tokenizer.source.model").write_bytes(models["unigram"].read_bytes())
    with pytest.raises(UserError, match=r"holds neither tokenizer\.model nor both"):
        TokenizerPair.load(tmp_path)
    (tmp_path / "tokenizer.target.model").write_bytes(models["bpe"].read_bytes())
    pair = TokenizerPair.load(tmp_path)
    assert not pair.shared
    assert pair.source.sha256 == Tokenizer(models["unigram"]).sha256
    assert pair.target.sha256 == Tokenizer(models["bpe"]).sha256
    (tmp_path / "tokenizer.model").write_bytes(models["bpe"].read_bytes())
    pair = TokenizerPair.load(tmp_path)
    assert pair.shared
    assert pair.source is pair.target
