"""How much memory a process may still take: what the machine, its container and its shell allow."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

_UNLIMITED = 2**60
"""A limit of a cgroup from here on is none: version 1 writes a large number for it."""


def available_memory(root: Path = Path("/")) -> int:
    """Return the bytes that can be taken before the system refuses or kills this process.

    The least of: what the machine has free, page cache that it can drop included (where it does
    not say: all it has); what is left of the memory limit of each cgroup that this process is in;
    what `ulimit -v` leaves. `root` is where /proc and /sys are.
    """
    return max(0, min([_of_machine(root), *_of_cgroups(root), *_of_address_space(root)]))


def peak_resident_bytes() -> int:
    """Return the most memory that this process has had."""
    for line in _lines(Path("/proc/self/status")):
        if line.startswith("VmHWM:"):  # what getrusage tells may be of what started this process
            return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _of_machine(root: Path) -> int:
    for line in _lines(root / "proc/meminfo"):
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _of_cgroups(root: Path) -> Iterator[int]:
    """Yield what each cgroup leaves, from the own one up; a container does not show all."""
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if not controllers:
            top, limit, usage, cache = "", "memory.max", "memory.current", "inactive_file"
        elif "memory" in controllers.split(","):
            top, limit, usage = "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"
            cache = "total_inactive_file"
        else:
            continue
        base = root / "sys/fs/cgroup" / top
        own = base / path.strip("/")
        for folder in (own, *own.parents):
            most, used = _number(folder / limit), _number(folder / usage)
            if most is not None and used is not None and most < _UNLIMITED:
                yield most - used + _droppable(folder / "memory.stat", cache)
            if folder == base:
                break


def _of_address_space(root: Path) -> Iterator[int]:
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY:
        taken = next(iter(_lines(root / "proc/self/statm")), "0").split()[0]
        yield limit - int(taken) * os.sysconf("SC_PAGE_SIZE")


def _droppable(statistics: Path, name: str) -> int:
    """Return the bytes of files in memory that nobody has used lately."""
    for line in _lines(statistics):
        if line.split()[0] == name:
            return int(line.split()[1])
    return 0


def _number(path: Path) -> int | None:
    """Return the number in a file; None where there is no such file, or it says `max`."""
    words = [word for line in _lines(path) for word in line.split()]
    return int(words[0]) if words and words[0].isdigit() else None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
