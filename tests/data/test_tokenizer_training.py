import subprocess
import sys
from collections import Counter

import pytest
import sentencepiece

from transformer_mt.data import tokenizer_training
from transformer_mt.data.tokenizer import Tokenizer
from transformer_mt.data.tokenizer_training import train_tokenizer
from transformer_mt.errors import UserError


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_same_text_and_options_give_the_same_bytes(tmp_path, models, sentences, kind):
    program = (
        "import sys; from pathlib import Path;"
        "from transformer_mt.data.tokenizer_training import train_tokenizer;"
        "lines = Path(sys.argv[1]).read_text(encoding='utf-8').split('\\n');"
        "train_tokenizer(lines, Path(sys.argv[2]), type=sys.argv[3], vocab_size=400)"
    )
    text, model = tmp_path / "text", tmp_path / "other name"
    text.write_text("\n".join(sentences), encoding="utf-8")
    command = [sys.executable, "-c", program, str(text), str(model), kind]
    result = subprocess.run(command, check=True, capture_output=True)
    assert model.read_bytes() == models[kind].read_bytes()
    assert result.stdout == result.stderr == b""


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_too_large_a_vocabulary_is_lowered_and_reported(tmp_path, kind):
    path = tmp_path / "m"
    report = train_tokenizer(["ba ku", "ku li", " "], path, type=kind, vocab_size=50_000)
    assert report.requested_vocab_size == 50_000
    assert report.vocab_size == Tokenizer(path).vocab_size < 300
    assert report.sentences_read == report.sentences_used == 2
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_too_small_a_vocabulary_is_refused_with_the_smallest_that_works(tmp_path, sentences, kind):
    def train(vocab_size):
        return train_tokenizer(sentences, tmp_path / "m", type=kind, vocab_size=vocab_size)

    smallest = 4 + 256 + len(set("".join(sentences)))
    message = (
        rf"^tokenizer\.vocab_size: {smallest - 1} is too small(.|\n)*"
        rf"Set tokenizer\.vocab_size to at least {smallest}\b"
    )
    with pytest.raises(UserError, match=message):
        train(smallest - 1)
    assert not list(tmp_path.iterdir())
    assert train(smallest).vocab_size == smallest


@pytest.mark.parametrize("lines", [[], ["", "  ", "\n"], ["\0", "\u2585"]])
def test_no_text_is_refused(tmp_path, lines):
    with pytest.raises(UserError, match="no text to train a tokenizer on"):
        train_tokenizer(lines, tmp_path / "m", type="unigram", vocab_size=300)


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
@pytest.mark.parametrize("lines", [["a"], ["日"] * 3, ["ab"], ["x y z"], ["a\tb"], ["🙂\u3000"]])
def test_tiny_texts_train(tmp_path, kind, lines):
    train_tokenizer(lines, tmp_path / "m", type=kind, vocab_size=1000)
    tokenizer = Tokenizer(tmp_path / "m")
    assert tokenizer.decode(tokenizer.encode(lines[0])) == lines[0]


def test_no_line_is_lost_for_what_sentencepiece_skips(tmp_path):
    lines = ["q\0a", "w\u2585a", "e\ud800a", "r\na", "t " + "a" * 10_000]
    report = train_tokenizer(lines, tmp_path / "m", type="unigram", vocab_size=400)
    assert report.sentences_used == len(lines)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "m"))
    for character in "qwert":
        assert processor.piece_to_id(character) != processor.unk_id()
    for character in "\0\n\r\u2585":
        assert processor.piece_to_id(character) == processor.unk_id()


def test_errors_of_the_sentences_are_not_hidden(tmp_path):
    def broken():
        yield "a"
        raise UserError("line 2 is broken")

    with pytest.raises(UserError, match="line 2 is broken"):
        train_tokenizer(broken(), tmp_path / "m", type="unigram", vocab_size=300)


def test_sample_is_uniform_deterministic_and_of_the_size_asked_for(monkeypatch):
    lines = [f"line {i}" for i in range(40)]
    sample = tokenizer_training._sample_sentences
    assert sample(lines, size=10) == sample(lines, size=10)
    assert sample([*lines, " "], size=40) == (lines, 40)
    assert sample(lines, size=41) == (lines, 40)

    counts, generator = Counter(), tokenizer_training.random.Random
    for seed in range(2000):
        monkeypatch.setattr(
            tokenizer_training.random, "Random", lambda _, seed=seed: generator(seed)
        )
        chosen, num_read = sample(lines, size=10)
        assert (len(set(chosen)), num_read) == (10, 40)
        counts.update(chosen)
    assert set(counts) == set(lines)
    # 2000 × 10 / 40 each; the standard deviation is 19
    assert max(abs(count - 500) for count in counts.values()) < 80


def test_max_sentences_limits_what_is_trained_on(tmp_path, sentences):
    report = train_tokenizer(
        sentences, tmp_path / "m", type="bpe", vocab_size=320, max_sentences=100
    )
    assert (report.sentences_read, report.sentences_used) == (600, 100)
