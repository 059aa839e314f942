"""The position-wise feed-forward network (Vaswani et al. 2017, section 3.3)."""

from typing import Literal

from torch import Tensor, nn
from torch.nn import functional as F

from transformer_mt.model.dropout import Dropout

Activation = Literal["relu", "gelu", "swiglu"]


class FeedForward(nn.Module):
    """`max(0, x W_1 + b_1) W_2 + b_2`, equation 2; or with GELU; or SwiGLU (Shazeer 2020)."""

    def __init__(
        self, *, d_model: int, d_ff: int, activation: Activation = "relu", dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.activation = activation
        self.inner_projection = nn.Linear(d_model, d_ff)
        self.gate_projection = nn.Linear(d_model, d_ff) if activation == "swiglu" else None
        self.outer_projection = nn.Linear(d_ff, d_model)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Map each position of `x` (batch, length, d_model) by itself to the same shape."""
        inner = self.inner_projection(x)  # (batch, length, d_ff)
        if self.gate_projection is not None:
            inner = F.silu(self.gate_projection(x)) * inner
        else:
            inner = F.relu(inner) if self.activation == "relu" else F.gelu(inner)
        projected: Tensor = self.outer_projection(self.dropout(inner))
        return projected
