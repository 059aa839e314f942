"""What every part of the config has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the config: no unknown keys, no silent conversions, no changes after loading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
