"""A run's model: built from its settings, with the weights that translate best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from transformer_mt.chosen_weights import candidates
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
    model = Transformer(
        config.model,
        source_vocab_size=tokenizers.source.vocab_size,
        target_vocab_size=tokenizers.target.vocab_size,
        shared_vocabulary=tokenizers.shared,
        max_positions=max_positions(config),
        pad_id=tokenizers.target.pad_id,
    )
    model.checkpoint_activations(config.training.activation_checkpointing)
    return model


def max_positions(config: Config) -> int:
    """Return the longest sequence of training, for which positions are learned."""
    return max(config.data.max_source_length, config.data.max_target_length)


def load_weights(model: torch.nn.Module, weights: Mapping[str, torch.Tensor]) -> None:
    """Put saved parameters into a model that has exactly these.

    Raises:
        ValueError: a name is missing or unknown, or a shape differs.
    """
    parameters = dict(model.named_parameters())
    if parameters.keys() != weights.keys():
        raise ValueError(f"parameters differ: {sorted(parameters.keys() ^ weights.keys())[:4]}")
    with torch.no_grad():
        for name, parameter in parameters.items():
            if parameter.shape != weights[name].shape:
                raise ValueError(f"{name}: {weights[name].shape} is not {parameter.shape}")
            parameter.copy_(weights[name])


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
    for checkpoint, description in candidates(run, config):
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
