"""`training.max_tokens_per_batch: auto`: the largest batches that fit, found when a run begins."""

from __future__ import annotations

import math
from dataclasses import replace

import torch

from transformer_mt.available_memory import available_memory
from transformer_mt.config import Config
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.device import give_back_memory, use_deterministic_kernels
from transformer_mt.errors import UserError
from transformer_mt.pipelines.memory import bytes_per_token
from transformer_mt.pipelines.preparation import Prepared
from transformer_mt.pipelines.run_setup import record_settings, with_number_of_tokens
from transformer_mt.saved_model import build_model, max_positions
from transformer_mt.token_budget import KEY
from transformer_mt.training.budget_search import largest_budget
from transformer_mt.training.device_probe import DeviceProbe
from transformer_mt.training.resident_probe import ProbedModel, ProbeLimits, measure_growth

# Of the memory that is free on a CPU: what a long training holds grows by the pieces it leaves.
_SHARE = 0.5


def with_batch_budget(prepared: Prepared, *, device: torch.device, num_ranks: int) -> Prepared:
    """Return the run with a number in the place of `auto`, and write it into its settings.

    Raises:
        UserError: not even the longest sentence fits, or there is no telling.
    """
    config, tokenizers = prepared.config, prepared.tokenizers
    if config.training.max_tokens_per_batch != "auto":
        return prepared
    # A batch holds a sentence at least, and more than a rank's share of an update is of no use.
    smallest = max_positions(config)
    most = max(math.ceil(config.training.tokens_per_update / num_ranks), smallest)
    if device.type == "cuda":
        found, usable = _on_cuda(config, tokenizers, device, smallest=smallest, most=most)
    elif device.type == "cpu":
        usable = int(_SHARE * available_memory() / num_ranks)  # as if all were on this host
        found = _on_cpu(config, tokenizers, smallest=smallest, most=most, usable=usable)
    else:
        raise UserError(f"{KEY}: auto works on a CPU and on CUDA. Give a number for {device}.")
    checkpointing = config.training.activation_checkpointing
    gigabytes = f"{usable / 1e9:.1f} GB"
    if found is None:
        raise UserError(
            f"{KEY}: auto: of free memory {gigabytes} may be used, too little for this model and "
            f"batches of {smallest} tokens.\n"
            "Lower data.max_source_length and data.max_target_length, make the model smaller"
            + ("." if checkpointing else ",\nor use training.activation_checkpointing: true."),
            exit_code=1,
        )
    share = "all of an update" if num_ranks == 1 else "a process's share of an update"
    reason = share if found == most else f"the most that fits into {gigabytes}"
    config = with_number_of_tokens(config, found, reason=f"auto: {reason}")
    record_settings(prepared.run, config)
    return replace(prepared, config=config)


def describe_batch_budget(config: Config) -> list[str]:
    """Return the line of the plan on batches whose size was chosen."""
    reason = config.resolved_from.get(KEY)
    budget = config.training.max_tokens_per_batch
    return [f"up to {budget:,} padded tokens on each side ({reason})"] if reason else []


def _on_cuda(
    config: Config, tokenizers: TokenizerPair, device: torch.device, *, smallest: int, most: int
) -> tuple[int | None, int]:
    """Return the budget, None if there is none, and the bytes that it had to fit into."""
    if config.training.deterministic:
        use_deterministic_kernels()
    probe = DeviceProbe(
        build_model(config, tokenizers).to(device),
        config.training,
        max_source_length=config.data.max_source_length,
        max_target_length=config.data.max_target_length,
    )
    found, usable = largest_budget(probe.fits, smallest=smallest, most=most), probe.usable
    del probe
    give_back_memory(device)
    return found, usable


def _on_cpu(
    config: Config, tokenizers: TokenizerPair, *, smallest: int, most: int, usable: int
) -> int | None:
    """Return the budget that fits into so many bytes, None if there is none."""
    checkpointing = config.training.activation_checkpointing
    growth = measure_growth(
        ProbedModel(
            model=config.model,
            training=config.training,
            source_vocab_size=tokenizers.source.vocab_size,
            target_vocab_size=tokenizers.target.vocab_size,
            shared_vocabulary=tokenizers.shared,
            max_source_length=config.data.max_source_length,
            max_target_length=config.data.max_target_length,
            pad_id=tokenizers.target.pad_id,
        ),
        ProbeLimits(
            smallest=smallest,
            most=most,
            usable_bytes=usable,
            bytes_per_token=bytes_per_token(config.model, recompute=checkpointing),
            threads=torch.get_num_threads(),
        ),
    )
    if not growth.measured:
        return None

    def fits(tokens: int) -> bool:
        return growth.foreseen(tokens) <= usable

    return largest_budget(fits, smallest=smallest, most=most)
