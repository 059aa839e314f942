"""What was found, as text for people and as one JSON object for programs."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from transformer_mt.checking.classes import DROPPED, FAULTS, SUSPECTS
from transformer_mt.checking.inspection import ClassReport, Example, Inspection

FORMAT_VERSION = 1

_EXAMPLES_SHOWN = 3
_SHORTEST_TEXT = 20
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)


def as_text(inspection: Inspection, *, width: int) -> str:
    """Return the report on one corpus; examples are cut to `width` characters a line."""
    lines = [_heading(inspection)]
    sections = [
        ("Faults", inspection.faults, FAULTS),
        ("Suspects", inspection.suspects, SUSPECTS),
        ("Training would drop", inspection.dropped or {}, DROPPED),
    ]
    for title, reports, words in sections:
        found = {name: report for name, report in reports.items() if report.count}
        if found:
            lines.append(f"  {title}")
            lines += _class_lines(found, words, width)
    lines += _side_lines(inspection)
    if inspection.cleaned is not None:
        kept, removed = inspection.cleaned
        mended = "".join(f"; removed {what} of {file}" for file, what in inspection.reader.mended)
        lines.append(f"  Cleaned: {kept:,} kept, {removed:,} left out{mended}")
    return "\n".join(lines)


def _heading(inspection: Inspection) -> str:
    counts = inspection.reader.num_lines
    files = ", ".join(inspection.reader.files)
    text = f"{inspection.split}: {files}" if inspection.split else files
    if len(set(counts.values())) > 1:
        lengths = " and ".join(f"{count:,}" for count in counts.values())
        return f"{text}\n  {lengths} lines, {inspection.num_pairs:,} pairs"
    return f"{text}\n  {inspection.num_pairs:,} pairs"


def _class_lines(
    reports: Mapping[str, ClassReport], words: Mapping[str, str], width: int
) -> Iterable[str]:
    for name, report in reports.items():
        yield f"    {name:<18}{report.count:>9,}  {words[name]}"
        for example in report.examples[:_EXAMPLES_SHOWN]:
            yield _example_line(example, width)


def _example_line(example: Example, width: int) -> str:
    place = f"      {Path(example.file).name}, line {example.line:,}: "
    if example.detail:
        place += f"{example.detail}: "
    text = visible(example.text.replace("\t", " | ") if example.side is None else example.text)
    return place + _cut(text, max(width - len(place), _SHORTEST_TEXT))


def _cut(text: str, columns: int) -> str:
    """Return as much of a text as fits into so many columns of a terminal."""
    used = 0
    for place, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > columns:
            return text[: place - 1] + "…"
    return text


def visible(text: str) -> str:
    r"""Return a text with control characters and the like written out, such as `\u2028`."""
    text = text.replace("\t", "\\t")
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _side_lines(inspection: Inspection) -> Iterable[str]:
    tokens = inspection.tokens
    for side, count in inspection.characters.items():
        line = (
            f"  {side.capitalize()}: {count.total:,} characters, {len(count.distinct):,} different"
        )
        if tokens is not None:
            summary = (tokens.source if side == "source" else tokens.target).summary()
            line += (
                f"; tokens a sentence: mean {summary.mean:.1f}, median {summary.median}, "
                f"95 % {summary.p95}, 99 % {summary.p99}, longest {summary.max}; "
                f"{100 * summary.byte_fallback_share:.2f} % byte fallback"
            )
        yield line


def as_json(inspection: Inspection) -> dict[str, Any]:
    """Return the object of one corpus in the JSON report."""
    tokens = inspection.tokens
    sides = {} if tokens is None else {"source": tokens.source, "target": tokens.target}
    cleaned = inspection.cleaned
    return {
        "split": inspection.split or None,
        "files": inspection.reader.files,
        "lines": inspection.reader.num_lines,
        "pairs": inspection.num_pairs,
        "faults": {name: asdict(report) for name, report in inspection.faults.items()},
        "suspects": {name: asdict(report) for name, report in inspection.suspects.items()},
        "regions": [
            {"first_line": region.start + 1, "last_line": region.end, "shift": region.shift}
            for region in inspection.regions
        ],
        "dropped": None
        if inspection.dropped is None
        else {name: asdict(report) for name, report in inspection.dropped.items()},
        "characters": {
            side: {"total": count.total, "distinct": len(count.distinct)}
            for side, count in inspection.characters.items()
        },
        "tokens": {side: asdict(each.summary()) for side, each in sides.items()} or None,
        "cleaned": None
        if cleaned is None
        else {
            "kept": cleaned[0],
            "removed": cleaned[1],
            "mended": [{"file": file, "what": what} for file, what in inspection.reader.mended],
        },
    }
