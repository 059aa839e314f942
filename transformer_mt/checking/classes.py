"""The classes of what can be wrong, by the names they have on the screen and in JSON."""

FAULTS = {
    "line_counts": "lines without a counterpart in the other file",
    "columns": "lines with too few or too many columns",
    "invalid_utf8": "bytes that are not UTF-8",
    "byte_order_mark": "byte-order marks",
    "nul": "NUL characters",
    "control_character": "control characters",
    "tab": "tabs inside a text",
    "line_break": "characters that some programs take for a line break",
    "empty": "empty sides",
    "duplicate": "repeats of an earlier pair",
    "equal_sides": "source equal to target",
    "validation_source": "source also in the validation data",
    "validation_target": "target also in the validation data",
    "test_source": "source also in the test data",
    "test_target": "target also in the test data",
}
"""Exact: every line that has the fault is reported, and no other."""

SUSPECTS = {
    "length": "very long for this corpus",
    "length_ratio": "lengths that do not fit together",
    "misaligned": "where lines seem to be shifted against each other",
    "script": "text in another script than its side",
    "numbers": "numbers that do not match",
    "mojibake": "text that seems to be wrongly decoded",
    "markup": "HTML entities or tags",
    "outer_space": "space at the start or the end",
}
"""Guesses, each to be judged by a reader."""

DROPPED = {
    "empty": "an empty side",
    "too_long": "too long",
    "length_ratio": "too different lengths",
    "duplicate": "repeats of an earlier pair",
}
"""Why training drops a pair: the reasons of `data/filtering.py`."""
