"""Which parameters there are, which of them are one, and how they start."""

import math

import pytest
import torch
from torch import nn

from transformer_mt.config import ModelConfig
from transformer_mt.model.transformer import Transformer


def test_tied_embeddings(make_model):
    model = make_model()
    assert model.output_projection.weight is model.target_embedding.weight
    assert model.source_embedding.weight is not model.target_embedding.weight


def test_tied_embeddings_of_a_shared_vocabulary(make_model):
    model = make_model(source_vocab_size=17, shared_vocabulary=True)
    assert model.output_projection.weight is model.target_embedding.weight
    assert model.source_embedding is model.target_embedding


def test_untied_embeddings(make_model):
    model = make_model(tie_embeddings=False, source_vocab_size=17, shared_vocabulary=True)
    weights = [
        model.source_embedding.weight,
        model.target_embedding.weight,
        model.output_projection.weight,
    ]
    assert len({id(weight) for weight in weights}) == 3
    assert len({weight.data_ptr() for weight in weights}) == 3


@pytest.mark.parametrize("positions", ["sinusoidal", "learned"])
@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("activation", ["relu", "gelu", "swiglu"])
@pytest.mark.parametrize("embeddings", ["tied", "untied", "shared"])
def test_number_of_parameters(make_model, embeddings, activation, norm, positions):
    shared, tied = embeddings == "shared", embeddings != "untied"
    model = make_model(
        source_vocab_size=17 if shared else 13,
        shared_vocabulary=shared,
        tie_embeddings=tied,
        activation=activation,
        norm=norm,
        positions=positions,
    )
    attention = 4 * (16 * 16 + 16)
    feed_forward = (16 * 24 + 24) * (2 if activation == "swiglu" else 1) + 24 * 16 + 16
    layer_norm = 2 * 16
    expected = 2 * (attention + feed_forward + 2 * layer_norm)  # two encoder layers
    expected += 3 * (2 * attention + feed_forward + 3 * layer_norm)  # three decoder layers
    expected += {"tied": 13 + 17, "untied": 13 + 17 + 17, "shared": 17}[embeddings] * 16
    expected += 2 * layer_norm if norm == "pre" else 0
    expected += 2 * 40 * 16 if positions == "learned" else 0
    assert sum(parameter.numel() for parameter in model.parameters()) == expected


def test_the_defaults_are_the_papers_base_model():
    """Table 3 of the paper: 65 million, with 37,000 tokens (section 5.1)."""
    with torch.device("meta"):
        model = Transformer(
            ModelConfig(),
            source_vocab_size=37_000,
            target_vocab_size=37_000,
            shared_vocabulary=True,
            max_positions=256,
            pad_id=0,
        )
    attention, feed_forward, layer_norm = 1_050_624, 2_099_712, 1_024
    expected = 6 * (attention + feed_forward + 2 * layer_norm)
    expected += 6 * (2 * attention + feed_forward + 3 * layer_norm)
    assert sum(p.numel() for p in model.parameters()) == expected + 37_000 * 512 == 63_082_496
    attention = model.encoder.layers[0].self_attention
    assert attention.num_heads == 8
    assert attention.keys_and_values(torch.ones(2, 3, 512, device="meta"))[0].shape[-1] == 64


@pytest.mark.parametrize("settings", [{}, {"tie_embeddings": False, "activation": "swiglu"}])
def test_initialisation(make_model, settings):
    model = make_model(
        fresh=True, source_vocab_size=3000, target_vocab_size=2000, norm="pre", **settings
    )
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            assert module.weight.std().item() == pytest.approx(16**-0.5, rel=0.03)
        elif isinstance(module, nn.LayerNorm):
            assert (module.weight == 1).all()
            assert (module.bias == 0).all()
        elif isinstance(module, nn.Linear) and module.weight is not model.target_embedding.weight:
            rows, columns = module.weight.shape
            bound = math.sqrt(6 / (rows + columns))  # Glorot and Bengio 2010, equation 16
            assert 0.9 * bound < module.weight.abs().max().item() <= bound
            assert module.weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.15)
            assert module.bias is None or (module.bias == 0).all()
    assert model.output_projection.bias is None


def test_a_fresh_model_is_undecided(make_model, make_ids):
    """Tied embeddings of unit size would start with a loss far above that of guessing."""
    model = make_model(fresh=True, target_vocab_size=2000)
    ids = make_ids([6, 2, 4], vocab_size=13)
    logits = model(ids, ids)
    assert logits.std().item() < 1.5
