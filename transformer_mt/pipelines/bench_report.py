"""The figures of a measured training, for people and for programs."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from transformer_mt import __version__
from transformer_mt.pipelines.layout import labelled
from transformer_mt.pipelines.plan import duration
from transformer_mt.training.benchmark import Benchmark, Window
from transformer_mt.training.throughput import TokenCounts


@dataclass(frozen=True)
class Spread:
    """A figure of several windows."""

    median: float
    least: float
    most: float

    def as_record(self, digits: int) -> dict[str, float]:
        """Return it rounded."""
        figures = {"median": self.median, "min": self.least, "max": self.most}
        return {name: round(figure, digits) for name, figure in figures.items()}


@dataclass(frozen=True)
class BenchReport:
    """What was measured, where, and for how long a training.

    Attributes:
        measured: the windows and what was found beside them.
        device: where, in words.
        device_type: where, in a word.
        precision: of the matrix products.
        parameters: of the model.
        planned_updates: of the whole run.
    """

    measured: Benchmark
    device: str
    device_type: str
    precision: str
    parameters: int
    planned_updates: int

    @property
    def windows(self) -> Sequence[Window]:
        """The updates that were timed."""
        return self.measured.windows

    @property
    def updates(self) -> int:
        """How many were timed."""
        return sum(window.updates for window in self.windows)

    @property
    def counts(self) -> TokenCounts:
        """Their tokens."""
        return sum((window.counts for window in self.windows), TokenCounts())

    def spread(self, figure: Callable[[Window], float]) -> Spread:
        """Return a figure of each window as median, least and most."""
        figures = [figure(window) for window in self.windows]
        return Spread(statistics.median(figures), min(figures), max(figures))

    def target_tokens_per_second(self) -> Spread:
        """Return the speed, in real tokens."""
        return self.spread(lambda window: window.counts.target_tokens / window.seconds)

    def seconds_per_update(self) -> Spread:
        """Return the time of an update."""
        return self.spread(lambda window: window.seconds / window.updates)

    def utilisation(self) -> Spread:
        """Return the model's FLOP/s as a share of those of large matrix products."""
        flops, rate = self.measured.weights.training_flops, self.measured.product_rate
        return self.spread(lambda window: flops(window.counts) / window.seconds / rate)

    def time_shares(self) -> dict[str, float | None]:
        """Return where the time goes, rounded so that the three add up to 1; None: not known."""
        seconds = sum(window.seconds for window in self.windows)
        waiting = round(sum(window.waiting_seconds for window in self.windows) / seconds, 4)
        share = self.measured.product_share
        products = None if share is None else round((1 - waiting) * share, 4)
        rest = None if products is None else round(1 - waiting - products, 4)
        return {"matrix_products": products, "input_pipeline": waiting, "rest": rest}

    def preparing_seconds_per_update(self) -> float:
        """Return what the thread that makes batches ahead works for an update."""
        return sum(window.preparing_seconds for window in self.windows) / self.updates

    def whole_run_seconds(self) -> float:
        """Return how long all updates of the run would take, without validations."""
        return self.planned_updates * self.seconds_per_update().median

    def as_record(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        measured, counts = self.measured, self.counts
        return {
            "transformer_mt": __version__,
            "torch": metadata.version("torch"),
            "device": self.device,
            "precision": self.precision,
            "parameters": self.parameters,
            "updates": [window.updates for window in self.windows],
            "warm_up": {
                "updates": sum(window.updates for window in measured.warm_up),
                "seconds": round(sum(window.seconds for window in measured.warm_up), 3),
                "first_update_seconds": round(measured.warm_up[0].seconds, 3),
            },
            "compile_seconds": _rounded(measured.compile_seconds),
            "target_tokens_per_second": self.target_tokens_per_second().as_record(1),
            "seconds_per_update": self.seconds_per_update().as_record(4),
            "source_tokens_per_update": round(counts.source_tokens / self.updates, 1),
            "target_tokens_per_update": round(counts.target_tokens / self.updates, 1),
            "padding": counts.padding(),
            "utilisation": self.utilisation().as_record(4),
            "matrix_product_flops": {
                "large_squares": round(measured.product_rate),
                "shapes_of_the_model": round(measured.own_product_rate),
            },
            "time_shares": self.time_shares(),
            "preparing_seconds_per_update": round(self.preparing_seconds_per_update(), 5),
            "peak_memory": {
                "of": "device" if self.device_type == "cuda" else "process",
                "bytes": measured.peak_memory_bytes,
            },
            "whole_run": {
                "updates": self.planned_updates,
                "seconds": round(self.whole_run_seconds(), 1),
            },
        }

    def as_text(self, *, width: int) -> str:
        """Return the figures in words, for a terminal of this width."""
        return labelled(self._rows(), width=width)

    def _rows(self) -> list[tuple[str, str]]:
        measured = self.measured
        speed, seconds = self.target_tokens_per_second(), self.seconds_per_update()
        utilisation, padding = self.utilisation(), self.counts.padding()
        first, *_ = measured.warm_up
        warm_up = sum(window.updates for window in measured.warm_up)
        of = "on the device" if self.device_type == "cuda" else "for the whole process"
        num_windows = len(self.windows)
        return [
            ("Device", f"{self.device}, {self.precision}"),
            ("Model", f"{self.parameters:,} parameters"),
            (
                "Measured",
                f"{self.updates} updates in {num_windows} window{'s' * (num_windows > 1)}, "
                f"after {warm_up} to warm up (the first took {first.seconds:.2f} s)",
            ),
            *(
                [("Compiled", f"in {measured.compile_seconds:.0f} s, before all this")]
                if measured.compile_seconds is not None
                else []
            ),
            (
                "Speed",
                f"{speed.median:,.0f} target tokens/s ({speed.least:,.0f} to {speed.most:,.0f})\n"
                f"{seconds.median:.3g} s for an update of "
                f"{self.counts.target_tokens / self.updates:,.0f} target tokens",
            ),
            ("Padding", f"{padding['source']:.1%} of source, {padding['target']:.1%} of target"),
            (
                "Utilisation",
                f"{utilisation.median:.0%} of {_rate(measured.product_rate)}, the rate of large "
                "square matrix products\n"
                f"(products in the shapes of this model: {_rate(measured.own_product_rate)})",
            ),
            (
                "Time",
                f"{_in_words(self.time_shares())}\n"
                f"(batches are made ahead, in {self.preparing_seconds_per_update():.2g} s of work "
                "for an update)",
            ),
            ("Peak memory", f"{measured.peak_memory_bytes / 1e9:.2f} GB {of}"),
            (
                "Whole run",
                f"{self.planned_updates:,} updates, about {duration(self.whole_run_seconds())}, "
                "validations not counted",
            ),
        ]


def _in_words(shares: Mapping[str, float | None]) -> str:
    names = {
        "matrix_products": "matrix products",
        "input_pipeline": "waiting for batches",
        "rest": "the rest",
    }
    known = [f"{shares[key]:.1%} {name}" for key, name in names.items() if shares[key] is not None]
    return ", ".join(known)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _rate(flops: float) -> str:
    """Return FLOP/s in words: `201 GFLOP/s`."""
    return f"{flops / 1e12:,.1f} TFLOP/s" if flops >= 1e12 else f"{flops / 1e9:,.0f} GFLOP/s"
