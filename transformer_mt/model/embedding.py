"""Token embeddings and positions (Vaswani et al. 2017, sections 3.4 and 3.5)."""

import math

import torch
from torch import Tensor, nn


class TokenEmbedding(nn.Embedding):
    """Ids to vectors, scaled by sqrt(d_model); the rows start as N(0, d_model^-0.5).

    The small start makes the scaled vectors unit-sized, and keeps the logits of a tied output
    layer near zero.
    """

    def __init__(self, *, vocab_size: int, d_model: int) -> None:
        super().__init__(vocab_size, d_model)
        self.scale = math.sqrt(d_model)

    def reset_parameters(self) -> None:
        """Draw the rows anew."""
        nn.init.normal_(self.weight, std=self.embedding_dim**-0.5)

    def forward(self, ids: Tensor) -> Tensor:
        """Turn ids (batch, length) into vectors (batch, length, d_model)."""
        return super().forward(ids) * self.scale


def sinusoids(length: int, d_model: int, *, start: int = 0) -> Tensor:
    """Return the paper's position vectors for positions start .. start + length - 1.

    `sin(p / 10000^(2i/d_model))` for i = 0 .. d_model/2 - 1, then the same with cos: a fixed
    permutation of the paper's interleaving of the two, and the layout of MarianMT.

    Returns:
        (length, d_model), float32; computed in float64.
    """
    positions = torch.arange(start, start + length, dtype=torch.float64)[:, None]
    frequencies = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    angles = positions * frequencies  # (length, d_model / 2)
    return torch.cat([angles.sin(), angles.cos()], dim=-1).float()


class SinusoidalPositions(nn.Module):
    """Position vectors by formula: no parameters, no longest sentence."""

    table: Tensor

    def __init__(self, *, d_model: int, max_length: int) -> None:
        super().__init__()
        self.register_buffer("table", sinusoids(max_length, d_model), persistent=False)
        self._longer: Tensor | None = None  # on the CPU, for positions beyond the table

    def forward(self, length: int, start: int = 0) -> Tensor:
        """Return the vectors of positions start .. start + length - 1: (length, d_model)."""
        end = start + length
        if end <= len(self.table):
            return self.table[start:end]
        # The table itself stays: code that is compiled for the model was compiled for it, too.
        if self._longer is None or end > len(self._longer):
            self._longer = sinusoids(2 * end, self.table.shape[1])
        return self._longer[start:end].to(self.table.device, self.table.dtype)


class LearnedPositions(nn.Module):
    """Position vectors that are learned, for at most `max_length` positions."""

    def __init__(self, *, d_model: int, max_length: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, d_model))
        nn.init.normal_(self.weight, std=d_model**-0.5)

    def forward(self, length: int, start: int = 0) -> Tensor:
        """Return the vectors of positions start .. start + length - 1: (length, d_model).

        Raises:
            ValueError: a position lies beyond the learned ones.
        """
        if start + length > len(self.weight):
            raise ValueError(f"position {start + length} of {len(self.weight)} learned positions")
        return self.weight[start : start + length]
