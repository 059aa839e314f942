"""A translation of a text, and one that is joined from those of its parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from transformer_mt.decoding.flags import Flag


@dataclass(frozen=True)
class Translation:
    """One translation of a text.

    Attributes:
        text: one line.
        score: `log_prob` divided by the length penalty; ranks the translations of a text.
        log_prob: the sum of `token_log_probs`, natural logarithm.
        token_log_probs: one per token, </s> included unless the translation was cut.
        token_ids: the tokens without </s>.
        flags: what to look at twice; see `flags.Flag`.
    """

    text: str
    score: float
    log_prob: float
    token_log_probs: tuple[float, ...]
    token_ids: tuple[int, ...]
    flags: tuple[Flag, ...] = ()

    @property
    def truncated(self) -> bool:
        """Whether the length limit cut it off."""
        return "truncated" in self.flags


EMPTY = Translation(text="", score=0.0, log_prob=0.0, token_log_probs=(), token_ids=())
"""The translation of a blank text."""


def join_parts(
    parts: Sequence[Sequence[Translation]], *, joint: str, penalty: Callable[[int], float]
) -> list[Translation]:
    """Return the translations of a text from those of its parts.

    The k-th one is joined from the k-th of each part, or from the last of a part that has fewer;
    its score is that of its log-probability and its length.

    Args:
        parts: of each part its translations, best first; none for a blank text.
        joint: what stands between the translations of two parts.
        penalty: what a log-probability is divided by, for a number of tokens.
    """
    if not parts:
        return [EMPTY]
    if len(parts) == 1:
        return list(parts[0])
    return [
        _join([part[min(rank, len(part) - 1)] for part in parts], joint, penalty)
        for rank in range(max(map(len, parts)))
    ]


def _join(parts: Sequence[Translation], joint: str, penalty: Callable[[int], float]) -> Translation:
    log_prob = sum(part.log_prob for part in parts)
    token_log_probs = tuple(each for part in parts for each in part.token_log_probs)
    return Translation(
        text=joint.join(part.text for part in parts if part.text),
        score=log_prob / penalty(len(token_log_probs)),
        log_prob=log_prob,
        token_log_probs=token_log_probs,
        token_ids=tuple(token_id for part in parts for token_id in part.token_ids),
        flags=tuple(dict.fromkeys(flag for part in parts for flag in part.flags)),
    )
