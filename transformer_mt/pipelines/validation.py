"""Validation while training: the loss of the references, and the BLEU of real translations."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

import numpy as np
import torch

from transformer_mt.config import Config
from transformer_mt.data.batch import Batch, make_batch
from transformer_mt.data.corpus import Corpus
from transformer_mt.data.micro_batching import cut_into_micro_batches
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.decoding.translator import Translator
from transformer_mt.errors import UserError
from transformer_mt.evaluation.scores import default_tokenizer, score
from transformer_mt.interruption import StopRequest
from transformer_mt.model.transformer import Transformer
from transformer_mt.pipelines.corpora import describe_reading, read_all
from transformer_mt.saved_model import max_positions
from transformer_mt.token_budget import as_number
from transformer_mt.training.loss import batch_loss
from transformer_mt.training.ranks import ALONE, Ranks, in_order
from transformer_mt.training.state import Sample, Validation

MAX_DECODED_LINES = 2000
_NUM_SAMPLES = 3


class Validator:
    """Validates a model on a corpus, in float32; the callable that the trainer is given."""

    def __init__(
        self,
        corpora: Sequence[Corpus],
        *,
        tokenizers: TokenizerPair,
        config: Config,
        stop: StopRequest,
        ranks: Ranks = ALONE,
    ) -> None:
        """Read and tokenise the validation text.

        Raises:
            UserError: there is none, or it cannot be read.
        """
        texts = read_all(corpora)
        self.sources, self.references = texts.sources, texts.targets
        self.reading = describe_reading(corpora, texts.reports)
        self._tokenizers = tokenizers
        self._config = config
        self._stop = stop
        self._ranks = ranks
        self._bleu_tokenizer = default_tokenizer(config.data.target_language)
        self.num_without_loss = 0
        """Pairs that are no part of the loss: blank, or longer than positions were learned."""
        self._batches = self._make_batches()

    def __call__(self, model: Transformer) -> Validation:
        """Return loss, BLEU and samples; each rank does its part, and the figures are rank 0's.

        Raises:
            Interrupted: a signal has come.
        """
        sources = self.sources[:MAX_DECODED_LINES]
        references = self.references[:MAX_DECODED_LINES]
        losses = in_order(self._ranks.share(lambda: self._own_losses(model)))
        hypotheses = in_order(self._ranks.share(lambda: self._own_translations(model, sources)))
        figures = None
        if self._ranks.leads:
            bleu = score("bleu", hypotheses, [references], tokenize=self._bleu_tokenizer)
            count = sum(batch.num_target_tokens for batch in self._batches)
            loss = math.fsum(losses) / count
            figures = {"loss": loss, "bleu": bleu.value, "bleu_signature": bleu.signature}
        stride = max(1, len(sources) // _NUM_SAMPLES)
        samples = zip(sources[::stride], references[::stride], hypotheses[::stride], strict=True)
        return Validation(
            **self._ranks.tell(figures),
            samples=tuple(Sample(*texts) for texts in samples)[:_NUM_SAMPLES],
        )

    def _own_translations(self, model: Transformer, sources: Sequence[str]) -> list[str]:
        """Translate this rank's part of the sources."""
        own = [sources[place] for place in self._ranks.own(len(sources))]
        translator = Translator(model, self._tokenizers, self._config)
        translations = translator.translate(own, progress=lambda _: self._stop.check())
        return [translation.text for translation in translations]

    def _max_positions(self) -> int | None:
        learned = self._config.model.positions == "learned"
        return max_positions(self._config) if learned else None

    def _own_losses(self, model: Transformer) -> list[float]:
        """Return the cross-entropy of this rank's batches, in nats, without label smoothing."""
        device = next(model.parameters()).device
        losses = []
        for place in self._ranks.own(len(self._batches)):
            self._stop.check()
            batch = self._batches[place].to(device)
            with torch.inference_mode():
                loss = batch_loss(model, batch, label_smoothing=0.0)
            losses.append(loss.item())
        return losses

    def _make_batches(self) -> list[Batch]:
        """Batch the pairs by length; those that learned positions cannot hold are left out."""
        source, target = self._tokenizers.source, self._tokenizers.target
        encoded = zip(
            source.encode_batch(self.sources), target.encode_batch(self.references), strict=True
        )
        longest = self._max_positions() or sys.maxsize
        pairs = [(s, t) for s, t in encoded if s and t and max(len(s), len(t)) < longest]
        if not pairs:
            raise UserError("data.validation: holds no pair of texts. Name files that do.")
        self.num_without_loss = len(self.sources) - len(pairs)
        lengths = np.array([(len(s) + 1, len(t) + 1) for s, t in pairs])  # with </s>
        budget = self._config.training.max_tokens_per_batch
        groups = cut_into_micro_batches(
            lengths[:, 0],
            lengths[:, 1],
            max_tokens=max(as_number(budget), int(lengths.max())),
        )
        return [
            make_batch(
                [pairs[place][0] for place in group],
                [pairs[place][1] for place in group],
                pad_id=target.pad_id,
                bos_id=target.bos_id,
                eos_id=target.eos_id,
            )
            for group in groups
        ]
