"""Where and in which precision to compute."""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from transformer_mt.errors import UserError

_KERNELS_KEPT = "64"


def choose_device(name: str) -> torch.device:
    """Return the device of that name; `auto` is CUDA where there is one, else the CPU.

    Raises:
        UserError: the device is not there, or there is none of that name.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError("--device cuda: PyTorch sees no CUDA device. Use --device cpu.")
    if name == "mps" and not torch.backends.mps.is_available():
        raise UserError("--device mps: PyTorch sees no Apple GPU. Use --device cpu.")
    try:
        return torch.device(name)
    except (RuntimeError, TypeError):
        raise UserError(f"--device {name}: no such device. Use auto, cpu, cuda or mps.") from None


def choose_precision(name: str, device: torch.device) -> str:
    """Return `float32` or `bfloat16` for training; `auto` is what the device multiplies faster."""
    if name != "auto":
        return name
    fast = device.type == "cuda" or (device.type == "cpu" and _multiplies_bfloat16())
    return "bfloat16" if fast else "float32"


def _multiplies_bfloat16() -> bool:
    """Tell whether the CPU has instructions for it; without them it would be slower."""
    # PyTorch 2.11 does not tell.
    capabilities = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def describe(device: torch.device) -> str:
    """Return the device in words for people."""
    if device.type == "cuda":
        return f"{device.type} ({torch.cuda.get_device_name(device)})"
    threads = torch.get_num_threads()
    return f"{device.type} ({threads} thread{'s' if threads > 1 else ''})"


def usable_cpus() -> int:
    """Return how many CPUs this process may use; a container or `taskset` may give it few."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def keep_few_kernels() -> None:
    """Let oneDNN keep the code of few matrix products; to be called before the first of them.

    It compiles bfloat16 products for each shape and keeps 1,024 of them. Batches of text hardly
    ever repeat a shape: the kernels fill gigabytes and are not used again.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _KERNELS_KEPT)


def keep_freed_memory() -> None:
    """Let glibc keep freed memory for the next step instead of giving it back to the system.

    A training step frees and asks for the same large tensors again; without this the system
    clears their pages each time, which costs a tenth of the time. Other C libraries are left
    as they are.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    trim_threshold, mmap_threshold = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of malloc.h
    libc = ctypes.CDLL(None)
    libc.mallopt(mmap_threshold, 32 * 2**20)  # the most that glibc allows
    libc.mallopt(trim_threshold, 2**31 - 1)


@contextmanager
def out_of_memory(remedy: str) -> Iterator[None]:
    """Say what to do where a device has too little memory.

    Raises:
        UserError: PyTorch could not allocate memory.
    """
    try:
        yield
    except RuntimeError as error:  # CUDA's is a class of its own, the CPU's is not
        full = isinstance(error, torch.OutOfMemoryError)
        if not (full or "can't allocate memory" in str(error)):
            raise
        raise UserError(f"The device has too little memory.\n{remedy}", exit_code=1) from None
