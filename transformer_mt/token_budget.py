"""`training.max_tokens_per_batch`: a number, or `auto` until a run begins."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator

KEY = "training.max_tokens_per_batch"


def _number_or_auto(value: object) -> object:
    is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    if is_number or value == "auto":
        return value
    raise ValueError(f"expected a number of tokens from 1 up, or auto, found {value!r}")


TokenBudget = Annotated[int | Literal["auto"], BeforeValidator(_number_or_auto)]


def as_number(budget: int | str) -> int:
    """Return the budget of a run, which has resolved `auto` before it trains."""
    assert isinstance(budget, int), "auto has not been resolved"
    return budget
