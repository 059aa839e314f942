"""The decoder: a stack of layers that read the target so far and the encoder's output.

Vaswani et al. 2017, section 3.1.
"""

from typing import Unpack

from torch import Tensor, nn

from transformer_mt.model.attention import MultiHeadAttention
from transformer_mt.model.checkpointing import run_layer
from transformer_mt.model.feed_forward import FeedForward
from transformer_mt.model.layer_sizes import LayerSizes
from transformer_mt.model.sublayer import Sublayer


class DecoderLayer(nn.Module):
    """Masked self-attention, cross-attention, feed-forward; each with skip connection and norm."""

    def __init__(self, **sizes: Unpack[LayerSizes]) -> None:
        super().__init__()
        d_model, dropout, norm = sizes["d_model"], sizes["dropout"], sizes["norm"]
        num_heads, attention_dropout = sizes["num_heads"], sizes["attention_dropout"]
        self.self_attention = MultiHeadAttention(
            d_model=d_model, num_heads=num_heads, dropout=attention_dropout
        )
        self.cross_attention = MultiHeadAttention(
            d_model=d_model, num_heads=num_heads, dropout=attention_dropout
        )
        self.feed_forward = FeedForward(
            d_model=d_model,
            d_ff=sizes["d_ff"],
            activation=sizes["activation"],
            dropout=sizes["feed_forward_dropout"],
        )
        self.self_attention_sublayer = Sublayer(d_model=d_model, dropout=dropout, norm=norm)
        self.cross_attention_sublayer = Sublayer(d_model=d_model, dropout=dropout, norm=norm)
        self.feed_forward_sublayer = Sublayer(d_model=d_model, dropout=dropout, norm=norm)

    def forward(
        self, x: Tensor, target_mask: Tensor, encoder_output: Tensor, source_mask: Tensor
    ) -> Tensor:
        """Map (batch, target_len, d_model) to the same shape."""
        x = self.self_attention_sublayer(x, lambda y: self.self_attention(y, y, target_mask))
        x = self.cross_attention_sublayer(
            x, lambda y: self.cross_attention(y, encoder_output, source_mask)
        )
        x = self.feed_forward_sublayer(x, self.feed_forward)
        return x


class Decoder(nn.Module):
    """N layers, each feeding the next and each reading the last encoder layer's output."""

    def __init__(self, *, num_layers: int, **sizes: Unpack[LayerSizes]) -> None:
        super().__init__()
        self.recompute = False
        """Whether training keeps only the inputs of each layer; see `checkpointing`."""
        self.layers = nn.ModuleList(DecoderLayer(**sizes) for _ in range(num_layers))
        pre_norm = sizes["norm"] == "pre"
        self.final_norm = nn.LayerNorm(sizes["d_model"], eps=1e-5) if pre_norm else nn.Identity()

    def forward(
        self,
        target_embeddings: Tensor,
        target_mask: Tensor,
        encoder_output: Tensor,
        source_mask: Tensor,
    ) -> Tensor:
        """Decode with teacher forcing.

        Args:
            target_embeddings: of the targets shifted right, (batch, target_len, d_model).
            target_mask: padding and causal mask, (batch, 1, target_len, target_len).
            encoder_output: (batch, source_len, d_model).
            source_mask: (batch, 1, 1, source_len).

        Returns:
            The decoder output: (batch, target_len, d_model).
        """
        x = target_embeddings
        for layer in self.layers:
            x = run_layer(
                layer, x, target_mask, encoder_output, source_mask, recompute=self.recompute
            )
        decoder_output: Tensor = self.final_norm(x)
        return decoder_output
