"""The loop: next update, loss, backward, clip, step, log, validate, save."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Sequence
from contextlib import closing

import torch
from torch import Tensor, nn

from transformer_mt.config import TrainingConfig
from transformer_mt.data.prefetch import prefetch
from transformer_mt.data.sampler import BatchSampler, MicroBatch
from transformer_mt.errors import UserError
from transformer_mt.model.transformer import Transformer
from transformer_mt.training.ending import ended_by
from transformer_mt.training.loss import linear_cross_entropy_sum
from transformer_mt.training.milestones import Milestones
from transformer_mt.training.norms import copies, norm_of_change
from transformer_mt.training.progress import Reporter
from transformer_mt.training.schedule import learning_rate
from transformer_mt.training.state import TrainingState

_UPDATES_AHEAD = 2


class Trainer:
    """Trains a model until its steps, its epochs or its patience end."""

    def __init__(
        self,
        *,
        model: Transformer,
        optimizer: torch.optim.Optimizer,
        sampler: BatchSampler,
        settings: TrainingConfig,
        milestones: Milestones,
        reporter: Reporter,
    ) -> None:
        self.model = model
        self.optimizer = optimizer
        self.sampler = sampler
        self.settings = settings
        self.milestones = milestones
        self.reporter = reporter
        self.device = next(model.parameters()).device
        self.precision = {"float32": torch.float32, "bfloat16": torch.bfloat16}[settings.precision]
        # Since the last log line of this process, validating and saving left out.
        self._trained_seconds, self._trained_tokens = 0.0, 0
        self._grad_norm = self._update_norm = 0.0

    @property
    def state(self) -> TrainingState:
        """Where training stands."""
        return self.milestones.state

    def run(self) -> None:
        """Train to the end.

        Raises:
            UserError: the loss or a gradient is not finite.
            Interrupted: a signal came; the state is saved.
        """
        milestones = self.milestones
        self.reporter.start(self.state, max_steps=self.settings.max_steps)
        milestones.pass_step()  # an interruption may have come between a step and its validation
        updates = prefetch(self.sampler.updates(self.state.position), depth=_UPDATES_AHEAD)
        with closing(updates):
            while not milestones.finished():
                milestones.stop_here()
                began = time.perf_counter()
                self._update(next(updates))
                self._trained_seconds += time.perf_counter() - began
                self._log_if_due()
                milestones.pass_step()
        milestones.average()

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

    def _update(self, micro_batches: Sequence[MicroBatch]) -> None:
        """Make one update of the weights from all its micro-batches."""
        settings, state = self.settings, self.state
        num_tokens = sum(m.batch.num_target_tokens for m in micro_batches)
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        losses = []
        for index, micro_batch in enumerate(micro_batches):
            seed_dropout(settings.seed, state.step + 1, index)
            losses.append(self._forward_backward(micro_batch, num_tokens=num_tokens))
        max_norm = settings.max_grad_norm or math.inf
        grad_norm = nn.utils.clip_grad_norm_(self.model.parameters(), max_norm).item()
        loss_sums = torch.stack(losses).tolist()
        self._refuse_non_finite(micro_batches, loss_sums, grad_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = self._learning_rate(state.step + 1)
        position = micro_batches[-1].position_after
        self._step_optimizer(measured=self._is_logged(state.step + 1, position.epoch))
        state.step += 1
        state.position = position
        state.target_tokens += num_tokens
        state.logged_tokens += num_tokens
        self._trained_tokens += num_tokens
        state.logged_loss += math.fsum(loss_sums)
        self._grad_norm = grad_norm
        self.reporter.step(state, loss=math.fsum(loss_sums) / num_tokens)

    def _step_optimizer(self, *, measured: bool) -> None:
        """Move the weights; measure how far if that will be logged."""
        before = copies(self.model.parameters()) if measured else None
        self.optimizer.step()
        if before is not None:
            self._update_norm = norm_of_change(self.model.parameters(), before)

    def _forward_backward(self, micro_batch: MicroBatch, *, num_tokens: int) -> Tensor:
        """Add the gradients of a micro-batch, divided by the labels of the whole update.

        Returns:
            The loss, summed over the micro-batch's labels.
        """
        batch = micro_batch.batch.to(self.device)
        enabled = self.precision != torch.float32
        with torch.autocast(self.device.type, dtype=self.precision, enabled=enabled):
            loss = linear_cross_entropy_sum(
                self.model.hidden(batch.source_ids, batch.target_input_ids),
                self.model.output_projection.weight,
                batch.target_label_ids,
                pad_id=self.model.pad_id,
                label_smoothing=self.settings.label_smoothing,
            )
        torch.autograd.backward(loss / num_tokens)
        return loss.detach()

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
        self, micro_batches: Sequence[MicroBatch], losses: Sequence[float], grad_norm: float
    ) -> None:
        if math.isfinite(grad_norm) and all(map(math.isfinite, losses)):
            return
        bad = [i for i, loss in enumerate(losses) if not math.isfinite(loss)]
        what = "the loss" if bad else "a gradient"
        bad = bad or [i for i, m in enumerate(micro_batches) if self._has_bad_gradient(i, m)]
        # Where each is finite alone, it is their sum.
        named = micro_batches[bad[0]] if bad else micro_batches[0]
        of = "" if bad or len(micro_batches) == 1 else f" and {len(micro_batches) - 1} more"
        pairs = ", ".join(str(i) for i in named.indices[:8].tolist())
        saved = self.milestones.saved_step
        raise UserError(
            f"Step {self.state.step + 1}: {what} is not finite; the update was not made.\n"
            f"Batch: epoch {named.epoch + 1}, pairs {pairs}{' …' if len(named.indices) > 8 else ''}"
            f"{of} (counted from 0 among the pairs kept).\n"
            f"Begin anew (--overwrite) with a training.learning_rate below "
            f"{self.settings.learning_rate:g}, training.warmup_steps above "
            f"{self.settings.warmup_steps}, or training.precision: float32."
            + (f"\nStep {saved} is saved and translates." if saved else ""),
            exit_code=1,
        )

    def _has_bad_gradient(self, index: int, micro_batch: MicroBatch) -> bool:
        """Tell whether this micro-batch of the update has a gradient that is not finite."""
        self.optimizer.zero_grad(set_to_none=True)
        seed_dropout(self.settings.seed, self.state.step + 1, index)
        self._forward_backward(micro_batch, num_tokens=1)
        gradients = [p.grad for p in self.model.parameters() if p.grad is not None]
        return not all(bool(torch.isfinite(gradient).all()) for gradient in gradients)

    def _is_logged(self, step: int, epoch: int) -> bool:
        """Tell whether there is a log line after this step: patience ends training later."""
        settings = self.settings
        last = ended_by(settings, step=step, epoch=epoch, stopped_early=False)
        return step % settings.log_every_steps == 0 or last is not None

    def _log_if_due(self) -> None:
        state = self.state
        if not self._is_logged(state.step, state.position.epoch):
            return
        seconds, tokens = self._trained_seconds, self._trained_tokens
        self._trained_seconds, self._trained_tokens = 0.0, 0
        self.reporter.metrics(
            {
                "type": "train",
                "step": state.step,
                "epoch": state.position.epoch + 1,
                "loss": state.logged_loss / state.logged_tokens,
                "learning_rate": self._learning_rate(state.step),
                "grad_norm": self._grad_norm,
                "update_norm": self._update_norm,
                "target_tokens": state.target_tokens,
                "timing": {
                    "seconds": round(seconds, 3),
                    "target_tokens_per_second": round(tokens / seconds, 1),
                },
            }
        )
        state.logged_loss, state.logged_tokens = 0.0, 0


def seed_dropout(seed: int, step: int, micro_batch: int) -> None:
    """Make dropout a function of (seed, step, index of the micro-batch in the step)."""
    digest = hashlib.blake2b(f"{seed} {step} {micro_batch}".encode(), digest_size=8).digest()
    torch.manual_seed(int.from_bytes(digest, "little") >> 1)
