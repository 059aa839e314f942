"""The loop: next update, loss, backward, clip, step, log, validate, save."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Generator, Sequence
from contextlib import closing

import torch
from torch import Tensor, nn

from transformer_mt.config import TrainingConfig
from transformer_mt.data.batch import Batch
from transformer_mt.data.mixing import Mixture
from transformer_mt.data.prefetch import prefetch, timed
from transformer_mt.data.sampler import BatchSampler, MicroBatch
from transformer_mt.errors import UserError
from transformer_mt.model.transformer import Transformer
from transformer_mt.run_directory import RunDirectory
from transformer_mt.training.drawn import Drawn, drawn_in
from transformer_mt.training.ending import ended_by
from transformer_mt.training.loss import linear_cross_entropy_sum
from transformer_mt.training.memory_budget import MemoryBudget
from transformer_mt.training.milestones import Milestones
from transformer_mt.training.norms import copies, norm_of_change
from transformer_mt.training.progress import Reporter
from transformer_mt.training.ranks import ALONE, Ranks
from transformer_mt.training.replica import Replica
from transformer_mt.training.schedule import learning_rate
from transformer_mt.training.state import TrainingState
from transformer_mt.training.throughput import Speedometer, TokenCounts, UpdateTimes

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
        ranks: Ranks = ALONE,
        mixture: Mixture | None = None,
    ) -> None:
        self.model = model
        self.optimizer = optimizer
        self.sampler = sampler
        self.settings = settings
        self.milestones = milestones
        self.reporter = reporter
        self.ranks = ranks
        self.replica = Replica(model, self._loss_of, ranks=ranks)
        self.mixture = mixture
        self.device = next(model.parameters()).device
        self.precision = {"float32": torch.float32, "bfloat16": torch.bfloat16}[settings.precision]
        self.memory = MemoryBudget(
            settings,
            RunDirectory(milestones.store.run),
            device=self.device,
            pad_id=model.pad_id,
            reporter=reporter,
            world_size=ranks.size,
        )
        # Since the last log line of this process, validating and saving left out.
        self._speed = Speedometer(model, precision=self.precision, devices=ranks.size)
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
        with closing(self.updates()) as updates:
            while not milestones.finished():
                milestones.stop_here()
                self._speed.add(next(updates))
                self._log_if_due()
                milestones.pass_step()
        milestones.average()

    def updates(self) -> Generator[UpdateTimes, None, None]:
        """Make an update of the weights each time one is asked for; tell what it had and took."""
        batches = timed(self.sampler.updates(self.state.position))
        with closing(prefetch(batches, depth=_UPDATES_AHEAD)) as ahead:
            began = time.perf_counter()
            for micro_batches, preparing in ahead:
                waited = time.perf_counter() - began
                self._update(micro_batches)
                yield UpdateTimes(
                    counts=TokenCounts.of(m.batch for m in micro_batches),
                    seconds=time.perf_counter() - began,
                    waiting_seconds=waited,
                    preparing_seconds=preparing,
                )
                began = time.perf_counter()

    def seconds_per_update(self) -> float:
        """Time forward and backward pass of one batch; weights and state stay as they are."""
        micro_batch = next(self.sampler.updates(self.state.position))[0]
        self.model.train()
        for _ in range(2):  # the first pass warms up
            began = time.perf_counter()
            self._gradients([micro_batch], range(1), num_tokens=1, summed=False)[0].item()
            seconds = time.perf_counter() - began
        self.optimizer.zero_grad(set_to_none=True)
        tokens = micro_batch.batch.num_target_tokens
        return seconds * max(1.0, self.settings.tokens_per_update / tokens / self.ranks.size)

    def _update(self, micro_batches: Sequence[MicroBatch]) -> None:
        """Make one update of the weights from all its micro-batches, dealt out to the ranks."""
        settings, state, ranks = self.settings, self.state, self.ranks
        own = ranks.own(len(micro_batches))
        own_tokens = sum(micro_batches[index].batch.num_target_tokens for index in own)
        num_tokens = int(ranks.sum([own_tokens])[0])
        self.model.train()
        self.memory.begin_step(state.step + 1)
        losses = self._gradients(micro_batches, own, num_tokens=num_tokens)
        max_norm = settings.max_grad_norm or math.inf
        grad_norm = nn.utils.clip_grad_norm_(self.model.parameters(), max_norm).item()
        own_losses = dict(zip(own, torch.stack(losses).tolist() if own else (), strict=True))
        loss_sums = ranks.sum([own_losses.get(i, 0.0) for i in range(len(micro_batches))])
        self._refuse_non_finite(micro_batches, loss_sums, grad_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = self._learning_rate(state.step + 1)
        position = micro_batches[-1].position_after
        self._step_optimizer(measured=self._is_logged(state.step + 1, position.epoch))
        state.step += 1
        state.position = position
        state.target_tokens += num_tokens
        state.logged_tokens += num_tokens
        state.logged_loss += math.fsum(loss_sums)
        if self.mixture is not None:
            drawn = drawn_in(micro_batches, self.mixture, pad_id=self.model.pad_id)
            state.logged_drawn.add(drawn)
            state.drawn.add(drawn)
        self._grad_norm = grad_norm
        self.reporter.step(state, loss=math.fsum(loss_sums) / num_tokens)

    def _gradients(
        self,
        micro_batches: Sequence[MicroBatch],
        own: range,
        *,
        num_tokens: int,
        summed: bool = True,
    ) -> list[Tensor]:
        """Make the gradients of an update anew, and return the summed loss of each micro-batch.

        Of the micro-batches this rank passes its `own`; if `summed`, the gradients are then
        summed over the ranks.
        """

        def from_the_first() -> list[Tensor]:
            self.optimizer.zero_grad(set_to_none=True)
            if summed and not own:
                self.replica.sum_gradients()
            return [
                self._pass(
                    index,
                    micro_batches[index],
                    num_tokens=num_tokens,
                    last=summed and index == own[-1],
                )
                for index in own
            ]

        return self.memory.attempt(self.state.step + 1, from_the_first)

    def _pass(
        self, index: int, micro_batch: MicroBatch, *, num_tokens: int, last: bool = False
    ) -> Tensor:
        """Pass a micro-batch of the next step as a whole, or in the parts that memory allows."""
        step, losses = self.state.step + 1, []
        for part in self.memory.parts(micro_batch.batch, step=step):
            seed_dropout(self.settings.seed, step, index, part.number)
            losses.append(
                self._forward_backward(
                    part.batch, num_tokens=num_tokens, last=last and part.is_last
                )
            )
        return torch.stack(losses).sum()

    def _step_optimizer(self, *, measured: bool) -> None:
        """Move the weights; measure how far if that will be logged."""
        before = copies(self.model.parameters()) if measured else None
        self.optimizer.step()
        if before is not None:
            self._update_norm = norm_of_change(self.model.parameters(), before)

    def _forward_backward(self, batch: Batch, *, num_tokens: int, last: bool) -> Tensor:
        """Add the gradients of a micro-batch, divided by the labels of the whole update.

        With the `last` micro-batch of this rank, the gradients are summed over the ranks.

        Returns:
            The loss, summed over the micro-batch's labels.
        """
        batch = batch.to(self.device)
        enabled = self.precision != torch.float32
        with self.replica.passing(last=last):
            with torch.autocast(self.device.type, dtype=self.precision, enabled=enabled):
                loss = self.replica.loss(batch)
            # DistributedDataParallel gives the mean over the ranks, wanted is the sum.
            torch.autograd.backward(loss / (num_tokens / self.ranks.size))
        return loss.detach()

    def _loss_of(self, batch: Batch) -> Tensor:
        return linear_cross_entropy_sum(
            self.model.hidden(batch.source_ids, batch.target_input_ids),
            self.model.output_projection.weight,
            batch.target_label_ids,
            pad_id=self.model.pad_id,
            label_smoothing=self.settings.label_smoothing,
        )

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
        bad = bad or self._with_bad_gradients(micro_batches)
        # Where each is finite alone, it is their sum.
        named = micro_batches[bad[0]] if bad else micro_batches[0]
        of = "" if bad or len(micro_batches) == 1 else f" and {len(micro_batches) - 1} more"
        pairs = ", ".join(str(i) for i in named.indices[:8].tolist())
        saved = self.milestones.saved_step
        error = UserError(
            f"Step {self.state.step + 1}: {what} is not finite; the update was not made.\n"
            f"Batch: epoch {named.epoch + 1}, pairs {pairs}{' …' if len(named.indices) > 8 else ''}"
            f"{of} (counted from 0 among the pairs kept).\n"
            f"Begin anew (--overwrite) with a training.learning_rate below "
            f"{self.settings.learning_rate:g}, training.warmup_steps above "
            f"{self.settings.warmup_steps}, or training.precision: float32."
            + (f"\nStep {saved} is saved and translates." if saved else ""),
            exit_code=1,
        )
        self.ranks.fail(error)

    def _with_bad_gradients(self, micro_batches: Sequence[MicroBatch]) -> list[int]:
        """Return which micro-batches of the update have a gradient that is not finite."""
        found = [0.0] * len(micro_batches)
        for index in self.ranks.own(len(micro_batches)):
            found[index] = self._has_bad_gradient(index, micro_batches[index])
        return [index for index, bad in enumerate(self.ranks.sum(found)) if bad]

    def _has_bad_gradient(self, index: int, micro_batch: MicroBatch) -> bool:
        """Tell whether this micro-batch of the update has a gradient that is not finite."""
        self.optimizer.zero_grad(set_to_none=True)
        self._pass(index, micro_batch, num_tokens=1)
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
                **({"drawn": state.logged_drawn.shares()} if self.mixture else {}),
                "timing": self._speed.read(),
            }
        )
        state.logged_loss, state.logged_tokens, state.logged_drawn = 0.0, 0, Drawn()


def seed_dropout(seed: int, step: int, micro_batch: int, part: int | None = None) -> None:
    """Make dropout a function of (seed, step, index of the micro-batch in the step).

    `part` is the number of a part of the micro-batch; None is the whole.
    """
    place = f"{seed} {step} {micro_batch}" + ("" if part is None else f" {part}")
    digest = hashlib.blake2b(place.encode(), digest_size=8).digest()
    torch.manual_seed(int.from_bytes(digest, "little") >> 1)
