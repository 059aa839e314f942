"""The search for the largest budget, on devices whose size is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer_mt.training.budget_search import largest_budget


class Device:
    """Holds up to `size` tokens, and remembers what it was tried with."""

    def __init__(self, size):
        self.size = size
        self.tried = []

    def fits(self, tokens):
        self.tried.append(tokens)
        return tokens <= self.size


@given(size=st.integers(1, 10**7), smallest=st.integers(1, 1000), more=st.integers(0, 10**6))
def test_what_is_found_fits_and_is_nearly_all_that_fits(size, smallest, more):
    device = Device(size)
    found = largest_budget(device.fits, smallest=smallest, most=smallest + more)
    if size < smallest:
        assert found is None
        assert device.tried == [smallest]
        return
    assert smallest <= found <= min(size, smallest + more)
    assert found in device.tried
    if size >= smallest + more:
        assert found == smallest + more
    else:
        assert found * 17 >= min(size, smallest + more) * 16 - 17 * 16
    assert len(device.tried) <= 30
    assert all(tokens <= 2 * max(found, smallest) + 1 for tokens in device.tried)


@pytest.mark.parametrize(
    ("size", "found"),
    [(255, None), (256, 256), (257, 256), (8191, 7936), (8192, 8192), (10_000, 9728),
     (24_999, 24_576), (25_000, 25_000), (10**6, 25_000)],
)  # fmt: skip
def test_it_is_tidy(size, found):
    assert largest_budget(Device(size).fits, smallest=256, most=25_000) == found


def test_it_doubles_and_then_bisects():
    device = Device(6000)
    assert largest_budget(device.fits, smallest=256, most=25_000) == 5888
    assert device.tried == [256, 512, 1024, 2048, 4096, 8192, 6144, 5120, 5632, 5888]


def test_there_may_be_nothing_to_choose_from():
    assert largest_budget(Device(300).fits, smallest=256, most=256) == 256
