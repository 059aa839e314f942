import pytest
import torch

from transformer_mt.training.averaging import average_weights


def test_mean_of_each_parameter():
    checkpoints = [
        {"a": torch.tensor([1.0, 2.0]), "b": torch.tensor(5.0)},
        {"a": torch.tensor([4.0, 0.0]), "b": torch.tensor(-5.0)},
        {"a": torch.tensor([1.0, 1.0]), "b": torch.tensor(3.0)},
    ]
    averaged = average_weights(iter(checkpoints))
    assert list(averaged) == ["a", "b"]
    assert averaged["a"].tolist() == [2.0, 1.0]
    assert averaged["b"].item() == 1.0


def test_of_one_is_itself():
    weights = {"a": torch.tensor([0.1, -0.3])}
    assert torch.equal(average_weights([weights])["a"], weights["a"])


def test_of_equal_ones_is_exact():
    generator = torch.Generator().manual_seed(0)
    weights = {"a": torch.randn(1000, generator=generator)}
    assert torch.equal(average_weights([weights] * 7)["a"], weights["a"])


def test_the_sum_is_more_precise_than_the_weights():
    values = [1e8, 1.0, -1e8, 1.0]  # in float32 the first 1 is lost
    averaged = average_weights({"a": torch.tensor([value])} for value in values)
    assert averaged["a"].tolist() == [0.5]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_type_stays_and_inputs_are_left_alone(dtype):
    checkpoints = [{"a": torch.full((2,), value, dtype=dtype)} for value in (1.0, 2.0)]
    averaged = average_weights(checkpoints)["a"]
    assert averaged.dtype == dtype
    assert averaged.tolist() == [1.5, 1.5]
    assert [checkpoint["a"].tolist() for checkpoint in checkpoints] == [[1.0, 1.0], [2.0, 2.0]]


def test_the_model_of_the_average(make_model):
    models = [make_model(seed=seed) for seed in (0, 1)]
    averaged = average_weights(dict(model.named_parameters()) for model in models)
    for name, parameter in models[0].named_parameters():
        expected = (parameter + models[1].get_parameter(name)) / 2
        torch.testing.assert_close(averaged[name], expected)


def test_refuses_nothing():
    with pytest.raises(ValueError, match="no checkpoints to average"):
        average_weights([])
