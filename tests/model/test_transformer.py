from itertools import pairwise

import pytest
import torch
from torch import nn

from transformer_mt.config import ModelConfig
from transformer_mt.model.embedding import sinusoids
from transformer_mt.model.masks import causal_mask, padding_mask, target_mask

NORMS = ["post", "pre"]
ACTIVATIONS = ["relu", "gelu", "swiglu"]


@pytest.fixture
def source_ids(make_ids):
    return make_ids([6, 2, 4], vocab_size=13, seed=1)


@pytest.fixture
def target_input_ids(make_ids):
    return make_ids([5, 3, 4], vocab_size=17, seed=2)


def torch_transformer(config, perturb):
    """`nn.Transformer` of the same sizes; it has final norms only where asked."""
    sizes = (config.d_model, config.num_heads, config.d_ff)
    pre_norm = config.norm == "pre"
    settings = {
        "dropout": 0.0,
        "activation": config.activation,
        "batch_first": True,
        "norm_first": pre_norm,
    }
    encoder = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(*sizes, **settings),
        config.num_encoder_layers,
        norm=nn.LayerNorm(config.d_model) if pre_norm else None,
        enable_nested_tensor=False,
    )
    decoder = nn.TransformerDecoder(
        nn.TransformerDecoderLayer(*sizes, **settings),
        config.num_decoder_layers,
        norm=nn.LayerNorm(config.d_model) if pre_norm else None,
    )
    theirs = nn.Transformer(
        *sizes[:2], custom_encoder=encoder, custom_decoder=decoder, batch_first=True
    )
    return perturb(theirs, seed=5).double()


def same_parameters(ours, theirs):
    """Yield each parameter of ours with the one of theirs, and the rows that it is there."""
    for name, parameter in ours.named_parameters():
        rows = slice(None)
        name = name.replace("encoder.final_norm", "encoder.norm")
        name = name.replace("decoder.final_norm", "decoder.norm")
        name = name.replace("self_attention_sublayer.norm", "norm1")
        name = name.replace("cross_attention_sublayer.norm", "norm2")
        last = "norm2" if name.startswith("encoder") else "norm3"
        name = name.replace("feed_forward_sublayer.norm", last)
        name = name.replace("feed_forward.inner_projection", "linear1")
        name = name.replace("feed_forward.outer_projection", "linear2")
        name = name.replace("self_attention.", "self_attn.")
        name = name.replace("cross_attention.", "multihead_attn.")
        name = name.replace("output_projection", "out_proj")
        for index, projection in enumerate(("query", "key", "value")):
            if f"{projection}_projection" in name:
                name = name.replace(f"{projection}_projection.", "in_proj_")
                d_model = len(parameter)
                rows = slice(index * d_model, (index + 1) * d_model)
        yield parameter, theirs.get_parameter(name), rows


@pytest.mark.parametrize("depths", [(1, 3), (2, 1)])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("norm", NORMS)
def test_outputs_and_gradients_equal_torch(
    make_model, perturb, source_ids, target_input_ids, norm, activation, depths
):
    config = ModelConfig(
        d_model=12,
        num_heads=3,
        d_ff=20,
        dropout=0.0,
        norm=norm,
        activation=activation,
        num_encoder_layers=depths[0],
        num_decoder_layers=depths[1],
    )
    ours = make_model(**config.model_dump()).double()
    stacks = nn.ModuleDict({"encoder": ours.encoder, "decoder": ours.decoder})
    theirs = torch_transformer(config, perturb)
    pairs = list(same_parameters(stacks, theirs))
    assert sum(p.numel() for p, _, _ in pairs) == sum(p.numel() for p in theirs.parameters())
    with torch.no_grad():
        for mine, other, rows in pairs:
            mine.copy_(other[rows])

    source = ours.source_embedding(source_ids) + ours.source_positions(source_ids.shape[1])
    source = source.detach().requires_grad_()
    target = ours.embed_target(target_input_ids).detach().requires_grad_()
    source_mask = padding_mask(source_ids, pad_id=0)
    mask = target_mask(target_input_ids, pad_id=0)
    output = ours.decoder(target, mask, ours.encoder(source, source_mask), source_mask)
    inputs = [source.detach().requires_grad_(), target.detach().requires_grad_()]
    expected = theirs(
        *inputs,
        tgt_mask=~causal_mask(target_input_ids.shape[1])[0, 0],
        src_key_padding_mask=source_ids == 0,
        tgt_key_padding_mask=target_input_ids == 0,
        memory_key_padding_mask=source_ids == 0,
    )
    torch.testing.assert_close(output, expected)
    torch.testing.assert_close(ours(source_ids, target_input_ids), ours.output_projection(expected))

    generator = torch.Generator().manual_seed(6)
    projection = torch.randn(output.shape, generator=generator, dtype=torch.float64)
    (output * projection).sum().backward()
    (expected * projection).sum().backward()
    for mine, other in zip((source, target), inputs, strict=True):
        torch.testing.assert_close(mine.grad, other.grad)
    for mine, other, rows in pairs:
        torch.testing.assert_close(mine.grad, other.grad[rows])


@pytest.mark.parametrize("norm", NORMS)
def test_a_future_target_token_leaves_earlier_logits_unchanged(
    make_model, source_ids, target_input_ids, norm
):
    model = make_model(norm=norm)
    logits = model(source_ids, target_input_ids)
    for position in range(target_input_ids.shape[1]):
        changed_ids = target_input_ids.clone()
        changed_ids[:, position] = changed_ids[:, position] % 15 + 2
        changed = model(source_ids, changed_ids)
        torch.testing.assert_close(changed[:, :position], logits[:, :position], rtol=0, atol=1e-6)
        assert not torch.allclose(changed[0, position], logits[0, position], atol=1e-3)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("positions", ["sinusoidal", "learned"])
def test_padding_and_neighbours_change_nothing(
    make_model, make_ids, source_ids, target_input_ids, norm, positions
):
    model = make_model(norm=norm, positions=positions)
    logits = model(source_ids, target_input_ids)
    padded = [nn.functional.pad(ids, (0, 9)) for ids in (source_ids, target_input_ids)]
    length = target_input_ids.shape[1]
    torch.testing.assert_close(model(*padded)[:, :length], logits, rtol=0, atol=1e-5)

    for row, (source_len, target_len) in enumerate([(6, 5), (2, 3), (4, 4)]):
        own = source_ids[row : row + 1, :source_len], target_input_ids[row : row + 1, :target_len]
        alone = model(*own)[0]
        torch.testing.assert_close(logits[row, :target_len], alone, rtol=0, atol=1e-5)
        sources = make_ids([8, source_len, 7], vocab_size=13, seed=row)
        targets = make_ids([7, target_len, 2], vocab_size=17, seed=row)
        sources[1, :source_len], targets[1, :target_len] = own
        among_others = model(sources, targets)[1, :target_len]
        torch.testing.assert_close(among_others, alone, rtol=0, atol=1e-5)


@pytest.mark.parametrize("norm", NORMS)
def test_every_source_token_reaches_every_logit(make_model, source_ids, target_input_ids, norm):
    model = make_model(norm=norm)
    logits = model(source_ids, target_input_ids)[0]
    for position in range(6):
        changed_ids = source_ids.clone()
        changed_ids[0, position] = changed_ids[0, position] % 11 + 2
        difference = (model(changed_ids, target_input_ids)[0] - logits).abs().amax(-1)
        assert (difference > 1e-4).all()


def test_shape_of_the_logits(make_model):
    model = make_model(target_vocab_size=23, max_positions=128)
    source_ids, target_input_ids = torch.ones(32, 128, dtype=int), torch.ones(32, 64, dtype=int)
    with torch.no_grad():
        assert model(source_ids, target_input_ids).shape == (32, 64, 23)
        assert model.hidden(source_ids, target_input_ids).shape == (32, 64, 16)


def test_log_probs_are_of_the_logits(make_model, source_ids, target_input_ids):
    model = make_model()
    logits = model(source_ids, target_input_ids)
    log_probs = model.log_probs(model.hidden(source_ids, target_input_ids))
    torch.testing.assert_close(log_probs, logits - logits.exp().sum(-1, keepdim=True).log())
    assert model.bfloat16().log_probs(torch.ones(1, 16).bfloat16()).dtype == torch.float32


def test_embeddings_are_scaled_and_positions_added(make_model, source_ids, target_input_ids):
    model = make_model()
    mask = padding_mask(source_ids, pad_id=0)
    embedded = 4 * model.source_embedding.weight[source_ids] + sinusoids(6, 16)
    torch.testing.assert_close(model.encode(source_ids, mask), model.encoder(embedded, mask))
    embedded = 4 * model.target_embedding.weight[target_input_ids] + sinusoids(5, 16, start=3)
    torch.testing.assert_close(model.embed_target(target_input_ids, start=3), embedded)


def test_learned_positions_can_be_the_sinusoids(make_model, source_ids, target_input_ids):
    learned = make_model(positions="learned")
    with torch.no_grad():
        learned.source_positions.weight.copy_(sinusoids(40, 16))
        learned.target_positions.weight.copy_(sinusoids(40, 16))
    sinusoidal = make_model(positions="sinusoidal")
    result = sinusoidal.load_state_dict(learned.state_dict(), strict=False)
    assert not result.missing_keys
    assert result.unexpected_keys == ["source_positions.weight", "target_positions.weight"]
    torch.testing.assert_close(
        learned(source_ids, target_input_ids), sinusoidal(source_ids, target_input_ids)
    )


def test_activations_differ(make_model, source_ids, target_input_ids):
    outputs = [
        make_model(activation=activation)(source_ids, target_input_ids)
        for activation in ACTIVATIONS
    ]
    for first, second in pairwise(outputs):
        assert not torch.allclose(first, second, atol=1e-2)


@pytest.mark.parametrize("name", ["dropout", "attention_dropout", "feed_forward_dropout"])
def test_dropout_works_in_training_only(make_model, source_ids, target_input_ids, name):
    model, plain = make_model(**{name: 0.5}), make_model()
    expected = plain(source_ids, target_input_ids)
    assert torch.equal(model(source_ids, target_input_ids), expected)
    model.train()
    torch.manual_seed(0)
    first = model(source_ids, target_input_ids)
    assert not torch.allclose(first, expected, atol=1e-2)
    assert not torch.equal(model(source_ids, target_input_ids), first)
    torch.manual_seed(0)
    assert torch.equal(model(source_ids, target_input_ids), first)


def test_a_sentence_longer_than_the_learned_positions_is_refused(make_model):
    model = make_model(positions="learned", max_positions=4)
    ids = torch.ones(1, 5, dtype=torch.long)
    with pytest.raises(ValueError, match="position 5 of 4 learned positions"):
        model(ids, ids[:, :2])
