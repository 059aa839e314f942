"""Products that are counted and timed with a clock and a profiler put in their place."""

import itertools

import pytest
import torch

from transformer_mt.training import matrix_products
from transformer_mt.training.matrix_products import (
    median_rate,
    product_rate,
    quick_rate,
    seconds_in_products,
    squares,
)

CPU = torch.device("cpu")


@pytest.fixture
def clock(monkeypatch):
    """Each look at the clock is a second after the one before."""
    ticks = itertools.count()
    monkeypatch.setattr(matrix_products.time, "perf_counter", lambda: float(next(ticks)))


def test_a_rate_is_two_operations_for_each_of_the_cube_in_the_time_of_one(clock):
    shape = (3, 5, 7)
    rate = product_rate(shape, device=CPU, precision=torch.float32, seconds=0)
    assert rate == 2 * 3 * 5 * 7
    assert product_rate(shape, device=CPU, precision=torch.bfloat16, seconds=9) == rate


def test_the_rate_of_shapes_is_their_median(clock):
    shapes = [(2, 2, 2), (1, 1, 1), (8, 8, 8)]
    assert median_rate(shapes, device=CPU, precision=torch.float32, seconds=0) == 2 * 2**3


def test_the_quick_rate_is_that_of_a_square(clock):
    size, *_ = squares(CPU)[0]
    assert quick_rate(device=CPU, precision=torch.float32, seconds=0) == 2 * size**3


def test_it_draws_from_a_generator_of_its_own():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    product_rate((4, 4, 4), device=CPU, precision=torch.float32, seconds=0)
    assert torch.equal(torch.rand(3), expected)


def test_products_are_told_from_other_work(capfd):
    a = torch.ones(300, 300)
    weight = torch.ones(300, 300, requires_grad=True)

    def products():
        torch.nn.functional.linear(a, weight, a[0]).sum().backward()  # addmm, and mm backward
        torch.bmm(a[None], a[None])

    def other_work():
        torch.softmax(a * a + a, dim=-1).exp_().sum().item()

    assert seconds_in_products(other_work, device=CPU) == 0
    assert seconds_in_products(products, device=CPU) > 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.gpu
def test_products_on_a_gpu_are_counted_by_the_time_of_their_kernels():
    device = torch.device("cuda")
    a = torch.ones(2048, 2048, device=device)
    rate = product_rate((2048,) * 3, device=device, precision=torch.float32, seconds=0.05)
    seconds = seconds_in_products(lambda: [a @ a for _ in range(20)] and None, device=device)
    assert 20 * 2 * 2048**3 / seconds == pytest.approx(rate, rel=0.5)
