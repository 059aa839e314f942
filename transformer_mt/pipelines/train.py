"""`tmt train`: from parallel text to a model, the whole path from top to bottom."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import torch

from transformer_mt.checkpoint import CheckpointStore
from transformer_mt.chosen_weights import describe_weights
from transformer_mt.config import Config
from transformer_mt.config_file import DEPENDS_ON_MAX_STEPS
from transformer_mt.data.dataset import TokenizedDataset, TokenizingOptions, build_dataset
from transformer_mt.data.hub_errors import show_downloads
from transformer_mt.data.sampler import BatchSampler
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.device import (
    choose_device,
    keep_few_kernels,
    keep_freed_memory,
    out_of_memory,
    usable_cpus,
)
from transformer_mt.errors import Interrupted, UserError
from transformer_mt.interruption import StopRequest
from transformer_mt.pipelines.corpora import Corpora, filters_of, prepare_corpora
from transformer_mt.pipelines.mix import describe_drawn, mixture_of
from transformer_mt.pipelines.plan import describe_plan
from transformer_mt.pipelines.quick_start import CorpusOptions, given_corpus
from transformer_mt.pipelines.run_setup import (
    begin,
    is_stale,
    machine_change,
    record_settings,
    resolve_settings,
    with_data_hashes,
    write_run_json,
)
from transformer_mt.pipelines.tokenizers import prepare_tokenizers
from transformer_mt.pipelines.validation import Validator
from transformer_mt.run_directory import RunDirectory, remember_last_run
from transformer_mt.saved_model import build_model
from transformer_mt.training.milestones import Milestones, Validate
from transformer_mt.training.optimizer import build_optimizer
from transformer_mt.training.progress import Reporter, counting_bar
from transformer_mt.training.trainer import Trainer

_OUT_OF_MEMORY = (
    "Begin anew (--overwrite) with training.max_tokens_per_batch below {0.max_tokens_per_batch}; "
    "what was saved is intact."
)


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
    """Train a run, or go on with one.

    Raises:
        UserError: settings or data cannot be used, or training failed.
        Interrupted: a signal came; what was reached is saved.
    """
    keep_few_kernels()
    keep_freed_memory()
    show_downloads.set(not options.quiet)
    if options.threads:
        torch.set_num_threads(options.threads)
    device = choose_device(options.device)
    settings = resolve_settings(
        config_path=options.config,
        corpus=given_corpus(options.corpus, config=options.config),
        run_path=options.run,
        overrides=options.overrides,
        precision=options.precision,
        device=device,
        overwrite=options.overwrite or options.dry_run,
    )
    # before anything is made, lest it be left behind
    config = with_data_hashes(settings.run, settings.config)
    name = f"{settings.run.path}{' (a dry run)' if options.dry_run else ''}"
    folder = _folder(settings.run, dry_run=options.dry_run)
    with folder as run, _taken_back_if_unfit(run):
        begin(run, overwrite=False)
        with run.lock():
            if options.overwrite or is_stale(run, config):
                begin(run, overwrite=True)
            record_settings(run, config)
            with closing(Reporter(run, quiet=options.quiet)) as reporter:
                if settings.chosen:
                    reporter.line(settings.chosen)
                try:
                    _train(run, config, options, name=name, device=device, reporter=reporter)
                except (UserError, Interrupted) as ending:
                    reporter.log(str(ending) or "Stopped.")
                    raise


@contextmanager
def _folder(run: RunDirectory, *, dry_run: bool) -> Iterator[RunDirectory]:
    """Give a dry run a folder that leaves nothing behind."""
    if not dry_run:
        yield run
        return
    with tempfile.TemporaryDirectory(prefix="tmt-dry-run-") as folder:
        yield RunDirectory(Path(folder))


@contextmanager
def _taken_back_if_unfit(run: RunDirectory) -> Iterator[None]:
    """Leave no folder behind that was made for data or settings that cannot be used."""
    new = [folder for folder in (run.path, run.path.parent) if not folder.exists()]
    try:
        yield
    except (UserError, OSError) as error:
        failed_in_work = isinstance(error, UserError) and error.exit_code != 2
        if run.path in new and not failed_in_work and not run.has_begun():
            shutil.rmtree(run.path, ignore_errors=True)
            with suppress(OSError):  # others may have put something there
                new[-1].rmdir()
        raise


def _train(
    run: RunDirectory,
    config: Config,
    options: TrainOptions,
    *,
    name: str,
    device: torch.device,
    reporter: Reporter,
) -> None:
    """Text -> tokenizers -> token ids -> batches -> model -> training."""
    corpora = prepare_corpora(run, config)
    tokenizers = prepare_tokenizers(run, config, corpora.train, announce=reporter.line)
    dataset = _tokenize(run, config, corpora, tokenizers, options, announce=reporter.line)
    with StopRequest() as stop, out_of_memory(_OUT_OF_MEMORY.format(config.training)):
        validator = Validator(corpora.validation, tokenizers=tokenizers, config=config, stop=stop)
        trainer = _build_trainer(
            run,
            config,
            dataset,
            tokenizers,
            validate=validator,
            device=device,
            reporter=reporter,
            stop=stop,
        )
        for skipped in trainer.milestones.restore():
            reporter.line(f"warning: {skipped}")
        plan = describe_plan(
            name, config, corpora, dataset.report, validator=validator, trainer=trainer
        )
        reporter.line(plan)
        if options.dry_run:
            return
        if problem := remember_last_run(run.path):
            reporter.line(f"warning: {problem}")
        if trainer.milestones.complete():
            reporter.line(_already_finished(run, config, trainer))
        else:
            if problem := machine_change(run, device):
                reporter.line(f"warning: {problem}")
            write_run_json(run, device)
            _run_to_the_end(trainer, run, options)
    reporter.line(_ending(run, config, trainer))


def _already_finished(run: RunDirectory, config: Config, trainer: Trainer) -> str:
    key, schedule = trainer.milestones.ended_by(), config.training.schedule
    remedy = f"Go on with --set {key}=N, or begin"
    if key == "training.max_steps" and schedule in DEPENDS_ON_MAX_STEPS:
        remedy = f"Its {schedule} schedule ends there; begin"
    return (
        f"{run.path}: this run is finished, at step {trainer.state.step}.\n"
        f"{remedy} anew with --overwrite."
    )


def _tokenize(
    run: RunDirectory,
    config: Config,
    corpora: Corpora,
    tokenizers: TokenizerPair,
    options: TrainOptions,
    *,
    announce: Callable[[str], None],
) -> TokenizedDataset:
    num_workers = options.threads or usable_cpus()
    with counting_bar("tokenising", "pairs", quiet=options.quiet) as progress:
        return build_dataset(
            corpora.train,
            tokenizers,
            filters=filters_of(config),
            keep_text=config.tokenizer.sampling > 0,
            cache_dir=run.cache,
            known_hashes=config.data_sha256,
            options=TokenizingOptions(
                num_workers=num_workers, progress=progress, announce=announce
            ),
        )


def _build_trainer(
    run: RunDirectory,
    config: Config,
    dataset: TokenizedDataset,
    tokenizers: TokenizerPair,
    *,
    validate: Validate,
    device: torch.device,
    reporter: Reporter,
    stop: StopRequest,
) -> Trainer:
    training = config.training
    if device.type == "cuda" and training.deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
    model = build_model(config, tokenizers).to(device)
    optimizer = build_optimizer(model, training)
    milestones = Milestones(
        model=model,
        optimizer=optimizer,
        settings=training,
        store=CheckpointStore(run.path),
        validate=validate,
        reporter=reporter,
        stop=stop,
    )
    mixture = mixture_of(config.data, [kept.pairs for kept in dataset.report.kept_by_corpus])
    sampler = BatchSampler(
        dataset,
        tokenizers,
        seed=training.seed,
        max_tokens_per_batch=training.max_tokens_per_batch,
        tokens_per_update=training.tokens_per_update,
        sampling=config.tokenizer.sampling,
        mixture=mixture,
    )
    return Trainer(
        model=model,
        optimizer=optimizer,
        sampler=sampler,
        settings=training,
        milestones=milestones,
        reporter=reporter,
        mixture=mixture,
    )


def _run_to_the_end(trainer: Trainer, run: RunDirectory, options: TrainOptions) -> None:
    try:
        trainer.run()
    except Interrupted as interrupted:
        step, saved = trainer.state.step, trainer.milestones.saved_step
        kept = "everything is saved" if saved == step else f"saved is step {saved}"
        raise Interrupted(
            interrupted.signal,
            f"Stopped at step {step}; {kept}. Go on with:\n  {_command('train', run)}"
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
