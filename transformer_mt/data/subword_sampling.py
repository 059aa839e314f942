"""Subword regularisation: a fresh segmentation of each sentence in each epoch (Kudo 2018)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from transformer_mt.data.tokenizer import TokenIds, Tokenizer


def sampling_seeds(
    sequence: np.random.SeedSequence, indices: npt.NDArray[np.integer]
) -> npt.NDArray[np.uint64]:
    """Return a seed for each pair that depends on `sequence` and on the pair's index alone.

    The index is hashed by the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
    """
    mixed = indices.astype(np.uint64) + sequence.generate_state(1, np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def sample_ids(
    tokenizer: Tokenizer,
    texts: Sequence[str],
    *,
    seeds: npt.NDArray[np.uint64],
    alpha: float,
    unsampled: Sequence[TokenIds],
    max_length: int,
) -> list[TokenIds]:
    """Return a random segmentation of each text.

    One that is longer than `max_length` tokens, `</s>` included, is replaced by the
    `unsampled` ids, which the filters let pass.
    """
    sampled = []
    for text, seed, ids in zip(texts, seeds.tolist(), unsampled, strict=True):
        candidate = tokenizer.sample(text, seed=seed, alpha=alpha)
        fits = len(candidate) < max_length
        sampled.append(np.array(candidate, dtype=np.int32) if fits else ids)
    return sampled
