"""Every setting of a run, typed. A default is written here and nowhere else.

`config_file.py` reads these from YAML and `--set`, and says what is wrong with a value.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from transformer_mt.compile_setting import CompileSetting
from transformer_mt.config_section import Section
from transformer_mt.corpus_entries import CorpusSetting
from transformer_mt.token_budget import TokenBudget


def _check_language(code: str) -> str:
    # A code such as de, zh-TW or zho_Hans; it becomes part of file names.
    if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]*", code):
        raise ValueError(f"{code!r} is no language code such as de or zh-TW")
    return code


Language = Annotated[str, AfterValidator(_check_language)]


class DataConfig(Section):
    """What the model learns from, and which pairs are not worth learning from."""

    source_language: Language = "en"
    target_language: Language = "de"
    train: CorpusSetting = "phrasebook"
    validation: CorpusSetting | None = None
    """None: held out from the training data, as is a missing `test`."""
    test: CorpusSetting | None = None
    max_source_length: int = Field(default=256, ge=2)
    """Tokens of a source sentence, its </s> counted; longer pairs are dropped from training."""
    max_target_length: int = Field(default=256, ge=2)
    max_length_ratio: float | None = Field(default=6.0, gt=1.0)
    """Pairs whose longer side has more than this many times the tokens of the other are dropped."""
    drop_duplicates: bool = True
    temperature: float | None = Field(default=None, ge=1.0, allow_inf_nan=False)
    """T: corpora of n pairs are drawn in proportion to n^(1/T) (Arivazhagan et al. 2019). None:
    by the weights in `train`; where there are none, each pair comes once in an epoch."""

    @model_validator(mode="after")
    def _weights_fit(self) -> DataConfig:
        for split in ("validation", "test"):
            if any(weight is not None for weight in self.weights(split)):
                raise ValueError(f"{split} has a weight; only training data is mixed")
        weights = self.weights("train")
        given = [weight for weight in weights if weight is not None]
        if given and self.temperature is not None:
            raise ValueError(
                f"temperature {self.temperature:g} and the weights in train both say how much is "
                "drawn of each corpus; give one of them"
            )
        if given and len(given) < len(weights):
            missing = ", ".join(f"train.{n}" for n, weight in enumerate(weights) if weight is None)
            raise ValueError(f"{missing} without a weight; give one to each corpus, or to none")
        return self

    def weights(self, split: Literal["train", "validation", "test"]) -> list[float | None]:
        """Return the weight of each corpus that is listed."""
        setting: CorpusSetting | None = getattr(self, split)
        return [entry.weight for entry in setting] if isinstance(setting, list) else []


class TokenizerConfig(Section):
    """SentencePiece (Kudo and Richardson 2018)."""

    type: Literal["unigram", "bpe"] = "unigram"
    vocab_size: int = Field(default=8000, ge=16)
    shared: bool = True
    """One vocabulary for both languages."""
    normalization: Literal["identity", "nfkc", "nmt_nfkc", "nfkc_cf", "nmt_nfkc_cf"] = "identity"
    character_coverage: float = Field(default=1.0, gt=0.0, le=1.0)
    byte_fallback: bool = True
    max_sentences: int = Field(default=400_000, ge=1)
    """The vocabulary is learned from at most this many sentences, a random sample of all; they
    are held in memory."""
    sampling: float = Field(default=0.0, ge=0.0, lt=1.0)
    """Subword sampling in training: 0 is off; unigram: smoothing of the n-best (Kudo 2018),
    bpe: dropout of merges (Provilkov et al. 2020)."""


class ModelConfig(Section):
    """The architecture; the defaults are the base model of Vaswani et al. 2017, table 3."""

    d_model: int = Field(default=512, ge=2)
    num_heads: int = Field(default=8, ge=1)
    d_ff: int = Field(default=2048, ge=1)
    num_encoder_layers: int = Field(default=6, ge=1)
    num_decoder_layers: int = Field(default=6, ge=1)
    activation: Literal["relu", "gelu", "swiglu"] = "relu"
    dropout: float = Field(default=0.1, ge=0.0, lt=1.0)
    attention_dropout: float = Field(default=0.0, ge=0.0, lt=1.0)
    feed_forward_dropout: float = Field(default=0.0, ge=0.0, lt=1.0)
    norm: Literal["post", "pre"] = "post"
    positions: Literal["sinusoidal", "learned"] = "sinusoidal"
    tie_embeddings: bool = True

    @model_validator(mode="after")
    def _sizes_fit(self) -> ModelConfig:
        if self.d_model % self.num_heads:
            raise ValueError(
                f"d_model {self.d_model} is not divisible by num_heads {self.num_heads}"
            )
        if self.d_model % 2 and self.positions == "sinusoidal":
            raise ValueError(f"d_model {self.d_model} is odd: sinusoidal positions need halves")
        return self


class TrainingConfig(Section):
    """The recipe; the defaults follow Vaswani et al. 2017, section 5."""

    max_steps: int = Field(default=100_000, ge=1)
    """A step is one update of the weights."""
    max_epochs: int | None = Field(default=None, ge=1)
    tokens_per_update: int = Field(default=25_000, ge=1)
    """Real target tokens the optimizer sees in a step (a target: sentences stay whole)."""
    max_tokens_per_batch: TokenBudget = 8192
    """Padded source tokens and padded target tokens, each, that one micro-batch may hold; auto:
    the most that fits into memory, found when the run begins and written into its config."""
    max_tokens_per_batch_asked: int | None = Field(default=None, ge=1)
    """Written into a run's config: what it was before it was lowered for several processes."""
    activation_checkpointing: bool = False
    """Keep only the inputs of each layer and compute the rest again: less memory, more time."""
    optimizer: Literal["adam", "adamw", "muon"] = "adam"
    """muon: torch.optim.Muon for the matrices of encoder and decoder, adamw for the rest."""
    adam_beta1: float = Field(default=0.9, ge=0.0, lt=1.0)
    adam_beta2: float = Field(default=0.98, ge=0.0, lt=1.0)
    adam_epsilon: float = Field(default=1e-9, gt=0.0)
    weight_decay: float = Field(default=0.0, ge=0.0)
    """adamw, muon: decoupled, on matrices only; adam: none."""
    learning_rate: float = Field(default=7e-4, gt=0.0)
    """The peak, reached at the end of the warm-up."""
    schedule: Literal["inverse_sqrt", "cosine", "linear", "constant", "warmup_stable_decay"] = (
        "inverse_sqrt"
    )
    warmup_steps: int = Field(default=4000, ge=0)
    decay_steps: int | None = Field(default=None, ge=0)
    """warmup_stable_decay: the last updates, in which the rate falls; None: a fifth of all."""
    label_smoothing: float = Field(default=0.1, ge=0.0, lt=1.0)
    max_grad_norm: float = Field(default=1.0, ge=0.0)
    """Gradients are scaled down to this norm; 0 is off."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    compile: CompileSetting = "auto"
    """Compile the model for batches of at most a dozen shapes; auto: on CUDA, in one process."""
    seed: int = Field(default=1, ge=0, lt=2**63)
    deterministic: bool = False
    """On CUDA: only deterministic kernels, so that a resumed run repeats bit for bit."""
    log_every_steps: int = Field(default=100, ge=1)
    validate_every_steps: int = Field(default=1000, ge=1)
    save_every_steps: int = Field(default=1000, ge=1)
    """Every validation saves as well."""
    keep_checkpoints: int = Field(default=10, ge=1)
    select_by: Literal["bleu", "loss"] = "bleu"
    """Which validation figure names the best checkpoint and drives `patience`."""
    patience: int | None = Field(default=None, ge=1)
    """Stop after this many validations in a row without a new best."""
    average_checkpoints: int = Field(default=5, ge=0)
    """Weights averaged when training ends; 0 or 1 is off."""
    average_from: Literal["last", "best"] = "last"

    @model_validator(mode="after")
    def _values_fit(self) -> TrainingConfig:
        if self.average_from == "last" and self.average_checkpoints > self.keep_checkpoints:
            raise ValueError(
                f"average_checkpoints {self.average_checkpoints} is more than "
                f"keep_checkpoints {self.keep_checkpoints}"
            )
        if self.weight_decay and self.optimizer == "adam":
            raise ValueError(f"weight_decay {self.weight_decay} needs optimizer: adamw or muon")
        if self.decay_steps is not None and self.schedule != "warmup_stable_decay":
            raise ValueError(
                f"decay_steps {self.decay_steps} needs schedule: warmup_stable_decay, "
                f"not {self.schedule}"
            )
        return self

    def decay_start(self) -> int:
        """Return the step after which warmup_stable_decay falls; with other schedules the last."""
        if self.schedule != "warmup_stable_decay":
            return self.max_steps
        decay_steps = self.max_steps // 5 if self.decay_steps is None else self.decay_steps
        return max(self.warmup_steps, self.max_steps - decay_steps)


class DecodingConfig(Section):
    """The search; `score = log_prob / length^A` with A = `length_penalty`."""

    beam_size: int = Field(default=5, ge=1)
    length_penalty: float = Field(default=1.0, ge=0.0, le=10.0)
    length_penalty_type: Literal["average", "gnmt"] = "average"
    max_length_ratio: float = Field(default=2.0, gt=0.0)
    """The output may have this many tokens per source token, and 50 more."""
    batch_size: int = Field(default=64, ge=1)
    """Sentences searched together."""


class Config(Section):
    """All settings of one run."""

    data: DataConfig = DataConfig()
    tokenizer: TokenizerConfig = TokenizerConfig()
    model: ModelConfig = ModelConfig()
    training: TrainingConfig = TrainingConfig()
    decoding: DecodingConfig = DecodingConfig()
    resolved_from: dict[str, str] = Field(default_factory=dict)
    """Written into a run's config: key -> the word that its value came from, and why that."""
    data_sha256: dict[str, str] = Field(default_factory=dict)
    """Written into a run's config: data file -> SHA-256 of its content, checked when resumed."""

    def with_training(self, **changes: object) -> Config:
        """Return these settings with others of `training`, which are known to be valid."""
        return self.model_copy(update={"training": self.training.model_copy(update=changes)})

    @model_validator(mode="after")
    def _lengths_fit(self) -> Config:
        longest = max(self.data.max_source_length, self.data.max_target_length)
        budget = self.training.max_tokens_per_batch
        if isinstance(budget, int) and longest > budget:
            raise ValueError(
                f"training.max_tokens_per_batch {budget} cannot hold "
                f"one sentence of data.max_source_length/max_target_length {longest}"
            )
        return self
