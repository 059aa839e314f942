"""One translation found by the search, and how two of them compare."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

LengthPenaltyType = Literal["average", "gnmt"]


@dataclass(frozen=True)
class Hypothesis:
    """One output sequence.

    Attributes:
        token_ids: the output, without `<s>` and `</s>`.
        log_prob: sum of `token_log_probs`, natural logarithm.
        score: `log_prob` divided by the length penalty; hypotheses are ranked by it.
        token_log_probs: one per token, and one for `</s>` unless `truncated`.
        truncated: cut at the length limit, before the model wrote `</s>`.
    """

    token_ids: tuple[int, ...]
    log_prob: float
    score: float
    token_log_probs: tuple[float, ...]
    truncated: bool


def average_penalty(length: int, exponent: float) -> float:
    """`length ** A`: with A = 1 the score is the mean log-probability per token.

    `length` counts `</s>`; A = 0 switches the penalty off. See Wu et al. 2016, "Google's
    Neural Machine Translation System", section 7, where it is the first that was tried.
    """
    return float(length**exponent)


def gnmt_penalty(length: int, exponent: float) -> float:
    """`((5 + length) / 6) ** A`; the Transformer paper uses A = 0.6.

    `length` counts `</s>`; A = 0 switches the penalty off. See the same section, equation 14.
    """
    return float(((5 + length) / 6) ** exponent)


LENGTH_PENALTIES: Final[dict[LengthPenaltyType, Callable[[int, float], float]]] = {
    "average": average_penalty,
    "gnmt": gnmt_penalty,
}


def ranked(hypotheses: Iterable[Hypothesis], *, eos_id: int) -> list[Hypothesis]:
    """Best first: finished before truncated, then by score.

    Of equal scores the one comes first that has the smaller token id where the two sequences
    first differ; `</s>` takes part in this under its own id.
    """

    def rank(hypothesis: Hypothesis) -> tuple[bool, float, tuple[int, ...]]:
        return hypothesis.truncated, -hypothesis.score, (*hypothesis.token_ids, eos_id)

    return sorted(hypotheses, key=rank)
