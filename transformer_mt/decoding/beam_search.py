"""Beam search over any function that scores next tokens; greedy search is `beam_size=1`.

Each sentence keeps its `beam_size` best unfinished hypotheses, the beam. In every step each of
them is extended by every token of the vocabulary, and these candidates are ranked:

1. the higher log-probability (a sum over the tokens) first;
2. of equal ones the smaller token id;
3. of equal ones again the better-ranked parent.

Candidates that end in `</s>` and are among the best `beam_size` of all become results; the
best `beam_size` of the others are the next beam. A sentence is done, and leaves the batch at
once, when it has `beam_size` results or its length limit is reached, or when no hypothesis of
its beam can still change its n-best list. `hypothesis.ranked` orders the results.

The scorer's output stays on its device; per hypothesis only the few best tokens are copied to the
CPU, in one transfer per step. All that follows is bookkeeping on tensors too small for a GPU.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Protocol

import torch
from torch import Tensor

from transformer_mt.decoding.candidates import Candidates, rank_candidates
from transformer_mt.decoding.hypothesis import (
    LENGTH_PENALTIES,
    Hypothesis,
    LengthPenaltyType,
    ranked,
)


class NextTokenScorer(Protocol):
    """One decoding step for all hypotheses of the sentences that are still being searched."""

    def __call__(self, token_ids: Tensor, parents: Tensor, sentences: Tensor) -> Tensor:
        """Score every token of the vocabulary as the next one.

        The first call has one hypothesis per sentence, every later one `beam_size`; places of
        the beam that no hypothesis fills repeat some parent with `</s>`, and count for nothing.

        Args:
            token_ids: the token that each hypothesis has just appended, `<s>` in the first
                call, (sentences, hypotheses).
            parents: which hypothesis of the same sentence in the previous call each one extends,
                0 in the first call, (sentences, hypotheses).
            sentences: which row of the previous call each sentence was, the rows of
                `max_lengths` in the first call, (sentences,). Sentences that are done are absent.

        Returns:
            Log-probabilities, float32 and none above 0, (sentences, hypotheses, vocab_size).
        """


@dataclass(frozen=True)
class SearchOptions:
    """How to search.

    Attributes:
        beam_size: hypotheses kept per sentence and step; 1 is greedy search.
        n_best: results wanted per sentence, `beam_size` at most.
        length_penalty: exponent A of the penalty; 0 switches it off.
        length_penalty_type: a key of `hypothesis.LENGTH_PENALTIES`.
        early_stop: stop a sentence when its n-best list is certain. Saves time, changes nothing.
    """

    beam_size: int
    n_best: int = 1
    length_penalty: float = 1.0
    length_penalty_type: LengthPenaltyType = "average"
    early_stop: bool = True

    def __post_init__(self) -> None:
        if self.beam_size < 1:
            raise ValueError(f"beam_size must be at least 1, not {self.beam_size}")
        if not 1 <= self.n_best <= self.beam_size:
            raise ValueError(f"n_best must be from 1 to beam_size {self.beam_size}: {self.n_best}")
        if self.length_penalty < 0:
            raise ValueError(f"length_penalty must not be negative: {self.length_penalty}")

    def penalty(self, length: int) -> float:
        """Return what a log-probability is divided by; `length` counts `</s>`."""
        return LENGTH_PENALTIES[self.length_penalty_type](length, self.length_penalty)


@dataclass(frozen=True)
class _Beam:
    """The unfinished hypotheses, best first, of the sentences still being searched.

    `hypotheses` is 1 before the first step and `beam_size` after it; a place that no
    hypothesis fills has log-probability -inf. All tensors are on the CPU.
    """

    sentences: Tensor  # (sentences,), which row of max_lengths
    max_lengths: Tensor  # (sentences,)
    max_penalties: Tensor  # (sentences,), float64: the length penalty at max_lengths
    num_finished: Tensor  # (sentences,)
    best_scores: Tensor  # (sentences, n_best), float64: of finished ones, best first, else -inf
    log_probs: Tensor  # (sentences, hypotheses), float64
    parents: Tensor  # (sentences, hypotheses), in the beam one step before
    token_ids: Tensor  # (sentences, hypotheses, 1 + length), beginning with <s>
    token_log_probs: Tensor  # (sentences, hypotheses, length), float32

    @property
    def length(self) -> int:
        """Tokens per hypothesis, `<s>` not counted."""
        return self.token_log_probs.shape[2]

    def select(self, rows: Tensor) -> "_Beam":
        """Only the sentences in `rows`."""
        return _Beam(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


@torch.no_grad()
def beam_search(
    score_next_tokens: NextTokenScorer,
    *,
    max_lengths: Tensor,
    options: SearchOptions,
    bos_id: int,
    eos_id: int,
    forbidden_ids: Sequence[int] = (),
) -> list[list[Hypothesis]]:
    """Find the best outputs of each sentence.

    Args:
        score_next_tokens: the model; its inputs are on the device of `max_lengths`.
        max_lengths: the most tokens that each output may have, `</s>` included, (sentences,).
        options: beam size, n-best, length penalty.
        bos_id: the token that the first step extends.
        eos_id: the token that ends an output.
        forbidden_ids: tokens that an output never contains, such as padding.

    Returns:
        For each sentence its `n_best` hypotheses, best first. What reached the limit without
        `</s>` is kept only where there are fewer finished ones. The list is shorter than
        `n_best` where the search met fewer outputs of probability above 0.

    Raises:
        FloatingPointError: the scorer returned NaN.
    """
    device = max_lengths.device
    beam = _first_beam(max_lengths.cpu(), bos_id, options)
    forbidden = torch.tensor(sorted({*forbidden_ids}), dtype=torch.long)
    assert eos_id not in forbidden_ids
    found: list[list[Hypothesis]] = [[] for _ in range(len(max_lengths))]
    rows = beam.sentences  # (sentences,), of the previous beam
    while len(rows) > 0:
        log_probs = score_next_tokens(  # (sentences, hypotheses, vocab_size)
            beam.token_ids[:, :, -1].to(device), beam.parents.to(device), rows.to(device)
        )
        candidates = rank_candidates(
            beam.log_probs, log_probs, beam_size=options.beam_size, forbidden=forbidden
        )
        beam = _take_finished(candidates, beam, options, eos_id, found)
        beam = _next_beam(candidates, beam, options, eos_id)
        _take_truncated(beam, options, found)
        rows = _unfinished_rows(beam, options)
        if len(rows) < len(beam.sentences):
            beam = beam.select(rows)
    return [ranked(hypotheses, eos_id=eos_id)[: options.n_best] for hypotheses in found]


def _first_beam(max_lengths: Tensor, bos_id: int, options: SearchOptions) -> _Beam:
    """Start each sentence with one hypothesis, `<s>`."""
    assert bool((max_lengths > 0).all())
    sentences = len(max_lengths)
    penalties = [options.penalty(length) for length in max_lengths.tolist()]
    return _Beam(
        sentences=torch.arange(sentences),
        max_lengths=max_lengths,
        max_penalties=torch.tensor(penalties, dtype=torch.float64),
        num_finished=torch.zeros(sentences, dtype=torch.long),
        best_scores=torch.full((sentences, options.n_best), -torch.inf, dtype=torch.float64),
        log_probs=torch.zeros(sentences, 1, dtype=torch.float64),
        parents=torch.zeros(sentences, 1, dtype=torch.long),
        token_ids=torch.full((sentences, 1, 1), bos_id),
        token_log_probs=torch.zeros(sentences, 1, 0),
    )


def _take_finished(
    candidates: Candidates,
    beam: _Beam,
    options: SearchOptions,
    eos_id: int,
    found: list[list[Hypothesis]],
) -> _Beam:
    """Add to `found` what ends in `</s>` among the best `beam_size` candidates.

    Returns:
        `beam` with its counts and scores of finished hypotheses brought up to date.
    """
    log_probs = candidates.log_probs[:, : options.beam_size]  # (sentences, places)
    finished = candidates.token_ids[:, : options.beam_size] == eos_id
    finished &= log_probs > -torch.inf
    rows, places = finished.nonzero(as_tuple=True)  # (finished,) each
    if len(rows) == 0:
        return beam
    parents = candidates.parents[rows, places]
    last_log_probs = candidates.token_log_probs[rows, places].unsqueeze(1)
    _collect(
        found,
        options,
        sentences=beam.sentences[rows],
        log_probs=log_probs[rows, places],
        token_ids=beam.token_ids[rows, parents],
        token_log_probs=torch.cat([beam.token_log_probs[rows, parents], last_log_probs], dim=1),
    )
    scores = (log_probs / options.penalty(beam.length + 1)).masked_fill(~finished, -torch.inf)
    return replace(
        beam,
        num_finished=beam.num_finished + finished.sum(1),
        best_scores=torch.cat([beam.best_scores, scores], dim=1).topk(options.n_best).values,
    )


def _next_beam(candidates: Candidates, beam: _Beam, options: SearchOptions, eos_id: int) -> _Beam:
    """Keep the best `beam_size` candidates of each sentence that do not end in `</s>`."""
    dead = (candidates.token_ids == eos_id) | (candidates.log_probs == -torch.inf)
    places = dead.byte().argsort(dim=1, stable=True)[:, : options.beam_size]
    dead = dead.gather(1, places)  # (sentences, beam_size), as all below
    token_ids = candidates.token_ids.gather(1, places).masked_fill(dead, eos_id)
    token_log_probs = candidates.token_log_probs.gather(1, places)
    parents = candidates.parents.gather(1, places)
    rows = torch.arange(len(parents)).unsqueeze(1)
    histories = beam.token_ids[rows, parents], beam.token_log_probs[rows, parents]
    return replace(
        beam,
        log_probs=candidates.log_probs.gather(1, places).masked_fill(dead, -torch.inf),
        parents=parents,
        token_ids=torch.cat([histories[0], token_ids.unsqueeze(2)], dim=2),
        token_log_probs=torch.cat([histories[1], token_log_probs.unsqueeze(2)], dim=2),
    )


def _take_truncated(beam: _Beam, options: SearchOptions, found: list[list[Hypothesis]]) -> None:
    """Add to `found` the hypotheses cut at the limit, where too few have finished."""
    cut = (beam.max_lengths == beam.length) & (beam.num_finished < options.n_best)
    if not cut.any():
        return
    rows, places = (cut.unsqueeze(1) & (beam.log_probs > -torch.inf)).nonzero(as_tuple=True)
    _collect(
        found,
        options,
        sentences=beam.sentences[rows],
        log_probs=beam.log_probs[rows, places],
        token_ids=beam.token_ids[rows, places],
        token_log_probs=beam.token_log_probs[rows, places],
    )


def _collect(
    found: list[list[Hypothesis]],
    options: SearchOptions,
    *,
    sentences: Tensor,
    log_probs: Tensor,
    token_ids: Tensor,
    token_log_probs: Tensor,
) -> None:
    """Add one hypothesis to `found` for each row of the tensors.

    `token_ids` begins with `<s>` and never has `</s>`; `token_log_probs` has one number
    for each token after `<s>`, and one more where `</s>` follows.
    """
    length = token_log_probs.shape[1]  # (hypotheses, length)
    truncated = length < token_ids.shape[1]
    penalty = options.penalty(length)
    columns = (sentences, token_ids[:, 1:], log_probs, token_log_probs)
    for sentence, ids, log_prob, each in zip(*(c.tolist() for c in columns), strict=True):
        score = log_prob / penalty
        found[sentence].append(Hypothesis(tuple(ids), log_prob, score, tuple(each), truncated))


def _unfinished_rows(beam: _Beam, options: SearchOptions) -> Tensor:
    """Find the sentences whose search goes on.

    Log-probabilities only fall, and no penalty is larger than the one at the length limit: what
    the best hypothesis has now, divided by it, no score of an extension exceeds. The comparison
    is strict, as an equal score could still win by its token ids.
    """
    best = beam.log_probs[:, 0]
    done = (beam.num_finished >= options.beam_size) | (beam.max_lengths == beam.length)
    done |= best == -torch.inf
    if options.early_stop:
        done |= beam.best_scores[:, -1] > best / beam.max_penalties
    return (~done).nonzero().flatten()
