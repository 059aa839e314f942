import math

import pytest
import torch

from transformer_mt.model.feed_forward import FeedForward

ACTIVATIONS = ["relu", "gelu", "swiglu"]


def relu(x):
    return x.clamp(min=0)


def gelu(x):
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def silu(x):
    return x / (1 + torch.exp(-x))


@pytest.fixture
def make(perturb):
    def make(activation, **settings):
        torch.manual_seed(0)
        return perturb(FeedForward(d_model=6, d_ff=10, activation=activation, **settings).double())

    return make


@pytest.fixture
def x():
    return torch.randn(2, 5, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_formula(make, x, activation):
    network = make(activation)
    parameters = dict(network.named_parameters())
    w_1, b_1 = parameters["inner_projection.weight"], parameters["inner_projection.bias"]
    w_2, b_2 = parameters["outer_projection.weight"], parameters["outer_projection.bias"]
    inner = x @ w_1.T + b_1
    if activation == "swiglu":
        v, c = parameters["gate_projection.weight"], parameters["gate_projection.bias"]
        inner = silu(x @ v.T + c) * inner
    else:
        inner = relu(inner) if activation == "relu" else gelu(inner)
    torch.testing.assert_close(network(x), inner @ w_2.T + b_2)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_position_by_itself(make, x, activation):
    network = make(activation)
    output = network(x)
    torch.testing.assert_close(network(x[1:, 3:4]), output[1:, 3:4])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_shapes(make, activation):
    shapes = {name: tuple(p.shape) for name, p in make(activation).named_parameters()}
    expected = {
        "inner_projection.weight": (10, 6),
        "inner_projection.bias": (10,),
        "outer_projection.weight": (6, 10),
        "outer_projection.bias": (6,),
    }
    if activation == "swiglu":
        expected |= {"gate_projection.weight": (10, 6), "gate_projection.bias": (10,)}
    assert shapes == expected


def test_dropout_only_in_training(make, x):
    network = make("gelu", dropout=0.5)
    torch.manual_seed(0)
    assert not torch.equal(network(x), network(x))
    network.eval()
    assert torch.equal(network(x), make("gelu")(x))
