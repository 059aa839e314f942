"""What `data.train`, `data.validation` and `data.test` list: where sentence pairs come from."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from transformer_mt.config_section import Section
from transformer_mt.file_formats import (
    DELIMITED,
    NAMED_COLUMNS,
    TEXT_FORMATS,
    PairsFormat,
    compression_of,
    format_of,
)


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


def _setting_kind(value: object) -> str:
    return "list" if isinstance(value, list) else "word"


CorpusEntry = Annotated[
    Annotated[FilesEntry, Tag("FilesEntry")]
    | Annotated[PairsEntry, Tag("PairsEntry")]
    | Annotated[HubEntry, Tag("HubEntry")],
    Discriminator(_entry_kind),
]
CorpusSetting = Annotated[
    Annotated[Literal["phrasebook"], Tag("word")]
    | Annotated[list[CorpusEntry], Field(min_length=1), Tag("list")],
    Discriminator(_setting_kind),
]
