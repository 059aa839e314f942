"""What a person sees of training, and what is written down of it."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from transformer_mt.run_directory import RunDirectory, write_atomically
from transformer_mt.training.state import TrainingState, Validation


class Reporter:
    """Shows progress on standard error; keeps metrics.jsonl and train.log.

    The bar vanishes where standard error is no terminal; lines are shown unless `quiet`.
    """

    def __init__(self, run: RunDirectory, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._run = run
        self._metrics = run.metrics.open("a", encoding="utf-8")
        self._log = run.log.open("a", encoding="utf-8")
        self._bar: tqdm[Any] | None = None

    def close(self) -> None:
        """End the bar and close the files."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        self._metrics.close()
        self._log.close()

    def line(self, text: str) -> None:
        """Show a line, and write it to train.log."""
        self.log(text)
        if not self.quiet:
            tqdm.write(text, file=sys.stderr)

    def log(self, text: str) -> None:
        """Write lines to train.log with the time."""
        for part in text.splitlines():
            self._log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {part}\n")
        self._log.flush()

    def start(self, state: TrainingState, *, max_steps: int) -> None:
        """Begin the bar at the step that training resumes from."""
        self._bar = tqdm(
            total=max_steps,
            initial=state.step,
            unit="step",
            dynamic_ncols=True,
            disable=True if self.quiet else None,  # None: shown on a terminal only
            smoothing=0.1,
            bar_format="{desc} {percentage:3.0f}% {bar} {n_fmt}/{total_fmt} {elapsed}<{remaining}"
            "{postfix}",
        )
        self._last_shown = (time.perf_counter(), state.target_tokens)

    def step(self, state: TrainingState, *, loss: float) -> None:
        """Move the bar by one update."""
        bar = self._bar
        if bar is None or bar.disable:
            return
        now, (then, tokens) = time.perf_counter(), self._last_shown
        if now - then >= 1.0:
            rate = (state.target_tokens - tokens) / (now - then)
            bar.set_postfix_str(f"loss {loss:.3f}, {rate:,.0f} target tokens/s", refresh=False)
            self._last_shown = (now, state.target_tokens)
        bar.set_description_str(f"epoch {state.position.epoch + 1}", refresh=False)
        bar.update()

    def metrics(self, record: Mapping[str, Any]) -> None:
        """Append one object to metrics.jsonl."""
        self._metrics.write(json.dumps(record, ensure_ascii=False) + "\n")
        self._metrics.flush()
        if self._bar is None or self._bar.disable:
            self._announce(record)

    def _announce(self, record: Mapping[str, Any]) -> None:
        """Show a log line where no bar does."""
        if record["type"] == "train":
            rate = record["timing"]["target_tokens_per_second"]
            self.line(
                f"step {record['step']}, epoch {record['epoch']}: loss {record['loss']:.3f}, "
                f"learning rate {record['learning_rate']:.2e}, {rate:,.0f} target tokens/s"
            )

    def validation(
        self, state: TrainingState, validation: Validation, *, seconds: float, weights: str
    ) -> None:
        """Show and write down a validation, with its sample translations."""
        perplexity = math.exp(min(validation.loss, 700.0))
        self.metrics(
            {
                "type": "validation",
                "weights": weights,
                "step": state.step,
                "epoch": state.position.epoch + 1,
                "loss": validation.loss,
                "perplexity": perplexity,
                "bleu": validation.bleu,
                "bleu_signature": validation.bleu_signature,
                "timing": {"seconds": round(seconds, 3)},
            }
        )
        note = " (averaged weights)" if weights == "averaged" else ""
        self.line(
            f"step {state.step}{note}: validation BLEU {validation.bleu:.2f}, "
            f"loss {validation.loss:.3f}, perplexity {perplexity:.2f} ({seconds:.0f} s)"
        )
        for sample in validation.samples:
            self.line(
                f"    source      {sample.source}\n"
                f"    reference   {sample.reference}\n"
                f"    translation {sample.hypothesis}"
            )

    def flush(self) -> None:
        """Make metrics.jsonl safe before a checkpoint that relies on it."""
        self._metrics.flush()
        os.fsync(self._metrics.fileno())

    def cut_back(self, step: int, *, validated_step: int, averaged_step: int | None) -> None:
        """Drop the metrics of steps after the one that training resumes from.

        Validations at that step go too, unless the checkpoint, or averaged.json for averaged
        weights, knows of them: the process may have died before it was written.
        """
        safe_step = {"current": validated_step, "averaged": averaged_step}

        def keep(line: bytes) -> bool:
            try:
                record = json.loads(line)
                if record["step"] == step and record["type"] == "validation":
                    return safe_step[record["weights"]] == step
                return bool(record["step"] <= step)
            except (ValueError, LookupError, TypeError):
                return False  # the torn last line of a killed process, or damage

        path = self._run.metrics
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if keep(line)]
        if kept != lines:
            self._metrics.close()
            write_atomically(path, b"".join(kept))
            self._metrics = path.open("a", encoding="utf-8")


def silent_reporter() -> Reporter:
    """Return a reporter for a rank that has nothing to say."""
    nowhere = RunDirectory(Path(os.devnull))
    nowhere.metrics = nowhere.log = nowhere.path
    return Reporter(nowhere, quiet=True)


@contextmanager
def counting_bar(what: str, unit: str, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many are done, and shows it on a terminal."""
    with tqdm(desc=what, unit=f" {unit}", disable=True if quiet else None) as bar:

        def show(done: int) -> None:
            bar.update(done - bar.n)

        yield show
