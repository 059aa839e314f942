"""What there is to choose from, said where something was asked for that is not there."""

import difflib
from collections.abc import Sequence

_MAX_LISTED = 300  # characters


def did_you_mean(name: str, names: Sequence[str]) -> str:
    """Return the end of a sentence that says there is no `name`."""
    folded = {other.strip().casefold(): other for other in names if other != name}
    close = difflib.get_close_matches(name.strip().casefold(), folded, n=1)
    return f"; did you mean {folded[close[0]]!r}?" if close else "."


def listed(names: Sequence[str]) -> str:
    """Return names with commas between them, cut where they are too many to read."""
    text = ", ".join(repr(name) for name in names) or "nothing"
    return text if len(text) <= _MAX_LISTED else f"{text[:_MAX_LISTED]} …"
