import math

import pytest
import torch

from transformer_mt.config import TrainingConfig
from transformer_mt.training import muon as muon_module
from transformer_mt.training.muon import StackedMuon, hidden_matrices_and_others
from transformer_mt.training.optimizer import (
    build_optimizer,
    optimizer_tensors,
    restore_optimizer,
)

ADAM = TrainingConfig(learning_rate=0.01)
ADAMW = TrainingConfig(optimizer="adamw", weight_decay=0.1, learning_rate=0.01)
MUON = TrainingConfig(optimizer="muon", weight_decay=0.1, learning_rate=0.01)
ALL = pytest.mark.parametrize("settings", [ADAM, ADAMW, MUON], ids=["adam", "adamw", "muon"])


@pytest.fixture
def make(make_model):
    def make(*, seed=0):
        return make_model(seed=seed, num_encoder_layers=1, num_decoder_layers=1)

    return make


def step(model, optimizer, number):
    """One update with gradients that depend on the number of the step alone."""
    generator = torch.Generator().manual_seed(number)
    for parameter in model.parameters():
        gradient = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        parameter.grad = gradient.to(parameter)
    optimizer.step()


@pytest.mark.parametrize("settings", [ADAM, ADAMW], ids=["adam", "adamw"])
def test_steps_equal_the_formula(make, settings):
    """Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2."""
    model = make().double()
    values = {name: p.detach().clone() for name, p in model.named_parameters()}
    first = {name: torch.zeros_like(value) for name, value in values.items()}
    second = {name: torch.zeros_like(value) for name, value in values.items()}
    optimizer = build_optimizer(model, settings)
    for t in range(1, 5):
        step(model, optimizer, t)
        for name, parameter in model.named_parameters():
            gradient, value = parameter.grad, values[name]
            first[name] = 0.9 * first[name] + 0.1 * gradient
            second[name] = 0.98 * second[name] + 0.02 * gradient**2
            update = first[name] / (1 - 0.9**t)
            update /= (second[name] / (1 - 0.98**t)).sqrt() + 1e-9
            is_matrix = value.dim() == 2
            decay = 0.1 if settings.optimizer == "adamw" and is_matrix else 0.0
            values[name] = value - 0.01 * (update + decay * value)
            torch.testing.assert_close(parameter.detach(), values[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("settings", [ADAMW, MUON], ids=["adamw", "muon"])
def test_only_matrices_decay(make, settings):
    """With no gradient at all, decay is all that happens."""
    model = make()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    build_optimizer(model, settings).step()
    kinds = set()
    for name, parameter in model.named_parameters():
        is_matrix = "norm" not in name and "bias" not in name
        kinds.add(is_matrix)
        factor = 1 - 0.01 * 0.1 if is_matrix else 1.0
        torch.testing.assert_close(parameter.detach(), factor * before[name])
        assert is_matrix or torch.equal(parameter, before[name])
    assert kinds == {True, False}


@pytest.mark.parametrize("name", ["adam", "adamw", "muon"])
def test_settings_arrive(make, name):
    settings = TrainingConfig(
        optimizer=name, adam_beta1=0.8, adam_beta2=0.95, adam_epsilon=1e-6, learning_rate=3e-4
    )
    optimizer = build_optimizer(make(), settings)
    *muon, matrices, vectors = optimizer.param_groups
    for group in (matrices, vectors):
        assert group["betas"] == (0.8, 0.95)
        assert group["eps"] == 1e-6
    for group in optimizer.param_groups:
        assert group["lr"] == 3e-4
        assert group["weight_decay"] == 0
    assert [group["momentum"] for group in muon] == ([0.95] if name == "muon" else [])


@ALL
def test_every_parameter_is_there_once(make_model, settings):
    model = make_model(source_vocab_size=17, shared_vocabulary=True)  # tied
    optimizer = build_optimizer(model, settings)
    optimized = [id(p) for group in optimizer.param_groups for p in group["params"]]
    assert len(optimized) == len(set(optimized))
    assert set(optimized) == {id(p) for p in model.parameters()}


@ALL
def test_restored_state_continues_bit_for_bit(make, settings):
    model = make()
    optimizer = build_optimizer(model, settings)
    for number in range(3):
        step(model, optimizer, number)
    weights = {name: p.detach().clone() for name, p in model.named_parameters()}
    saved = {name: t.clone() for name, t in optimizer_tensors(model, optimizer).items()}

    resumed = make(seed=9)
    with torch.no_grad():
        for name, parameter in resumed.named_parameters():
            parameter.copy_(weights[name])
    resumed_optimizer = build_optimizer(resumed, settings)
    restore_optimizer(resumed, resumed_optimizer, saved)
    for number in range(3, 6):
        step(model, optimizer, number)
        step(resumed, resumed_optimizer, number)
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, resumed.get_parameter(name))
    after = optimizer_tensors(resumed, resumed_optimizer)
    for name, tensor in optimizer_tensors(model, optimizer).items():
        assert torch.equal(tensor, after[name])


def test_state_is_named_by_parameter(make):
    model = make()
    optimizer = build_optimizer(model, ADAM)
    assert optimizer_tensors(model, optimizer) == {}
    step(model, optimizer, 0)
    names = [name for name, _ in model.named_parameters()]
    expected = {f"{kind}.{n}" for kind in ("step", "exp_avg", "exp_avg_sq") for n in names}
    tensors = optimizer_tensors(model, optimizer)
    assert set(tensors) == expected
    assert all(tensors[f"step.{name}"].item() == 1 for name in names)
    assert math.prod(tensors["exp_avg.target_embedding.weight"].shape) == 17 * 16


def test_muon_moves_the_matrices_of_encoder_and_decoder_alone(make):
    """All else goes as with AdamW, bit for bit, and what Muon moves has its own state."""
    model, other = make(), make()
    optimizer, adamw = build_optimizer(model, MUON), build_optimizer(other, ADAMW)
    for number in range(3):
        step(model, optimizer, number)
        step(other, adamw, number)
    tensors = optimizer_tensors(model, optimizer)
    hidden = 0
    for name, parameter in model.named_parameters():
        inside = name.startswith(("encoder.", "decoder.")) and parameter.dim() == 2
        assert torch.equal(parameter, other.get_parameter(name)) != inside
        assert (f"momentum_buffer.{name}" in tensors) == inside
        assert (f"exp_avg.{name}" in tensors) != inside
        hidden += inside
    assert hidden == 4 + 2 + 8 + 2  # projections and feed-forward networks of both


@pytest.mark.parametrize("stacked", [2**23, 2 * 16 * 24, 1])
def test_stacked_matrices_move_as_pytorchs_muon_moves_them(monkeypatch, stacked):
    monkeypatch.setattr(muon_module, "_STACKED_ELEMENTS", stacked)
    shapes = [(16, 24), (24, 16), (16, 16), (16, 24), (24, 16), (16, 24), (1, 7)]
    generator = torch.Generator().manual_seed(1)
    mine, its = ([torch.nn.Parameter(torch.ones(shape)) for shape in shapes] for _ in range(2))
    settings = {"lr": 0.02, "weight_decay": 0.1}
    stacking = StackedMuon(mine, **settings)
    one_by_one = torch.optim.Muon(its, **settings, adjust_lr_fn="match_rms_adamw")
    for number in range(4):
        for place, pair in enumerate(zip(mine, its, strict=True)):
            gradient = torch.randn(shapes[place], generator=generator)
            for parameter in pair:
                parameter.grad = None if place == number else gradient.clone()
        stacking.step()
        one_by_one.step()
    for parameter, other in zip(mine, its, strict=True):
        moved = (other - 1.0).norm()
        assert moved > 0.01
        # The order in which products are summed up may differ, in bfloat16.
        assert (parameter - other).norm() < 0.01 * moved
        average = stacking.state[parameter]["momentum_buffer"]
        assert torch.equal(average, one_by_one.state[other]["momentum_buffer"])
    assert not torch.equal(mine[0], mine[3])


@ALL
def test_a_step_that_is_blocked_changes_nothing(make, settings):
    """Neither weights nor state, whatever the gradients are; later ones go on from there."""
    model, undisturbed = make(), make()
    optimizer, expected = build_optimizer(model, settings), build_optimizer(undisturbed, settings)
    optimizer.found_inf = torch.zeros(())
    step(undisturbed, expected, 0)
    step(model, optimizer, 0)
    optimizer.found_inf.fill_(1.0)
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, torch.nan)
    optimizer.step()
    for number in (1, 2):
        optimizer.found_inf.zero_()
        step(undisturbed, expected, number)
        step(model, optimizer, number)
    assert all(map(torch.equal, model.parameters(), undisturbed.parameters()))
    mine, its = optimizer_tensors(model, optimizer), optimizer_tensors(undisturbed, expected)
    assert mine.keys() == its.keys()
    assert all(torch.equal(tensor, its[name]) for name, tensor in mine.items())


def test_muons_update_is_the_gradient_with_singular_values_about_equal(make):
    """Jordan et al. 2024: between 0.7 and 1.2, for those that are not far smaller than the rest;
    times 0.2 sqrt(longer side) (Liu et al. 2025, equation 4).
    """
    model = make()
    before = {name: p.detach().double() for name, p in model.named_parameters()}
    step(model, build_optimizer(model, MUON), 0)
    hidden = {id(parameter) for parameter in hidden_matrices_and_others(model)[0]}
    for name, parameter in model.named_parameters():
        if id(parameter) not in hidden:
            continue
        scale = 0.01 * 0.2 * math.sqrt(max(parameter.shape))
        update = (0.999 * before[name] - parameter.detach().double()) / scale
        left, sizes, right = torch.linalg.svd(parameter.grad.double(), full_matrices=False)
        turned = left.T @ update @ right.T  # diagonal where the singular vectors are kept
        large = sizes > 0.2 * sizes[0]
        diagonal = turned.diagonal()[large]
        assert diagonal.numel() >= 8
        assert diagonal.min() > 0.6
        assert diagonal.max() < 1.3
        assert (turned - turned.diagonal().diag()).abs().max() < 0.1


def test_the_rate_of_every_group_can_be_set(make):
    """As the schedule does it: with a rate of 0 nothing moves."""
    model = make()
    optimizer = build_optimizer(model, MUON)
    before = [p.detach().clone() for p in model.parameters()]
    for group in optimizer.param_groups:
        group["lr"] = 0.0
    step(model, optimizer, 0)
    assert all(map(torch.equal, model.parameters(), before))
