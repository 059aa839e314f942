"""The loop: next update, loss, backward, clip, step, log, validate, save."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import partial

import torch
from torch import Tensor, nn

from transformer_mt.config import TrainingConfig
from transformer_mt.data.batch import Batch
from transformer_mt.data.mixing import Mixture
from transformer_mt.data.prefetch import prefetch, timed
from transformer_mt.data.sampler import BatchSampler, MicroBatch
from transformer_mt.model.transformer import Transformer
from transformer_mt.run_directory import RunDirectory
from transformer_mt.training.compiling import CompiledHidden, drop_gradients
from transformer_mt.training.drawn import Drawn, drawn_in
from transformer_mt.training.ending import is_logged
from transformer_mt.training.figures import FigureReader, Numbers, PendingUpdate, copy_for
from transformer_mt.training.memory_budget import MemoryBudget
from transformer_mt.training.milestones import Milestones
from transformer_mt.training.non_finite import has_bad_gradient, non_finite_error
from transformer_mt.training.norms import step_and_measure
from transformer_mt.training.passes import Passes
from transformer_mt.training.progress import Reporter
from transformer_mt.training.ranks import ALONE, Ranks
from transformer_mt.training.schedule import rate_of_step
from transformer_mt.training.seeding import seed_dropout
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
        compiled: CompiledHidden | None = None,
        copy: Callable[[Tensor], Numbers] | None = None,
    ) -> None:
        """Get ready; `copy` is how figures reach the host, where not as the device has it."""
        self.model = model
        self.optimizer = optimizer
        self.sampler = sampler
        self.settings = settings
        self.milestones = milestones
        self.reporter = reporter
        self.ranks = ranks
        self.mixture = mixture
        self.compiled = compiled
        self.passes = Passes(model, settings, ranks=ranks, compiled=compiled)
        self.precision = self.passes.precision
        self.device = next(model.parameters()).device
        self.memory = MemoryBudget(
            settings,
            RunDirectory(milestones.store.run),
            device=self.device,
            pad_id=model.pad_id,
            reporter=reporter,
            world_size=ranks.size,
            may_halve=compiled is None,
        )
        # Since the last log line of this process, validating and saving left out.
        self._speed = Speedometer(model, precision=self.precision, devices=ranks.size)
        self._grad_norm, self._loss = 0.0, 0.0  # of the last update that was looked at
        self._update_norm = 0.0
        self._figures = FigureReader(
            optimizer,
            ranks=ranks,
            device=self.device,
            copy=copy or copy_for(self.device, optimizer),
        )
        self._pending: deque[PendingUpdate] = deque()
        milestones.settle = self.settle

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
        self.compile_all()
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

    def compile_all(self) -> float | None:
        """Compile the model if it is to be, for all shapes of batch; say and return the seconds."""
        if self.compiled is None:
            return None
        self.model.train()
        pass_batch = partial(self._forward_backward, num_tokens=1, last=False)
        compile_all = partial(self.compiled.compile_all, self.sampler.shapes, pass_batch)
        self._drop_gradients()  # graphs add to gradients that are there, from the first on
        seconds = self.memory.attempt(self.state.step + 1, compile_all)
        self.reporter.line(f"Compiled {len(self.sampler.shapes)} shapes in {seconds:.0f} s")
        return seconds

    def seconds_per_update(self) -> float:
        """Time forward and backward pass of one batch; weights and state stay as they are."""
        micro_batch = next(self.sampler.updates(self.state.position))[0]
        self.model.train()
        for _ in range(2 if self.compiled is None else 3):  # the first passes warm up
            began = time.perf_counter()
            self._gradients([micro_batch], range(1), num_tokens=1, summed=False)[0].item()
            seconds = time.perf_counter() - began
        self._drop_gradients()
        tokens = micro_batch.batch.num_target_tokens
        return seconds * max(1.0, self.settings.tokens_per_update / tokens / self.ranks.size)

    def _update(self, micro_batches: Sequence[MicroBatch]) -> None:
        """Make one update of the weights from all its micro-batches, dealt out to the ranks."""
        settings, state, ranks = self.settings, self.state, self.ranks
        own = ranks.own(len(micro_batches))
        own_tokens = sum(micro_batches[index].batch.num_target_tokens for index in own)
        num_tokens = int(ranks.sum([own_tokens])[0])  # over the CPU: no GPU is waited for
        self.model.train()
        self.memory.begin_step(state.step + 1)
        losses = self._gradients(micro_batches, own, num_tokens=num_tokens)
        max_norm = settings.max_grad_norm or math.inf
        grad_norm = nn.utils.clip_grad_norm_(self.model.parameters(), max_norm)
        own_losses = dict(zip(own, losses, strict=True))
        figures = self._figures.begin(own_losses, len(micro_batches), grad_norm)
        self._pending.append(PendingUpdate(state.step + 1, micro_batches, num_tokens, figures))
        if self._figures.waits:
            self.settle()
        for group in self.optimizer.param_groups:
            group["lr"] = rate_of_step(state.step + 1, settings)
        position = micro_batches[-1].position_after
        logged = is_logged(settings, step=state.step + 1, epoch=position.epoch)
        if logged:
            self._update_norm = step_and_measure(self.optimizer, self.model)
        else:
            self.optimizer.step()
        state.step += 1
        state.position = position
        state.target_tokens += num_tokens
        state.logged_tokens += num_tokens
        if self.mixture is not None:
            drawn = drawn_in(micro_batches, self.mixture, pad_id=self.model.pad_id)
            state.logged_drawn.add(drawn)
            state.drawn.add(drawn)
        # The first has nothing before it to show.
        self.settle(but=0 if logged or not self._loss else 1)
        self.reporter.step(state, loss=self._loss)

    def settle(self, *, but: int = 0) -> None:
        """Look at the figures of updates, all but so many of the last: before they are made use of.

        Raises:
            UserError: the loss or a gradient of one is not finite; it was not made, and none since.
        """
        while len(self._pending) > but:
            update = self._pending.popleft()
            grad_norm, *losses = update.figures.read()
            self._refuse_non_finite(update, losses, grad_norm)
            loss = math.fsum(losses)
            self.state.logged_loss += loss
            self._grad_norm, self._loss = grad_norm, loss / update.num_tokens

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
            self._drop_gradients()
            if summed and not own:
                self.passes.replica.sum_gradients()
            last = own[-1] if summed and own else None
            losses = [
                self._pass(i, micro_batches[i], num_tokens=num_tokens, last=i == last) for i in own
            ]
            self.passes.collect()
            return losses

        return self.memory.attempt(self.state.step + 1, from_the_first)

    def _pass(
        self, index: int, micro_batch: MicroBatch, *, num_tokens: int, last: bool = False
    ) -> Tensor:
        """Pass a micro-batch of the next step as a whole, or in the parts that memory allows."""
        step, losses = self.state.step + 1, []
        for part in self.memory.parts(micro_batch.batch, step=step):
            seed_dropout(self.settings.seed, step, index, part.number)
            last_part = last and part.is_last
            loss = self._forward_backward(part.batch, num_tokens=num_tokens, last=last_part)
            losses.append(loss)
        return torch.stack(losses).sum()

    def _forward_backward(self, batch: Batch, *, num_tokens: int, last: bool) -> Tensor:
        """Add the gradients of a micro-batch, divided by the labels of the whole update.

        With the `last` micro-batch of this rank, the gradients are summed over the ranks.

        Returns:
            The loss, summed over the micro-batch's labels.
        """
        return self.passes.add(batch, num_tokens=num_tokens, last=last)

    def _drop_gradients(self) -> None:
        keep_tensors = self.compiled is not None and self.compiled.uses_graphs
        drop_gradients(self.optimizer, keep_tensors=keep_tensors)
        self.passes.drop()

    def _refuse_non_finite(
        self, update: PendingUpdate, losses: Sequence[float], grad_norm: float
    ) -> None:
        if math.isfinite(grad_norm) and all(map(math.isfinite, losses)):
            return
        # The weights are still those before it; with its step, parts and dropout are its own.
        self.state.step = update.step - 1
        bad = [index for index, loss in enumerate(losses) if not math.isfinite(loss)]
        error = non_finite_error(
            update.micro_batches,
            bad or self._with_bad_gradients(update.micro_batches),
            what="the loss" if bad else "a gradient",
            step=update.step,
            saved_step=self.milestones.saved_step,
            settings=self.settings,
        )
        self.ranks.fail(error)

    def _with_bad_gradients(self, micro_batches: Sequence[MicroBatch]) -> list[int]:
        """Return which micro-batches of the update have a gradient that is not finite."""
        found = [0.0] * len(micro_batches)
        for index in self.ranks.own(len(micro_batches)):
            self._drop_gradients()
            self._pass(index, micro_batches[index], num_tokens=1)
            self.passes.collect()
            found[index] = has_bad_gradient(self.model)
        return [index for index, bad in enumerate(self.ranks.sum(found)) if bad]

    def _log_if_due(self) -> None:
        state = self.state
        if not is_logged(self.settings, step=state.step, epoch=state.position.epoch):
            return
        self.reporter.metrics(
            {
                "type": "train",
                "step": state.step,
                "epoch": state.position.epoch + 1,
                "loss": state.logged_loss / state.logged_tokens,
                "learning_rate": rate_of_step(state.step, self.settings),
                "grad_norm": self._grad_norm,
                "update_norm": self._update_norm,
                "target_tokens": state.target_tokens,
                **({"drawn": state.logged_drawn.shares()} if self.mixture else {}),
                "timing": self._speed.read(),
            }
        )
        state.logged_loss, state.logged_tokens, state.logged_drawn = 0.0, 0, Drawn()
