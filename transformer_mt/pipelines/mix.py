"""Several corpora in one training: the shares that the settings ask for, in numbers and words."""

from __future__ import annotations

from collections.abc import Sequence

from transformer_mt.config import Config, DataConfig
from transformer_mt.data.corpus import describe_corpus
from transformer_mt.data.mixing import Mixture, shares_by_temperature, shares_by_weight
from transformer_mt.errors import UserError
from transformer_mt.pipelines.corpora import corpora_of
from transformer_mt.training.drawn import Drawn


def mixture_of(data: DataConfig, kept_pairs: Sequence[int]) -> Mixture | None:
    """Return how corpora of so many kept pairs are mixed; None where each pair comes once.

    Raises:
        UserError: nothing is left of a corpus that has a weight, or its share is no whole pair.
    """
    weights = [weight for weight in data.weights("train") if weight is not None]
    sizes = tuple(kept_pairs)
    if len(sizes) < 2:
        return None
    if data.temperature is not None:
        return Mixture(sizes, shares_by_temperature(sizes, data.temperature))
    if not weights:
        return None
    shares = shares_by_weight(weights)
    corpora = corpora_of(data, "train")
    for place, (size, share) in enumerate(zip(sizes, shares, strict=True)):
        if size == 0:
            raise UserError(
                f"data.train.{place}.weight: {weights[place]:g}, but no pair is kept of "
                f"{describe_corpus(corpora[place])}.\n"
                "Leave the corpus out. A pair that is in several corpora counts for the first."
            )
        if share * sum(sizes) < 1:
            raise UserError(
                f"data.train.{place}.weight: {weights[place]:g} is less than one pair in an epoch "
                f"of {sum(sizes):,}.\nRaise it, or leave the corpus out."
            )
    return Mixture(sizes, shares)


def tokens_of_epoch(mixture: Mixture | None, tokens: Sequence[int]) -> float:
    """Return about how many tokens an epoch has, of `tokens` in all pairs of each corpus."""
    if mixture is None:
        return float(sum(tokens))
    return sum(count * passes for count, passes in zip(tokens, mixture.passes(), strict=True))


def describe_mixture(config: Config, mixture: Mixture | None) -> list[str]:
    """Return a line for each corpus: what is kept of it, and how it is drawn."""
    if mixture is None:
        return []
    parts = zip(
        corpora_of(config.data, "train"),
        mixture.sizes,
        mixture.shares,
        mixture.passes(),
        strict=True,
    )
    return [
        f"{describe_corpus(corpus)}: {size:,} pairs kept, {100 * float(share):.4g} % of the pairs "
        f"drawn, each {passes:.3g} times in an epoch"
        for corpus, size, share, passes in parts
    ]


def describe_drawn(config: Config, drawn: Drawn) -> list[str]:
    """Return a line for each corpus of a mix: how much of all that was trained on it was."""
    if not drawn.pairs:
        return []
    shares = drawn.shares()
    parts = zip(
        corpora_of(config.data, "train"), shares["pairs"], shares["target_tokens"], strict=True
    )
    return [
        f"Drawn from {describe_corpus(corpus)}: {100 * pairs:.2f} % of the pairs, "
        f"{100 * tokens:.2f} % of the target tokens."
        for corpus, pairs, tokens in parts
    ]
