import pytest
import torch

from transformer_mt.model.sublayer import Sublayer


def layer_norm(x, weight, bias):
    mean = x.mean(-1, keepdim=True)
    variance = (x - mean).square().mean(-1, keepdim=True)
    return (x - mean) / (variance + 1e-5).sqrt() * weight + bias


@pytest.fixture
def make(perturb):
    def make(norm, dropout=0.0):
        return perturb(Sublayer(d_model=6, dropout=dropout, norm=norm).double())

    return make


@pytest.fixture
def x():
    return torch.randn(2, 5, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_post_norm_is_the_papers(make, x):
    sublayer = make("post")
    weight, bias = sublayer.norm.weight, sublayer.norm.bias
    torch.testing.assert_close(sublayer(x, torch.tanh), layer_norm(x + x.tanh(), weight, bias))


def test_pre_norm_normalises_what_the_function_reads(make, x):
    sublayer = make("pre")
    weight, bias = sublayer.norm.weight, sublayer.norm.bias
    expected = x + torch.tanh(layer_norm(x, weight, bias))
    torch.testing.assert_close(sublayer(x, torch.tanh), expected)


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_dropout_falls_on_the_function_and_not_on_the_skip_connection(make, norm):
    sublayer = make(norm, dropout=0.25)
    x = torch.randn(200, 6, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    torch.manual_seed(0)
    output = sublayer(x, lambda y: torch.full_like(y, 3.0))
    torch.manual_seed(0)
    dropped = sublayer.dropout(torch.full_like(x, 3.0))
    assert set(dropped.unique().tolist()) == {0.0, 4.0}
    expected = x + dropped if norm == "pre" else sublayer.norm(x + dropped)
    torch.testing.assert_close(output, expected)
    sublayer.eval()
    kept = x + 3.0 if norm == "pre" else sublayer.norm(x + 3.0)
    torch.testing.assert_close(sublayer(x, lambda y: torch.full_like(y, 3.0)), kept)
