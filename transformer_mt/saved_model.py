"""A run's model: built from its settings, with the weights that translate best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from transformer_mt.checkpoint import Checkpoint, CheckpointStore, load_weights
from transformer_mt.config import Config
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.errors import UserError
from transformer_mt.model.transformer import Transformer
from transformer_mt.run_directory import RunDirectory


@dataclass(frozen=True)
class SavedModel:
    """What translates, and in words which weights these are."""

    model: Transformer
    tokenizers: TokenizerPair
    config: Config
    description: str
    warnings: tuple[str, ...]


def build_model(config: Config, tokenizers: TokenizerPair) -> Transformer:
    """Return a model with the start weights of `training.seed`."""
    torch.manual_seed(config.training.seed)
    return Transformer(
        config.model,
        source_vocab_size=tokenizers.source.vocab_size,
        target_vocab_size=tokenizers.target.vocab_size,
        shared_vocabulary=tokenizers.shared,
        max_positions=max_positions(config),
        pad_id=tokenizers.target.pad_id,
    )


def max_positions(config: Config) -> int:
    """Return the longest sequence of training, for which positions are learned."""
    return max(config.data.max_source_length, config.data.max_target_length)


def load_model(run: RunDirectory, *, device: torch.device) -> SavedModel:
    """Load the weights that translate best.

    These are the averaged ones if they validated at least as well as the best checkpoint, else
    the best, else the newest. Damaged checkpoints are passed over and named in `warnings`.

    Raises:
        UserError: no run, or no checkpoint that is intact.
    """
    config = run.load_config()
    tokenizers = TokenizerPair.load(run.path)
    warnings: list[str] = []
    for checkpoint, description in _candidates(run, config):
        damage = checkpoint.damage()
        if damage:
            warnings.append(f"{checkpoint.path}: passed over, {damage}.")
            continue
        model = build_model(config, tokenizers)
        try:
            load_weights(model, checkpoint.weights())
        except ValueError as error:
            raise UserError(f"{checkpoint.path}: does not fit {run.config} ({error}).") from None
        model.to(device).eval()
        return SavedModel(model, tokenizers, config, description, tuple(warnings))
    problem = "\n".join(warnings[:3]) if warnings else f"{run.path}: has no checkpoint yet."
    raise UserError(f"{problem}\nGo on training it with tmt train --run {run.path}.", exit_code=1)


def _candidates(run: RunDirectory, config: Config) -> Iterator[tuple[Checkpoint, str]]:
    """Yield checkpoints with a description, the one to be used first."""
    store = CheckpointStore(run.path)
    best, averaged = store.read_pointer("best"), store.read_pointer("averaged")
    key, sign = ("bleu", 1.0) if config.training.select_by == "bleu" else ("loss", -1.0)
    if averaged and (not best or sign * averaged[key] >= sign * best[key]):
        name = f"the average of {len(averaged['of'])} checkpoints up to step {averaged['step']}"
        yield store.pointed(averaged), _with_scores(name, averaged)
    if best:
        name = f"the best checkpoint, step {best['step']}"
        yield store.pointed(best), _with_scores(name, best)
    for checkpoint in reversed(store.all()):
        yield checkpoint, f"the newest intact checkpoint, step {checkpoint.step}"


def _with_scores(name: str, pointer: dict[str, float]) -> str:
    return f"{name} (validation BLEU {pointer['bleu']:.2f}, loss {pointer['loss']:.3f})"


def describe_weights(run: RunDirectory, config: Config) -> str:
    """Return in words which weights `load_model` would use."""
    for checkpoint, description in _candidates(run, config):
        if checkpoint.damage() is None:
            return description
    return "none: no checkpoint is intact"
