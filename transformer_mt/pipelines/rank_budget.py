"""How large a batch may be so that each rank has one in every update; decided when a run begins.

The list of batches depends on it, and has to stay the same whoever goes on with the run. So what
was decided stands in the run's config, beside what was asked for.
"""

from __future__ import annotations

import math

from transformer_mt.config import Config, TrainingConfig
from transformer_mt.token_budget import as_number


def lower_for_ranks(config: Config, *, num_ranks: int) -> Config:
    """Return the settings of a run that begins, with at least a batch for each rank in an update.

    A batch always holds the longest sentence allowed: where that is too much, ranks go without.
    """
    if config.training.max_tokens_per_batch == "auto":
        return config  # ranks are thought of where a number is found
    config = as_asked(config)
    asked = as_number(config.training.max_tokens_per_batch)
    longest = max(config.data.max_source_length, config.data.max_target_length)
    share = max(math.ceil(config.training.tokens_per_update / num_ranks), longest)
    if num_ranks == 1 or share >= asked:
        return config
    return config.with_training(max_tokens_per_batch=share, max_tokens_per_batch_asked=asked)


def keep_lowered(config: Config, old: Config) -> Config:
    """Return the settings of a run that goes on, with its size of batch if it asks for the same."""
    if as_asked(config).training.max_tokens_per_batch != _asked(old.training):
        return config  # another one, which is refused
    return config.with_training(
        max_tokens_per_batch=as_number(old.training.max_tokens_per_batch),
        max_tokens_per_batch_asked=old.training.max_tokens_per_batch_asked,
    )


def as_asked(config: Config) -> Config:
    """Return the settings as they were before they were fitted to a number of ranks."""
    asked = _asked(config.training)
    return config.with_training(max_tokens_per_batch=asked, max_tokens_per_batch_asked=None)


def _asked(training: TrainingConfig) -> int:
    return training.max_tokens_per_batch_asked or as_number(training.max_tokens_per_batch)
