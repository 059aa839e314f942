"""Matrix products: how many a device can do in a second, and how long training is at them."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable

import torch
from torch.profiler import ProfilerActivity, profile

Shape = tuple[int, int, int]
"""Rows, inner size and columns of a product."""

_CPU_SQUARES = (1024, 1536, 2048)
_GPU_SQUARES = (4096, 6144, 8192)  # smaller ones leave a part of it idle
_NO_NOTES = "99"  # else the profiler writes on standard error that it begins and ends
_GPU_PRODUCTS_AT_A_TIME = 10  # between two waits for the device

_PRODUCTS = frozenset(
    {
        "aten::mm",
        "aten::addmm",
        "aten::_addmm_activation",
        "aten::bmm",
        "aten::baddbmm",
        "aten::mkldnn_linear",
        "mkl::_mkl_linear",
        "mkldnn::_linear_pointwise",
    }
)
_FUSED_ATTENTION = (  # how the names of its operators begin
    "aten::_scaled_dot_product_",
    "aten::_flash_attention_",
    "aten::_efficient_attention_",
    "aten::_cudnn_attention_",
)


def squares(device: torch.device) -> list[Shape]:
    """Return square products that are large enough for a device to be at its best."""
    sizes = _CPU_SQUARES if device.type == "cpu" else _GPU_SQUARES
    return [(size, size, size) for size in sizes]


def quick_rate(*, device: torch.device, precision: torch.dtype, seconds: float) -> float:
    """Return the FLOP/s of one square product, measured in at most a few tenths of a second."""
    return product_rate(squares(device)[0], device=device, precision=precision, seconds=seconds)


def median_rate(
    shapes: Iterable[Shape], *, device: torch.device, precision: torch.dtype, seconds: float
) -> float:
    """Return the median FLOP/s of products of these shapes, each repeated for `seconds`."""
    return statistics.median(
        product_rate(shape, device=device, precision=precision, seconds=seconds) for shape in shapes
    )


def product_rate(
    shape: Shape, *, device: torch.device, precision: torch.dtype, seconds: float
) -> float:
    """Return the median FLOP/s of a product that is repeated for some seconds, at least once."""
    rows, inner, columns = shape
    generator = torch.Generator(device).manual_seed(0)  # training's own is left alone

    def draw(*size: int) -> torch.Tensor:
        return torch.randn(size, generator=generator, device=device).to(precision)

    left, right = draw(rows, inner), draw(inner, columns)
    product = torch.empty(rows, columns, dtype=precision, device=device)
    at_a_time = 1 if device.type == "cpu" else _GPU_PRODUCTS_AT_A_TIME
    times: list[float] = []
    torch.mm(left, right, out=product)  # warms up
    wait_for(device)
    end = time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        began = time.perf_counter()
        for _ in range(at_a_time):
            torch.mm(left, right, out=product)
        wait_for(device)
        times.append((time.perf_counter() - began) / at_a_time)
    return 2 * rows * inner * columns / statistics.median(times)


def wait_for(device: torch.device) -> None:
    """Return when the device has done what it was asked for."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def seconds_in_products(work: Callable[[], None], *, device: torch.device) -> float:
    """Do some work, and return for how long the device was at matrix products.

    Fused attention counts as a product, its softmax included.
    """
    os.environ.setdefault("KINETO_LOG_LEVEL", _NO_NOTES)
    on_cuda = device.type == "cuda"
    activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_cuda else [])]
    with profile(activities=activities) as profiler:
        work()
        wait_for(device)
    microseconds: float = sum(
        event.self_device_time_total if on_cuda else event.self_cpu_time_total
        for event in profiler.key_averages()
        if event.key in _PRODUCTS or event.key.startswith(_FUSED_ATTENTION)
    )
    return microseconds / 1e6
