"""Settings for a corpus of which only the size is known; a pure function of that size.

Small text wants a small vocabulary, a small model and more dropout than the paper's (Sennrich and
Zhang 2019; Araabi and Monz 2020), but not so much that the few updates of a laptop's hour learn
little: 0.2 was the best of 0.1 to 0.4 for 5,000 pairs (configs/EXPERIMENTS.md). Around 30,000 pairs
the model is "Tiny" of Wu et al. 2021, with the rate and the batch of configs/multi30k_en_de.yaml;
from 3 million on it is the base model of Vaswani et al. 2017. Between them sizes grow step by step,
and epochs become fewer. From 3,000 to 60,000 pairs Muon does in half the updates nearly what Adam
did (measured with 5,000 and with 29,000).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from transformer_mt.config import TrainingConfig
from transformer_mt.config_file import Tree

TOKENS_PER_PAIR = 15
"""Target tokens of a sentence of average length, `</s>` included: a guess, before any is cut."""
FEW_PAIRS = 500
"""With fewer, training runs, and nothing comes of it but the training text."""

_MUON_FROM, _MUON_BELOW = 3_000, 60_000  # with fewer it was no better, with more nothing is known

# The bytes, the special tokens and the space: what a vocabulary holds beside the characters.
_FIXED_PIECES = 261
# More characters than this, and the rarest are left to be spelt in bytes, as SentencePiece advises
# for Chinese and Japanese.
_MANY_CHARACTERS = 1000
_RICH_COVERAGE = 0.9995


@dataclass(frozen=True)
class Choice:
    """A setting, and why it has this value."""

    key: str
    value: int | float | str
    reason: str


@dataclass(frozen=True)
class _Size:
    """What suits corpora from `pairs` sentence pairs up to the next size."""

    pairs: int
    vocab_size: int
    d_model: int
    d_ff: int
    layers: int
    """Of the encoder, and of the decoder."""
    dropout: float
    learning_rate: float
    warmup_steps: int
    max_steps: int
    tokens_per_update: int
    max_tokens_per_batch: int
    validate_every_steps: int
    patience: int

    @property
    def num_heads(self) -> int:
        """Heads as wide as the paper's, but never fewer than four."""
        return max(4, self.d_model // 64)

    @property
    def muon(self) -> bool:
        """Whether Muon takes the place of Adam."""
        return _MUON_FROM <= self.pairs < _MUON_BELOW

    @property
    def save_every_steps(self) -> int:
        """Twice for each validation: what a crash may cost."""
        return self.validate_every_steps // 2


# fmt: off
_SIZES = (
    #         pairs   vocab  width   ff layers drop   rate  warm    steps  update  batch valid pat
    _Size(        0,  1_000, 128,   256, 2,    0.2, 2.5e-3,  400,   1_500,  2_048, 2_048,  150,  5),
    _Size(    3_000,  2_000, 128,   256, 3,    0.2, 2.5e-3,  300,   1_200,  2_048, 2_048,  150,  5),
    _Size(   10_000,  4_000, 128,   256, 3,    0.2, 3.5e-3,  400,   1_500,  4_096, 4_096,  150,  5),
    _Size(   20_000,  8_000, 128,   256, 4,    0.2, 5.0e-3,  400,   2_000,  8_192, 4_096,  200,  5),
    _Size(   60_000,  8_000, 192,   768, 4,    0.2, 2.5e-3, 1500,   6_000,  8_192, 4_096,  500,  5),
    _Size(  120_000,  8_000, 256, 1_024, 4,    0.2, 1.5e-3, 2000,   8_000,  8_192, 4_096,  500,  5),
    _Size(  200_000, 16_000, 384, 1_536, 5,    0.2, 1.0e-3, 3000,  15_000, 12_288, 4_096,  500,  6),
    _Size(1_000_000, 24_000, 512, 2_048, 6,    0.1, 7.0e-4, 4000,  50_000, 16_384, 4_096, 1000,  8),
    _Size(3_000_000, 32_000, 512, 2_048, 6,    0.1, 7.0e-4, 4000, 100_000, 25_000, 8_192, 2000, 10),
)
# fmt: on


def choose_settings(num_pairs: int, *, num_characters: int = 0) -> list[Choice]:
    """Return the settings that suit a corpus of `num_pairs` sentence pairs, in order of stage.

    `num_characters` different characters occur in it: a vocabulary has to hold them, and pieces
    of words besides.
    """
    size = next(size for size in reversed(_SIZES) if num_pairs >= size.pairs)
    return [
        *_tokenizer(size, num_pairs=num_pairs, num_characters=num_characters),
        *_model(size, num_pairs=num_pairs),
        *_training(size, num_pairs=num_pairs),
    ]


def put_into(tree: Tree, choices: Iterable[Choice]) -> None:
    """Set the settings chosen in a tree of sections."""
    for choice in choices:
        section, _, key = choice.key.partition(".")
        tree.setdefault(section, {})[key] = choice.value


def _tokenizer(size: _Size, *, num_pairs: int, num_characters: int) -> Iterator[Choice]:
    yield Choice("tokenizer.type", "bpe", "frequent words stay whole: short sentences")
    room = _FIXED_PIECES + num_characters + size.vocab_size // 2
    if room > size.vocab_size:
        reason = f"room for {num_characters:,} different characters"
    else:
        reason = f"few enough to be learnt from {num_pairs:,} pairs"
    yield Choice("tokenizer.vocab_size", max(size.vocab_size, room), reason)
    if num_characters > _MANY_CHARACTERS:
        reason = f"the rarest of {num_characters:,} characters as bytes"
        yield Choice("tokenizer.character_coverage", _RICH_COVERAGE, reason)


def _model(size: _Size, *, num_pairs: int) -> Iterator[Choice]:
    larger = next((other.pairs for other in _SIZES if other.pairs > size.pairs), None)
    reason = f"for fewer than {larger:,} pairs" if larger else "the paper's base model"
    yield Choice("model.d_model", size.d_model, reason)
    yield Choice("model.num_heads", size.num_heads, f"{size.d_model // size.num_heads} wide each")
    yield Choice("model.d_ff", size.d_ff, f"{size.d_ff // size.d_model} times d_model")
    yield Choice("model.num_encoder_layers", size.layers, reason)
    yield Choice("model.num_decoder_layers", size.layers, reason)
    epochs = _epochs(size, num_pairs)
    yield Choice("model.dropout", size.dropout, f"each pair is seen up to {epochs:,.0f} times")


def _training(size: _Size, *, num_pairs: int) -> Iterator[Choice]:
    tokens, steps = size.tokens_per_update, size.max_steps
    updates = num_pairs * TOKENS_PER_PAIR / tokens
    reason = f"{updates:,.{0 if updates > 9.5 else 1}f} updates an epoch"
    yield Choice("training.tokens_per_update", tokens, reason)
    reason = f"at least {-(-tokens // size.max_tokens_per_batch)} of them an update"
    yield Choice("training.max_tokens_per_batch", size.max_tokens_per_batch, reason)
    reason = f"{_epochs(size, num_pairs):,.0f} epochs at {TOKENS_PER_PAIR} tokens a sentence"
    yield Choice("training.max_steps", steps, reason)
    reason = f"for d_model {size.d_model} and {tokens:,} tokens an update"
    yield Choice("training.learning_rate", size.learning_rate, reason)
    share = size.warmup_steps / steps
    yield Choice("training.warmup_steps", size.warmup_steps, f"{share:.0%} of {steps:,} updates")
    if size.muon:
        yield Choice("training.optimizer", "muon", "needs half the updates of adam")
        yield Choice("training.schedule", "warmup_stable_decay", _falls_in_the_end(steps))
    elif size.pairs < _SIZES[-1].pairs:
        yield Choice("training.schedule", "cosine", f"the rate falls to 0 at update {steps:,}")
    if size.pairs < _SIZES[-1].pairs:
        reason = "weights hardly move when the rate is 0"
        yield Choice("training.average_checkpoints", 0, reason)
    every = size.validate_every_steps
    yield Choice("training.validate_every_steps", every, f"{steps // every} validations")
    reason = f"a crash costs at most {size.save_every_steps:,} updates"
    yield Choice("training.save_every_steps", size.save_every_steps, reason)
    reason = f"stops after {size.patience * every:,} updates without a new best"
    yield Choice("training.patience", size.patience, reason)


def _falls_in_the_end(steps: int) -> str:
    training = TrainingConfig(schedule="warmup_stable_decay", max_steps=steps, warmup_steps=0)
    return f"the rate falls after update {training.decay_start():,}"


def _epochs(size: _Size, num_pairs: int) -> float:
    return size.max_steps * size.tokens_per_update / (max(num_pairs, 1) * TOKENS_PER_PAIR)
