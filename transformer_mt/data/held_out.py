"""Which pairs of a corpus are held out where no validation or test data is given.

The choice is a hash of the normalised source, so that sentences with the same source stay on
one side: in corpora with many translations of a sentence a random split leaks the test data.
"""

import hashlib
import unicodedata
from typing import Literal

Split = Literal["train", "validation", "test"]

MAX_HELD_OUT_PAIRS = 1000
MAX_HELD_OUT_FRACTION = 0.05


def held_out_fraction(num_pairs: int) -> float:
    """Return the fraction of `num_pairs` pairs to hold out: min(1000, 5 %) of them."""
    assert num_pairs > 0
    return min(MAX_HELD_OUT_FRACTION, MAX_HELD_OUT_PAIRS / num_pairs)


def held_out_split(source: str, *, validation_fraction: float, test_fraction: float) -> Split:
    """Return the side on which every pair with this source falls.

    Of many different sources about `validation_fraction` go to validation and
    `test_fraction` to test; 0 holds out none. Either set is the same whether or not the
    other one is held out too.
    """
    assert validation_fraction + test_fraction <= 1.0
    digest = hashlib.blake2b(normalised_source(source).encode(), digest_size=8).digest()
    place = int.from_bytes(digest, "big") / 2**64  # uniform in [0, 1]
    if place < validation_fraction:
        return "validation"
    if place > 1.0 - test_fraction:
        return "test"
    return "train"


def normalised_source(source: str) -> str:
    """Return the source as it counts for equality: NFKC, case-folded, whitespace collapsed."""
    return " ".join(unicodedata.normalize("NFKC", source).casefold().split())
