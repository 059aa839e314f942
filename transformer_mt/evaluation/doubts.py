"""What makes a score less than it seems: references that are not plain text, small test sets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from transformer_mt.evaluation.scores import Score
from transformer_mt.evaluation.significance import Comparison

DoubtKind = Literal[
    "tokenised_references",
    "lower_case_references",
    "lower_case_hypotheses",
    "small_test_set",
    "small_difference",
    "training_overlap",
    "training_overlap_unknown",
]

FEW_SENTENCES: Final = 200

# A mark of tokenised text, and the share of lines with it that text of people does not reach. A
# space before ! ? : ; is French, and no such mark.
_MARKS: Final = (
    (re.compile(r"\S [.,](?:\s|$)"), 0.10, "a space before a full stop or comma"),
    (re.compile(r"(?:^| )@-@ |@@(?: |$)"), 0.01, "@-@ or @@, which join parts of words"),
    (
        re.compile(r"&(?:quot|apos|amp|lt|gt|#39|#91|#93|#124);"),
        0.01,
        "&quot; or the like, which stands for a character",
    ),
)
_CASED_LINES: Final = 0.10


@dataclass(frozen=True)
class Doubt:
    """One reason for caution, for programs and for people.

    Attributes:
        kind: what it is about; the kinds are stable.
        test_set: the name of the test set that it is about.
        message: a sentence or two.
    """

    kind: DoubtKind
    test_set: str
    message: str


def doubts_about_text(
    name: str,
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    tokenised: bool = False,
    lowercase: bool = False,
) -> list[Doubt]:
    """Look for references that were tokenised or lowercased.

    Args:
        name: of the test set.
        hypotheses: the translations.
        references: one or more sets.
        tokenised: the text is known to be tokenised, and is scored as such.
        lowercase: case is ignored.
    """
    doubts = []
    lines = [line for reference in references for line in reference]
    found = [] if tokenised else _marks(lines)
    if found:
        doubts.append(
            Doubt(
                "tokenised_references",
                name,
                f"the references look tokenised ({'; '.join(found)}). A score is comparable with "
                "others only on references as people wrote them.",
            )
        )
    if not lowercase:
        all_lower = "has no capital letter, but many of the"
        if _is_lower(lines) and _is_cased(hypotheses):
            message = f"the reference text {all_lower} translations do; see --lowercase."
            doubts.append(Doubt("lower_case_references", name, message))
        if _is_lower(hypotheses) and _is_cased(lines):
            message = f"the translated text {all_lower} references do; see --lowercase."
            doubts.append(Doubt("lower_case_hypotheses", name, message))
    return doubts


def doubts_about_size(
    name: str, scores: Sequence[Score], comparisons: Sequence[Comparison]
) -> list[Doubt]:
    """Tell when a test set is small, or too small for the difference between two systems.

    Small is below 200 sentences. Too small for a difference is a test set on which half the 95 %
    interval of either score is larger than the difference, and the paired tests, which are
    sharper, do not both call it significant.
    """
    doubts = []
    sentences = scores[0].sentences
    if sentences < FEW_SENTENCES:
        intervals = [f"{s.name} ± {s.confidence.half_width:.1f}" for s in scores if s.confidence]
        known = f" ({', '.join(intervals)})" if intervals else ""
        message = (
            f"only {sentences} sentences: on {sentences} others the scores may well differ{known}. "
            f"Take {FEW_SENTENCES} or more."
        )
        doubts.append(Doubt("small_test_set", name, message))
    for own, found in zip(scores, comparisons, strict=False):
        assert own.confidence is not None
        half_width = max(own.confidence.half_width, found.against_confidence.half_width)
        if not found.significant and 0 < abs(found.difference) < half_width:
            message = (
                f"{sentences:,} sentences are too few for a difference of "
                f"{abs(found.difference):.2f} {found.name}: each score is known to "
                f"± {half_width:.2f} only."
            )
            doubts.append(Doubt("small_difference", name, message))
    return doubts


def _marks(lines: Sequence[str]) -> list[str]:
    """Return what speaks for tokenised text, with the share of the lines where it is found."""
    found = []
    for pattern, limit, words in _MARKS:
        share = sum(bool(pattern.search(line)) for line in lines) / len(lines)
        if share >= limit:
            found.append(f"{share:.0%} of the lines have {words}")
    return found


def _is_lower(lines: Sequence[str]) -> bool:
    """Tell whether text in a script with two cases has small letters only."""
    text = "".join(lines)
    return text == text.lower() != text.upper()


def _is_cased(lines: Sequence[str]) -> bool:
    return sum(line != line.lower() for line in lines) >= _CASED_LINES * len(lines)
