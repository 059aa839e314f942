"""Training without a config: from files and what their names tell to the settings of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from transformer_mt.config import Config
from transformer_mt.config_file import Tree, build_config
from transformer_mt.data.corpus import Corpus, read_pairs
from transformer_mt.data.languages import code_of, same_language
from transformer_mt.errors import UserError
from transformer_mt.file_formats import DELIMITED, NAMED_COLUMNS, format_of
from transformer_mt.pipelines.corpora import corpora_of
from transformer_mt.pipelines.file_name_languages import (
    is_well_formed,
    language_of_side,
    languages_of_pairs,
)
from transformer_mt.pipelines.size_defaults import FEW_PAIRS, Choice, choose_settings, put_into
from transformer_mt.run_directory import RunDirectory


@dataclass(frozen=True)
class CorpusOptions:
    """What the command line says about the text to learn from."""

    source: Path | None = None
    target: Path | None = None
    pairs: Path | None = None
    source_language: str | None = None
    target_language: str | None = None


@dataclass(frozen=True)
class GivenCorpus:
    """The text to learn from, and its languages with what told them."""

    entry: dict[str, str]
    """As in `data.train`, with absolute paths."""
    source_language: str
    target_language: str
    origin: str

    @property
    def run_name(self) -> str:
        """The name of a run on this corpus that was given none."""
        return f"{self.source_language}-{self.target_language}"

    def data_settings(self) -> dict[str, Any]:
        """Return the settings of `data` that the command line says."""
        return {
            "source_language": self.source_language,
            "target_language": self.target_language,
            "train": [self.entry],
        }


def given_corpus(options: CorpusOptions, *, config: Path | None) -> GivenCorpus | None:
    """Return the corpus that the command line names, None where it names none.

    Raises:
        UserError: the options do not go together, or the languages cannot be told.
    """
    files = [path for path in (options.source, options.target, options.pairs) if path]
    _check_options(options, files, config=config)
    if not files:
        return None
    keys = ["pairs"] if options.pairs else ["source", "target"]
    source_language, target_language, origin = _languages(options, files)
    return GivenCorpus(
        entry={
            key: str(path.expanduser().absolute()) for key, path in zip(keys, files, strict=True)
        },
        source_language=source_language,
        target_language=target_language,
        origin=origin,
    )


def _check_options(options: CorpusOptions, files: Sequence[Path], *, config: Path | None) -> None:
    """Refuse options that do not go together, and languages that are none."""
    codes = {
        "--source-language": options.source_language,
        "--target-language": options.target_language,
    }
    given = {name: code for name, code in codes.items() if code is not None}
    if config is not None and (files or given):
        raise UserError(
            f"--config {config} says what to learn from: --source, --target, --pairs and their "
            "languages go without it.\nOverride it with --set data.KEY=VALUE."
        )
    if given and not files:
        raise UserError(f"{next(iter(given))}: goes with --source and --target, or with --pairs.")
    if options.pairs is not None and len(files) > 1:
        raise UserError("--pairs: holds both sides; leave out --source and --target.")
    if options.pairs is None and len(files) == 1:
        missing = "--target" if options.source else "--source"
        raise UserError(
            f"{missing} is missing: line n of it translates line n of {files[0]}.\n"
            "For one file with both sides use --pairs."
        )
    for name, code in given.items():
        known = code_of(code)
        if known or not is_well_formed(code):
            meant = f"; did you mean {known}?" if known else "."
            raise UserError(f"{name} {code}: expected a code such as en, pt-BR or zho_Hans{meant}")


def _languages(options: CorpusOptions, files: Sequence[Path]) -> tuple[str, str, str]:
    """Return source language, target language, and what told them."""
    told: tuple[str | None, str | None]
    if options.pairs is not None:
        told = languages_of_pairs(options.pairs) or (None, None)
    else:
        told = language_of_side(files[0]), language_of_side(files[1])
    names = " and ".join(path.name for path in files)
    source = options.source_language or told[0]
    target = options.target_language or told[1]
    by_option = [
        f"--{side}-language"
        for side in ("source", "target")
        if getattr(options, f"{side}_language") is not None
    ]
    if source is None or target is None or (same_language(source, target) and len(by_option) < 2):
        raise UserError(
            f"{names}: the name{'s do' if len(files) > 1 else ' does'} not tell two languages.\n"
            "Add --source-language and --target-language, for example "
            "--source-language en --target-language de."
        )
    told_source, told_target = told
    if (
        told_source is not None
        and told_target is not None
        and not same_language(source, target)
        and same_language(source, told_target)
        and same_language(target, told_source)
    ):
        by_name = f"{told_source} -> {told_target}"
        _refuse_other_direction(options, names, (source, target), by_name=by_name)
    names_too = [f"the name of {names}"] if len(by_option) < 2 else []
    return source, target, "by " + " and ".join([*by_option, *names_too])


def _refuse_other_direction(
    options: CorpusOptions, names: str, languages: tuple[str, str], *, by_name: str
) -> None:
    """Refuse languages the other way round than the names tell, but where a file holds them.

    Raises:
        UserError: with what to do for the other direction.
    """
    source, target = languages
    remedy = "swap --source and --target."
    if options.pairs is not None:
        kind = format_of(options.pairs.name)
        if kind not in (*DELIMITED, *NAMED_COLUMNS):
            return  # each text has its language there
        columns = ("1", "0") if kind in DELIMITED else languages
        remedy = (
            "name the columns in a config, such as "
            f"source_column: {columns[0]}, target_column: {columns[1]}."
        )
    raise UserError(
        f"{names}: by name {by_name}, by the options {source} -> {target}.\n"
        f"For the other direction {remedy}"
    )


@dataclass(frozen=True)
class ChosenSettings:
    """The settings that the size of a corpus chose."""

    num_pairs: int
    choices: Sequence[Choice]


def settings_of(
    corpus: GivenCorpus, run: RunDirectory, *, begun: bool
) -> tuple[Tree, ChosenSettings | None]:
    """Return the settings to train with, and those among them that the corpus' size chose.

    A run that has begun keeps what was chosen for it then.

    Raises:
        UserError: a file cannot be read, or the run's settings are damaged.
    """
    data = corpus.data_settings()
    if begun:
        tree: Tree = run.load_config().model_dump(mode="json")
        tree["data"] |= data
        return tree, None
    settings = build_config({"data": data}, place="data.train").data
    num_pairs, num_characters = _measure(corpora_of(settings, "train"))
    choices = choose_settings(num_pairs, num_characters=num_characters)
    tree = {"data": data}
    put_into(tree, choices)
    return tree, ChosenSettings(num_pairs, choices)


def _measure(corpora: Iterable[Corpus]) -> tuple[int, int]:
    """Return the number of pairs with text on both sides, and of different characters."""
    num_pairs, characters = 0, set[str]()
    for source, target in chain.from_iterable(map(read_pairs, corpora)):
        if source.strip() and target.strip():
            num_pairs += 1
            characters.update(source, target)
    return num_pairs, len(characters)


def describe_choices(corpus: GivenCorpus, chosen: ChosenSettings | None, config: Config) -> str:
    """Return what was taken for granted: the languages, and a line for each setting chosen."""
    lines = [f"Languages  {corpus.source_language} -> {corpus.target_language}, {corpus.origin}"]
    if chosen is None:
        return "\n".join([*lines, "Settings   those that the run began with"])
    settings = config.model_dump()
    rows = []
    for choice in chosen.choices:
        section, _, key = choice.key.partition(".")
        value = settings[section][key]
        shown = f"{value:,}" if isinstance(value, int) else str(value)
        rows.append((choice.key, shown, choice.reason if value == choice.value else "by --set"))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines.append(f"Settings   for {chosen.num_pairs:,} pairs; --set KEY=VALUE overrides them")
    lines += [f"  {key:<{widths[0]}}  {shown:>{widths[1]}}  {why}" for key, shown, why in rows]
    if chosen.num_pairs < FEW_PAIRS:
        lines.append(
            f"warning: {chosen.num_pairs:,} pairs are too few to learn to translate from: expect "
            f"pieces of the training\n         text. From {FEW_PAIRS:,} on phrases can be learnt, "
            "from some 5,000 everyday sentences."
        )
    return "\n".join(lines)
