"""The translations of test sets: made by a run, or read from files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformer_mt.data.text_lines import read_lines
from transformer_mt.device import out_of_memory
from transformer_mt.errors import UserError
from transformer_mt.pipelines.evaluation_sets import EvaluationSet, refuse_unequal
from transformer_mt.pipelines.loading import DecodingOptions, LoadedRun, load_translator, say
from transformer_mt.run_directory import write_atomically
from transformer_mt.training.progress import counting_bar


@dataclass(frozen=True)
class TranslatedSet:
    """One test set as one system translated it.

    Attributes:
        system: what to call the translator: the folder of a run, or the file.
        file: where the translations lie.
        hypotheses: one line per sentence.
        truncated: how many were cut at the length limit; None where nobody knows.
    """

    system: str
    file: Path
    hypotheses: list[str]
    truncated: int | None


@dataclass(frozen=True)
class System:
    """Who translates; all None where the translations come from files.

    Attributes:
        run: the folder.
        weights: which of its checkpoints.
        decoding: the settings of the search.
    """

    run: str | None = None
    weights: str | None = None
    decoding: dict[str, Any] | None = None


def read_translations(
    files: Sequence[Path], sets: Sequence[EvaluationSet], *, option: str
) -> list[TranslatedSet]:
    """Return translations made elsewhere, a file for each test set.

    Raises:
        UserError: a file cannot be read, or does not fit its test set; `option` gave them.
    """
    if len(files) != len(sets):
        raise UserError(
            f"{option}: files given: {len(files)}; test sets: {len(sets)} "
            f"({', '.join(each.name for each in sets)}).\nGive one file for each, in this order."
        )
    translated = []
    for path, each in zip(files, sets, strict=True):
        hypotheses = list(read_lines(path))
        place = each.reference_files[0] if each.reference_files else _what(each)
        refuse_unequal([(path, hypotheses), (place, each.references[0])])
        translated.append(TranslatedSet(str(path), path, hypotheses, truncated=None))
    return translated


def translate_sets(
    options: DecodingOptions,
    sets: Sequence[EvaluationSet],
    *,
    output: Path | None = None,
) -> tuple[System, list[TranslatedSet]]:
    """Translate test sets with a run, and save the translations.

    Args:
        options: which run, and how to search.
        sets: all of them with sources.
        output: where to save the translations of the only set; else in the run's folder.

    Raises:
        UserError: no run, a source that the model cannot hold, or no place to save in.
    """
    loaded = load_translator(options)
    places = [output] if output else _places(loaded, sets)
    for place in places:  # before a long translation
        _refuse_unwritable(place)
    translated = [
        _translate(loaded, each, place, quiet=options.quiet)
        for each, place in zip(sets, places, strict=True)
    ]
    settings = loaded.translator.settings.model_dump()
    return System(str(loaded.run.path), loaded.description, settings), translated


def _translate(
    loaded: LoadedRun, test_set: EvaluationSet, place: Path, *, quiet: bool
) -> TranslatedSet:
    sources = test_set.sources
    assert sources is not None
    say(f"Translating {len(sources):,} lines of {_what(test_set)} …", quiet=quiet)
    bar = counting_bar("translating", "lines", quiet=quiet)
    with out_of_memory("Lower --batch-size, or use another --device."), bar as progress:
        done = 0

        def count(number: int) -> None:
            nonlocal done
            done += number
            progress(done)

        translations = loaded.translator.translate(sources, progress=count)
    hypotheses = [translation.text for translation in translations]
    if split := sum("split" in translation.flags for translation in translations):
        note = f"Lines longer than what the model was trained on, translated in parts: {split:,}."
        say(note, quiet=quiet)
    truncated = sum(translation.truncated for translation in translations)
    _save(hypotheses, place)
    say(f"Translations saved in {place}", quiet=quiet)
    if truncated:
        say(f"Translations cut at the length limit: {truncated:,}", quiet=False)
    return TranslatedSet(str(loaded.run.path), place, hypotheses, truncated)


def _what(test_set: EvaluationSet) -> str:
    return f"the {test_set.split} data" if test_set.split else test_set.name


def _places(loaded: LoadedRun, sets: Sequence[EvaluationSet]) -> list[Path]:
    """Return a file in the run's folder for each set, also where files have the same name."""
    folder = loaded.run.path / "hypotheses"
    language = loaded.config.data.target_language
    places: list[Path] = []
    for each in sets:
        name = each.source_file.name if each.source_file else each.name
        place, number = folder / f"{name}.{language}", 1
        while place in places:
            number += 1
            place = folder / f"{name}.{number}.{language}"
        places.append(place)
    return places


def _refuse_unwritable(path: Path) -> None:
    folder = next(folder for folder in path.parents if folder.exists())
    if path.is_dir():
        raise _not_saved(path, "is a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _not_saved(path, f"no permission to write in {folder}")


def _save(hypotheses: Sequence[str], path: Path) -> None:
    content = "".join(f"{text}\n" for text in hypotheses).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or (path.exists() and not path.is_file()):
            path.write_bytes(content)  # a pipe or a device is not to be replaced by a file
        else:
            write_atomically(path, content)
    except OSError as error:
        raise _not_saved(path, error.strerror or str(error)) from None


def _not_saved(path: Path, reason: str) -> UserError:
    return UserError(
        f"{path}: the translations cannot be saved ({reason}).\n"
        "Name another file with --output, or translate with tmt translate and give the file "
        "with --hypotheses or --against.",
        exit_code=1,
    )
