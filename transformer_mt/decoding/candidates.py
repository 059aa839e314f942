"""Hypotheses extended by one token, and their exact ranking.

Higher log-probabilities come first, of equal ones the smaller token id, of equal ones again the
better-ranked hypothesis. `torch.topk` alone does not promise this: it takes any of equal values.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

CHUNK_SIZE = 64  # tokens; 32 to 128 were equally fast for vocabularies of 8,000 to 32,000


@dataclass(frozen=True)
class Candidates:
    """Hypotheses extended by one token; those of a sentence are ranked, best first."""

    log_probs: Tensor  # (sentences, candidates), float64
    parents: Tensor  # (sentences, candidates), the extended hypothesis of the beam
    token_ids: Tensor  # (sentences, candidates), the appended token
    token_log_probs: Tensor  # (sentences, candidates), float32, of the appended token


def rank_candidates(
    beam_log_probs: Tensor, next_log_probs: Tensor, *, beam_size: int, forbidden: Tensor
) -> Candidates:
    """Extend every hypothesis by its best tokens, enough to fill the beam from one hypothesis.

    Where a vocabulary is too small for `beam_size` candidates, there are some at -inf.

    Args:
        beam_log_probs: of the hypotheses, best first, float64, (sentences, hypotheses).
        next_log_probs: of the next tokens, (sentences, hypotheses, vocab_size).
        beam_size: how many tokens of one hypothesis may be wanted, `</s>` not counted.
        forbidden: token ids that get -inf, (forbidden,).

    Raises:
        FloatingPointError: a log-probability is NaN.
    """
    token_log_probs, token_ids = _top_tokens(next_log_probs, beam_size + 1 + len(forbidden))
    token_log_probs.masked_fill_(torch.isin(token_ids, forbidden), -torch.inf)
    if token_log_probs.isnan().any():
        raise FloatingPointError("the log-probabilities of the next tokens are not numbers (NaN)")
    missing = math.ceil(beam_size / token_ids.shape[1]) - token_ids.shape[2]
    if missing > 0:  # the vocabulary is smaller than the beam
        token_log_probs = F.pad(token_log_probs, (0, missing), value=-torch.inf)
        token_ids = F.pad(token_ids, (0, missing))
    # The sums are float64: no two different tokens become equal by rounding.
    log_probs = (beam_log_probs.unsqueeze(2) + token_log_probs).flatten(1)
    # Parents are in rank order already; each stable sort keeps the order before it among equals.
    order = token_ids.flatten(1).argsort(dim=1, stable=True)  # (sentences, candidates)
    by_log_prob = log_probs.gather(1, order).argsort(dim=1, stable=True, descending=True)
    order = order.gather(1, by_log_prob)
    return Candidates(
        log_probs=log_probs.gather(1, order),
        token_ids=token_ids.flatten(1).gather(1, order),
        token_log_probs=token_log_probs.flatten(1).gather(1, order),
        parents=order // token_ids.shape[2],
    )


def _top_tokens(log_probs: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Find the `count` best tokens of each row, and of equal ones those with the smaller ids.

    `torch.topk` is slow on long rows, so the row is read only once, for the maxima of chunks of
    neighbouring ids. The best tokens are in the `count` best chunks, if of equal chunks the
    earlier is the better one: a token outside of them has in each of them one that is better, or
    equal with a smaller id.

    Args:
        log_probs: float32 and none above 0, (..., vocab_size).
        count: how many; all of them if there are fewer.

    Returns:
        Their log-probabilities and their ids, best first, both (..., count) and on the CPU.
    """
    assert log_probs.dtype == torch.float32
    vocab_size, device = log_probs.shape[-1], log_probs.device
    num_whole, rest = divmod(vocab_size, CHUNK_SIZE)
    chunks = log_probs[..., : vocab_size - rest].view(*log_probs.shape[:-1], num_whole, CHUNK_SIZE)
    maxima = chunks.amax(-1)  # (..., num_whole)
    if rest > 0:
        maxima = torch.cat([maxima, log_probs[..., -rest:].amax(-1, keepdim=True)], dim=-1)
    num_chunks = maxima.shape[-1]
    chunk_keys = _sort_keys(maxima, torch.arange(num_chunks, device=device))
    chunk_keys = chunk_keys.topk(min(count, num_chunks), largest=False).values
    _, best_chunks = _read_keys(chunk_keys)  # (..., chunks)

    offsets = torch.arange(CHUNK_SIZE, device=device)
    ids = (best_chunks.unsqueeze(-1) * CHUNK_SIZE + offsets).flatten(-2)
    outside = ids >= vocab_size  # the last chunk may be incomplete
    chosen = log_probs.gather(-1, ids.masked_fill(outside, 0))  # (..., chunks * CHUNK_SIZE)
    keys = _sort_keys(chosen, ids).masked_fill(outside, torch.iinfo(torch.int64).max)
    return _read_keys(keys.topk(min(count, vocab_size), largest=False).values.cpu())


def _sort_keys(log_probs: Tensor, ids: Tensor) -> Tensor:
    """Make integers that are smaller for a higher log-probability, then for a smaller id.

    The bits of floats that are not negative sort like the floats; they are the upper half of the
    key. Subtracting from 0 also gives 0.0 and -0.0 the same bits.
    """
    return (0.0 - log_probs).view(torch.int32).long() << 32 | ids


def _read_keys(keys: Tensor) -> tuple[Tensor, Tensor]:
    """Return the log-probabilities and the ids that `_sort_keys` was given."""
    return 0.0 - (keys >> 32).int().view(torch.float32), keys & 0xFFFFFFFF
