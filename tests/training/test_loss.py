import math

import pytest
import torch

from transformer_mt.training import loss as loss_module
from transformer_mt.training.loss import cross_entropy_sum, linear_cross_entropy_sum

PAD_ID = 0
SMOOTHING = [0.0, 0.1]


@pytest.fixture
def small_pieces(monkeypatch):
    """128 rows of 30 float32 logits at a time, 64 of them in the cache."""
    monkeypatch.setattr(loss_module, "_BYTES_AT_A_TIME", 128 * 30 * 4)
    monkeypatch.setattr(loss_module, "_CACHED_BYTES", 64 * 30 * 4)


def make_batch(batch, target_len, *, d_model=8, vocab_size=30, seed=0, dtype=torch.float32):
    """Decoder output, output weight and labels, about a fifth of them padding."""
    generator = torch.Generator().manual_seed(seed)
    hidden = torch.randn(batch, target_len, d_model, generator=generator, dtype=dtype)
    weight = torch.randn(vocab_size, d_model, generator=generator, dtype=dtype)
    labels = torch.randint(1, vocab_size, (batch, target_len), generator=generator)
    labels[torch.rand(batch, target_len, generator=generator) < 0.2] = PAD_ID
    return hidden.requires_grad_(), weight.requires_grad_(), labels


def formula(logits, labels, smoothing):
    """The loss label by label: -sum over the vocabulary of q log p, with q written out."""
    vocab_size = logits.shape[-1]
    total = torch.zeros((), dtype=logits.dtype)
    rows = zip(logits.flatten(0, 1), labels.flatten().tolist(), strict=True)
    for row, label in rows:
        if label != PAD_ID:
            q = torch.full((vocab_size,), smoothing / vocab_size, dtype=logits.dtype)
            q[label] += 1 - smoothing
            total = total - (q * (row - row.exp().sum().log())).sum()
    return total


def value_and_gradients(loss, hidden, weight):
    return [loss.detach(), *torch.autograd.grad(loss, (hidden, weight))]


def fused(hidden, weight, labels, smoothing):
    return linear_cross_entropy_sum(
        hidden, weight, labels, pad_id=PAD_ID, label_smoothing=smoothing
    )


def plain(hidden, weight, labels, smoothing):
    return cross_entropy_sum(hidden @ weight.T, labels, pad_id=PAD_ID, label_smoothing=smoothing)


def assert_near(actual, expected, *, relative):
    """Compare as vectors: the error against the size of the whole."""
    for mine, other in zip(actual, expected, strict=True):
        assert mine.shape == other.shape
        error = (mine.double() - other.double()).norm()
        assert error.item() <= relative * other.double().norm().item()


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
def test_sum_equals_the_formula(smoothing):
    hidden, weight, labels = make_batch(4, 7)
    logits = (hidden @ weight.T).detach()
    loss = cross_entropy_sum(logits, labels, pad_id=PAD_ID, label_smoothing=smoothing)
    expected = formula(logits.double(), labels, smoothing)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)


def test_guessing_costs_the_logarithm_of_the_vocabulary():
    labels = torch.tensor([[3, 4, PAD_ID]])
    for smoothing in SMOOTHING:
        loss = cross_entropy_sum(
            torch.zeros(1, 3, 50), labels, pad_id=PAD_ID, label_smoothing=smoothing
        )
        assert loss.item() == pytest.approx(2 * math.log(50))


def test_sum_is_taken_in_float32():
    hidden, weight, labels = make_batch(4, 7)
    logits = (hidden @ weight.T).detach().bfloat16()
    loss = cross_entropy_sum(logits, labels, pad_id=PAD_ID, label_smoothing=0.1)
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(formula(logits.double(), labels, 0.1).item(), rel=1e-6)


@pytest.mark.parametrize("smoothing", SMOOTHING)
def test_fused_equals_the_formula(smoothing):
    hidden, weight, labels = make_batch(3, 5, dtype=torch.float64)
    expected = value_and_gradients(formula(hidden @ weight.T, labels, smoothing), hidden, weight)
    actual = value_and_gradients(fused(hidden, weight, labels, smoothing), hidden, weight)
    assert_near(actual, expected, relative=1e-6)  # the softmax is taken in float32


# fewer rows than are in the cache at a time, one piece exactly, a rest, several pieces
@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (1, 64), (3, 301), (40, 50)])
@pytest.mark.parametrize("smoothing", SMOOTHING)
def test_fused_equals_plain(shape, smoothing, small_pieces):
    hidden, weight, labels = make_batch(*shape)
    labels[0, 0] = 5
    expected = value_and_gradients(plain(hidden, weight, labels, smoothing), hidden, weight)
    actual = value_and_gradients(fused(hidden, weight, labels, smoothing), hidden, weight)
    assert_near(actual, expected, relative=1e-5)


def test_fused_without_any_padding_and_exact_pieces(small_pieces):
    hidden, weight, labels = make_batch(2, 128)
    labels = labels.clamp(min=1)
    expected = value_and_gradients(plain(hidden, weight, labels, 0.1), hidden, weight)
    actual = value_and_gradients(fused(hidden, weight, labels, 0.1), hidden, weight)
    assert_near(actual, expected, relative=1e-5)


@pytest.mark.parametrize("smoothing", SMOOTHING)
def test_fused_under_autocast(smoothing, small_pieces):
    hidden, weight, labels = make_batch(9, 80, d_model=32, vocab_size=100)
    expected = value_and_gradients(plain(hidden, weight, labels, smoothing), hidden, weight)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = fused(hidden, weight, labels, smoothing)
    assert loss.dtype == torch.float32
    actual = value_and_gradients(loss, hidden, weight)
    assert [tensor.dtype for tensor in actual] == [torch.float32] * 3
    assert_near(actual[:1], expected[:1], relative=2e-3)
    assert_near(actual[1:], expected[1:], relative=1e-2)
    exact = fused(hidden, weight, labels, smoothing)
    assert loss.item() != exact.item()  # autocast has been heard


@pytest.mark.parametrize("smoothing", SMOOTHING)
def test_gradients_scale_with_the_loss(smoothing):
    hidden, weight, labels = make_batch(3, 200)
    _, *gradients = value_and_gradients(fused(hidden, weight, labels, smoothing), hidden, weight)
    loss = fused(hidden, weight, labels, smoothing)
    _, *divided = value_and_gradients(loss / 123, hidden, weight)
    assert_near(divided, [gradient / 123 for gradient in gradients], relative=1e-6)


def test_pieces_of_a_batch_add_up():
    hidden, weight, labels = make_batch(6, 90)
    whole = value_and_gradients(fused(hidden, weight, labels, 0.1), hidden, weight)
    parts = fused(hidden[:2], weight, labels[:2], 0.1) + fused(hidden[2:], weight, labels[2:], 0.1)
    assert_near(value_and_gradients(parts, hidden, weight), whole, relative=1e-5)


def test_rows_of_padding_are_left_out():
    hidden, weight, labels = make_batch(4, 6)
    labels[1] = PAD_ID
    rows = [0, 2, 3]
    expected = fused(hidden[rows], weight, labels[rows], 0.1)
    loss = fused(hidden, weight, labels, 0.1)
    assert loss.item() == expected.item()
    (gradient,) = torch.autograd.grad(loss, hidden)
    assert (gradient[labels == PAD_ID] == 0).all()
    assert (gradient[labels != PAD_ID] != 0).any(-1).all()

    with torch.no_grad():
        hidden[labels == PAD_ID] = math.nan  # what stands there is not even looked at
    assert fused(hidden, weight, labels, 0.1).item() == loss.item()


@pytest.mark.parametrize("smoothing", SMOOTHING)
def test_only_padding_is_no_loss(smoothing):
    hidden, weight, labels = make_batch(2, 3)
    labels[:] = PAD_ID
    for loss in (
        fused(hidden, weight, labels, smoothing),
        plain(hidden, weight, labels, smoothing),
    ):
        value, *gradients = value_and_gradients(loss, hidden, weight)
        assert value.item() == 0
        assert all((gradient == 0).all() for gradient in gradients)


def test_pad_id_may_be_another():
    hidden, weight, labels = make_batch(2, 3)
    labels[:] = 7
    labels[1, 2] = 4
    loss = linear_cross_entropy_sum(hidden, weight, labels, pad_id=7, label_smoothing=0.0)
    expected = torch.log_softmax(hidden @ weight.T, dim=-1)[1, 2, 4]
    assert loss.item() == pytest.approx(-expected.item(), rel=1e-6)


def test_large_logits_do_not_overflow():
    hidden, weight, labels = make_batch(3, 5)
    with torch.no_grad():
        hidden *= 1000
    expected = value_and_gradients(plain(hidden, weight, labels, 0.1), hidden, weight)
    actual = value_and_gradients(fused(hidden, weight, labels, 0.1), hidden, weight)
    assert all(tensor.isfinite().all() for tensor in actual)
    assert_near(actual, expected, relative=1e-5)
