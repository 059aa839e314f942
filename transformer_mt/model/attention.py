"""Scaled dot-product attention and its multi-head form (Vaswani et al. 2017, section 3.2)."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from transformer_mt.model.dropout import dropout as drop


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, *, dropout: float = 0.0
) -> tuple[Tensor, Tensor]:
    """Return `softmax(Q Kᵀ / sqrt(d_k)) V` and the softmax, equation 1 of the paper.

    Args:
        query: (batch, num_heads, query_len, head_dim).
        key: (batch, num_heads, key_len, head_dim).
        value: (batch, num_heads, key_len, head_dim).
        mask: boolean, True = may attend, broadcastable to the weights; None: all may.
        dropout: probability with which a weight is dropped.

    Returns:
        The attended values (batch, num_heads, query_len, head_dim), and the attention weights
        before dropout (batch, num_heads, query_len, key_len). A query that may attend to
        nothing gets NaN (from `F.scaled_dot_product_attention` it gets 0).
    """
    d_k = query.shape[-1]
    scores = query @ key.transpose(-2, -1) / math.sqrt(d_k)  # (batch, heads, query_len, key_len)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    return (drop(weights, dropout) if dropout else weights) @ value, weights


class MultiHeadAttention(nn.Module):
    """`Concat(head_1 … head_h) W_O` with `head_i = Attention(Q W_Qi, K W_Ki, V W_Vi)`."""

    def __init__(self, *, d_model: int, num_heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"d_model {d_model} is not divisible by num_heads {num_heads}")
        self.num_heads = num_heads
        self.dropout = dropout
        self.query_projection = nn.Linear(d_model, d_model)
        self.key_projection = nn.Linear(d_model, d_model)
        self.value_projection = nn.Linear(d_model, d_model)
        self.output_projection = nn.Linear(d_model, d_model)

    def forward(self, queries: Tensor, keys_values: Tensor, mask: Tensor | None) -> Tensor:
        """Attend from `queries` (batch, query_len, d_model) to `keys_values`.

        Args:
            queries: what looks: (batch, query_len, d_model).
            keys_values: what is looked at: (batch, key_len, d_model); the same tensor in
                self-attention, the encoder's output in cross-attention.
            mask: see `scaled_dot_product_attention`.

        Returns:
            (batch, query_len, d_model).
        """
        key, value = self.keys_and_values(keys_values)
        return self.attend(self.split_heads(self.query_projection(queries)), key, value, mask)

    def keys_and_values(self, keys_values: Tensor) -> tuple[Tensor, Tensor]:
        """Return keys and values of each head, (batch, num_heads, key_len, head_dim) both."""
        key = self.split_heads(self.key_projection(keys_values))
        value = self.split_heads(self.value_projection(keys_values))
        return key, value

    def attend(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
        """Attend in every head, concatenate, project: (batch, query_len, d_model).

        PyTorch's fused attention is the fast path on a GPU. On a CPU the formula is faster for
        sentences (in bfloat16 several times, and with attention dropout too).
        """
        dropout = self.dropout if self.training else 0.0
        if query.device.type == "cpu":
            heads, _ = scaled_dot_product_attention(query, key, value, mask, dropout=dropout)
        else:
            heads = F.scaled_dot_product_attention(
                query, key, value, attn_mask=mask, dropout_p=dropout
            )
        joined: Tensor = self.output_projection(heads.transpose(1, 2).flatten(2))
        return joined

    def attention_weights(
        self, queries: Tensor, keys_values: Tensor, mask: Tensor | None
    ) -> Tensor:
        """Return who looks at whom in each head: (batch, num_heads, query_len, key_len)."""
        key, value = self.keys_and_values(keys_values)
        query = self.split_heads(self.query_projection(queries))
        return scaled_dot_product_attention(query, key, value, mask)[1]

    def split_heads(self, projected: Tensor) -> Tensor:
        """Turn (batch, length, d_model) into (batch, num_heads, length, head_dim)."""
        batch, length, d_model = projected.shape
        heads = projected.view(batch, length, self.num_heads, d_model // self.num_heads)
        return heads.transpose(1, 2)
