"""`tmt check`: what is wrong with a corpus, before anything is trained on it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from transformer_mt.checking.chunk import Chunk
from transformer_mt.checking.cleaning import REMOVED, Cleaner, cleaned_folder
from transformer_mt.checking.inspection import Inspection
from transformer_mt.checking.reading import CorpusReader
from transformer_mt.checking.repeats import HeldOutTexts, RepeatCheck
from transformer_mt.checking.report import FORMAT_VERSION, as_json, as_text
from transformer_mt.checking.tokens import TokenCheck
from transformer_mt.config import Config
from transformer_mt.config_file import build_config, read_tree
from transformer_mt.data.corpus import Corpus, ParallelFiles
from transformer_mt.data.filtering import PairFilter
from transformer_mt.data.held_out import Split
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.device import choose_device, choose_precision
from transformer_mt.errors import UserError
from transformer_mt.pipelines.corpora import HELD_OUT_SPLITS, corpora_of, filters_of
from transformer_mt.pipelines.estimate import Estimate, estimate_training
from transformer_mt.pipelines.loading import say
from transformer_mt.pipelines.mix import mixture_of, tokens_of_epoch
from transformer_mt.pipelines.size_defaults import choose_settings, put_into
from transformer_mt.pipelines.tokenizers import has_tokenizers, prepare_tokenizers
from transformer_mt.run_directory import RUNS, RunDirectory
from transformer_mt.temporary_folder import temporary_folder
from transformer_mt.training.progress import counting_bar

_SAMPLE_PAIRS = 10_000


@dataclass(frozen=True)
class CheckOptions:
    """What the command line says; see `tmt check --help`."""

    config: Path | None = None
    source: Path | None = None
    target: Path | None = None
    pairs: Path | None = None
    write_clean: Path | None = None
    as_json: bool = False
    device: str = "auto"
    precision: str = "auto"
    threads: int | None = None
    quiet: bool = False


@dataclass(frozen=True)
class Tokenizing:
    """The tokenizers to count with, None where none can be had, and in words which they are."""

    tokenizers: TokenizerPair | None
    note: str


def check(options: CheckOptions) -> tuple[str, bool]:
    """Return the report, and whether there are exact faults.

    Raises:
        UserError: the options do not fit together, or a file cannot be read at all.
    """
    if options.threads:
        torch.set_num_threads(options.threads)
    config, corpora = _what_to_check(options)
    sample = _Sample()
    with ExitStack() as stack:
        folder = options.write_clean
        cleaner = stack.enter_context(cleaned_folder(folder)) if folder else None
        progress = stack.enter_context(counting_bar("checking", "pairs", quiet=options.quiet))
        inspections = _read_text(corpora, cleaner, sample, progress)
    if options.config is None:
        config = _settings_by_size(config, inspections[0])
    with temporary_folder("tmt-check-") as folder:
        tokenizing = _find_tokenizers(options, config, sample, folder)
    with counting_bar("tokenising", "pairs", quiet=options.quiet) as progress:
        _read_tokens(inspections, config, tokenizing.tokenizers, progress)
    estimate = _estimate(options, config, tokenizing.tokenizers, inspections)
    faulty = any(inspection.faulty for inspection in inspections)
    if options.as_json:
        report = _json_report(inspections, tokenizing, estimate, faulty=faulty)
        return json.dumps(report, indent=1, ensure_ascii=False), faulty
    return _text_report(options, inspections, tokenizing, estimate, faulty=faulty), faulty


def _what_to_check(options: CheckOptions) -> tuple[Config, dict[str, tuple[Corpus, ...]]]:
    """Return the settings, and the corpora by split; "" is the split of files alone."""
    files = (options.source, options.target, options.pairs)
    if options.config is not None:
        if any(files):
            raise UserError("--config names the files itself: leave --source and the like out.")
        config = build_config(read_tree(options.config), place=str(options.config))
        splits: tuple[Split, ...] = ("train", *HELD_OUT_SPLITS)
        return config, {
            split: corpora_of(config.data, split) for split in splits if getattr(config.data, split)
        }
    if options.source and options.target and not options.pairs:
        return Config(), {"": (ParallelFiles(options.source, options.target),)}
    if options.pairs and not (options.source or options.target):
        entry = {"pairs": str(options.pairs)}
        config = build_config({"data": {"train": [entry]}}, place="--pairs")
        return config, {"": corpora_of(config.data, "train")}
    raise UserError(
        "Name what to check: --config FILE, or --source FILE and --target FILE, or --pairs FILE."
    )


def _settings_by_size(config: Config, files: Inspection) -> Config:
    """Return the settings that `tmt train` would choose for these files."""
    characters = set[str]().union(*(count.distinct for count in files.characters.values()))
    pairs = files.num_pairs - files.faults["empty"].count
    tree = config.model_dump(mode="json")
    put_into(tree, choose_settings(pairs, num_characters=len(characters)))
    return build_config(tree, place="chosen by the number of pairs")


class _Sample:
    """Some pairs of the training data, evenly spread over it, for training a tokenizer."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []
        self._step = 1
        self._seen = 0

    def add(self, chunk: Chunk) -> None:
        """Take every n-th pair; n doubles as the sample grows too large."""
        for row, pair in enumerate(zip(chunk.source.texts, chunk.target.texts, strict=True)):
            if row in chunk.unpaired or row in chunk.undecoded:
                continue
            if self._seen % self._step == 0:
                self.pairs.append(pair)
            self._seen += 1
            if len(self.pairs) >= 2 * _SAMPLE_PAIRS:
                del self.pairs[1::2]
                self._step *= 2

    def write(self, folder: Path) -> ParallelFiles:
        """Write it as two files."""
        files = ParallelFiles(folder / "sample.source", folder / "sample.target")
        for side, path in enumerate((files.source, files.target)):
            path.write_text(
                "".join(f"{pair[side]}\n" for pair in self.pairs), "utf-8", newline="\n"
            )
        return files


def _read_text(
    corpora: dict[str, tuple[Corpus, ...]],
    cleaner: Cleaner | None,
    sample: _Sample,
    progress: Callable[[int], None],
) -> list[Inspection]:
    """Find faults and suspects; validation and test data first, for their text in training."""
    done = 0

    def count(pairs: int) -> None:
        nonlocal done
        done += pairs
        progress(done)

    held_out: dict[str, HeldOutTexts] = {
        split: HeldOutTexts() for split in HELD_OUT_SPLITS if split in corpora
    }
    inspections: dict[str, list[Inspection]] = {}
    for split in sorted(corpora, key=lambda split: split not in held_out):
        repeats = RepeatCheck({} if split in held_out else dict(held_out))
        inspections[split] = [Inspection(CorpusReader(corpus), split) for corpus in corpora[split]]
        for inspection in inspections[split]:
            inspection.read_text(
                repeats=repeats,
                collect=held_out.get(split),
                cleaner=cleaner,
                sample=None if split in held_out else sample.add,
                progress=count,
            )
    return [inspection for split in corpora for inspection in inspections[split]]


def _find_tokenizers(
    options: CheckOptions, config: Config, sample: _Sample, folder: Path
) -> Tokenizing:
    """Return the tokenizers of the config's run, else such as its settings give on a sample."""
    if options.config is not None:
        run = RunDirectory(RUNS / options.config.stem)
        if has_tokenizers(run, config) and run.load_config().tokenizer == config.tokenizer:
            return Tokenizing(TokenizerPair.load(run.path), f"the tokenizer of {run.path}")
    try:
        tokenizers = prepare_tokenizers(
            RunDirectory(folder),
            config,
            (sample.write(folder),),
            announce=lambda line: say(line, quiet=options.quiet),
        )
    except UserError as error:
        return Tokenizing(None, f"not counted: {error}")
    return Tokenizing(tokenizers, f"a tokenizer trained on {len(sample.pairs):,} of the pairs")


def _read_tokens(
    inspections: Sequence[Inspection],
    config: Config,
    tokenizers: TokenizerPair | None,
    progress: Callable[[int], None],
) -> None:
    pair_filter = PairFilter(filters_of(config))
    done = 0

    def count(pairs: int) -> None:
        nonlocal done
        done += pairs
        progress(done)

    for inspection in inspections:
        tokens = None
        if tokenizers is not None:
            drops = inspection.split not in HELD_OUT_SPLITS
            tokens = TokenCheck(
                tokenizers,
                pair_filter=pair_filter if drops else None,
                num_threads=torch.get_num_threads(),
            )
        inspection.read_tokens(tokens, progress=count)


def _estimate(
    options: CheckOptions,
    config: Config,
    tokenizers: TokenizerPair | None,
    inspections: Sequence[Inspection],
) -> Estimate | None:
    counts = [each.tokens for each in inspections if each.tokens and each.dropped is not None]
    pairs = sum(tokens.kept_pairs for tokens in counts)
    if tokenizers is None or pairs == 0:
        return None
    device = choose_device(options.device)
    chosen = config.training.precision if options.precision == "auto" else options.precision
    mixture = mixture_of(config.data, [tokens.kept_pairs for tokens in counts])
    source_tokens = tokens_of_epoch(mixture, [tokens.kept_source_tokens for tokens in counts])
    target_tokens = tokens_of_epoch(mixture, [tokens.kept_target_tokens for tokens in counts])
    return estimate_training(
        config,
        tokenizers,
        pairs=pairs,
        source_tokens=round(source_tokens),
        target_tokens=round(target_tokens),
        device=device,
        precision=choose_precision(chosen, device),
    )


def _text_report(
    options: CheckOptions,
    inspections: Sequence[Inspection],
    tokenizing: Tokenizing,
    estimate: Estimate | None,
    *,
    faulty: bool,
) -> str:
    width = shutil.get_terminal_size((100, 24)).columns
    parts = [as_text(inspection, width=width) for inspection in inspections]
    parts.append(f"Tokens: {tokenizing.note}")
    if estimate is not None:
        if options.config is None:
            parts.append("Settings: those that tmt train chooses for this number of pairs")
        parts.append(estimate.describe())
    if options.write_clean is not None:
        removed = options.write_clean / REMOVED
        parts.append(f"Cleaned files are in {options.write_clean}, what they lack in {removed}.")
    suspects = any(report.count for each in inspections for report in each.suspects.values())
    ending = "There are faults." if faulty else "No faults."
    parts.append(ending + (" Suspects are guesses: read them." if suspects else ""))
    return "\n".join(parts)


def _json_report(
    inspections: Sequence[Inspection],
    tokenizing: Tokenizing,
    estimate: Estimate | None,
    *,
    faulty: bool,
) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "faulty": faulty,
        "corpora": [as_json(inspection) for inspection in inspections],
        "tokenizer": tokenizing.note,
        "estimate": None if estimate is None else asdict(estimate),
    }
