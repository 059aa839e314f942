"""The windows of a measured training."""

import pytest

from transformer_mt.training.benchmark import peak_memory_bytes, window_sizes


@pytest.mark.parametrize(
    ("updates", "sizes"),
    [(1, [1]), (9, [9]), (10, [10]), (19, [19]), (20, [10, 10]), (25, [12, 13]),
     (50, [10] * 5), (101, [10] * 9 + [11])],
)  # fmt: skip
def test_windows_have_about_ten_updates(updates, sizes):
    assert window_sizes(updates) == sizes


def test_peak_memory_is_what_was_in_use_at_the_most():
    import torch

    device = torch.device("cpu")
    before = peak_memory_bytes(device)
    held = torch.ones(before // 4 + 10_000_000)  # as much as there ever was, and 40 MB more
    del held
    assert peak_memory_bytes(device) > before + 20_000_000
