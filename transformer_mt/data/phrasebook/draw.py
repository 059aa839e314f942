"""Seeded choices that are the same on every machine and in every Python."""

import random
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")


class Draw:
    """A stream of choices; uses only ``random()``, whose sequence Python keeps stable."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def choose(self, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        return options[int(self._random.random() * len(options))]

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self._random.random() < probability

    def shuffled(self, options: Sequence[Option]) -> list[Option]:
        """Return the options in random order."""
        return sorted(options, key=lambda _: self._random.random())
