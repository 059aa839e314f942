"""Layers that are computed again in the backward pass, against layers that keep everything."""

import contextlib
import copy

import pytest
import torch

from transformer_mt.model import checkpointing
from transformer_mt.training.loss import linear_cross_entropy_sum

DROPOUT = {"dropout": 0.3, "attention_dropout": 0.2, "feed_forward_dropout": 0.2}


@pytest.fixture
def batch(make_ids):
    return (
        make_ids([9, 5, 7], vocab_size=13),
        make_ids([6, 8, 3], vocab_size=17, seed=1),
        make_ids([6, 8, 3], vocab_size=17, seed=2),
    )


def loss_of(model, batch, *, bfloat16=False):
    source_ids, target_input_ids, target_label_ids = batch
    torch.manual_seed(5)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
        return linear_cross_entropy_sum(
            model.hidden(source_ids, target_input_ids),
            model.output_projection.weight,
            target_label_ids,
            pad_id=0,
            label_smoothing=0.1,
        )


def gradients(model, batch, **options):
    model.zero_grad()
    loss = loss_of(model, batch, **options)
    torch.rand(7)  # what is drawn between the passes changes nothing
    loss.backward()
    after = torch.get_rng_state()
    return [loss, after, *(parameter.grad.clone() for parameter in model.parameters())]


def kept_bytes(model, batch):
    """Return the bytes of distinct tensors that wait for the backward pass, weights left out."""
    weights = {parameter.data_ptr() for parameter in model.parameters()}
    kept = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = loss_of(model, batch)
    loss.backward()
    return sum(kept.values())


@pytest.mark.parametrize("bfloat16", [False, True], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("dropout", [{}, DROPOUT], ids=["no dropout", "dropout"])
def test_gradients_are_the_same_bits(make_model, batch, bfloat16, norm, dropout):
    model = make_model(norm=norm, activation="swiglu", **dropout).train()
    again = copy.deepcopy(model)
    again.checkpoint_activations(True)
    expected = gradients(model, batch, bfloat16=bfloat16)
    for mine, its in zip(gradients(again, batch, bfloat16=bfloat16), expected, strict=True):
        assert torch.equal(mine, its)
    again.checkpoint_activations(False)
    assert torch.equal(gradients(again, batch, bfloat16=bfloat16)[-1], expected[-1])


def test_with_other_random_numbers_they_would_differ(make_model, batch, monkeypatch):
    model = make_model(**DROPOUT).train()
    model.checkpoint_activations(True)
    expected = gradients(model, batch)
    forgetful = contextlib.nullcontext
    monkeypatch.setattr(checkpointing, "same_draws", lambda: (forgetful(), forgetful()))
    pairs = zip(gradients(model, batch), expected, strict=True)
    assert not all(torch.equal(mine, its) for mine, its in pairs)


def test_each_layer_is_computed_twice_and_only_in_training(make_model, batch):
    model = make_model(num_encoder_layers=2, num_decoder_layers=3)
    model.checkpoint_activations(True)
    calls = []
    for layer in (*model.encoder.layers, *model.decoder.layers):
        layer.register_forward_pre_hook(lambda layer, inputs: calls.append(layer))
    model.train()
    loss_of(model, batch).backward()
    assert len(calls) == 2 * 5
    calls.clear()
    model.eval()
    loss_of(model, batch).backward()
    assert len(calls) == 5
    calls.clear()
    model.train()
    with torch.no_grad():
        loss_of(model, batch)
    assert len(calls) == 5


def test_a_layer_keeps_its_input_and_little_more(make_model, batch):
    """Deeper by four layers, the model keeps four inputs more, not all that the layers make."""
    width = 16
    sizes = {"num_encoder_layers": 2, "num_decoder_layers": 1, "d_model": width}
    kept = {}
    for on in (False, True):
        for deeper in (0, 4):
            model = make_model(**sizes | {"num_encoder_layers": 2 + deeper}).train()
            model.checkpoint_activations(on)
            kept[on, deeper] = kept_bytes(model, batch)
    one_input = 3 * 9 * width * 4  # pairs, source_len, d_model, bytes
    assert kept[True, 4] - kept[True, 0] == 4 * one_input
    assert kept[False, 4] - kept[False, 0] > 4 * 8 * one_input
