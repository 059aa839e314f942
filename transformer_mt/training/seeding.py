"""Random numbers of training that depend on nothing but where they are drawn."""

import hashlib

import torch


def seed_dropout(seed: int, step: int, micro_batch: int, part: int | None = None) -> None:
    """Make dropout a function of (seed, step, index of the micro-batch in the step).

    `part` is the number of a part of the micro-batch; None is the whole.
    """
    place = f"{seed} {step} {micro_batch}" + ("" if part is None else f" {part}")
    digest = hashlib.blake2b(place.encode(), digest_size=8).digest()
    torch.manual_seed(int.from_bytes(digest, "little") >> 1)
