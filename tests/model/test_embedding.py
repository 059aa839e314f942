import math

import pytest
import torch

from transformer_mt.model.embedding import (
    LearnedPositions,
    SinusoidalPositions,
    TokenEmbedding,
    sinusoids,
)


@pytest.mark.parametrize("d_model", [2, 6, 16])
def test_sinusoids_are_the_papers_in_halves(d_model):
    table = sinusoids(50, d_model)
    assert table.shape == (50, d_model)
    assert table.dtype == torch.float32
    for position in range(50):
        for i in range(d_model // 2):
            angle = position / 10000 ** (2 * i / d_model)
            assert table[position, i] == pytest.approx(math.sin(angle), abs=1e-7)
            assert table[position, d_model // 2 + i] == pytest.approx(math.cos(angle), abs=1e-7)


def test_sinusoids_begin_where_asked():
    torch.testing.assert_close(sinusoids(4, 8, start=1000), sinusoids(1004, 8)[1000:])


def test_far_positions_are_exact():
    """In float32 the angle itself would be off by more than this."""
    assert sinusoids(1, 2, start=100_001)[0, 0] == pytest.approx(math.sin(100_001), abs=1e-7)


def test_sinusoidal_positions_start_anywhere_and_grow():
    positions = SinusoidalPositions(d_model=8, max_length=5)
    expected = sinusoids(200, 8)
    torch.testing.assert_close(positions(5), expected[:5])
    torch.testing.assert_close(positions(2, 3), expected[3:5])
    torch.testing.assert_close(positions(1, 5), expected[5:6])
    torch.testing.assert_close(positions(100, 90), expected[90:190])
    torch.testing.assert_close(positions(3), expected[:3])


def test_sinusoidal_positions_grow_without_gradients_and_serve_training_afterwards():
    positions = SinusoidalPositions(d_model=8, max_length=2)
    with torch.inference_mode():
        positions(30)
    embeddings = torch.ones(30, 8, requires_grad=True)
    (embeddings + positions(30)).square().sum().backward()
    torch.testing.assert_close(embeddings.grad, 2 * (1 + sinusoids(30, 8)))


def test_growth_keeps_the_type():
    positions = SinusoidalPositions(d_model=8, max_length=2).to(torch.bfloat16)
    assert positions(10).dtype == torch.bfloat16


def test_sinusoidal_positions_are_not_saved():
    positions = SinusoidalPositions(d_model=8, max_length=5)
    assert not positions.state_dict()
    assert not list(positions.parameters())


def test_learned_positions_start_anywhere_and_end():
    torch.manual_seed(0)
    positions = LearnedPositions(d_model=8, max_length=5)
    assert torch.equal(positions(5), positions.weight)
    assert torch.equal(positions(2, 3), positions.weight[3:])
    with pytest.raises(ValueError, match="position 6 of 5 learned positions"):
        positions(2, 4)


def test_learned_positions_learn():
    positions = LearnedPositions(d_model=4, max_length=5)
    positions(2, 1).sum().backward()
    assert positions.weight.grad[:, 0].tolist() == [0, 1, 1, 0, 0]


@pytest.mark.parametrize("make", ["tokens", "positions"])
def test_rows_start_with_the_deviation_of_the_paper(make):
    torch.manual_seed(0)
    if make == "tokens":
        weight = TokenEmbedding(vocab_size=4000, d_model=64).weight
    else:
        weight = LearnedPositions(d_model=64, max_length=4000).weight
    assert weight.std().item() == pytest.approx(64**-0.5, rel=0.01)
    assert weight.mean().item() == pytest.approx(0.0, abs=0.002)


def test_tokens_are_scaled():
    torch.manual_seed(0)
    embedding = TokenEmbedding(vocab_size=10, d_model=16)
    ids = torch.tensor([[1, 9, 1], [0, 3, 4]])
    embedded = embedding(ids)
    assert embedded.shape == (2, 3, 16)
    torch.testing.assert_close(embedded, 4 * embedding.weight[ids])
    embedded.sum().backward()
    torch.testing.assert_close(embedding.weight.grad[1], torch.full((16,), 8.0))
