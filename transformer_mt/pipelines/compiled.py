"""`training.compile`: decided when a run begins, and kept. Batches depend on it."""

from __future__ import annotations

import torch

from transformer_mt.compile_setting import COMPILE_KEY
from transformer_mt.config import Config
from transformer_mt.errors import UserError
from transformer_mt.training.trainer import Trainer


def choose_compile(config: Config, device: torch.device, *, num_ranks: int) -> Config:
    """Return the settings of a run that begins; `auto` compiles on CUDA, for one process."""
    if config.training.compile != "auto":
        return config
    pays = device.type == "cuda" and num_ranks == 1 and not _draws_otherwise(config)
    return config.with_training(compile=pays)


def keep_compile(config: Config, old: Config) -> Config:
    """Return the settings of a run that goes on, where they leave it open those of its begin."""
    kept = old.training.compile
    open_still = config.training.compile == "auto"
    return config.with_training(compile=kept is True) if open_still else config


def decided(old: Config) -> Config:
    """Return the settings of a run; one that began before there was this setting compiled not."""
    return old.with_training(compile=False) if old.training.compile == "auto" else old


def check_compile(config: Config, *, num_ranks: int) -> None:
    """Refuse to compile where that cannot be, or could not be repeated.

    Raises:
        UserError: there are several processes; or attention dropout is computed twice.
    """
    if config.training.compile is not True:
        return
    if _draws_otherwise(config):
        raise UserError(
            f"{COMPILE_KEY}: true cannot repeat model.attention_dropout "
            f"{config.model.attention_dropout} with training.activation_checkpointing.\n"
            "Leave the checkpointing out, or begin anew (--overwrite) with "
            f"{COMPILE_KEY}=false."
        )
    if num_ranks > 1:
        raise UserError(
            f"{COMPILE_KEY}: true trains in one process, and there are {num_ranks}.\n"
            f"Start it without torchrun, or begin anew (--overwrite) with {COMPILE_KEY}=false."
        )


def _draws_otherwise(config: Config) -> bool:
    """Tell whether compiled code would draw random numbers that no seed of ours decides about.

    Fused attention that is computed again in the backward pass has generators of its own, which
    are seeded once per process: what was dropped could not be dropped again by a resumed run.
    """
    return config.training.activation_checkpointing and config.model.attention_dropout > 0


def describe_compile(trainer: Trainer) -> list[str]:
    """Return the line of the plan on a model that is compiled."""
    if trainer.compiled is None:
        return []
    graphs = ", each a CUDA graph" if trainer.compiled.uses_graphs else ""
    return [f"for {len(trainer.sampler.shapes)} shapes of batch{graphs}"]
