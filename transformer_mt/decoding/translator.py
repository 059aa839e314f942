"""Text to text, and pairs to scores: the public way to use a trained model."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import torch

from transformer_mt.config import Config, DecodingConfig
from transformer_mt.data.long_text import is_written_with_spaces
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.decoding.batched_search import search
from transformer_mt.decoding.beam_search import SearchOptions
from transformer_mt.decoding.flags import Flag, is_copied, is_looping
from transformer_mt.decoding.forced_scores import PairFlag, PairScore, score_pairs
from transformer_mt.decoding.hypothesis import Hypothesis
from transformer_mt.decoding.search_settings import LengthLimits, override, search_options
from transformer_mt.decoding.source_parts import (
    Part,
    Source,
    checked_texts,
    count_whole,
    cut_sources,
)
from transformer_mt.decoding.translation import Translation, join_parts
from transformer_mt.device import choose_device
from transformer_mt.errors import UserError
from transformer_mt.model.transformer import Transformer
from transformer_mt.run_directory import RunDirectory, find_run
from transformer_mt.saved_model import load_model

Progress = Callable[[int], None]
"""Is called with the number of texts or pairs done since the last call."""


class Translator:
    """A model with its tokenizers and its search.

    Attributes:
        settings: the search, where a call says nothing else.
        run: the run it was loaded from.
        description: in words, which of the run's weights these are.
    """

    def __init__(
        self,
        model: Transformer,
        tokenizers: TokenizerPair,
        config: Config,
        *,
        run: RunDirectory | None = None,
        description: str = "",
    ) -> None:
        """Translate with `model`, which was built with `config`."""
        self.model = model
        self.tokenizers = tokenizers
        self.config = config
        self.settings = config.decoding
        self.run = run
        self.description = description
        self._limits = LengthLimits.of(config)
        self._spaced_source = is_written_with_spaces(config.data.source_language)
        self._joint = " " if is_written_with_spaces(config.data.target_language) else ""

    @classmethod
    def load(
        cls,
        run: str | Path | None = None,
        *,
        device: str = "auto",
        precision: Literal["auto", "float32", "bfloat16"] = "auto",
        threads: int | None = None,
        warn: Callable[[str], None] = warnings.warn,
    ) -> Translator:
        """Load the weights of a run that translate best.

        Args:
            run: its folder, or its name in runs/; None is the run trained last from here.
            device: `auto` (CUDA where there is one, else the CPU), `cpu`, `cuda` or `mps`.
            precision: `auto` is float32.
            threads: of the CPU, for the whole process; None leaves their number alone.
            warn: is told of damaged checkpoints that were passed over.

        Raises:
            UserError: there is no such run or device, or no intact checkpoint.
        """
        if precision not in ("auto", "float32", "bfloat16"):
            raise UserError(f"precision: expected auto, float32 or bfloat16, found {precision!r}.")
        if threads is not None and (type(threads) is not int or threads < 1):
            raise UserError(f"threads: expected at least 1, found {threads!r}.")
        if threads:
            torch.set_num_threads(threads)
        place = find_run(None if run is None else Path(run))
        saved = load_model(place, device=choose_device(device))
        for warning in saved.warnings:
            warn(warning)
        if precision == "bfloat16":
            saved.model.to(torch.bfloat16)
        return cls(
            saved.model,
            saved.tokenizers,
            saved.config,
            run=place,
            description=saved.description,
        )

    def translate(
        self,
        texts: Sequence[str],
        *,
        beam_size: int | None = None,
        length_penalty: float | None = None,
        batch_size: int | None = None,
        split_sentences: bool = False,
        progress: Progress | None = None,
    ) -> list[Translation]:
        """Return the best translation of each text, in order; see `translate_n_best`."""
        found = self.translate_n_best(
            texts,
            1,
            beam_size=beam_size,
            length_penalty=length_penalty,
            batch_size=batch_size,
            split_sentences=split_sentences,
            progress=progress,
        )
        return [translations[0] for translations in found]

    def translate_n_best(
        self,
        texts: Sequence[str],
        n_best: int,
        *,
        beam_size: int | None = None,
        length_penalty: float | None = None,
        batch_size: int | None = None,
        split_sentences: bool = False,
        progress: Progress | None = None,
    ) -> list[list[Translation]]:
        """Translate texts, each by itself: neighbours change nothing.

        A text of more than `data.max_source_length` tokens is translated in parts, and flagged.

        Args:
            texts: one or more sentences each; a blank one has the empty translation.
            n_best: translations wanted of each; the beam is at least as wide.
            beam_size: in place of the run's `decoding.beam_size`; 1 is greedy.
            length_penalty: in place of `decoding.length_penalty`.
            batch_size: in place of `decoding.batch_size`.
            split_sentences: translate each sentence of a text by itself.
            progress: called with the number of texts done since the last call.

        Returns:
            For each text, in order, its translations, best first.

        Raises:
            UserError: a setting is out of range.
        """
        texts = checked_texts(texts, "texts")
        settings = override(
            self.settings,
            beam_size=beam_size,
            length_penalty=length_penalty,
            batch_size=batch_size,
            n_best=n_best,
        )
        sources = cut_sources(
            texts,
            self.tokenizers.source,
            max_length=self._limits.source,
            language=self.config.data.source_language,
            by_sentence=split_sentences,
        )
        options = search_options(settings, n_best=n_best)
        translated = iter(self._translate_parts(sources, settings, options, progress or _ignore))
        results = []
        for source in sources:
            of_parts = [next(translated) for _ in source.parts]
            joined = join_parts(of_parts, joint=self._joint, penalty=options.penalty)
            results.append([_flag_split(each) for each in joined] if source.split else joined)
        return results

    def score(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        *,
        length_penalty: float | None = None,
        batch_size: int | None = None,
        progress: Progress | None = None,
    ) -> list[PairScore]:
        """Return how probable a given translation of each source is; see `score_ids`.

        Raises:
            UserError: unequal numbers of texts, or a setting is out of range.
        """
        sources, targets = checked_texts(sources, "sources"), checked_texts(targets, "targets")
        return self.score_ids(
            self.tokenizers.source.encode_batch(sources),
            self.tokenizers.target.encode_batch(targets),
            length_penalty=length_penalty,
            batch_size=batch_size,
            progress=progress,
        )

    def score_ids(
        self,
        sources: Sequence[Sequence[int]],
        targets: Sequence[Sequence[int]],
        *,
        length_penalty: float | None = None,
        batch_size: int | None = None,
        progress: Progress | None = None,
    ) -> list[PairScore]:
        """Score targets by teacher forcing, </s> included: the figures of the search.

        A pair that `translate` could not make, as a side is empty or too long, has a flag and no
        score.

        Args:
            sources: token ids without special ids.
            targets: token ids of the translations, such as `Translation.token_ids`.
            length_penalty: in place of the run's `decoding.length_penalty`.
            batch_size: in place of `decoding.batch_size`.
            progress: called with the number of pairs done since the last call.

        Raises:
            UserError: unequal numbers of sequences, or a setting is out of range.
        """
        if len(sources) != len(targets):
            raise UserError(
                f"{len(sources)} sources and {len(targets)} targets: each source needs its target."
            )
        settings = override(self.settings, length_penalty=length_penalty, batch_size=batch_size)
        pairs = list(zip(sources, targets, strict=True))
        return score_pairs(
            self.model,
            self.tokenizers.target,
            pairs,
            [self._why_not_scored(source, target) for source, target in pairs],
            penalty=search_options(settings).penalty,
            batch_size=settings.batch_size,
            progress=progress or _ignore,
        )

    def _why_not_scored(self, source: Sequence[int], target: Sequence[int]) -> PairFlag | None:
        if len(source) == 0 or len(target) == 0:
            return "empty"
        if len(source) >= self._limits.source:  # </s> is one more
            return "too_long"
        output = self._limits.output(len(source) + 1, ratio=self.settings.max_length_ratio)
        return "too_long" if len(target) >= max(output, self._limits.target) else None

    def _translate_parts(
        self,
        sources: Sequence[Source],
        settings: DecodingConfig,
        options: SearchOptions,
        progress: Progress,
    ) -> list[list[Translation]]:
        """Return the translations of all parts of all sources, in order."""
        parts = [part for source in sources for part in source.parts]
        ratio = settings.max_length_ratio
        found = search(
            self.model,
            self.tokenizers,
            [part.token_ids for part in parts],
            options=options,
            max_lengths=[self._limits.output(part.length, ratio=ratio) for part in parts],
            batch_size=settings.batch_size,
            progress=count_whole(sources, progress),
        )
        return [
            [self._translation(part, hypothesis) for hypothesis in hypotheses]
            for part, hypotheses in zip(parts, found, strict=True)
        ]

    def _translation(self, part: Part, hypothesis: Hypothesis) -> Translation:
        text = self.tokenizers.target.decode(hypothesis.token_ids)
        data = self.config.data
        flags: list[Flag] = []
        if hypothesis.truncated:
            flags.append("truncated")
        if is_looping(hypothesis.token_ids) and not is_looping(part.token_ids):
            flags.append("looping")
        if data.source_language != data.target_language and is_copied(
            part.text, text, spaced=self._spaced_source
        ):
            flags.append("copied")
        return Translation(
            text=text,
            score=hypothesis.score,
            log_prob=hypothesis.log_prob,
            token_log_probs=hypothesis.token_log_probs,
            token_ids=hypothesis.token_ids,
            flags=tuple(flags),
        )


def _flag_split(translation: Translation) -> Translation:
    return replace(translation, flags=("split", *translation.flags))


def _ignore(done: int) -> None:
    """Do nothing, where nobody wants to know how many are done."""
