"""Where and in which precision to compute."""

from __future__ import annotations

import ctypes
import gc
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import torch

from transformer_mt.errors import UserError

_KERNELS_KEPT = "64"
_GLIBC_DEFAULT = 128 * 1024
# What PyTorch's errors say where they have no class of their own: the CPU's allocator; CUDA and
# MPS; cuBLAS and its like.
_OUT_OF_MEMORY = ("can't allocate memory", "out of memory", "_ALLOC_FAILED")


def choose_device(name: str) -> torch.device:
    """Return the device of that name; `auto` is CUDA where there is one, else the CPU.

    For CUDA, PyTorch is set up as well, in this whole process; see `set_up_cuda`.

    Raises:
        UserError: the device is not there, or there is none of that name.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError("--device cuda: PyTorch sees no CUDA device. Use --device cpu.")
    if name == "mps" and not torch.backends.mps.is_available():
        raise UserError("--device mps: PyTorch sees no Apple GPU. Use --device cpu.")
    try:
        device = torch.device(name)
    except (RuntimeError, TypeError):
        raise UserError(f"--device {name}: no such device. Use auto, cpu, cuda or mps.") from None
    if device.type == "cuda":
        set_up_cuda()
    return device


def set_up_cuda() -> None:
    """Let PyTorch compute on CUDA as text wants it.

    From 2.11 on it prefers the attention of cuDNN, which builds a plan of some 30 ms for each shape
    and keeps it for good, and batches of text hardly ever repeat a shape; and whose gradients can
    be NaN where there is a mask (pytorch#196678). Parts of long sums of bfloat16 products are
    added in float32.
    """
    torch.backends.cuda.enable_cudnn_sdp(False)
    torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False


def choose_precision(name: str, device: torch.device) -> str:
    """Return `float32` or `bfloat16` for training; `auto` is what the device multiplies faster."""
    if name != "auto":
        return name
    fast = device.type == "cuda" or (device.type == "cpu" and _multiplies_bfloat16())
    return "bfloat16" if fast else "float32"


def _multiplies_bfloat16() -> bool:
    """Tell whether the CPU has instructions for it; without them it would be slower."""
    # PyTorch 2.11 does not tell.
    get_capabilities: Callable[[], Mapping[str, object]]
    get_capabilities = getattr(torch.cpu, "get_capabilities", dict)
    capabilities = get_capabilities()
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
    _keep_freed(mapped_from=32 * 2**20, trimmed_from=2**31 - 1)  # the most that glibc allows


def _keep_freed(*, mapped_from: int, trimmed_from: int) -> None:
    """Tell glibc from how many bytes on memory is mapped by itself, and how many free it trims."""
    if platform.libc_ver()[0] != "glibc":
        return
    trim_threshold, mmap_threshold = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of malloc.h
    libc = ctypes.CDLL(None)
    libc.mallopt(mmap_threshold, mapped_from)
    libc.mallopt(trim_threshold, trimmed_from)
    if trimmed_from == _GLIBC_DEFAULT:
        libc.malloc_trim(0)


def use_deterministic_kernels() -> None:
    """Let CUDA repeat its results bit for bit; to be called before its first matrix product."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that the device, or this process, has too little memory."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _OUT_OF_MEMORY)


def give_back_memory(device: torch.device) -> None:
    """Let go of all that is free, so that it can be asked for in other pieces.

    On a CPU this undoes `keep_freed_memory`: where memory is short, its pieces count for more.
    """
    gc.collect()  # errors, frames and tensors may hold each other
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
    else:
        _keep_freed(mapped_from=_GLIBC_DEFAULT, trimmed_from=_GLIBC_DEFAULT)


@contextmanager
def out_of_memory(remedy: str) -> Iterator[None]:
    """Say what to do where a device has too little memory.

    Raises:
        UserError: PyTorch could not allocate memory.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise UserError(f"The device has too little memory.\n{remedy}", exit_code=1) from None
