import pytest
import torch
from torch import nn
from torch.nn import functional as F

from transformer_mt.model.attention import MultiHeadAttention, scaled_dot_product_attention
from transformer_mt.model.masks import causal_mask

# batch, num_heads, query_len, key_len, head_dim
SHAPES = [(1, 1, 1, 1, 1), (2, 3, 4, 5, 6), (3, 2, 7, 7, 4), (2, 8, 1, 9, 64), (1, 2, 6, 1, 3)]


def random_tensors(*shapes, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return [
        torch.randn(shape, generator=generator, dtype=dtype).requires_grad_() for shape in shapes
    ]


def make_mask(kind, batch, num_heads, query_len, key_len):
    """A mask in which every query may attend to the first key at least."""
    if kind == "none":
        return None
    generator = torch.Generator().manual_seed(1)
    shape = {
        "padding": (batch, 1, 1, key_len),
        "causal": (1, 1, query_len, key_len),
        "full": (batch, num_heads, query_len, key_len),
    }[kind]
    mask = torch.rand(shape, generator=generator) < 0.5
    if kind == "causal":
        mask = torch.ones(shape, dtype=torch.bool).tril()
    mask[..., 0] = True
    return mask


@pytest.mark.parametrize("kind", ["none", "padding", "causal", "full"])
@pytest.mark.parametrize("shape", SHAPES)
def test_formula_equals_torch(shape, kind):
    batch, num_heads, query_len, key_len, head_dim = shape
    shapes = [(batch, num_heads, length, head_dim) for length in (query_len, key_len, key_len)]
    mask = make_mask(kind, batch, num_heads, query_len, key_len)
    ours, theirs = random_tensors(*shapes), random_tensors(*shapes)
    output, weights = scaled_dot_product_attention(*ours, mask)
    expected = F.scaled_dot_product_attention(*theirs, attn_mask=mask)
    torch.testing.assert_close(output, expected)
    torch.testing.assert_close(output, weights @ ours[2])
    (projection,) = random_tensors(output.shape, seed=2)
    (output * projection).sum().backward()
    (expected * projection).sum().backward()
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine.grad, other.grad)


@pytest.mark.parametrize("kind", ["padding", "causal", "full"])
def test_weights_sum_to_one_and_are_zero_where_masked(kind):
    query, key, value = random_tensors((2, 3, 6, 4), (2, 3, 6, 4), (2, 3, 6, 4))
    mask = make_mask(kind, 2, 3, 6, 6)
    _, weights = scaled_dot_product_attention(query, key, value, mask)
    assert weights.shape == (2, 3, 6, 6)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 6, dtype=torch.float64))
    assert (weights[~mask.expand_as(weights)] == 0).all()
    assert (weights[mask.expand_as(weights)] > 0).all()


def test_a_query_that_may_attend_to_nothing_is_not_a_number():
    """It cannot happen to a sentence, of which at least one token is real; it must not hide."""
    query, key, value = random_tensors((1, 1, 2, 4), (1, 1, 3, 4), (1, 1, 3, 4))
    mask = torch.tensor([[True, False, True], [False, False, False]])
    output, _ = scaled_dot_product_attention(query, key, value, mask)
    assert output[0, 0, 0].isfinite().all()
    assert output[0, 0, 1].isnan().all()


def test_dropout_drops_weights_and_returns_them_whole():
    query, key = random_tensors((1, 2, 30, 8), (1, 2, 40, 8))
    value = torch.eye(40, dtype=torch.float64).expand(1, 2, 40, 40)  # the output is the weights
    torch.manual_seed(0)
    dropped, weights = scaled_dot_product_attention(query, key, value, None, dropout=0.5)
    assert 0.4 < (dropped == 0).double().mean() < 0.6
    kept = dropped != 0
    torch.testing.assert_close(dropped[kept], 2 * weights[kept])
    torch.testing.assert_close(weights.sum(-1), torch.ones(1, 2, 30, dtype=torch.float64))


def copy_of(ours):
    """`nn.MultiheadAttention` with the weights of ours."""
    d_model = ours.query_projection.in_features
    theirs = nn.MultiheadAttention(d_model, ours.num_heads, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(stacked(ours, "weight"))
        theirs.in_proj_bias.copy_(stacked(ours, "bias"))
        theirs.out_proj.load_state_dict(ours.output_projection.state_dict())
    return theirs


def stacked(attention, name, *, grad=False):
    projections = (
        attention.query_projection,
        attention.key_projection,
        attention.value_projection,
    )
    tensors = [getattr(projection, name) for projection in projections]
    return torch.cat([tensor.grad if grad else tensor for tensor in tensors])


@pytest.fixture
def attention(perturb):
    torch.manual_seed(0)
    return perturb(MultiHeadAttention(d_model=12, num_heads=3).double())


MASKED = torch.tensor([[False] * 7, [False] * 4 + [True] * 3])  # (batch, key_len)


def test_multi_head_attention_equals_torch(attention):
    theirs = copy_of(attention)
    inputs, same_inputs = (random_tensors((2, 5, 12), (2, 7, 12)) for _ in range(2))
    output = attention(*inputs, ~MASKED[:, None, None])
    queries, keys = same_inputs
    expected, expected_weights = theirs(
        queries, keys, keys, key_padding_mask=MASKED, average_attn_weights=False
    )
    torch.testing.assert_close(output, expected)
    weights = attention.attention_weights(*inputs, ~MASKED[:, None, None])
    torch.testing.assert_close(weights, expected_weights)

    (projection,) = random_tensors(output.shape, seed=3)
    (output * projection).sum().backward()
    (expected * projection).sum().backward()
    for mine, other in zip(inputs, same_inputs, strict=True):
        torch.testing.assert_close(mine.grad, other.grad)
    torch.testing.assert_close(stacked(attention, "weight", grad=True), theirs.in_proj_weight.grad)
    torch.testing.assert_close(stacked(attention, "bias", grad=True), theirs.in_proj_bias.grad)
    for name, parameter in attention.output_projection.named_parameters():
        torch.testing.assert_close(parameter.grad, getattr(theirs.out_proj, name).grad)


def test_masked_self_attention_equals_torch(attention):
    (x,) = random_tensors((2, 7, 12))
    hidden = causal_mask(7).logical_not()[0, 0]
    expected, mean_weights = copy_of(attention)(
        x, x, x, key_padding_mask=MASKED, attn_mask=hidden, average_attn_weights=True
    )
    mask = ~MASKED[:, None, None] & ~hidden
    torch.testing.assert_close(attention(x, x, mask), expected)
    weights = attention.attention_weights(x, x, mask)
    torch.testing.assert_close(weights.mean(1), mean_weights)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 7, dtype=torch.float64))
    assert (weights[~mask.expand_as(weights)] == 0).all()


def test_eight_heads_on_512_have_64_dimensions_each():
    attention = MultiHeadAttention(d_model=512, num_heads=8)
    x = torch.randn(2, 3, 512, generator=torch.Generator().manual_seed(0))
    key, value = attention.keys_and_values(x)
    assert key.shape == value.shape == (2, 8, 3, 64)
    assert attention(x, x, None).shape == (2, 3, 512)


def test_a_head_is_a_slice_of_the_projection(attention):
    (x,) = random_tensors((2, 5, 12))
    heads = attention.split_heads(x)
    assert heads.shape == (2, 3, 5, 4)
    for head in range(3):
        assert torch.equal(heads[:, head], x[..., 4 * head : 4 * head + 4])


def test_dropout_only_in_training(perturb):
    attention = perturb(MultiHeadAttention(d_model=12, num_heads=3, dropout=0.5))
    (x,) = random_tensors((2, 5, 12), dtype=torch.float32)
    torch.manual_seed(0)
    assert not torch.equal(attention(x, x, None), attention(x, x, None))
    attention.eval()
    assert torch.equal(attention(x, x, None), attention(x, x, None))


def test_refuses_heads_that_do_not_divide():
    with pytest.raises(ValueError, match="d_model 10 is not divisible by num_heads 3"):
        MultiHeadAttention(d_model=10, num_heads=3)


@pytest.mark.gpu
@pytest.mark.parametrize("mask", [None, ~MASKED[:, None, None]], ids=["none", "padding"])
def test_fast_path_equals_formula(perturb, mask):
    attention = perturb(MultiHeadAttention(d_model=12, num_heads=3))
    results = []
    for device in ("cpu", "cuda"):
        attention.to(device).zero_grad()
        inputs = [x.detach().to(device) for x in random_tensors((2, 5, 12), (2, 7, 12))]
        inputs = [x.float().requires_grad_() for x in inputs]
        output = attention(*inputs, None if mask is None else mask.to(device))
        output.square().sum().backward()
        gradients = [p.grad for p in attention.parameters()] + [x.grad for x in inputs]
        results.append([tensor.detach().cpu() for tensor in [output, *gradients]])
    for formula, fast in zip(*results, strict=True):
        torch.testing.assert_close(fast, formula, rtol=1e-3, atol=1e-3)
