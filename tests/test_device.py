import pytest
import torch

from transformer_mt.device import out_of_memory, usable_cpus
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
