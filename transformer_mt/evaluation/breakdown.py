"""Where a score comes from: by length of the source, and the worst sentences."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from transformer_mt.evaluation.scores import MetricName, TokenizerName, make_scorer, score

LONGEST: Final = (10, 20, 30, 50, None)
"""The most words of a source in each group; the last group has no end."""

# Chinese and Japanese have no spaces between words: there a character counts as one.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class LengthGroup:
    """The sentences whose sources have about the same length.

    Attributes:
        words: the group's name, such as `11-20`.
        sentences: how many there are.
        scores: by name (BLEU, chrF, chrF++, TER); empty where there are no sentences.
    """

    words: str
    sentences: int
    scores: dict[str, float]


@dataclass(frozen=True)
class WorstSentence:
    """A translation that is far from its references.

    Attributes:
        line: its number, from 1.
        chrf: of this sentence alone, against all of its references.
        source: None where the sources are not known.
        hypothesis: the translation.
        references: one or more.
    """

    line: int
    chrf: float
    source: str | None
    hypothesis: str
    references: tuple[str, ...]


def count_words(text: str) -> int:
    """Return the words between spaces, each Chinese or Japanese character as a word of its own."""
    return len(_WORD.sub(" x ", text).split())


def scores_by_length(
    metrics: Sequence[MetricName],
    sources: Sequence[str],
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    tokenize: TokenizerName | None = None,
    lowercase: bool = False,
) -> list[LengthGroup]:
    """Score the sentences of each length of source by themselves."""
    lengths = [count_words(source) for source in sources]
    groups, shortest = [], 0
    for longest in LONGEST:
        chosen = [
            line
            for line, length in enumerate(lengths)
            if shortest <= length and (longest is None or length <= longest)
        ]
        scores = [
            score(
                metric,
                [hypotheses[line] for line in chosen],
                [[reference[line] for line in chosen] for reference in references],
                tokenize=tokenize,
                lowercase=lowercase,
            )
            for metric in metrics
            if chosen
        ]
        name = f"{shortest}-{longest}" if longest else f"{shortest} or more"
        groups.append(LengthGroup(name, len(chosen), {each.name: each.value for each in scores}))
        shortest = (longest or 0) + 1
    return groups


def worst_sentences(
    sources: Sequence[str] | None,
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    count: int,
    lowercase: bool = False,
) -> list[WorstSentence]:
    """Return the `count` translations of the lowest chrF, worst first, equal ones by line.

    One that has the words of a reference is never among them.
    """

    def words(text: str) -> list[str]:
        return (text.lower() if lowercase else text).split()

    scorer = make_scorer("chrf", lowercase=lowercase)
    found = []
    for index, (hypothesis, *texts) in enumerate(zip(hypotheses, *references, strict=True)):
        if words(hypothesis) not in [words(text) for text in texts]:
            chrf = float(scorer.sentence_score(hypothesis, texts).score)
            source = sources[index] if sources is not None else None
            found.append(WorstSentence(index + 1, chrf, source, hypothesis, tuple(texts)))
    return sorted(found, key=lambda sentence: (sentence.chrf, sentence.line))[:count]
