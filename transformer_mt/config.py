"""Every setting of a run, typed. A default is written here and nowhere else.

`config_file.py` reads these from YAML and `--set`, and says what is wrong with a value.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from transformer_mt.config_section import Section
from transformer_mt.file_formats import (
    DELIMITED,
    NAMED_COLUMNS,
    TEXT_FORMATS,
    PairsFormat,
    compression_of,
    format_of,
)
from transformer_mt.token_budget import TokenBudget


class FilesEntry(Section):
    """Two files whose n-th lines translate each other."""

    source: str
    target: str


def _column(value: object) -> object:
    is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if value is None or isinstance(value, str) or is_number:
        return value
    raise ValueError(f"expected the name of a column, or its number from 0, found {value!r}")


ColumnSetting = Annotated[int | str | None, BeforeValidator(_column)]


class PairsEntry(Section):
    """One file with both sides of each pair."""

    pairs: str
    format: PairsFormat
    """Told by the file's name where it is not given; tsv where the name tells nothing."""
    source_column: ColumnSetting = None
    """tsv, csv: the number of a column, 0 where neither is given, or a name in the header; jsonl,
    parquet: a dotted name. None: `translation.xx`, or `xx`, or `source`, xx the language."""
    target_column: ColumnSetting = None
    """Like `source_column`; 1, or `target`."""
    header: bool | None = None
    """tsv, csv: whether the first line is a header. None: if a column is given by name, or the
    line names the two languages."""

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, value: object) -> object:
        """Fill in the format, and the columns where they are the first two."""
        if not isinstance(value, dict):
            return value
        filled = dict(value)
        if filled.get("format") is None:
            filled["format"] = format_of(str(value.get("pairs", "")))
        if filled["format"] in DELIMITED:
            given = {key: filled.get(key) for key in ("source_column", "target_column")}
            columns = {key: number for number, key in enumerate(given) if given[key] is None}
            for key, number in columns.items():
                if any(type(column) is int and column == number for column in given.values()):
                    raise ValueError(f"{key} is {number} too where it is not given; give both")
            filled |= columns
        return filled

    @model_validator(mode="after")
    def _keys_fit(self) -> PairsEntry:
        columns = {"source_column": self.source_column, "target_column": self.target_column}
        given = {key: column for key, column in columns.items() if column is not None}
        name = next((name for name in columns.values() if isinstance(name, str)), None)
        if self.format not in TEXT_FORMATS and (kind := compression_of(self.pairs)):
            raise ValueError(f"{self.pairs}: format {self.format} is not read from {kind}; unpack")
        if self.header is not None and self.format not in DELIMITED:
            raise ValueError(f"format {self.format} has no header line; leave header out")
        if self.format in DELIMITED:
            if name is not None and self.header is False:
                raise ValueError(f"column {name!r} is a name, which needs a header: true")
        elif self.format not in NAMED_COLUMNS:
            if given:
                keys = " and ".join(given)
                raise ValueError(f"format {self.format} has no columns; leave {keys} out")
        elif len(given) == 1:
            raise ValueError("source_column and target_column belong together; give both")
        elif any(not isinstance(column, str) for column in given.values()):
            raise ValueError(f"format {self.format} has columns with names, not with numbers")
        return self


class HubEntry(Section):
    """One split of a dataset on the Hugging Face Hub; a run's config has all of it filled in."""

    hub: str
    """`namespace/name`, such as wmt/wmt14."""
    name: str | None = None
    """The configuration (subset); None: the only one, or the dataset's default."""
    split: str | None = None
    """A split, or a slice of one as in train[:10000]; None: the only one."""
    revision: str | None = None
    """A branch, a tag or a commit; None: the main branch. A run's config has the commit."""
    resolved_from: str | None = None
    """Written into a run's config: the branch or tag that `revision` was resolved from."""
    source_column: str | None = None
    """A column, or a field within one as in translation.de. None: that of the language in
    `translation`, or the one named by the language, or `source`; `target_column` likewise."""
    target_column: str | None = None

    @model_validator(mode="after")
    def _names_fit(self) -> HubEntry:
        if not re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", self.hub):
            raise ValueError(f"{self.hub!r} is not of the form namespace/name, as wmt/wmt14 is")
        if (self.source_column is None) != (self.target_column is None):
            raise ValueError("source_column and target_column belong together; give both")
        return self


def _entry_kind(value: object) -> str:
    """Choose the entry that the user meant, so that an error speaks of that one only."""
    if isinstance(value, Section):
        return type(value).__name__
    if isinstance(value, dict) and "hub" in value:
        return "HubEntry"
    is_files = isinstance(value, dict) and "pairs" not in value and {"source", "target"} & {*value}
    return "FilesEntry" if is_files else "PairsEntry"


CorpusEntry = Annotated[
    Annotated[FilesEntry, Tag("FilesEntry")]
    | Annotated[PairsEntry, Tag("PairsEntry")]
    | Annotated[HubEntry, Tag("HubEntry")],
    Discriminator(_entry_kind),
]
CorpusSetting = Annotated[
    Annotated[Literal["phrasebook"], Tag("word")]
    | Annotated[list[CorpusEntry], Field(min_length=1), Tag("list")],
    Discriminator(lambda value: "list" if isinstance(value, list) else "word"),
]


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
    optimizer: Literal["adam", "adamw"] = "adam"
    adam_beta1: float = Field(default=0.9, ge=0.0, lt=1.0)
    adam_beta2: float = Field(default=0.98, ge=0.0, lt=1.0)
    adam_epsilon: float = Field(default=1e-9, gt=0.0)
    weight_decay: float = Field(default=0.0, ge=0.0)
    """adamw: decoupled, on matrices only; adam: none."""
    learning_rate: float = Field(default=7e-4, gt=0.0)
    """The peak, reached at the end of the warm-up."""
    schedule: Literal["inverse_sqrt", "cosine", "linear", "constant"] = "inverse_sqrt"
    warmup_steps: int = Field(default=4000, ge=0)
    label_smoothing: float = Field(default=0.1, ge=0.0, lt=1.0)
    max_grad_norm: float = Field(default=1.0, ge=0.0)
    """Gradients are scaled down to this norm; 0 is off."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
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
            raise ValueError(f"weight_decay {self.weight_decay} needs optimizer: adamw")
        return self


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
