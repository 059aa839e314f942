"""The encoder: a stack of self-attention and feed-forward layers (Vaswani et al. 2017, 3.1)."""

from typing import Unpack

from torch import Tensor, nn

from transformer_mt.model.attention import MultiHeadAttention
from transformer_mt.model.checkpointing import run_layer
from transformer_mt.model.feed_forward import FeedForward
from transformer_mt.model.layer_sizes import LayerSizes
from transformer_mt.model.sublayer import Sublayer


class EncoderLayer(nn.Module):
    """Self-attention, then feed-forward; each with skip connection and norm."""

    def __init__(self, **sizes: Unpack[LayerSizes]) -> None:
        super().__init__()
        d_model, dropout, norm = sizes["d_model"], sizes["dropout"], sizes["norm"]
        self.self_attention = MultiHeadAttention(
            d_model=d_model, num_heads=sizes["num_heads"], dropout=sizes["attention_dropout"]
        )
        self.feed_forward = FeedForward(
            d_model=d_model,
            d_ff=sizes["d_ff"],
            activation=sizes["activation"],
            dropout=sizes["feed_forward_dropout"],
        )
        self.self_attention_sublayer = Sublayer(d_model=d_model, dropout=dropout, norm=norm)
        self.feed_forward_sublayer = Sublayer(d_model=d_model, dropout=dropout, norm=norm)

    def forward(self, x: Tensor, source_mask: Tensor) -> Tensor:
        """Map (batch, source_len, d_model) to the same shape."""
        x = self.self_attention_sublayer(x, lambda y: self.self_attention(y, y, source_mask))
        x = self.feed_forward_sublayer(x, self.feed_forward)
        return x


class Encoder(nn.Module):
    """N layers, each feeding the next; the source mask stays the same to the end."""

    def __init__(self, *, num_layers: int, **sizes: Unpack[LayerSizes]) -> None:
        super().__init__()
        self.recompute = False
        """Whether training keeps only the inputs of each layer; see `checkpointing`."""
        self.layers = nn.ModuleList(EncoderLayer(**sizes) for _ in range(num_layers))
        pre_norm = sizes["norm"] == "pre"
        self.final_norm = nn.LayerNorm(sizes["d_model"], eps=1e-5) if pre_norm else nn.Identity()

    def forward(self, source_embeddings: Tensor, source_mask: Tensor) -> Tensor:
        """Encode the source.

        Args:
            source_embeddings: (batch, source_len, d_model).
            source_mask: (batch, 1, 1, source_len), True = may attend.

        Returns:
            The encoder output: (batch, source_len, d_model).
        """
        x = source_embeddings
        for layer in self.layers:
            x = run_layer(layer, x, source_mask, recompute=self.recompute)
        encoder_output: Tensor = self.final_norm(x)
        return encoder_output
