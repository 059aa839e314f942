"""What training is about to do, in words, before it does it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from transformer_mt.config import Config
from transformer_mt.data.filtering import CorpusReport
from transformer_mt.data.mixing import Mixture
from transformer_mt.device import describe
from transformer_mt.pipelines.batch_budget import describe_batch_budget
from transformer_mt.pipelines.compiled import describe_compile
from transformer_mt.pipelines.corpora import Corpora, describe_reading
from transformer_mt.pipelines.hub_entries import hub_commits
from transformer_mt.pipelines.memory import describe_memory, training_memory_bytes
from transformer_mt.pipelines.mix import describe_mixture, tokens_of_epoch
from transformer_mt.pipelines.validation import Validator
from transformer_mt.training.trainer import Trainer

_BYTES_PER_PARAMETER = 4
_ADAM_STATES = 2


def describe_plan(
    name: str,
    config: Config,
    corpora: Corpora,
    report: CorpusReport,
    *,
    validator: Validator,
    trainer: Trainer,
) -> str:
    """Return data, model, device, precision, update size, memory, disk and time, a line each."""
    training, state = config.training, trainer.state
    tokens_per_epoch = target_tokens_of_epoch(report, trainer.mixture)
    num_updates = planned_updates(config, tokens_per_epoch)
    epochs = num_updates * training.tokens_per_update / tokens_per_epoch
    parameters = sum(p.numel() for p in trainer.model.parameters())
    memory = training_memory_bytes(config, parameters, device_type=trainer.device.type)
    languages = f"{config.data.source_language} -> {config.data.target_language}"
    lines = [
        f"Run        {name}" + (f", resumed at step {state.step}" if state.step else ""),
        *_block("Training", describe_reading(corpora.train, report.corpora)),
        *_block("Validation", validator.reading if config.data.validation else ()),
        f"Data       {languages}: {report.describe()}",
        *_block("Mix", describe_mixture(config, trainer.mixture)),
    ]
    lines += [f"           {dataset}" for dataset in hub_commits(config)]
    if corpora.note:
        lines.append(f"           {corpora.note}")
    if validator.num_without_loss:
        lines.append(
            f"           {validator.num_without_loss:,} validation pairs are left out of the loss: "
            "blank, or too long for this model"
        )
    embeddings = dict.fromkeys((trainer.model.source_embedding, trainer.model.target_embedding))
    vocabularies = [f"{embedding.num_embeddings:,}" for embedding in embeddings]
    lines += [
        f"Vocabulary {' and '.join(vocabularies)} tokens",
        f"Model      {parameters:,} parameters ({config.model.num_encoder_layers}+"
        f"{config.model.num_decoder_layers} layers, d_model {config.model.d_model})",
        f"Device     {describe(trainer.device)}, {training.precision}",
        *_block("Compiled", describe_compile(trainer)),
        *_describe_ranks(config, trainer),
        f"Updates    {num_updates:,} of about {training.tokens_per_update:,} target tokens"
        f" (about {epochs:,.1f} epochs)",
        *_block("Batches", describe_batch_budget(config)),
        f"Memory     {describe_memory(memory, device_type=trainer.device.type)}",
        f"Disk       about {_disk(config, parameters) / 1e6:,.0f} MB for checkpoints",
    ]
    if not trainer.milestones.finished():
        seconds = trainer.seconds_per_update() * (num_updates - state.step)
        lines.append(f"Time       about {duration(seconds)}, validations not counted")
    return "\n".join(lines)


def _describe_ranks(config: Config, trainer: Trainer) -> list[str]:
    """Return a line about several processes, and what was changed for them when the run began."""
    training, size = config.training, trainer.ranks.size
    lines = [] if size == 1 else [f"{size}, which share the batches of each update"]
    if training.max_tokens_per_batch_asked is not None:
        lines.append(
            f"training.max_tokens_per_batch {training.max_tokens_per_batch:,}, lowered from "
            f"{training.max_tokens_per_batch_asked:,} when the run began: a batch for each process"
        )
    return _block("Processes", lines)


def target_tokens_of_epoch(report: CorpusReport, mixture: Mixture | None) -> float:
    """Return how many target tokens an epoch has, as the corpora are mixed."""
    return tokens_of_epoch(mixture, [kept.target_tokens for kept in report.kept_by_corpus])


def planned_updates(config: Config, tokens_per_epoch: float) -> int:
    """Return after how many updates steps or epochs end training."""
    training = config.training
    if training.max_epochs is None:
        return training.max_steps
    updates_per_epoch = tokens_per_epoch / training.tokens_per_update
    return min(training.max_steps, math.ceil(training.max_epochs * updates_per_epoch))


def _block(name: str, lines: Sequence[str]) -> list[str]:
    """Return lines of one kind, the name before the first."""
    return [f"{name if place == 0 else '':<10} {line}" for place, line in enumerate(lines)]


def _disk(config: Config, parameters: int) -> int:
    """Return the bytes that the kept checkpoints take, one in the making included."""
    copies = config.training.keep_checkpoints + 3  # the best, the average, the one in the making
    optimizer_copies = 3
    return parameters * _BYTES_PER_PARAMETER * (copies + optimizer_copies * _ADAM_STATES)


def duration(seconds: float) -> str:
    """Return a time in words."""
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} minutes"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} hours"
    return f"{seconds / 86400:.1f} days"
