import os

import pytest
import torch

from transformer_mt.device import (
    choose_device,
    choose_precision,
    keep_few_kernels,
    out_of_memory,
    usable_cpus,
)
from transformer_mt.errors import UserError


def test_too_little_memory_is_a_message_on_a_cpu_too():
    full = pytest.raises(UserError, match=r"too little memory\.\nLower it\.")
    with full as caught, out_of_memory("Lower it."):
        torch.empty(2**55)
    assert caught.value.exit_code == 1


def test_other_errors_stay_errors():
    with pytest.raises(RuntimeError, match="shapes"), out_of_memory("Lower it."):
        torch.zeros(2, 3) @ torch.zeros(2, 3)


def test_cuda_is_set_up_for_text(monkeypatch):
    """No attention of cuDNN, and sums of bfloat16 products in float32; nothing else is touched."""
    backends = torch.backends.cuda
    was = backends.cudnn_sdp_enabled()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    try:
        backends.enable_cudnn_sdp(True)
        backends.matmul.allow_bf16_reduced_precision_reduction = True
        assert choose_device("cpu").type == "cpu"
        assert backends.cudnn_sdp_enabled()
        for name in ("cuda", "auto"):
            backends.enable_cudnn_sdp(True)
            assert choose_device(name).type == "cuda"
            assert not backends.cudnn_sdp_enabled()
            assert not backends.matmul.allow_bf16_reduced_precision_reduction
        assert backends.flash_sdp_enabled()
        assert backends.mem_efficient_sdp_enabled()
    finally:
        backends.enable_cudnn_sdp(was)
        backends.matmul.allow_bf16_reduced_precision_reduction = True


def test_there_is_a_cpu():
    assert usable_cpus() >= 1


def test_few_kernels_are_kept_unless_the_user_says_how_many(monkeypatch):
    monkeypatch.delenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", raising=False)
    keep_few_kernels()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "64"
    monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "7")
    keep_few_kernels()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "7"


@pytest.mark.parametrize(
    ("capabilities", "chosen"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, "bfloat16"),
        ({"avx512_bf16": False, "amx_bf16": True}, "bfloat16"),
        ({"avx512_bf16": False, "amx_bf16": False, "avx512_f": True}, "float32"),
        ({"architecture": "arm64", "bf16": True}, "float32"),
    ],
)
def test_auto_is_bfloat16_where_the_cpu_has_instructions_for_it(monkeypatch, capabilities, chosen):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    assert choose_precision("auto", torch.device("cpu")) == chosen
    assert choose_precision("float32", torch.device("cpu")) == "float32"
    assert choose_precision("bfloat16", torch.device("cpu")) == "bfloat16"


def test_auto_on_other_devices(monkeypatch):
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert choose_precision("auto", torch.device("cpu")) == "float32"
    assert choose_precision("auto", torch.device("cuda")) == "bfloat16"
    assert choose_precision("auto", torch.device("mps")) == "float32"
