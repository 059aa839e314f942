"""The largest number of tokens that fits, by doubling and bisecting."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = 5  # binary ones of a tidy number: steps of 3 to 6 percent


def largest_budget(fits: Callable[[int], bool], *, smallest: int, most: int) -> int | None:
    """Return the largest number of tokens for which `fits`, None where `smallest` does not.

    Tried are `smallest`, `most` and the tidy numbers in between, the larger ones only after
    smaller ones have fitted; what holds less than one that fits is taken to fit.
    """
    sizes = _tidy_sizes(smallest, most)
    if not fits(sizes[0]):
        return None
    fitting, too_large = 0, len(sizes)
    while fitting + 1 < too_large:
        if too_large == len(sizes):  # nothing has been too large yet
            within = [n for n, size in enumerate(sizes) if size <= 2 * sizes[fitting]]
            tried = max(within[-1], fitting + 1)
        else:
            tried = (fitting + too_large) // 2
        if fits(sizes[tried]):
            fitting = tried
        else:
            too_large = tried
    return sizes[fitting]


def _tidy_sizes(smallest: int, most: int) -> list[int]:
    """Return both ends and the numbers between them that have few binary digits, ascending."""
    sizes = [smallest]
    size = smallest
    while True:
        step = 1 << max(0, size.bit_length() - _DIGITS)
        size = (size // step + 1) * step
        if size >= most:
            break
        sizes.append(size)
    return sizes if most <= smallest else [*sizes, most]
