"""Training a SentencePiece model: the same text and options give the same bytes everywhere."""

import io
import math
import os
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import sentencepiece

from transformer_mt.data.tokenizer import BOS_ID, EOS_ID, PAD_ID, UNK_ID, clean
from transformer_mt.errors import UserError

# The vocabulary depends on the number of threads, so that it must not be the machine's.
_NUM_THREADS = 8
# SentencePiece silently skips longer lines (of 4192 bytes, if nothing is said).
_MAX_SENTENCE_BYTES = 2**30
# SentencePiece silently skips lines with this character, which it keeps for itself.
_RESERVED_CHARACTER = "\u2585"


@dataclass(frozen=True)
class TokenizerReport:
    """What a model was trained on, and how large its vocabulary became."""

    vocab_size: int
    requested_vocab_size: int
    sentences_read: int
    sentences_used: int


def train_tokenizer(
    sentences: Iterable[str],
    model_path: Path,
    *,
    type: Literal["unigram", "bpe"],
    vocab_size: int,
    normalization: str = "identity",
    character_coverage: float = 1.0,
    byte_fallback: bool = True,
    max_sentences: int = 400_000,
) -> TokenizerReport:
    """Train a SentencePiece model and write it to `model_path`, whole or not at all.

    A text too small for `vocab_size` pieces gives fewer; the report says how many. Of more
    than `max_sentences` sentences, all of which SentencePiece would hold in memory, a random
    sample of that size is used, always the same one.

    Raises:
        UserError: there is no text, or `vocab_size` is below what its characters need.
    """
    sample, num_read = _sample_sentences(sentences, size=max_sentences)
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sample),
            model_writer=model,
            model_type=type,
            vocab_size=vocab_size,
            hard_vocab_limit=False,
            normalization_rule_name=normalization,
            character_coverage=character_coverage,
            byte_fallback=byte_fallback,
            pad_id=PAD_ID,
            unk_id=UNK_ID,
            bos_id=BOS_ID,
            eos_id=EOS_ID,
            num_threads=_NUM_THREADS,
            max_sentence_length=_MAX_SENTENCE_BYTES,
            minloglevel=2,
        )
    except RuntimeError as error:
        raise _explain(error) from error
    _write_atomically(model_path, model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return TokenizerReport(
        vocab_size=processor.vocab_size(),
        requested_vocab_size=vocab_size,
        sentences_read=num_read,
        sentences_used=len(sample),
    )


def _sample_sentences(sentences: Iterable[str], *, size: int) -> tuple[list[str], int]:
    """Return at most `size` cleaned, not blank sentences, and how many not blank there were.

    Reservoir sampling that draws the next sentence to take instead of one number for each
    (Li 1994, algorithm L), with a fixed seed.
    """
    generator = random.Random(0)
    stream = (line for sentence in sentences if (line := _training_line(sentence)))
    sample = list(islice(stream, size))
    num_read, next_taken, weight = len(sample), len(sample) - 1, 1.0

    def draw() -> None:
        nonlocal next_taken, weight
        weight *= _uniform(generator) ** (1 / size)
        next_taken += 1 + math.floor(math.log(_uniform(generator)) / math.log1p(-weight))

    if num_read == size:
        draw()
    for line in stream:
        if num_read == next_taken:
            sample[generator.randrange(size)] = line
            draw()
        num_read += 1
    if not sample:
        raise UserError(
            "There is no text to train a tokenizer on: all sentences are blank.\n"
            "Give training data (data.train) that holds text."
        )
    return sample, num_read


def _uniform(generator: random.Random) -> float:
    return 1.0 - generator.random()  # in (0, 1]


def _training_line(sentence: str) -> str:
    return clean(sentence).replace(_RESERVED_CHARACTER, " ").strip()


def _explain(error: RuntimeError) -> Exception:
    """Return the user's error behind an internal error of SentencePiece, if it is one."""
    sizes = re.search(r"smaller than required_chars\. (\d+) vs (\d+)", str(error))
    if sizes is None:
        return error
    return UserError(
        f"tokenizer.vocab_size: {sizes[1]} is too small: the special tokens, the bytes and the "
        f"different characters of the training text alone need {sizes[2]}.\n"
        f"Set tokenizer.vocab_size to at least {sizes[2]}, or lower tokenizer.character_coverage."
    )


def _write_atomically(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
