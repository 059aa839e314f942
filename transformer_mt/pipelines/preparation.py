"""From the text of a run to token ids: done once, by rank 0, and opened by all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from transformer_mt.config import Config
from transformer_mt.data.dataset import (
    TokenizedDataset,
    TokenizingOptions,
    build_dataset,
    open_dataset,
)
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.device import usable_cpus
from transformer_mt.pipelines.corpora import (
    Corpora,
    evaluation_corpora,
    filters_of,
    prepare_corpora,
)
from transformer_mt.pipelines.tokenizers import prepare_tokenizers
from transformer_mt.run_directory import RunDirectory
from transformer_mt.training.progress import counting_bar
from transformer_mt.training.ranks import Ranks


@dataclass(frozen=True)
class Prepared:
    """A run that is ready to be trained."""

    run: RunDirectory
    config: Config
    corpora: Corpora
    tokenizers: TokenizerPair
    dataset: TokenizedDataset


def prepare(
    run: RunDirectory,
    config: Config,
    *,
    threads: int | None,
    quiet: bool,
    announce: Callable[[str], None],
) -> Prepared:
    """Hold out text, learn the vocabulary and tokenise, as far as that is not done yet.

    Raises:
        UserError: the text cannot be read, or does not do.
    """
    corpora = prepare_corpora(run, config)
    tokenizers = prepare_tokenizers(run, config, corpora.train, announce=announce)
    with counting_bar("tokenising", "pairs", quiet=quiet) as progress:
        dataset = build_dataset(
            corpora.train,
            tokenizers,
            filters=filters_of(config),
            keep_text=config.tokenizer.sampling > 0,
            cache_dir=run.cache,
            known_hashes=config.data_sha256,
            options=TokenizingOptions(
                num_workers=threads or usable_cpus(), progress=progress, announce=announce
            ),
        )
    return Prepared(run, config, corpora, tokenizers, dataset)


def tell_of(prepared: Prepared, ranks: Ranks) -> None:
    """Let the other ranks open what rank 0 has prepared."""
    if ranks.size == 1:
        return
    assert prepared.dataset.folder is not None
    ranks.tell([str(path.resolve()) for path in (prepared.run.path, prepared.dataset.folder)])


def open_prepared(ranks: Ranks) -> Prepared:
    """Wait until rank 0 has prepared a run, and open it: what it takes to train and validate.

    Raises:
        UserError: the run cannot be read from here.
    """
    path, folder = map(Path, ranks.tell())
    run = RunDirectory(path)
    config = run.load_config()
    return Prepared(
        run,
        config,
        Corpora(train=(), validation=evaluation_corpora(run, config, "validation"), test=()),
        TokenizerPair.load(path),
        open_dataset(folder, filters=filters_of(config)),
    )
