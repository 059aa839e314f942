"""Where training stands: everything a resumed run needs beside weights and optimizer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from transformer_mt.data.sampler import Position
from transformer_mt.training.drawn import Drawn


@dataclass(frozen=True)
class Sample:
    """A validation sentence, its reference and what the model makes of it."""

    source: str
    reference: str
    hypothesis: str


@dataclass(frozen=True)
class Validation:
    """What validating one set of weights gave.

    `loss` is in nats per target token, without label smoothing; `bleu` is sacreBLEU's.
    """

    loss: float
    bleu: float
    bleu_signature: str
    samples: tuple[Sample, ...] = ()


@dataclass
class TrainingState:
    """The state after `step` updates."""

    step: int = 0
    position: Position = field(default_factory=Position)
    target_tokens: int = 0
    """Real target tokens trained on so far."""
    logged_loss: float = 0.0
    """Smoothed loss, summed over the `logged_tokens` labels since the last log line."""
    logged_tokens: int = 0
    logged_drawn: Drawn = field(default_factory=Drawn)
    """Where corpora are mixed: what was drawn of each since the last log line."""
    drawn: Drawn = field(default_factory=Drawn)
    """What was drawn of each corpus so far."""
    validated_step: int = 0
    validations: dict[int, dict[str, float]] = field(default_factory=dict)
    """Step -> loss and bleu of each validation."""
    validations_without_best: int = 0
    """Validations in a row without a new best: what `patience` counts."""
    stopped_early: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> TrainingState:
        """Return the state that `to_json` gave."""
        fields = dict(saved)
        fields["position"] = Position(**fields["position"])
        for name in ("logged_drawn", "drawn"):  # older checkpoints have none
            fields[name] = Drawn(**fields.get(name, {}))
        fields["validations"] = {int(step): v for step, v in fields["validations"].items()}
        return cls(**fields)

    def best_step(self, select_by: str, *, among: Collection[int] | None = None) -> int | None:
        """Return the step that validated best, the earlier of equals; None where there is none.

        `among` leaves out the others: `select_by` may have changed after they were removed.
        """
        steps = [step for step in self.validations if among is None or step in among]
        return max(steps, key=lambda step: (self._score(step, select_by), -step), default=None)

    def count_without_best(self, select_by: str) -> int:
        """Return how many validations there were since the best one."""
        best = self.best_step(select_by)
        return sum(best is not None and step > best for step in self.validations)

    def best_steps(self, count: int, select_by: str, *, among: Collection[int]) -> list[int]:
        """Return the `count` steps of `among` that validated best, in order of time."""
        validated = [step for step in self.validations if step in among]
        ranked = sorted(validated, key=lambda s: (self._score(s, select_by), -s))
        return sorted(ranked[::-1][:count])

    def _score(self, step: int, select_by: str) -> tuple[float, float]:
        """Return what the largest is the best of; of equal BLEU the lower loss decides."""
        validation = self.validations[step]
        loss, bleu = validation["loss"], validation["bleu"]
        return (bleu, -loss) if select_by == "bleu" else (-loss, bleu)
