"""The architecture on one screen: ids in, logits out.

The Transformer of Vaswani et al. 2017, "Attention Is All You Need".
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from transformer_mt.config import ModelConfig
from transformer_mt.model.decoder import Decoder
from transformer_mt.model.dropout import Dropout
from transformer_mt.model.embedding import LearnedPositions, SinusoidalPositions, TokenEmbedding
from transformer_mt.model.encoder import Encoder
from transformer_mt.model.layer_sizes import LayerSizes
from transformer_mt.model.masks import padding_mask, target_mask


class Transformer(nn.Module):
    """Encoder and decoder, joined by embeddings below and a linear layer above.

    With `tie_embeddings` the output layer is the target embedding, and where both languages
    share a vocabulary the source embedding too (Press and Wolf 2017).
    """

    def __init__(
        self,
        config: ModelConfig,
        *,
        source_vocab_size: int,
        target_vocab_size: int,
        shared_vocabulary: bool,
        max_positions: int,
        pad_id: int,
    ) -> None:
        super().__init__()
        d_model = config.d_model
        self.pad_id = pad_id
        self.source_embedding = TokenEmbedding(vocab_size=source_vocab_size, d_model=d_model)
        self.target_embedding = TokenEmbedding(vocab_size=target_vocab_size, d_model=d_model)
        positions = SinusoidalPositions if config.positions == "sinusoidal" else LearnedPositions
        self.source_positions = positions(d_model=d_model, max_length=max_positions)
        self.target_positions = positions(d_model=d_model, max_length=max_positions)
        self.embedding_dropout = Dropout(config.dropout)
        sizes = LayerSizes(
            d_model=d_model,
            num_heads=config.num_heads,
            d_ff=config.d_ff,
            activation=config.activation,
            norm=config.norm,
            dropout=config.dropout,
            attention_dropout=config.attention_dropout,
            feed_forward_dropout=config.feed_forward_dropout,
        )
        self.encoder = Encoder(num_layers=config.num_encoder_layers, **sizes)
        self.decoder = Decoder(num_layers=config.num_decoder_layers, **sizes)
        self.output_projection = nn.Linear(d_model, target_vocab_size, bias=False)
        self._initialise()
        if config.tie_embeddings:
            self.output_projection.weight = self.target_embedding.weight
            if shared_vocabulary:
                self.source_embedding = self.target_embedding

    def forward(self, source_ids: Tensor, target_input_ids: Tensor) -> Tensor:
        """Score every next token with teacher forcing.

        Args:
            source_ids: (batch, source_len), padded with `pad_id`.
            target_input_ids: the targets shifted right, (batch, target_len).

        Returns:
            Logits: (batch, target_len, vocab_size).
        """
        logits: Tensor = self.output_projection(self.hidden(source_ids, target_input_ids))
        return logits

    def hidden(self, source_ids: Tensor, target_input_ids: Tensor) -> Tensor:
        """Return what `forward` makes logits of: (batch, target_len, d_model)."""
        source_mask = padding_mask(source_ids, pad_id=self.pad_id)
        encoder_output = self.encode(source_ids, source_mask)
        return self.decode(target_input_ids, encoder_output, source_mask)

    def encode(self, source_ids: Tensor, source_mask: Tensor) -> Tensor:
        """Return the encoder output (batch, source_len, d_model)."""
        embeddings = self.source_embedding(source_ids) + self.source_positions(source_ids.shape[1])
        embeddings = _in_autocast_type(embeddings)
        encoder_output: Tensor = self.encoder(self.embedding_dropout(embeddings), source_mask)
        return encoder_output

    def decode(
        self, target_input_ids: Tensor, encoder_output: Tensor, source_mask: Tensor
    ) -> Tensor:
        """Return the decoder output (batch, target_len, d_model), from which logits are made."""
        mask = target_mask(target_input_ids, pad_id=self.pad_id)
        decoder_output: Tensor = self.decoder(
            self.embed_target(target_input_ids), mask, encoder_output, source_mask
        )
        return decoder_output

    def embed_target(self, target_input_ids: Tensor, *, start: int = 0) -> Tensor:
        """Return vectors (batch, target_len, d_model) of ids that begin at position `start`."""
        positions = self.target_positions(target_input_ids.shape[1], start)
        embedded: Tensor = self.embedding_dropout(
            _in_autocast_type(self.target_embedding(target_input_ids) + positions)
        )
        return embedded

    def checkpoint_activations(self, on: bool) -> None:
        """Let training keep only the inputs of each layer, and compute the rest once more."""
        self.encoder.recompute = self.decoder.recompute = on

    def log_probs(self, decoder_output: Tensor) -> Tensor:
        """Return log-probabilities of the next token: (..., vocab_size), float32."""
        return F.log_softmax(self.output_projection(decoder_output).float(), dim=-1)

    def _initialise(self) -> None:
        """Matrices as Xavier uniform, biases zero; embeddings have drawn their own."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)


def _in_autocast_type(x: Tensor) -> Tensor:
    """Return what enters a stack in the type of its matrix products.

    In bfloat16 the skip connections then move half the bytes.
    """
    kind = x.device.type
    return x.to(torch.get_autocast_dtype(kind)) if torch.is_autocast_enabled(kind) else x
