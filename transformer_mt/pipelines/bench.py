"""`tmt bench`: trains for some updates as `tmt train` does, measures that, and keeps nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import torch

from transformer_mt.config import Config
from transformer_mt.config_file import differences, read_tree
from transformer_mt.data.dataset_cache import DatasetCache
from transformer_mt.data.hub_errors import show_downloads
from transformer_mt.device import choose_device, choose_precision, describe, out_of_memory
from transformer_mt.errors import UserError
from transformer_mt.interruption import StopRequest
from transformer_mt.pipelines.batch_budget import with_batch_budget
from transformer_mt.pipelines.bench_report import BenchReport
from transformer_mt.pipelines.compiled import choose_compile
from transformer_mt.pipelines.layout import terminal_width
from transformer_mt.pipelines.plan import planned_updates, target_tokens_of_epoch
from transformer_mt.pipelines.preparation import prepare
from transformer_mt.pipelines.run_setup import (
    build_settings,
    resolve_settings,
    with_data_hashes,
)
from transformer_mt.pipelines.train import build_trainer, prepare_machine
from transformer_mt.pipelines.validation import Validator
from transformer_mt.run_directory import RunDirectory, find_run, names_in
from transformer_mt.temporary_folder import temporary_folder
from transformer_mt.training.benchmark import run_benchmark
from transformer_mt.training.progress import Reporter

_OUT_OF_MEMORY = "Try --set training.max_tokens_per_batch=N with N below {0.max_tokens_per_batch}."


@dataclass(frozen=True)
class BenchOptions:
    """What the command line says; see `tmt bench --help`."""

    config: Path | None = None
    run: Path | None = None
    overrides: Sequence[str] = ()
    updates: int = 50
    warmup: int = 10
    as_json: bool = False
    device: str = "auto"
    precision: str | None = None
    threads: int | None = None
    quiet: bool = False


def bench(options: BenchOptions) -> str:
    """Measure training, and return the figures as text or JSON.

    Raises:
        UserError: settings or data cannot be used, or training failed.
    """
    if options.config is not None and options.run is not None:
        raise UserError("--config and --run: the settings of which? Give one of them.")
    prepare_machine(threads=options.threads)
    device = choose_device(options.device)
    show_downloads.set(not options.quiet)
    with temporary_folder("tmt-bench-") as folder:
        run = RunDirectory(folder)
        if options.run is None:
            config = _new_settings(run, options, device)
        else:
            config = _borrow(find_run(options.run), run, options, device)
        with closing(Reporter(run, quiet=options.quiet)) as reporter:
            report = _bench(run, config, options, device=device, reporter=reporter)
    if options.as_json:
        return json.dumps(report.as_record(), indent=1)
    return report.as_text(width=terminal_width())


def _new_settings(run: RunDirectory, options: BenchOptions, device: torch.device) -> Config:
    """Return the settings that a new run would have."""
    return resolve_settings(
        config_path=options.config,
        corpus=None,
        run_path=run.path,
        overrides=options.overrides,
        precision=options.precision,
        device=device,
        overwrite=False,
    ).config


def _borrow(
    lender: RunDirectory, run: RunDirectory, options: BenchOptions, device: torch.device
) -> Config:
    """Give a folder the tokenizers and the cache of a run, and return the run's settings.

    Raises:
        UserError: there is no such run, its data has changed, or the settings are wrong.
    """
    old = lender.load_config()
    overrides = [*options.overrides]
    if options.precision is not None:
        overrides.append(f"training.precision={options.precision}")
    config = build_settings(read_tree(lender.config), overrides, place=str(lender.config))
    precision = choose_precision(config.training.precision, device)
    config = config.with_training(precision=precision)
    config = choose_compile(config, device, num_ranks=1)
    for key, _, value in differences(old, config):
        if key.startswith(("data.", "tokenizer.")):
            raise UserError(
                f"--set {key}={value}: --run measures with the text and the vocabulary that the "
                "run has.\nUse --config FILE for others."
            )
    config = with_data_hashes(lender, config)
    for name in names_in(lender.path):
        if name.startswith("tokenizer.") and name.endswith(".model"):
            shutil.copy(lender.path / name, run.path)
    run.cache.mkdir()
    for name in names_in(lender.cache):
        if DatasetCache(lender.cache / name).load_report() is not None:  # whole and intact
            (run.cache / name).symlink_to((lender.cache / name).resolve())
    return config


def _bench(
    run: RunDirectory,
    config: Config,
    options: BenchOptions,
    *,
    device: torch.device,
    reporter: Reporter,
) -> BenchReport:
    """Text -> tokenizers -> token ids -> batches -> model -> training, measured."""
    prepared = prepare(
        run,
        config,
        threads=options.threads,
        quiet=options.quiet,
        announce=reporter.line,
    )
    stop = StopRequest()  # which nobody makes: a signal ends the work at once
    with out_of_memory(_OUT_OF_MEMORY.format(config.training)):
        prepared = with_batch_budget(prepared, device=device, num_ranks=1)
        config = prepared.config
        validator = Validator(
            prepared.corpora.validation,
            tokenizers=prepared.tokenizers,
            config=config,
            stop=stop,
        )
        trainer = build_trainer(
            prepared, validate=validator, device=device, reporter=reporter, stop=stop
        )
        reporter.line(f"Measuring {options.updates} updates, after {options.warmup} to warm up …")
        measured = run_benchmark(trainer, warmup=options.warmup, updates=options.updates)
    return BenchReport(
        measured,
        device=describe(device),
        device_type=device.type,
        precision=config.training.precision,
        parameters=sum(p.numel() for p in trainer.model.parameters()),
        planned_updates=planned_updates(
            config, target_tokens_of_epoch(prepared.dataset.report, trainer.mixture)
        ),
    )
