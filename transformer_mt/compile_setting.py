"""`training.compile`: true or false, or `auto` until a run begins."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator

COMPILE_KEY = "training.compile"


def _bool_or_auto(value: object) -> object:
    if isinstance(value, bool) or value == "auto":
        return value
    raise ValueError(f"expected auto, true or false, found {value!r}")


CompileSetting = Annotated[bool | Literal["auto"], BeforeValidator(_bool_or_auto)]
