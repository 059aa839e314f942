"""How to search, and how long an output may be: a run's settings, and what a call says instead."""

from __future__ import annotations

from dataclasses import dataclass

from transformer_mt.config import Config, DecodingConfig
from transformer_mt.config_file import build_config
from transformer_mt.decoding.beam_search import SearchOptions
from transformer_mt.errors import UserError
from transformer_mt.saved_model import max_positions

EXTRA_LENGTH = 50
"""Output tokens allowed beyond the ratio: "input length + 50" (Vaswani et al. 2017, 6.1)."""


def override(
    settings: DecodingConfig,
    *,
    beam_size: int | None = None,
    length_penalty: float | None = None,
    batch_size: int | None = None,
    n_best: int = 1,
) -> DecodingConfig:
    """Return the settings with those put in that are given; the beam holds at least `n_best`.

    Raises:
        UserError: a setting is out of range, or a given beam too narrow.
    """
    if type(n_best) is not int or n_best < 1:
        raise UserError(f"n_best: expected a whole number from 1, found {n_best!r}.")
    if type(beam_size) is int and n_best > beam_size > 0:
        raise UserError(f"A beam of {beam_size} holds no {n_best} translations. Make it wider.")
    given = {"beam_size": beam_size, "length_penalty": length_penalty, "batch_size": batch_size}
    chosen = {key: value for key, value in given.items() if value is not None}
    tree = {"decoding": {**settings.model_dump(), **chosen}}
    merged = build_config(tree, place="in place of the run's own").decoding
    return merged.model_copy(update={"beam_size": max(merged.beam_size, n_best)})


def search_options(settings: DecodingConfig, *, n_best: int = 1) -> SearchOptions:
    """Return the part of the settings that the search itself needs."""
    return SearchOptions(
        beam_size=settings.beam_size,
        n_best=n_best,
        length_penalty=settings.length_penalty,
        length_penalty_type=settings.length_penalty_type,
    )


@dataclass(frozen=True)
class LengthLimits:
    """The most tokens, </s> included, that a source, a target or an output may have."""

    source: int
    target: int
    positions: int | None

    @classmethod
    def of(cls, config: Config) -> LengthLimits:
        """Return the lengths of training, and how many positions have been learned, if any."""
        learned = config.model.positions == "learned"
        return cls(
            source=config.data.max_source_length,
            target=config.data.max_target_length,
            positions=max_positions(config) if learned else None,
        )

    def output(self, source_length: int, *, ratio: float) -> int:
        """Return the most tokens that the translation of so many tokens may have.

        Raises:
            UserError: the source has more tokens than there are learned positions.
        """
        limit = int(ratio * source_length) + EXTRA_LENGTH
        if self.positions is None:
            return limit
        if source_length > self.positions:  # a single character, as all else has been cut
            raise UserError(
                f"One character has {source_length} tokens, </s> included, but this model has "
                f"learned {self.positions} positions.\nTrain with a larger data.max_source_length."
            )
        return min(limit, self.positions)
