"""`tmt train`: from parallel text to a model, the whole path from top to bottom."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from transformer_mt.checkpoint import CheckpointStore
from transformer_mt.chosen_weights import describe_weights
from transformer_mt.config import Config
from transformer_mt.config_file import DEPENDS_ON_MAX_STEPS
from transformer_mt.data.hub_errors import show_downloads
from transformer_mt.data.sampler import BatchSampler
from transformer_mt.device import (
    keep_few_kernels,
    keep_freed_memory,
    out_of_memory,
    use_deterministic_kernels,
)
from transformer_mt.errors import Interrupted, UserError
from transformer_mt.interruption import StopRequest
from transformer_mt.pipelines.batch_budget import with_batch_budget
from transformer_mt.pipelines.mix import describe_drawn, mixture_of
from transformer_mt.pipelines.plan import describe_plan
from transformer_mt.pipelines.preparation import Prepared, open_prepared, prepare, tell_of
from transformer_mt.pipelines.quick_start import CorpusOptions, given_corpus
from transformer_mt.pipelines.run_folder import folder_of, taken_back_if_unfit
from transformer_mt.pipelines.run_setup import (
    begin,
    is_stale,
    machine_change,
    record_settings,
    resolve_settings,
    with_data_hashes,
    write_run_json,
)
from transformer_mt.pipelines.validation import Validator
from transformer_mt.run_directory import RunDirectory, remember_last_run
from transformer_mt.saved_model import build_model
from transformer_mt.token_budget import as_number
from transformer_mt.training.compiling import CompiledHidden
from transformer_mt.training.milestones import Milestones, Validate
from transformer_mt.training.optimizer import build_optimizer
from transformer_mt.training.progress import Reporter, silent_reporter
from transformer_mt.training.ranks import ALONE, Launch, Ranks, together
from transformer_mt.training.trainer import Trainer

_OUT_OF_MEMORY = (
    "Begin anew (--overwrite) with a smaller model, or, if it was validating, go on with a smaller "
    "decoding.batch_size than {0.batch_size}.\nWhat was saved is intact."
)

_SECONDS_FOR_AN_OLD_RANK_TO_END = 60.0


@dataclass(frozen=True)
class TrainOptions:
    """What the command line says; see `tmt train --help`."""

    config: Path | None = None
    corpus: CorpusOptions = field(default_factory=CorpusOptions)
    run: Path | None = None
    overrides: Sequence[str] = ()
    overwrite: bool = False
    dry_run: bool = False
    device: str = "auto"
    precision: str | None = None
    threads: int | None = None
    quiet: bool = False


def train(options: TrainOptions) -> None:
    """Train a run, or go on with one; under `torchrun` together with the other processes.

    Raises:
        UserError: settings or data cannot be used, or training failed.
        Interrupted: a signal came; what was reached is saved.
    """
    launch = Launch.of(os.environ)
    if launch.restarts:  # what was overwritten the first time is what is gone on with
        options = replace(options, overwrite=False)
    show_downloads.set(launch.rank == 0 and not options.quiet)
    prepare_machine(threads=options.threads)
    device = launch.own_device(options.device)
    with together(launch, device) as ranks:
        if ranks.leads:
            wait = _SECONDS_FOR_AN_OLD_RANK_TO_END if launch.restarts else 0.0
            _lead(options, device=device, ranks=ranks, wait_for_lock=wait)
        else:
            prepared = open_prepared(ranks)
            with closing(silent_reporter()) as reporter:
                _train(prepared, options, name="", device=device, reporter=reporter, ranks=ranks)


def _lead(
    options: TrainOptions, *, device: torch.device, ranks: Ranks, wait_for_lock: float
) -> None:
    """Train as rank 0, to which the run's folder belongs."""
    settings = resolve_settings(
        config_path=options.config,
        corpus=given_corpus(options.corpus, config=options.config),
        run_path=options.run,
        overrides=options.overrides,
        precision=options.precision,
        device=device,
        overwrite=options.overwrite or options.dry_run,
        num_ranks=ranks.size,
    )
    # before anything is made, lest it be left behind
    config = with_data_hashes(settings.run, settings.config)
    name = f"{settings.run.path}{' (a dry run)' if options.dry_run else ''}"
    folder = folder_of(settings.run, dry_run=options.dry_run)
    with folder as run, taken_back_if_unfit(run):
        begin(run, overwrite=False)
        with run.lock(wait_seconds=wait_for_lock):
            if options.overwrite or is_stale(run, config):
                begin(run, overwrite=True)
            record_settings(run, config)
            with closing(Reporter(run, quiet=options.quiet)) as reporter:
                if settings.chosen:
                    reporter.line(settings.chosen)
                try:
                    prepared = prepare(
                        run,
                        config,
                        threads=options.threads,
                        quiet=options.quiet,
                        announce=reporter.line,
                    )
                    with out_of_memory(_OUT_OF_MEMORY.format(config.decoding)):
                        prepared = with_batch_budget(prepared, device=device, num_ranks=ranks.size)
                    tell_of(prepared, ranks)
                    _train(
                        prepared, options, name=name, device=device, reporter=reporter, ranks=ranks
                    )
                except (UserError, Interrupted) as ending:
                    reporter.log(str(ending) or "Stopped.")
                    raise


def prepare_machine(*, threads: int | None) -> None:
    """Set up memory and threads as training wants them."""
    keep_few_kernels()
    keep_freed_memory()
    # Also the number that it is already: by that MKL no longer chooses fewer as it likes.
    torch.set_num_threads(threads or torch.get_num_threads())


def _train(
    prepared: Prepared,
    options: TrainOptions,
    *,
    name: str,
    device: torch.device,
    reporter: Reporter,
    ranks: Ranks,
) -> None:
    """Token ids -> batches -> model -> training."""
    run, config = prepared.run, prepared.config
    with StopRequest() as stop, out_of_memory(_OUT_OF_MEMORY.format(config.decoding)):
        validator = Validator(
            prepared.corpora.validation,
            tokenizers=prepared.tokenizers,
            config=config,
            stop=stop,
            ranks=ranks,
        )
        trainer = build_trainer(
            prepared,
            validate=validator,
            device=device,
            reporter=reporter,
            stop=stop,
            ranks=ranks,
        )
        for skipped in trainer.milestones.restore():
            reporter.line(f"warning: {skipped}")
        if ranks.leads:
            plan = describe_plan(
                name,
                config,
                prepared.corpora,
                prepared.dataset.report,
                validator=validator,
                trainer=trainer,
            )
            reporter.line(plan)
        if options.dry_run:
            return
        if ranks.leads and (problem := remember_last_run(run.path)):
            reporter.line(f"warning: {problem}")
        if ranks.tell(ranks.leads and trainer.milestones.complete()):
            reporter.line(_already_finished(run, config, trainer))
        else:
            if ranks.leads:
                if problem := machine_change(run, device, num_ranks=ranks.size):
                    reporter.line(f"warning: {problem}")
                write_run_json(run, device, num_ranks=ranks.size)
            _run_to_the_end(trainer, run, options)
    if ranks.leads:
        reporter.line(_ending(run, config, trainer))


def _already_finished(run: RunDirectory, config: Config, trainer: Trainer) -> str:
    key, training = trainer.milestones.ended_by(), config.training
    schedule = training.schedule
    falls = schedule in DEPENDS_ON_MAX_STEPS or training.decay_start() < training.max_steps
    remedy = f"Go on with --set {key}=N, or begin"
    if key == "training.max_steps" and falls:
        remedy = f"Its {schedule} schedule ends there; begin"
    return (
        f"{run.path}: this run is finished, at step {trainer.state.step}.\n"
        f"{remedy} anew with --overwrite."
    )


def build_trainer(
    prepared: Prepared,
    *,
    validate: Validate,
    device: torch.device,
    reporter: Reporter,
    stop: StopRequest,
    ranks: Ranks = ALONE,
) -> Trainer:
    """Return what trains the model of these settings from its start weights."""
    config, training = prepared.config, prepared.config.training
    if device.type == "cuda" and training.deterministic:
        use_deterministic_kernels()
    model = build_model(config, prepared.tokenizers).to(device)
    optimizer = build_optimizer(model, training)
    milestones = Milestones(
        model=model,
        optimizer=optimizer,
        settings=training,
        store=CheckpointStore(prepared.run.path),
        validate=validate,
        reporter=reporter,
        stop=stop,
        ranks=ranks,
    )
    kept = [kept.pairs for kept in prepared.dataset.report.kept_by_corpus]
    mixture = mixture_of(config.data, kept)
    sampler = BatchSampler(
        prepared.dataset,
        prepared.tokenizers,
        seed=training.seed,
        max_tokens_per_batch=as_number(training.max_tokens_per_batch),
        tokens_per_update=training.tokens_per_update,
        sampling=config.tokenizer.sampling,
        mixture=mixture,
        static_shapes=training.compile is True,
    )
    return Trainer(
        model=model,
        optimizer=optimizer,
        sampler=sampler,
        settings=training,
        milestones=milestones,
        reporter=reporter,
        ranks=ranks,
        mixture=mixture,
        compiled=CompiledHidden(model) if training.compile is True else None,
    )


def _run_to_the_end(trainer: Trainer, run: RunDirectory, options: TrainOptions) -> None:
    try:
        trainer.run()
    except Interrupted as interrupted:
        step, saved = trainer.state.step, trainer.milestones.saved_step
        kept = "everything is saved" if saved == step else f"saved is step {saved}"
        command = _command("train", run)
        if trainer.ranks.size > 1:
            command = f"torchrun --nproc-per-node {trainer.ranks.size} -m -- transformer_mt" + (
                command.removeprefix("tmt")
            )
        raise Interrupted(
            interrupted.signal,
            f"Stopped at step {step}; {kept}. Go on with:\n  {command}"
            + (f" --threads {options.threads}" if options.threads else "")
            + (f" --device {options.device}" if options.device != "auto" else ""),
        ) from None


def _ending(run: RunDirectory, config: Config, trainer: Trainer) -> str:
    """Return the best score, the weights that will be used, and the next two commands."""
    state, lines = trainer.state, []
    best = state.best_step(config.training.select_by)
    if best is not None:
        figures = state.validations[best]
        lines.append(
            f"Best validation: BLEU {figures['bleu']:.2f}, loss {figures['loss']:.3f} "
            f"at step {best} of {state.step}."
        )
    lines += describe_drawn(config, state.drawn)
    lines += [
        f"Translations will use {describe_weights(run, config)}.",
        "Next:",
        f'  {_command("translate", run)} "some text"',
        f"  {_command('evaluate', run)} --bleu",
    ]
    return "\n".join(lines)


def _command(name: str, run: RunDirectory) -> str:
    return f"tmt {name} --run {shlex.quote(str(run.path))}"
