"""The training text of a run as token ids."""

from __future__ import annotations

from collections.abc import Callable

from transformer_mt.config import Config
from transformer_mt.data.dataset import TokenizedDataset, TokenizingOptions, build_dataset
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.device import usable_cpus
from transformer_mt.pipelines.corpora import Corpora, filters_of
from transformer_mt.run_directory import RunDirectory
from transformer_mt.training.progress import counting_bar


def tokenize(
    run: RunDirectory,
    config: Config,
    corpora: Corpora,
    tokenizers: TokenizerPair,
    *,
    num_workers: int | None,
    quiet: bool,
    announce: Callable[[str], None],
) -> TokenizedDataset:
    """Tokenise the training text into the run's cache, or open what is there.

    Args:
        run: whose cache.
        config: its settings.
        corpora: its text.
        tokenizers: of source and target.
        num_workers: processes; None: as many as there are CPUs.
        quiet: show no bar.
        announce: is told what a person should know.

    Raises:
        UserError: a corpus cannot be read, no pair is kept, or the cache cannot be written.
    """
    with counting_bar("tokenising", "pairs", quiet=quiet) as progress:
        return build_dataset(
            corpora.train,
            tokenizers,
            filters=filters_of(config),
            keep_text=config.tokenizer.sampling > 0,
            cache_dir=run.cache,
            options=TokenizingOptions(
                num_workers=num_workers or usable_cpus(), progress=progress, announce=announce
            ),
        )
