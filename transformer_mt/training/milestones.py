"""What happens between updates: validate, save, point to the best, and average at the end."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from transformer_mt.checkpoint import Checkpoint, CheckpointStore
from transformer_mt.config import TrainingConfig
from transformer_mt.errors import Interrupted, UserError
from transformer_mt.interruption import StopRequest
from transformer_mt.model.transformer import Transformer
from transformer_mt.saved_model import load_weights
from transformer_mt.training.averaging import average_weights
from transformer_mt.training.ending import ended_by
from transformer_mt.training.optimizer import optimizer_tensors, restore_optimizer
from transformer_mt.training.progress import Reporter
from transformer_mt.training.ranks import ALONE, Ranks
from transformer_mt.training.state import TrainingState, Validation

Validate = Callable[[Transformer], Validation]


class Milestones:
    """Keeps the checkpoints of a run in step with the state of its training."""

    def __init__(
        self,
        *,
        model: Transformer,
        optimizer: torch.optim.Optimizer,
        settings: TrainingConfig,
        store: CheckpointStore,
        validate: Validate,
        reporter: Reporter,
        stop: StopRequest,
        ranks: Ranks = ALONE,
    ) -> None:
        self.model = model
        self.optimizer = optimizer
        self.settings = settings
        self.store = store
        self.validate = validate
        self.reporter = reporter
        self.stop = stop
        self.ranks = ranks
        self.state = TrainingState()
        self.saved_step = 0
        """The step that a run would be resumed from now."""
        self.settle: Callable[[], None] = lambda: None
        """What makes sure of the updates so far, before they are validated or saved."""

    def restore(self) -> list[str]:
        """Take up the newest intact checkpoint, if there is one; on all ranks that of rank 0.

        What lies beyond it, metrics and pointers included, is cut back to it.

        Returns:
            A line for each damaged checkpoint that was passed over.
        """
        newest, skipped = self.store.newest_intact() if self.ranks.leads else (None, [])
        step = self.ranks.tell(newest.step if newest else None)
        checkpoint = None if step is None else self.store.at(step)
        if checkpoint is not None:
            try:
                load_weights(self.model, checkpoint.weights())
            except ValueError as error:
                unfit = UserError(
                    f"{checkpoint.path}: does not fit the settings and tokenizer of this run "
                    f"({error}).\nRestore its config.yaml and tokenizer, or use --overwrite."
                )
                self.ranks.fail(unfit)
            restore_optimizer(self.model, self.optimizer, checkpoint.optimizer())
            self.state = TrainingState.from_json(checkpoint.state())
        self.saved_step = self.state.step
        self._count_patience()  # `patience` and `select_by` may have been changed
        if self.ranks.leads:
            self._cut_back()
        return skipped

    def _cut_back(self) -> None:
        """Remove what the state does not know of."""
        state = self.state
        self.store.forget_after(state.step)
        self._point_to_best()
        self._prune()
        averaged = self.store.read_pointer("averaged")
        self.reporter.cut_back(
            state.step,
            validated_step=state.validated_step,
            averaged_step=averaged["step"] if averaged else None,
        )

    def ended_by(self) -> str | None:
        """Return the key of the setting that ends training here, None where it goes on."""
        state = self.state
        return ended_by(
            self.settings,
            step=state.step,
            epoch=state.position.epoch,
            stopped_early=state.stopped_early,
        )

    def finished(self) -> bool:
        """Tell whether steps, epochs or patience have ended."""
        return self.ended_by() is not None

    def complete(self) -> bool:
        """Tell whether training has finished and what follows it, too, is done."""
        if not self.finished() or self.state.validated_step != self.state.step:
            return False
        return len(self._to_average()) < 2 or self._has_averaged()

    def pass_step(self) -> None:
        """Validate and save if this step is one for it.

        Raises:
            Interrupted: a signal came while validating; the state is saved, and the validation
                is made up for when the run is resumed.
        """
        state, settings = self.state, self.settings
        due = state.step % settings.validate_every_steps == 0 or self.finished()
        if due and state.validated_step != state.step and state.step:
            try:
                self._validate()
            except Interrupted:
                self.stop_here()
                raise
            self.save()
        elif state.step % settings.save_every_steps == 0 and state.step != self.saved_step:
            self.save()

    def stop_here(self) -> None:
        """Save and raise `Interrupted` if a first signal has come; a second one means at once.

        A signal to one rank is one to all.
        """
        if self.stop.hurried:
            return
        self.stop.signal = self.ranks.largest(self.stop.signal or 0) or None
        if self.stop.signal is not None:
            if self.state.step != self.saved_step:
                self.save()
            self.stop.check()

    def _validate(self) -> None:
        self.settle()
        state = self.state
        began = time.perf_counter()
        validation = self._run_validation()
        state.validated_step = state.step
        state.validations[state.step] = {"loss": validation.loss, "bleu": validation.bleu}
        self._count_patience()
        seconds = time.perf_counter() - began
        self.reporter.validation(state, validation, seconds=seconds, weights="current")

    def _count_patience(self) -> None:
        state, patience = self.state, self.settings.patience
        state.validations_without_best = state.count_without_best(self.settings.select_by)
        state.stopped_early = patience is not None and state.validations_without_best >= patience

    def _run_validation(self) -> Validation:
        self.model.eval()
        return self.validate(self.model)

    def save(self) -> None:
        """Write a checkpoint, then the pointer to the best, then remove what is not kept.

        Rank 0 does; the others know then that it is saved, or will hear of rank 0's end.
        """
        self.settle()
        if not self.ranks.leads:
            self.saved_step = self.state.step
            return
        self.reporter.flush()
        self.store.save(
            step=self.state.step,
            weights=dict(self.model.named_parameters()),
            optimizer=optimizer_tensors(self.model, self.optimizer),
            state=self.state.to_json(),
        )
        self.saved_step = self.state.step
        self._point_to_best()
        self._prune()

    def _prune(self) -> None:
        """Remove the checkpoints that are kept for nothing."""
        state, settings = self.state, self.settings
        # `select_by` may have been changed after the best by it was removed.
        saved = {checkpoint.step for checkpoint in self.store.all()}
        count = settings.average_checkpoints if settings.average_from == "best" else 1
        protected = state.best_steps(max(1, count), settings.select_by, among=saved)
        self.store.prune(
            keep=settings.keep_checkpoints, protected=protected, is_regular=self._is_regular
        )

    def _is_regular(self, step: int) -> bool:
        """Tell whether an uninterrupted run saves at this step."""
        settings = self.settings
        return (
            step % settings.save_every_steps == 0
            or step % settings.validate_every_steps == 0
            or step in self.state.validations
        )

    def _point_to_best(self) -> None:
        """Let best.json follow from the state, so that a resumed run has it right at once."""
        saved = {checkpoint.step for checkpoint in self.store.all()}
        best = self.state.best_step(self.settings.select_by, among=saved)
        if best is None:
            self.store.remove_pointer("best")
            return
        content = {"checkpoint": f"step-{best:08d}", "step": best, **self.state.validations[best]}
        if self.store.read_pointer("best") != content:
            self.store.write_pointer("best", content)

    def _to_average(self) -> list[Checkpoint]:
        """Return the checkpoints whose weights are averaged when training ends."""
        settings = self.settings
        if settings.average_checkpoints < 2:
            return []
        saved = [checkpoint for checkpoint in self.store.all() if self._is_regular(checkpoint.step)]
        if settings.average_from == "best":
            best = self.state.best_steps(
                settings.average_checkpoints,
                settings.select_by,
                among={checkpoint.step for checkpoint in saved},
            )
            return [checkpoint for checkpoint in saved if checkpoint.step in best]
        return saved[-settings.average_checkpoints :]

    def _has_averaged(self) -> bool:
        averaged = self.store.read_pointer("averaged")
        return averaged is not None and averaged["step"] == self.state.step

    def _is_intact(self, checkpoint: Checkpoint) -> bool:
        damage = checkpoint.damage()
        if damage:
            self.reporter.line(f"warning: {checkpoint.path}: left out of the average, {damage}.")
        return damage is None

    def _choose_to_average(self) -> list[int]:
        """Return the steps to average, none where that is done."""
        if self._has_averaged():
            return []
        return [checkpoint.step for checkpoint in self._to_average() if self._is_intact(checkpoint)]

    def average(self) -> None:
        """Average the last or best checkpoints, validate the result and note it."""
        steps = self.ranks.tell(self._choose_to_average() if self.ranks.leads else None)
        if len(steps) < 2:
            return
        chosen = [self.store.at(step) for step in steps]
        began = time.perf_counter()
        weights = average_weights(checkpoint.weights() for checkpoint in chosen)
        current = {name: p.detach().clone() for name, p in self.model.named_parameters()}
        load_weights(self.model, weights)
        validation = self._run_validation()
        load_weights(self.model, current)
        seconds = time.perf_counter() - began
        self.reporter.validation(self.state, validation, seconds=seconds, weights="averaged")
        if not self.ranks.leads:
            return
        step = self.state.step
        saved = self.store.save_averaged(step=step, weights=weights, state={"of": steps})
        content = {"loss": validation.loss, "bleu": validation.bleu, "of": steps}
        self.store.write_pointer(
            "averaged", {"checkpoint": saved.path.name, "step": step, **content}
        )
        self._prune()  # an average of fewer steps
