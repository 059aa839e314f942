"""SentencePiece: text to token ids and back, with the same four special ids in every model."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import sentencepiece

from transformer_mt.data.segmentation_sampler import SegmentationSampler
from transformer_mt.errors import UserError, may_not_be_read

PAD_ID, UNK_ID, BOS_ID, EOS_ID = 0, 1, 2, 3
SHARED_MODEL_NAME = "tokenizer.model"
SOURCE_MODEL_NAME = "tokenizer.source.model"
TARGET_MODEL_NAME = "tokenizer.target.model"

TokenIds = npt.NDArray[np.int32]

_LINE_BREAKERS = re.compile("[\n\r\0]")
# SentencePiece writes a space as U+2581 and turns one in the text into a space too, but after
# it has collapsed spaces. A lone surrogate is no text at all: SentencePiece raises on it.
_UNSAFE = re.compile("[\n\r\0\u2581\ud800-\udfff]")


def clean(text: str) -> str:
    """Replace what SentencePiece cannot encode, or what must not be in one line of text."""
    return _UNSAFE.sub(lambda match: "\ufffd" if match[0] >= "\ud800" else " ", text)


class Tokenizer:
    """A trained SentencePiece model.

    Encoding replaces newline, carriage return, NUL and U+2581 by a space and a lone surrogate
    by U+FFFD, strips spaces at both ends and collapses them in between, beside what the
    model's normalisation does. It adds no special ids.
    """

    def __init__(self, model_path: Path) -> None:
        try:
            model = model_path.read_bytes()
        except PermissionError:
            raise may_not_be_read(model_path) from None
        except OSError as error:
            raise UserError(f"{model_path}: cannot be read ({error.strerror}).") from None
        self._processor = sentencepiece.SentencePieceProcessor()
        try:
            self._processor.load_from_serialized_proto(model)
        except RuntimeError:
            raise UserError(f"{model_path}: damaged, or not a SentencePiece model.") from None
        processor = self._processor
        ids = (processor.pad_id(), processor.unk_id(), processor.bos_id(), processor.eos_id())
        if ids != (PAD_ID, UNK_ID, BOS_ID, EOS_ID):
            raise UserError(
                f"{model_path}: the ids of <pad>, <unk>, <s> and </s> are {ids}, not "
                f"{(PAD_ID, UNK_ID, BOS_ID, EOS_ID)}: this model is from another program."
            )
        self.sha256 = hashlib.sha256(model).hexdigest()
        self.vocab_size: int = processor.vocab_size()
        self.pad_id, self.unk_id, self.bos_id, self.eos_id = ids
        self.forbidden_ids = self._find_forbidden_ids()

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs: all but the sampler, which is made when asked for."""
        return {name: value for name, value in self.__dict__.items() if name != "_sampler"}

    @cached_property
    def _sampler(self) -> SegmentationSampler:
        return SegmentationSampler(self._processor)  # takes a moment, and only training needs it

    @cached_property
    def byte_ids(self) -> tuple[int, ...]:
        """The ids of the pieces <0x00> … <0xFF> of byte fallback; empty without it."""
        return tuple(i for i in range(self.vocab_size) if self._processor.is_byte(i))

    def encode(self, text: str) -> list[int]:
        """Return the token ids of a text, without special ids; empty for a blank text."""
        return cast(list[int], self._processor.encode(clean(text)))

    def encode_batch(self, texts: Sequence[str], *, num_threads: int = 1) -> list[list[int]]:
        """Return what `encode` returns for each text."""
        cleaned = [clean(text) for text in texts]
        return cast(list[list[int]], self._processor.encode(cleaned, num_threads=num_threads))

    def encode_arrays(self, texts: Sequence[str], *, num_threads: int = 1) -> list[TokenIds]:
        """Return what `encode_batch` returns, as arrays: much faster for whole corpora."""
        cleaned = [clean(text) for text in texts]
        ids = self._processor.encode(cleaned, num_threads=num_threads, return_type="numpy")
        return cast(list[TokenIds], ids)

    def sample(self, text: str, *, seed: int, alpha: float) -> list[int]:
        """Return the ids of a random segmentation (Kudo 2018; BPE: Provilkov et al. 2020).

        A pure function of the model and the arguments, in any thread and process. `alpha` is, for a
        unigram model, the exponent that smooths the probabilities of all segmentations (0 is
        uniform, large values choose the best one); for BPE, the probability to skip a merge
        (0 skips none).
        """
        normalized = cast(str, self._processor.normalize(clean(text)))
        return self._sampler.sample(normalized, alpha=alpha, generator=Random(seed))

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of token ids as one line; pad, bos and eos ids are ignored."""
        ignored = (self.pad_id, self.bos_id, self.eos_id)
        text = cast(str, self._processor.decode([int(i) for i in ids if i not in ignored]))
        return _LINE_BREAKERS.sub(" ", text)

    def _find_forbidden_ids(self) -> tuple[int, ...]:
        """Return the ids that the search must never emit, in ascending order.

        They are pad, unk and bos, and every piece that holds a newline, a carriage return or
        a NUL: with byte fallback the pieces <0x0A>, <0x0D> and <0x00>.
        """
        pieces = self._processor.id_to_piece(list(range(self.vocab_size)))
        breakers = {"<0x0A>", "<0x0D>", "<0x00>"}
        return tuple(
            token_id
            for token_id, piece in enumerate(pieces)
            if token_id in (self.pad_id, self.unk_id, self.bos_id)
            or (self._processor.is_byte(token_id) and piece in breakers)
            or _LINE_BREAKERS.search(piece)
        )


@dataclass(frozen=True)
class TokenizerPair:
    """The tokenizers of the two languages; one object twice where the vocabulary is shared."""

    source: Tokenizer
    target: Tokenizer

    @property
    def shared(self) -> bool:
        """Whether both languages use the same vocabulary."""
        return self.source is self.target

    @classmethod
    def load(cls, run_dir: Path) -> "TokenizerPair":
        """Load `tokenizer.model`, or the models of source and target, of a run directory."""
        shared_path = run_dir / SHARED_MODEL_NAME
        if shared_path.exists():
            tokenizer = Tokenizer(shared_path)
            return cls(source=tokenizer, target=tokenizer)
        source_path, target_path = run_dir / SOURCE_MODEL_NAME, run_dir / TARGET_MODEL_NAME
        if not (source_path.exists() and target_path.exists()):
            raise UserError(
                f"{run_dir}: holds neither {SHARED_MODEL_NAME} nor both {SOURCE_MODEL_NAME} and "
                f"{TARGET_MODEL_NAME}. Is it a run directory?"
            )
        return cls(source=Tokenizer(source_path), target=Tokenizer(target_path))
