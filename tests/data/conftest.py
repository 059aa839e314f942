import gzip
import lzma
import random

import pytest

from transformer_mt.data.tokenizer import Tokenizer, TokenizerPair
from transformer_mt.data.tokenizer_training import train_tokenizer
from transformer_mt.errors import UserError


def make_sentences(count, *, seed):
    """Sentences of made-up words, short words being the frequent ones."""
    generator = random.Random(seed)
    syllables = ["ba", "ku", "li", "mo", "ne", "pö", "ri", "sta", "tu", "ün", "zwei", "chor"]
    words = ["".join(generator.choices(syllables, k=1 + i // 60)) for i in range(240)]
    weights = [1 / (1 + i) for i in range(len(words))]
    return [
        " ".join(generator.choices(words, weights, k=generator.randint(1, 14))) + "."
        for _ in range(count)
    ]


@pytest.fixture(scope="session")
def sentences():
    return make_sentences(600, seed=0)


@pytest.fixture(scope="session")
def models(sentences, tmp_path_factory):
    """Paths of one small model of each type."""
    folder = tmp_path_factory.mktemp("models")
    paths = {kind: folder / f"{kind}.model" for kind in ("unigram", "bpe")}
    for kind, path in paths.items():
        train_tokenizer(sentences, path, type=kind, vocab_size=400)
    return paths


@pytest.fixture(scope="session")
def unigram(models):
    return Tokenizer(models["unigram"])


@pytest.fixture(scope="session")
def bpe(models):
    return Tokenizer(models["bpe"])


@pytest.fixture(scope="session")
def tokenizers(unigram, bpe):
    """Two different tokenizers, so that a mix-up of the sides shows."""
    return TokenizerPair(source=unigram, target=bpe)


@pytest.fixture(scope="session")
def write():
    """Write text or bytes to a path, and return the path."""

    def write(path, content):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture(scope="session")
def message_of():
    """Return what the user is told where an action fails."""

    def message_of(action):
        with pytest.raises(UserError) as caught:
            action()
        message = str(caught.value)
        assert len(message.splitlines()) <= 5
        return message

    return message_of


def compress_zstd(content):
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


@pytest.fixture(scope="session")
def compress():
    """Return the function that compresses for each suffix."""
    return {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress, ".zst": compress_zstd}
