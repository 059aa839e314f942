import os

import pytest
import torch

from transformer_mt.device import keep_few_kernels, out_of_memory, usable_cpus
from transformer_mt.errors import UserError


def test_too_little_memory_is_a_message_on_a_cpu_too():
    full = pytest.raises(UserError, match=r"too little memory\.\nLower it\.")
    with full as caught, out_of_memory("Lower it."):
        torch.empty(2**55)
    assert caught.value.exit_code == 1


def test_other_errors_stay_errors():
    with pytest.raises(RuntimeError, match="shapes"), out_of_memory("Lower it."):
        torch.zeros(2, 3) @ torch.zeros(2, 3)


def test_there_is_a_cpu():
    assert usable_cpus() >= 1


def test_few_kernels_are_kept_unless_the_user_says_how_many(monkeypatch):
    monkeypatch.delenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", raising=False)
    keep_few_kernels()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "64"
    monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "7")
    keep_few_kernels()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "7"
