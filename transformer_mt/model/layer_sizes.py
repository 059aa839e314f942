"""The numbers that shape an encoder or decoder layer."""

from typing import TypedDict

from transformer_mt.model.feed_forward import Activation
from transformer_mt.model.sublayer import NormPlace


class LayerSizes(TypedDict):
    """Keyword arguments of `EncoderLayer` and `DecoderLayer`; meanings as in `ModelConfig`."""

    d_model: int
    num_heads: int
    d_ff: int
    activation: Activation
    norm: NormPlace
    dropout: float
    attention_dropout: float
    feed_forward_dropout: float
