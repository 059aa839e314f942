"""The loop: next update, loss, backward, clip, step, log, validate, save."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from typing import Any

import torch
from torch import Tensor, nn

from transformer_mt.checkpoint import Checkpoint, CheckpointStore, load_weights
from transformer_mt.config import TrainingConfig
from transformer_mt.data.prefetch import prefetch
from transformer_mt.data.sampler import BatchSampler, MicroBatch
from transformer_mt.errors import Interrupted, UserError
from transformer_mt.interruption import StopRequest
from transformer_mt.model.transformer import Transformer
from transformer_mt.training.averaging import average_weights
from transformer_mt.training.loss import cross_entropy_sum
from transformer_mt.training.optimizer import (
    build_optimizer,
    optimizer_tensors,
    restore_optimizer,
)
from transformer_mt.training.progress import Reporter
from transformer_mt.training.schedule import learning_rate
from transformer_mt.training.state import TrainingState, Validation

Validate = Callable[[Transformer], Validation]


class Trainer:
    """Trains a model until its steps, its epochs or its patience end."""

    def __init__(
        self,
        *,
        model: Transformer,
        sampler: BatchSampler,
        settings: TrainingConfig,
        store: CheckpointStore,
        validate: Validate,
        reporter: Reporter,
        stop: StopRequest,
        precision: torch.dtype,
    ) -> None:
        self.model = model
        self.sampler = sampler
        self.settings = settings
        self.store = store
        self.validate = validate
        self.reporter = reporter
        self.stop = stop
        self.precision = precision
        self.device = next(model.parameters()).device
        self.optimizer = build_optimizer(model, settings)
        self.state = TrainingState()
        self._clock = time.perf_counter()

    def resume(self) -> list[str]:
        """Take up the newest intact checkpoint, if there is one.

        Returns:
            A line for each damaged checkpoint that was passed over.
        """
        checkpoint, skipped = self.store.newest_intact()
        if checkpoint is not None:
            load_weights(self.model, checkpoint.weights())
            restore_optimizer(self.model, self.optimizer, checkpoint.optimizer())
            self.state = TrainingState.from_json(checkpoint.state())
        self.store.forget_after(self.state.step)
        self._write_best()
        averaged = self.store.read_pointer("averaged")
        self.reporter.cut_back(
            self.state.step, averaged_step=averaged["step"] if averaged else None
        )
        return skipped

    def finished(self) -> bool:
        """Tell whether steps, epochs or patience have ended."""
        settings, state = self.settings, self.state
        epochs_done = (
            settings.max_epochs is not None and state.position.epoch >= settings.max_epochs
        )
        return state.step >= settings.max_steps or epochs_done or state.stopped_early

    def complete(self) -> bool:
        """Tell whether training has finished and what follows it, too, is done."""
        if not self.finished() or self.state.validated_step != self.state.step:
            return False
        return len(self._to_average()) < 2 or self._has_averaged()

    def vocabulary_sizes(self) -> list[int]:
        """Return the size of the shared vocabulary, or those of source and target."""
        source, target = self.model.source_embedding, self.model.target_embedding
        return [embedding.num_embeddings for embedding in dict.fromkeys((source, target))]

    def seconds_per_update(self) -> float:
        """Time forward and backward pass of one batch; weights and state stay as they are."""
        micro_batch = next(self.sampler.updates(self.state.position))[0]
        self.model.train()
        for _ in range(2):  # the first pass warms up
            began = time.perf_counter()
            self._forward_backward(micro_batch, num_tokens=1).item()
            seconds = time.perf_counter() - began
        self.optimizer.zero_grad(set_to_none=True)
        tokens = micro_batch.batch.num_target_tokens
        return seconds * max(1.0, self.settings.tokens_per_update / tokens)

    def run(self) -> TrainingState:
        """Train to the end.

        Raises:
            UserError: the loss or a gradient is not finite.
            Interrupted: a signal came; the state is saved.
        """
        self._clock = time.perf_counter()
        self.reporter.start(self.state, max_steps=self.settings.max_steps)
        self._validate_and_save_if_due()  # an interruption may have come between step and both
        updates = prefetch(self.sampler.updates(self.state.position), depth=2)
        with closing(updates):
            while not self.finished():
                self._save_if_stopped()
                self._update(next(updates))
                self._log_if_due()
                self._validate_and_save_if_due()
        self._average()
        return self.state

    def _update(self, micro_batches: list[MicroBatch]) -> None:
        """Make one update of the weights from all its micro-batches."""
        settings, state = self.settings, self.state
        num_tokens = sum(m.batch.num_target_tokens for m in micro_batches)
        losses = []
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        for index, micro_batch in enumerate(micro_batches):
            seed_dropout(settings.seed, state.step + 1, index)
            losses.append(self._forward_backward(micro_batch, num_tokens=num_tokens))
        grad_norm = nn.utils.clip_grad_norm_(
            self.model.parameters(), settings.max_grad_norm or math.inf
        )
        loss_sums = torch.stack(losses).tolist()
        self._refuse_non_finite(micro_batches, loss_sums, grad_norm.item())
        for group in self.optimizer.param_groups:
            group["lr"] = self._learning_rate(state.step + 1)
        self.optimizer.step()
        state.step += 1
        state.position = micro_batches[-1].position_after
        state.target_tokens += num_tokens
        state.logged_loss += math.fsum(loss_sums)
        state.logged_tokens += num_tokens
        self._grad_norm = grad_norm.item()
        self.reporter.step(state, loss=math.fsum(loss_sums) / num_tokens)

    def _forward_backward(self, micro_batch: MicroBatch, *, num_tokens: int) -> Tensor:
        """Add the gradients of a micro-batch, divided by the labels of the whole update.

        Returns:
            The loss, summed over the micro-batch's labels.
        """
        batch = micro_batch.batch.to(self.device)
        with self._autocast():
            logits = self.model(batch.source_ids, batch.target_input_ids)
        loss = cross_entropy_sum(
            logits,
            batch.target_label_ids,
            pad_id=self.model.pad_id,
            label_smoothing=self.settings.label_smoothing,
        )
        torch.autograd.backward(loss / num_tokens)
        return loss.detach()

    def _autocast(self) -> AbstractContextManager[Any]:
        enabled = self.precision != torch.float32
        return torch.autocast(self.device.type, dtype=self.precision, enabled=enabled)

    def _learning_rate(self, step: int) -> float:
        settings = self.settings
        return learning_rate(
            step,
            schedule=settings.schedule,
            peak=settings.learning_rate,
            warmup_steps=settings.warmup_steps,
            max_steps=settings.max_steps,
        )

    def _refuse_non_finite(
        self, micro_batches: list[MicroBatch], losses: list[float], grad_norm: float
    ) -> None:
        if math.isfinite(grad_norm) and all(map(math.isfinite, losses)):
            return
        bad = [m for m, loss in zip(micro_batches, losses, strict=True) if not math.isfinite(loss)]
        named = bad[0] if bad else micro_batches[0]
        pairs = ", ".join(str(i) for i in named.indices[:8].tolist())
        what = "the loss" if bad else "a gradient"
        raise UserError(
            f"Step {self.state.step + 1}: {what} is not finite; the update was not made.\n"
            f"Batch: epoch {named.epoch + 1}, pairs {pairs}{' …' if len(named.indices) > 8 else ''}"
            " (counted from 0 among the pairs kept).\n"
            f"Lower training.learning_rate ({self.settings.learning_rate:g}), lengthen "
            f"training.warmup_steps ({self.settings.warmup_steps}), or set "
            "training.precision: float32. The last checkpoint is intact.",
            exit_code=1,
        )

    def _log_if_due(self) -> None:
        state = self.state
        if state.step % self.settings.log_every_steps and not self.finished():
            return
        now = time.perf_counter()
        seconds, self._clock = now - self._clock, now
        self.reporter.metrics(
            {
                "type": "train",
                "step": state.step,
                "epoch": state.position.epoch + 1,
                "loss": state.logged_loss / state.logged_tokens,
                "learning_rate": self._learning_rate(state.step),
                "grad_norm": self._grad_norm,
                "target_tokens": state.target_tokens,
                "timing": {
                    "seconds": round(seconds, 3),
                    "target_tokens_per_second": round(state.logged_tokens / seconds, 1),
                },
            }
        )
        state.logged_loss, state.logged_tokens = 0.0, 0

    def _is_regular(self, step: int) -> bool:
        """Tell whether an uninterrupted run saves at this step."""
        settings = self.settings
        return (
            step % settings.save_every_steps == 0
            or step % settings.validate_every_steps == 0
            or step in self.state.validations
        )

    def _validate_and_save_if_due(self) -> None:
        state, settings = self.state, self.settings
        if not state.step:
            return
        due = state.step % settings.validate_every_steps == 0 or self.finished()
        if due and state.validated_step != state.step:
            try:
                self._validate()
            except Interrupted:
                self._save_if_stopped()
                raise
            self._save()
        elif state.step % settings.save_every_steps == 0:
            self._save()

    def _save_if_stopped(self) -> None:
        """Save where a first signal has come; a second one means at once."""
        if self.stop.signal is not None and not self.stop.hurried:
            if self.state.step:
                self._save()
            self.stop.check()

    def _validate(self) -> None:
        state, settings = self.state, self.settings
        began = time.perf_counter()
        validation = self._run_validation()
        best = state.best_step(settings.select_by)
        state.validated_step = state.step
        state.validations[state.step] = {"loss": validation.loss, "bleu": validation.bleu}
        if best == state.best_step(settings.select_by):
            state.validations_without_best += 1
        else:
            state.validations_without_best = 0
        if settings.patience and state.validations_without_best >= settings.patience:
            state.stopped_early = True
        seconds = time.perf_counter() - began
        self._clock += seconds
        self.reporter.validation(state, validation, seconds=seconds, weights="current")

    def _run_validation(self) -> Validation:
        self.model.eval()
        with torch.no_grad():
            return self.validate(self.model)

    def _save(self) -> None:
        """Write a checkpoint, then the pointer to the best, then remove what is not kept."""
        state, settings = self.state, self.settings
        self.reporter.flush()
        self.store.save(
            step=state.step,
            weights=dict(self.model.named_parameters()),
            optimizer=optimizer_tensors(self.model, self.optimizer),
            state=state.to_json(),
        )
        self._write_best()
        protected = state.best_steps(1, settings.select_by)
        if settings.average_from == "best":
            protected += state.best_steps(settings.average_checkpoints, settings.select_by)
        self.store.prune(
            keep=settings.keep_checkpoints,
            protected=protected,
            regular=[c.step for c in self.store.all() if self._is_regular(c.step)],
        )

    def _write_best(self) -> None:
        """Let best.json follow from the state, so that a resumed run has it right at once."""
        best = self.state.best_step(self.settings.select_by)
        if best is None:
            (self.store.run / "best.json").unlink(missing_ok=True)
            return
        content = {"checkpoint": f"step-{best:08d}", "step": best, **self.state.validations[best]}
        if self.store.read_pointer("best") != content:
            self.store.write_pointer("best", content)

    def _to_average(self) -> list[Checkpoint]:
        """Return the checkpoints whose weights are averaged when training ends."""
        settings = self.settings
        saved = [c for c in self.store.all() if self._is_regular(c.step)]
        if settings.average_checkpoints < 2:
            return []
        if settings.average_from == "best":
            best = self.state.best_steps(settings.average_checkpoints, settings.select_by)
            return [checkpoint for checkpoint in saved if checkpoint.step in best]
        return saved[-settings.average_checkpoints :]

    def _has_averaged(self) -> bool:
        averaged = self.store.read_pointer("averaged")
        return averaged is not None and averaged["step"] == self.state.step

    def _average(self) -> None:
        """Average the last or best checkpoints, validate the result and note it."""
        chosen = self._to_average()
        if len(chosen) < 2 or self._has_averaged():
            return
        began = time.perf_counter()
        weights = average_weights(checkpoint.weights() for checkpoint in chosen)
        current = {name: p.detach().clone() for name, p in self.model.named_parameters()}
        load_weights(self.model, weights)
        validation = self._run_validation()
        load_weights(self.model, current)
        seconds = time.perf_counter() - began
        self.reporter.validation(self.state, validation, seconds=seconds, weights="averaged")
        step, of = self.state.step, [checkpoint.step for checkpoint in chosen]
        saved = self.store.save_averaged(step=step, weights=weights, state={"of": of})
        content = {"loss": validation.loss, "bleu": validation.bleu, "of": of}
        self.store.write_pointer(
            "averaged", {"checkpoint": saved.path.name, "step": step, **content}
        )


def seed_dropout(seed: int, step: int, micro_batch: int) -> None:
    """Make dropout a function of (seed, step, index of the micro-batch in the step)."""
    digest = hashlib.blake2b(f"{seed} {step} {micro_batch}".encode(), digest_size=8).digest()
    torch.manual_seed(int.from_bytes(digest, "little") >> 1)
