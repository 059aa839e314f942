"""How many parameters the parts of a saved model have, read from the header of its file."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

_PARTS = {
    "source_embedding": "source embedding",
    "target_embedding": "target embedding",
    "source_positions": "positions",
    "target_positions": "positions",
    "encoder": "encoder",
    "decoder": "decoder",
    "output_projection": "output",
}


@dataclass(frozen=True)
class ParameterCounts:
    """Parameters by part of the model; shared ones count for the first part that has them."""

    parts: dict[str, int]
    shared: dict[str, str]
    """Part without parameters of its own -> the part that it shares them with."""

    @property
    def total(self) -> int:
        """All parameters, shared ones once."""
        return sum(self.parts.values())


def count_parameters(path: Path) -> ParameterCounts:
    """Count the parameters in a safetensors file; its tensors are not read.

    Raises:
        ValueError: the file is missing, cut off, or no safetensors file.
    """
    parts: dict[str, int] = {}
    for name, shape in _shapes(path).items():
        part = _PARTS.get(name.split(".")[0], "other")
        parts[part] = parts.get(part, 0) + math.prod(shape)
    shared = {}
    for part, other in (
        ("target embedding", "source embedding"),
        ("output", "target embedding"),
    ):
        if part not in parts:
            shared[part] = other
    order = [*dict.fromkeys(_PARTS.values()), "other"]
    return ParameterCounts({part: parts[part] for part in order if part in parts}, shared)


def _shapes(path: Path) -> dict[str, list[int]]:
    """Return the shape of each tensor: eight bytes of length, then as much JSON, then the data."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > path.stat().st_size:
                raise ValueError(f"{path}: is cut off, or no safetensors file")
            header = json.loads(file.read(length))
        return {
            str(name): [int(size) for size in tensor["shape"]]
            for name, tensor in header.items()
            if name != "__metadata__"
        }
    except (OSError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: cannot be read ({error})") from None
