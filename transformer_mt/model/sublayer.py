"""Skip connection, dropout and layer normalisation around a sublayer."""

from collections.abc import Callable
from typing import Literal

from torch import Tensor, nn

from transformer_mt.model.dropout import Dropout

NormPlace = Literal["post", "pre"]


class Sublayer(nn.Module):
    """Post-norm: `LayerNorm(x + Dropout(f(x)))`, as in Vaswani et al. 2017, sections 3.1 and 5.4.

    Pre-norm: `x + Dropout(f(LayerNorm(x)))` (Xiong et al. 2020), which trains deep stacks more
    easily and needs one more norm at the end of each stack.
    """

    def __init__(self, *, d_model: int, dropout: float, norm: NormPlace) -> None:
        super().__init__()
        self.norm_first = norm == "pre"
        self.norm = nn.LayerNorm(d_model, eps=1e-5)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
        """Apply `function` to `x` (batch, length, d_model) with the skip connection around it."""
        if self.norm_first:
            y: Tensor = x + self.dropout(function(self.norm(x)))
        else:
            # Autocast on CUDA normalises in float32 and would leave it at that.
            y = self.norm(x + self.dropout(function(x))).to(x.dtype)
        return y
