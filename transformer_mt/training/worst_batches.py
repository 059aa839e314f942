"""The batches that take the most memory, made of random tokens."""

from __future__ import annotations

import numpy as np

from transformer_mt.data.batch import Batch, make_batch
from transformer_mt.data.tokenizer import BOS_ID, EOS_ID, PAD_ID
from transformer_mt.model.transformer import Transformer

_FIRST_PLAIN_ID = EOS_ID + 1
_SHORTEST = 2
"""Tokens of a sentence of one word, `</s>` counted."""


def worst_shapes(
    tokens: int, *, max_source_length: int, max_target_length: int
) -> list[tuple[int, int, int]]:
    """Return (pairs, source_len, target_len) of the batches of `tokens` that need the most.

    The longest sentences need the most for attention, whose weights grow with the square; the
    limit of the other side may leave more of both in a batch; and many short ones fill it up
    best, and need most where something is kept for each sentence.
    """
    longest = {max_source_length, max_target_length, _SHORTEST}
    return [
        (max(1, tokens // length), min(length, max_source_length), min(length, max_target_length))
        for length in sorted(longest)
    ]


def random_batch(model: Transformer, pairs: int, source_len: int, target_len: int) -> Batch:
    """Return a batch of random tokens without padding, on the model's device; lengths from 2 up."""
    generator = np.random.default_rng(0)
    sizes = (
        (model.source_embedding.num_embeddings, source_len),
        (
            model.target_embedding.num_embeddings,
            target_len,
        ),
    )
    source, target = (
        list(generator.integers(_FIRST_PLAIN_ID, vocab_size, size=(pairs, length - 1)))
        for vocab_size, length in sizes
    )
    batch = make_batch(source, target, pad_id=PAD_ID, bos_id=BOS_ID, eos_id=EOS_ID)
    return batch.to(next(model.parameters()).device)
