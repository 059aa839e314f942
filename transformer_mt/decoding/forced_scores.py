"""Given translations to log-probabilities, by teacher forcing."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from transformer_mt.data.batch import make_batch
from transformer_mt.data.tokenizer import Tokenizer
from transformer_mt.model.transformer import Transformer

PairFlag = Literal["empty", "too_long"]
"""Why a pair has no score. empty: a side is blank; too_long: the source is longer than the model
was trained for, or the target longer than a translation of it could be."""

TokenPair = tuple[Sequence[int], Sequence[int]]
"""Source and target ids, without special ids."""

_ROWS_AT_A_TIME = 512


@dataclass(frozen=True)
class PairScore:
    """How probable a given translation is.

    Attributes:
        log_prob: the sum of `token_log_probs`, natural logarithm; None where a flag says why.
        score: `log_prob` divided by the length penalty.
        token_log_probs: one per token of the target, and one for </s>.
        flags: why there is no score; see `PairFlag`.
    """

    log_prob: float | None
    score: float | None
    token_log_probs: tuple[float, ...] = ()
    flags: tuple[PairFlag, ...] = ()


def score_pairs(
    model: Transformer,
    target_tokenizer: Tokenizer,
    pairs: Sequence[TokenPair],
    flags: Sequence[PairFlag | None],
    *,
    penalty: Callable[[int], float],
    batch_size: int,
    progress: Callable[[int], None],
) -> list[PairScore]:
    """Return the score of each pair, in order, or why it has none.

    Args:
        model: on the device where it is to compute.
        target_tokenizer: for its special ids.
        pairs: none of them empty, unless flagged.
        flags: why a pair is not to be scored.
        penalty: what a log-probability is divided by, for a number of tokens.
        batch_size: pairs scored together.
        progress: called with the number of pairs done since the last call.
    """
    scores = [PairScore(None, None, flags=(flag,) if flag else ()) for flag in flags]
    lengths = [(max(len(source), len(target)), len(source)) for source, target in pairs]
    # Similar lengths together, long ones first: what is too large for memory shows at once.
    order = sorted((i for i, flag in enumerate(flags) if not flag), key=lambda i: lengths[i])[::-1]
    progress(len(pairs) - len(order))
    model.eval()
    for begin in range(0, len(order), batch_size):
        chosen = order[begin : begin + batch_size]
        found = _score_batch(model, target_tokenizer, [pairs[i] for i in chosen])
        for index, token_log_probs in zip(chosen, found, strict=True):
            log_prob = math.fsum(token_log_probs)
            score = log_prob / penalty(len(token_log_probs))
            scores[index] = PairScore(log_prob, score, token_log_probs)
        progress(len(chosen))
    return scores


@torch.inference_mode()
def _score_batch(
    model: Transformer, target_tokenizer: Tokenizer, pairs: Sequence[TokenPair]
) -> list[tuple[float, ...]]:
    """Return for each pair the log-probabilities of the target's tokens and of </s>."""
    batch = make_batch(
        [source for source, _ in pairs],
        [target for _, target in pairs],
        pad_id=model.pad_id,
        bos_id=target_tokenizer.bos_id,
        eos_id=target_tokenizer.eos_id,
    ).to(next(model.parameters()).device)
    decoder_output = model.hidden(batch.source_ids, batch.target_input_ids)
    log_probs = _label_log_probs(model, decoder_output, batch.target_label_ids)
    rows = zip(log_probs.tolist(), pairs, strict=True)
    return [tuple(row[: len(target) + 1]) for row, (_, target) in rows]


def _label_log_probs(model: Transformer, decoder_output: Tensor, label_ids: Tensor) -> Tensor:
    """Return the log-probability of each label: (batch, target_len).

    A few hundred rows at a time, so that the logits of the whole batch never exist.

    Args:
        model: has the output layer.
        decoder_output: (batch, target_len, d_model).
        label_ids: (batch, target_len).
    """
    rows, labels = decoder_output.flatten(0, 1), label_ids.flatten().unsqueeze(1)
    chosen = [
        model.log_probs(rows[begin : begin + _ROWS_AT_A_TIME]).gather(
            1, labels[begin : begin + _ROWS_AT_A_TIME]
        )
        for begin in range(0, len(rows), _ROWS_AT_A_TIME)
    ]
    return torch.cat(chosen).view_as(label_ids)
