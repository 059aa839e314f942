"""How much of a test set a run has seen in training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transformer_mt.config import Config
from transformer_mt.data.corpus import content_hashes, read_pairs
from transformer_mt.data.held_out import normalised_source
from transformer_mt.errors import UserError
from transformer_mt.pipelines.corpora import (
    HELD_OUT_SPLITS,
    check_data_unchanged,
    corpora_of,
    held_out_files,
)
from transformer_mt.run_directory import RunDirectory
from transformer_mt.training.progress import counting_bar

_LINES_BETWEEN_SIGNS = 10_000


@dataclass(frozen=True)
class TrainingOverlap:
    """What a run's training data has of a test set.

    Attributes:
        run: the folder of the run.
        sentences: how many of the test set's sources are also sources of the training data; None
            where that is not known.
        problem: why it is not known.
    """

    run: str
    sentences: int | None
    problem: str | None = None


def training_overlap(
    run: RunDirectory, config: Config, test_sets: Sequence[Sequence[str]], *, quiet: bool
) -> list[TrainingOverlap]:
    """Count in each set the sources that a run was trained on, alike but for case and spacing.

    The training data is read once, as a stream; what the run held out of it does not count.
    """
    keys = [[normalised_source(source) for source in sources] for sources in test_sets]
    wanted = {key for each in keys for key in each if key}
    try:
        seen = _seen_in_training(run, config, wanted, quiet=quiet)
    except UserError as error:
        problem = str(error).splitlines()[0]
        return [TrainingOverlap(str(run.path), None, problem) for _ in test_sets]
    return [TrainingOverlap(str(run.path), sum(key in seen for key in each)) for each in keys]


def _seen_in_training(
    run: RunDirectory, config: Config, wanted: set[str], *, quiet: bool
) -> set[str]:
    """Return those of the wanted normalised sources that the run was trained on.

    Raises:
        UserError: a file is gone, or is not what the run was trained on.
    """
    corpora = corpora_of(config.data, "train")
    for corpus in corpora:
        check_data_unchanged(config.data_sha256, content_hashes(corpus), place=str(run.config))
    wanted = wanted - _held_out(run, config)
    seen: set[str] = set()
    done = 0
    with counting_bar("looking for overlap with training", "pairs", quiet=quiet) as progress:
        for corpus in corpora:
            for source, _ in read_pairs(corpus):
                key = normalised_source(source)
                if key in wanted:
                    seen.add(key)
                done += 1
                if done % _LINES_BETWEEN_SIGNS == 0:
                    progress(done)
        progress(done)
    return seen


def _held_out(run: RunDirectory, config: Config) -> set[str]:
    """Return the normalised sources that the run itself kept out of its training data.

    All pairs with one of them were kept out, see `data/held_out.py`.
    """
    if config.data.train == "phrasebook":
        return set()
    return {
        normalised_source(source)
        for split in HELD_OUT_SPLITS
        if getattr(config.data, split) is None
        for source, _ in read_pairs(held_out_files(run, config, split))
    }
