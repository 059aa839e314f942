import math

import pytest
import torch

from transformer_mt.model.dropout import Dropout, _keep_above, _thresholds, drawing_from, dropout

COUNT = 200_000


def draw(probability, *, seed=0, shape=(COUNT,), dtype=torch.float32):
    torch.manual_seed(seed)
    return dropout(torch.ones(shape, dtype=dtype), probability)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("probability", [0.001, 0.1, 0.3, 0.5, 0.9, 0.999])
def test_fraction_scale_and_expectation(probability, dtype):
    dropped = draw(probability, dtype=dtype)
    scale = torch.tensor(1 / (1 - probability), dtype=dtype).item()
    deviation = math.sqrt(probability * (1 - probability) / COUNT)
    assert abs((dropped == 0).double().mean().item() - probability) < 4 * deviation
    kept = dropped[dropped != 0]
    torch.testing.assert_close(kept, torch.full_like(kept, scale))
    mean = dropped.double().mean().item()
    assert abs(mean - scale * (1 - probability)) < 4 * deviation * scale


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3,), (5, 1), (2, 3, 7), (4, 0, 2), (1, 4)])
def test_any_number_of_elements(shape):
    dropped = draw(0.5, shape=shape)
    assert dropped.shape == shape
    assert set(dropped.flatten().tolist()) <= {0.0, 2.0}


def test_zero_stays_zero():
    torch.manual_seed(0)
    assert (dropout(torch.zeros(100), 0.5) == 0).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_type_stays(dtype):
    assert draw(0.5, dtype=dtype).dtype == dtype


def test_the_seed_decides():
    assert torch.equal(draw(0.3), draw(0.3))
    same = ((draw(0.3) == 0) == (draw(0.3, seed=1) == 0)).double().mean().item()
    assert same == pytest.approx(0.3**2 + 0.7**2, abs=0.01)


def test_a_generator_of_its_own_draws_what_that_of_pytorch_would():
    expected = draw(0.3, seed=5)
    torch.manual_seed(1)
    with drawing_from(torch.Generator().manual_seed(5)):
        assert torch.equal(dropout(torch.ones(COUNT), 0.3), expected)
    after = dropout(torch.ones(COUNT), 0.3)
    assert torch.equal(after, draw(0.3, seed=1))  # which was left alone


def test_draws_follow_each_other():
    torch.manual_seed(0)
    assert not torch.equal(dropout(torch.ones(100), 0.5), dropout(torch.ones(100), 0.5))


@pytest.mark.parametrize("probability", [0.1, 0.5])
@pytest.mark.parametrize("distance", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_neighbours_are_independent(probability, distance, dtype):
    """Four elements share a random number; each place of the four with each other one."""
    kept = (draw(probability, dtype=dtype) != 0).double()
    kept = (kept - (1 - probability)) / math.sqrt(probability * (1 - probability))
    for place in range(4):
        products = kept[place : COUNT - 4 : 4] * kept[place + distance :][: COUNT - 4 - place : 4]
        assert abs(products.mean().item()) < 4 / math.sqrt(len(products))


def test_every_place_of_a_draw_is_dropped_equally():
    dropped = (draw(0.1) == 0).view(-1, 4).double().mean(0)
    assert ((dropped - 0.1).abs() < 4 * math.sqrt(0.1 * 0.9 / (COUNT / 4))).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_gradient_is_mask_times_scale(dtype):
    x = torch.randn(7, 9, generator=torch.Generator().manual_seed(0)).to(dtype).requires_grad_()
    torch.manual_seed(1)
    dropped = dropout(x, 0.4)
    dropped.backward(torch.full_like(x, 3.0))
    assert 0 < (dropped == 0).sum() < x.numel()
    torch.testing.assert_close(x.grad, (3.0 * (dropped != 0) / (1 - 0.4)).to(dtype))
    torch.testing.assert_close(dropped, x * x.grad / 3.0)


def test_infinities_and_nan_are_dropped_as_any_number_and_kept_as_they_are():
    x = torch.tensor([math.inf, -math.inf, math.nan], dtype=torch.bfloat16).repeat(1000)
    torch.manual_seed(0)
    dropped = dropout(x, 0.5)
    gone = dropped == 0
    assert 1300 < gone.sum() < 1700
    assert torch.equal(dropped[~gone].isnan(), x[~gone].isnan())
    assert torch.equal(dropped[~gone].isposinf(), x[~gone].isposinf())


@pytest.mark.parametrize("dropped", [1, 2, 6554, 32_640, 32_641, 32_642, 32_643, 65_282])
def test_a_threshold_drops_as_many_of_all_patterns_as_it_says(dropped):
    """But for the two zeros, which are one number."""
    patterns = torch.arange(-(2**15), 2**15, dtype=torch.int16).view(torch.bfloat16)
    assert len(_thresholds()) == 65_282
    kept = _keep_above(torch.ones_like(patterns), patterns, _thresholds()[dropped - 1])
    expected = 32_642 if dropped == 32_641 else dropped
    assert (kept == 0).sum() == expected


def test_the_input_is_left_alone():
    x = torch.ones(50)
    dropout(x, 0.5)
    assert (x == 1).all()


def test_not_contiguous_input():
    x = torch.arange(1.0, 13.0).view(3, 4).T
    torch.manual_seed(0)
    dropped = dropout(x, 0.5)
    assert ((dropped == 0) | (dropped == 2 * x)).all()


@pytest.mark.parametrize("probability", [1e-6, 1 - 1e-6])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_extreme_probabilities_stay_on_their_side(probability, dtype):
    assert (draw(probability, shape=(1000,), dtype=dtype) == 0).all() == (probability > 0.5)


def test_module_drops_in_training_only():
    x = torch.ones(1000)
    module = Dropout(0.5)
    torch.manual_seed(0)
    assert torch.equal(module(x), draw(0.5, shape=(1000,)))
    assert torch.equal(module.eval()(x), x)
    assert torch.equal(Dropout(0.0)(x), x)
