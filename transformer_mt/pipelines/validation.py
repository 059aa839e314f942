"""Validation while training: the loss of the references, and the BLEU of real translations."""

from __future__ import annotations

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
from transformer_mt.training.loss import linear_cross_entropy_sum
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
        self._bleu_tokenizer = default_tokenizer(config.data.target_language)
        self.num_without_loss = 0
        """Pairs that are no part of the loss: blank, or longer than positions were learned."""
        self._batches = self._make_batches()

    def __call__(self, model: Transformer) -> Validation:
        """Return loss, BLEU and samples.

        Raises:
            Interrupted: a signal has come.
        """
        loss = self._loss(model)
        sources = self.sources[:MAX_DECODED_LINES]
        references = self.references[:MAX_DECODED_LINES]
        translator = Translator(model, self._tokenizers, self._config)
        translations = translator.translate(sources, progress=lambda _: self._stop.check())
        hypotheses = [translation.text for translation in translations]
        bleu = score(
            "bleu",
            hypotheses,
            [references],
            tokenize=self._bleu_tokenizer,
        )
        stride = max(1, len(sources) // _NUM_SAMPLES)
        samples = zip(sources[::stride], references[::stride], hypotheses[::stride], strict=True)
        return Validation(
            loss=loss,
            bleu=bleu.value,
            bleu_signature=bleu.signature,
            samples=tuple(Sample(*texts) for texts in samples)[:_NUM_SAMPLES],
        )

    def _max_positions(self) -> int | None:
        learned = self._config.model.positions == "learned"
        return max_positions(self._config) if learned else None

    def _loss(self, model: Transformer) -> float:
        """Return the cross-entropy per target token, in nats, without label smoothing."""
        device = next(model.parameters()).device
        total, count = 0.0, 0
        for batch in self._batches:
            self._stop.check()
            on_device = batch.to(device)
            with torch.inference_mode():
                total += linear_cross_entropy_sum(
                    model.hidden(on_device.source_ids, on_device.target_input_ids),
                    model.output_projection.weight,
                    on_device.target_label_ids,
                    pad_id=model.pad_id,
                    label_smoothing=0.0,
                ).item()
            count += batch.num_target_tokens
        return total / count

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
