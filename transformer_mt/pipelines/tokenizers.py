"""The tokenizers of a run: trained on its training text, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from transformer_mt.config import Config
from transformer_mt.data.corpus import Corpus, read_pairs
from transformer_mt.data.tokenizer import (
    SHARED_MODEL_NAME,
    SOURCE_MODEL_NAME,
    TARGET_MODEL_NAME,
    TokenizerPair,
)
from transformer_mt.data.tokenizer_training import train_tokenizer
from transformer_mt.run_directory import RunDirectory


def prepare_tokenizers(
    run: RunDirectory,
    config: Config,
    corpora: Sequence[Corpus],
    *,
    announce: Callable[[str], None],
) -> TokenizerPair:
    """Train the tokenizers that the run does not have yet, and load them.

    Raises:
        UserError: there is no text, or the vocabulary is too small for it.
    """
    for name, columns in _columns_of_models(config).items():
        if not (run.path / name).exists():
            _train(run, config, _sentences(corpora, columns), name=name, announce=announce)
    return TokenizerPair.load(run.path)


def has_tokenizers(run: RunDirectory, config: Config) -> bool:
    """Tell whether the run has trained its tokenizers."""
    return run.exists() and all((run.path / name).exists() for name in _columns_of_models(config))


def _columns_of_models(config: Config) -> dict[str, Sequence[int]]:
    """Return the files of the models, each with the sides of a pair that it is for."""
    if config.tokenizer.shared:
        return {SHARED_MODEL_NAME: [0, 1]}
    return {SOURCE_MODEL_NAME: [0], TARGET_MODEL_NAME: [1]}


def _sentences(corpora: Sequence[Corpus], columns: Sequence[int]) -> Iterator[str]:
    for corpus in corpora:
        for pair in read_pairs(corpus):
            for column in columns:
                yield pair[column]


def _train(
    run: RunDirectory,
    config: Config,
    sentences: Iterable[str],
    *,
    name: str,
    announce: Callable[[str], None],
) -> None:
    settings = config.tokenizer
    announce(f"Training {name} ({settings.type}) …")
    report = train_tokenizer(
        sentences,
        run.path / name,
        type=settings.type,
        vocab_size=settings.vocab_size,
        normalization=settings.normalization,
        character_coverage=settings.character_coverage,
        byte_fallback=settings.byte_fallback,
        max_sentences=settings.max_sentences,
    )
    if report.sentences_used < report.sentences_read:
        announce(
            f"  learned from {report.sentences_used:,} of {report.sentences_read:,} sentences, "
            "drawn at random (tokenizer.max_sentences)"
        )
    if report.vocab_size < report.requested_vocab_size:
        announce(
            f"  {report.vocab_size} tokens: the text does not yield "
            f"tokenizer.vocab_size {report.requested_vocab_size}."
        )
