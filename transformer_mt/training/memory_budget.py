"""What a micro-batch may hold, halved where the device has too little memory.

The micro-batches of a step stay what they are, and with them the order of the data: one that
holds more than the budget is passed in parts. When and how far the budget was halved is written
down at once: a run that is resumed passes the same parts, whatever memory it has then.
"""

from __future__ import annotations

import json
from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TypeVar

import torch

from transformer_mt.config import TrainingConfig
from transformer_mt.data.batch import Batch
from transformer_mt.device import give_back_memory, is_out_of_memory
from transformer_mt.errors import UserError
from transformer_mt.run_directory import RunDirectory, read_bytes, write_json
from transformer_mt.token_budget import KEY, as_number
from transformer_mt.training.progress import Reporter
from transformer_mt.training.splitting import split_batch

Result = TypeVar("Result")


@dataclass(frozen=True)
class Halving:
    """From `step` on, the step in the making when memory ran out, a micro-batch holds less."""

    step: int
    max_tokens_per_batch: int


@dataclass(frozen=True)
class Part:
    """Pairs of a micro-batch that are passed together; `number` is None where they are all."""

    batch: Batch
    number: int | None
    is_last: bool


class MemoryBudget:
    """Cuts micro-batches to the budget, and halves it when memory runs out."""

    def __init__(
        self,
        settings: TrainingConfig,
        run: RunDirectory,
        *,
        device: torch.device,
        pad_id: int,
        reporter: Reporter,
        world_size: int = 1,
        may_halve: bool = True,
    ) -> None:
        """Take up the halvings of a run that is resumed; `world_size` is its number of ranks.

        Without `may_halve` the batches have to stay whole, as where shapes are compiled.

        Raises:
            UserError: the file that holds them is damaged.
        """
        self._settings = settings
        self._file = run.halvings
        self._device = device
        self._pad_id = pad_id
        self._reporter = reporter
        self._world_size = world_size
        self._may_halve = may_halve and world_size == 1
        self._halvings = self._read()
        self._num_told: int | None = None  # those of metrics.jsonl, none of later steps
        self._tried = (0, 0)  # pairs and padded tokens of the part that was begun last

    def at(self, step: int) -> int:
        """Return what a micro-batch of a step may hold, in padded tokens of a side."""
        budget = as_number(self._settings.max_tokens_per_batch)
        halved = [h.max_tokens_per_batch for h in self._halvings if h.step <= step]
        return min([budget, *halved])

    def parts(self, batch: Batch, *, step: int) -> Iterator[Part]:
        """Yield the parts of a micro-batch, or the whole of it."""
        parts = split_batch(batch, max_tokens=self.at(step), pad_id=self._pad_id)
        for number, part in enumerate(parts):
            rows = len(part.source_ids)
            longest = max(part.source_ids.shape[1], part.target_label_ids.shape[1])
            self._tried = rows, rows * longest
            yield Part(part, number if len(parts) > 1 else None, number == len(parts) - 1)

    def attempt(self, step: int, work: Callable[[], Result]) -> Result:
        """Return what `work` gives; begin it again with half the budget if memory runs out.

        `work` takes its batches from `parts`, and drops the gradients of an earlier attempt.

        Raises:
            UserError: a single pair is too much; or batches have to stay whole; or there are
                several ranks, which would wait for each other.
        """
        while True:
            try:
                return work()
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
            # Not in the handler: there the error's traceback still holds the tensors of the work.
            give_back_memory(self._device)
            self._halve(step)

    def _halve(self, step: int) -> None:
        pairs, tokens = self._tried
        if not self._may_halve:
            raise self._stays_whole(step)
        if pairs == 1:
            raise self._one_pair(step, tokens)
        budget = self.at(step) // 2
        while budget >= tokens > 0:  # else the next attempt would be no other
            budget //= 2
        insort(self._halvings, Halving(step, budget), key=lambda halving: halving.step)
        write_json(self._file, [asdict(halving) for halving in self._halvings])
        self.begin_step(step)

    def begin_step(self, step: int) -> None:
        """Show and write down the halvings of this step that an earlier process has recorded."""
        if self._num_told is None:
            self._num_told = sum(halving.step < step for halving in self._halvings)
        for halving in self._halvings[self._num_told :]:
            if halving.step > step:
                break
            budget = halving.max_tokens_per_batch
            self._reporter.line(
                f"step {halving.step}: out of memory; {KEY} is {budget:,} from here on"
            )
            self._reporter.metrics(
                {"type": "memory", "step": halving.step, KEY.split(".")[1]: budget, "timing": {}}
            )
            self._num_told += 1

    def _read(self) -> list[Halving]:
        try:
            return [Halving(**halving) for halving in json.loads(read_bytes(self._file))]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError):
            raise UserError(
                f"{self._file}: is damaged. Delete it to go on with the full {KEY}."
            ) from None

    def _stays_whole(self, step: int) -> UserError:
        budget = self.at(step)
        of = " of a rank" if self._world_size > 1 else ""
        return UserError(
            f"Step {step}: the device{of} has too little memory for {KEY} {budget:,}.\n"
            f"Begin anew (--overwrite) with {KEY}={budget // 2}"
            + self._or_checkpointing()
            + "\nWhat was saved is intact.",
            exit_code=1,
        )

    def _one_pair(self, step: int, tokens: int) -> UserError:
        return UserError(
            f"Step {step}: the device has too little memory for one pair of {tokens} tokens.\n"
            "Begin anew (--overwrite) with data.max_source_length and data.max_target_length of "
            f"{tokens // 2}" + self._or_checkpointing() + "\nWhat was saved is intact.",
            exit_code=1,
        )

    def _or_checkpointing(self) -> str:
        if self._settings.activation_checkpointing:
            return ", or a smaller model."
        return ",\nor go on with training.activation_checkpointing=true."
