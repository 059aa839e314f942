"""Training measured: some updates to warm up, some that are timed, and a look at what they do."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, pairwise

import torch
from torch import nn

from transformer_mt.available_memory import peak_resident_bytes
from transformer_mt.token_budget import as_number
from transformer_mt.training.matrix_products import (
    Shape,
    median_rate,
    seconds_in_products,
    squares,
    wait_for,
)
from transformer_mt.training.throughput import ModelWeights, TokenCounts, UpdateTimes
from transformer_mt.training.trainer import Trainer

_UPDATES_IN_A_WINDOW = 10
_PROFILED_UPDATES = 3
_SECONDS_FOR_A_PRODUCT = 0.25
_MOST_ROWS_ON_A_CPU, _MOST_ROWS_ON_A_GPU = 2048, 8192  # so that products are quick


@dataclass(frozen=True)
class Window:
    """Some updates in a row.

    Attributes:
        updates: how many.
        counts: their tokens.
        seconds: from the first to the last, with all that the device had to do.
        waiting_seconds: of these, until batches were there.
        preparing_seconds: what the thread that makes batches ahead worked on them meanwhile.
    """

    updates: int
    counts: TokenCounts
    seconds: float
    waiting_seconds: float
    preparing_seconds: float


@dataclass(frozen=True)
class Benchmark:
    """What was measured.

    Attributes:
        weights: of the model's matrices.
        warm_up: the first update, and where there are more those that follow it.
        windows: the updates that were timed.
        product_share: of the time of an update, batches waited for left out, that is spent in
            matrix products; None where replayed CUDA graphs hide which operations those are.
        peak_memory_bytes: of the process on a CPU, else what PyTorch allocated on the device.
        product_rate: FLOP/s of large square products in the precision of training.
        own_product_rate: FLOP/s of products in the shapes of the model.
        compile_seconds: before all this, to compile the model; None where it is not compiled.
    """

    weights: ModelWeights
    warm_up: Sequence[Window]
    windows: Sequence[Window]
    product_share: float | None
    peak_memory_bytes: int
    product_rate: float
    own_product_rate: float
    compile_seconds: float | None = None


def run_benchmark(trainer: Trainer, *, warmup: int, updates: int) -> Benchmark:
    """Train on, and measure it; nothing is validated or saved.

    Args:
        trainer: what trains; its weights change.
        warmup: updates that are not counted, at least one.
        updates: updates that are, at least one.

    Raises:
        UserError: the loss or a gradient is not finite.
    """
    device, precision = trainer.device, trainer.precision
    compile_seconds = trainer.compile_all()
    total = warmup + updates + _PROFILED_UPDATES
    trainer.reporter.start(trainer.state, max_steps=trainer.state.step + total)
    with closing(trainer.updates()) as made:
        warm_up = [_pass_window(made, n, device=device) for n in (1, warmup - 1) if n]
        windows = [_pass_window(made, n, device=device) for n in window_sizes(updates)]
        peak_memory = peak_memory_bytes(device)
        profiled: list[Window] = []
        in_products = seconds_in_products(
            lambda: profiled.append(_pass_window(made, _PROFILED_UPDATES, device=device)),
            device=device,
        )
        trainer.settle()
    uses_graphs = trainer.compiled is not None and trainer.compiled.uses_graphs
    busy = profiled[0].seconds - profiled[0].waiting_seconds
    return Benchmark(
        weights=ModelWeights.of(trainer.model),
        warm_up=warm_up,
        windows=windows,
        product_share=None if uses_graphs else min(1.0, in_products / busy),
        peak_memory_bytes=peak_memory,
        product_rate=median_rate(
            squares(device), device=device, precision=precision, seconds=_SECONDS_FOR_A_PRODUCT
        ),
        own_product_rate=median_rate(
            _own_shapes(trainer, windows),
            device=device,
            precision=precision,
            seconds=_SECONDS_FOR_A_PRODUCT,
        ),
        compile_seconds=compile_seconds,
    )


def window_sizes(updates: int) -> list[int]:
    """Return windows of about ten updates, of nearly equal size."""
    count = max(1, updates // _UPDATES_IN_A_WINDOW)
    borders = [updates * number // count for number in range(count + 1)]
    return [end - start for start, end in pairwise(borders)]


def _pass_window(made: Iterator[UpdateTimes], count: int, *, device: torch.device) -> Window:
    """Make some updates; only before the first and after the last the device is waited for."""
    wait_for(device)
    began = time.perf_counter()
    updates = list(islice(made, count))
    wait_for(device)
    seconds = time.perf_counter() - began
    return Window(
        updates=count,
        counts=sum((update.counts for update in updates), TokenCounts()),
        seconds=seconds,
        waiting_seconds=sum(update.waiting_seconds for update in updates),
        preparing_seconds=sum(update.preparing_seconds for update in updates),
    )


def _own_shapes(trainer: Trainer, windows: Sequence[Window]) -> list[Shape]:
    """Return the shapes of the products of the model's layers with an average target batch."""
    places = sum(window.counts.target_places for window in windows)
    rows = min(
        places // sum(window.updates for window in windows),
        as_number(trainer.settings.max_tokens_per_batch),
        _MOST_ROWS_ON_A_CPU if trainer.device.type == "cpu" else _MOST_ROWS_ON_A_GPU,
    )
    layers = [part for part in trainer.model.modules() if isinstance(part, nn.Linear)]
    sizes = dict.fromkeys((layer.in_features, layer.out_features) for layer in layers)
    return [(rows, inner, columns) for inner, columns in sizes]


def peak_memory_bytes(device: torch.device) -> int:
    """Return the most memory in use so far, of the device, or of the process on a CPU."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return peak_resident_bytes()
