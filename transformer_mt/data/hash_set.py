"""A set of 64-bit hashes, for telling repeated text in corpora larger than memory."""

import hashlib

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]


def text_hash(*texts: str) -> int:
    """Return 64 bits of texts in their order."""
    # A line holds no newline, so that the separator keeps different texts apart.
    joined = "\n".join(texts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "little")


class HashSet:
    """A set of 64-bit hashes that takes 8 bytes for each, where Python's takes some 70.

    It keeps sorted arrays, each more than twice as long as the next, merged as they grow. That two
    different texts have one hash, so that the second is taken for a repetition, happens among n
    texts with a probability of n^2 / 2^65: among 50 million once in 15,000 corpora.
    """

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def add(self, hashes: Hashes) -> Mask:
        """Add the hashes; return which were not in the set, nor earlier in `hashes`."""
        is_new = np.zeros(len(hashes), dtype=np.bool_)
        distinct, first = np.unique(hashes, return_index=True)
        known = self.contains(distinct)
        is_new[first[~known]] = True
        if not known.all():
            self._runs.append(distinct[~known])
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            merged = np.concatenate(self._runs[-2:])
            del self._runs[-2:]  # before sorting, which may want room of its own
            merged.sort()
            self._runs.append(merged)
        return is_new

    def contains(self, hashes: Hashes) -> Mask:
        """Return which of the hashes are in the set."""
        known = np.zeros(len(hashes), dtype=np.bool_)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
            known |= run[places] == hashes
        return known
