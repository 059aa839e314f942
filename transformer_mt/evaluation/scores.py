"""Text to BLEU, chrF, chrF++ and TER, by sacreBLEU, with signatures that make numbers citable.

The scores, intervals and signatures are those of the `sacrebleu` command on the same lines.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal

from transformer_mt.errors import UserError

if TYPE_CHECKING:
    from sacrebleu import BLEU, CHRF, TER
    from sacrebleu.metrics.base import Score as SacrebleuScore

MetricName = Literal["bleu", "chrf", "chrf++", "ter"]
TokenizerName = Literal["13a", "none", "intl", "zh", "char", "ja-mecab"]

METRIC_TITLES: Final[dict[MetricName, str]] = {
    "bleu": "BLEU",
    "chrf": "chrF",
    "chrf++": "chrF++",
    "ter": "TER",
}


@dataclass(frozen=True)
class BleuDetails:
    """What BLEU is made of (Papineni et al. 2002).

    Attributes:
        precisions: of 1-grams to 4-grams, in percent.
        brevity_penalty: the factor for hypotheses shorter than the references, at most 1.
        hypothesis_length: tokens of all hypotheses.
        reference_length: tokens of the references, for each line the one closest in length.
        length_ratio: the first length divided by the second, 0 where there are no tokens.
    """

    precisions: tuple[float, ...]
    brevity_penalty: float
    length_ratio: float
    hypothesis_length: int
    reference_length: int


@dataclass(frozen=True)
class Confidence:
    """Where a score lies on test sets like this one, by bootstrap resampling (Koehn 2004).

    Attributes:
        mean: of the scores of all resamples.
        half_width: half of the interval that holds 95 % of them.
        resamples: how often the sentences were drawn anew.
    """

    mean: float
    half_width: float
    resamples: int


@dataclass(frozen=True)
class Score:
    """One number about one set of translations.

    Attributes:
        name: BLEU, chrF, chrF++ or TER.
        value: from 0 to 100, higher is better; TER counts errors: 0 is best, and it may pass 100.
        signature: sacreBLEU's record of its version and of everything that changes the value.
        sentences: how many lines were scored.
        confidence: where it was asked for.
        bleu_details: for BLEU only.
    """

    name: str
    value: float
    signature: str
    sentences: int
    confidence: Confidence | None = None
    bleu_details: BleuDetails | None = None


def score(
    metric: MetricName,
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    tokenize: TokenizerName | None = None,
    lowercase: bool = False,
    resamples: int = 0,
) -> Score:
    """Score detokenised translations of a whole test set.

    Args:
        metric: `bleu`, `chrf` (chrF2, Popović 2015), `chrf++` (with words and pairs of words,
            Popović 2017) or `ter` (Snover et al. 2006).
        hypotheses: one line per sentence, as the system wrote it.
        references: one or more sets, each with one line per hypothesis.
        tokenize: how BLEU cuts lines into tokens, `13a` unless given; chrF and TER have no
            such choice.
        lowercase: ignore case. TER always does, as the `sacrebleu` command does by default.
        resamples: of the bootstrap for the confidence interval; 0 is none.

    Raises:
        UserError: nothing to score, unequal numbers of lines, or no MeCab for `ja-mecab`.
    """
    check_counts(hypotheses, references)
    scorer = make_scorer(metric, tokenize=tokenize, lowercase=lowercase)
    result = scorer.corpus_score(hypotheses, references, n_bootstrap=resamples)
    signature = scorer.get_signature().format()
    details = None
    if metric == "bleu":
        details = BleuDetails(
            precisions=tuple(result.precisions),
            brevity_penalty=result.bp,
            length_ratio=result.ratio,
            hypothesis_length=result.sys_len,
            reference_length=result.ref_len,
        )
    return Score(
        name=METRIC_TITLES[metric],
        value=result.score,
        signature=signature,
        sentences=len(hypotheses),
        confidence=_confidence(result, signature, resamples) if resamples else None,
        bleu_details=details,
    )


def default_tokenizer(target_language: str | None) -> TokenizerName:
    """Choose BLEU's tokenizer: by word for Japanese, by character for Chinese, else `13a`.

    Args:
        target_language: a code such as `zh`, `zh-TW` or `zho_Hans`.

    Raises:
        UserError: MeCab, which finds Japanese words, is not installed.
    """
    language = re.split("[-_]", (target_language or "").lower())[0]
    if language in {"zh", "zho", "cmn"}:
        return "zh"
    if language in {"ja", "jpn"}:
        _check_mecab()
        return "ja-mecab"
    return "13a"


def make_scorer(
    metric: MetricName,
    *,
    tokenize: TokenizerName | None = None,
    lowercase: bool = False,
    references: Sequence[Sequence[str]] | None = None,
) -> "BLEU | CHRF | TER":
    """Return sacreBLEU's own scorer, which remembers `references` if it is given them here.

    Raises:
        UserError: no MeCab for `ja-mecab`.
    """
    from sacrebleu import BLEU, CHRF, TER

    if metric in {"chrf", "chrf++"}:
        word_order = 2 if metric == "chrf++" else 0
        return CHRF(word_order=word_order, lowercase=lowercase, references=references)
    if metric == "ter":
        return TER(case_sensitive=False, references=references)
    if tokenize == "ja-mecab":
        _check_mecab()
    # Without force, 100 lines that end in " ." are logged as "tokenized"; no score depends on it.
    return BLEU(tokenize=tokenize, lowercase=lowercase, force=True, references=references)


def check_counts(hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> None:
    """Refuse what sacreBLEU would cut to the shorter list, or fail on, without a word.

    Raises:
        UserError: nothing to score, or unequal numbers of lines.
    """
    if not hypotheses:
        raise UserError("there is nothing to score: the test set has no lines")
    if not references:
        raise UserError("there is nothing to compare with: at least one reference is needed")
    for number, reference in enumerate(references, start=1):
        if len(reference) != len(hypotheses):
            raise UserError(
                f"reference {number} has {len(reference)} lines, but there are {len(hypotheses)} "
                "hypotheses.\nLine n of a reference must translate the same sentence as "
                "hypothesis n."
            )


def _confidence(result: "SacrebleuScore", signature: str, resamples: int) -> Confidence:
    """Return what sacreBLEU tells of the interval; of one around 0 it tells nothing."""
    told = json.loads(result.format(width=17, signature=signature, is_json=True))
    return Confidence(
        mean=told.get("confidence_mean", 0.0),
        half_width=told.get("confidence_var", 0.0),
        resamples=resamples,
    )


def _check_mecab() -> None:
    if find_spec("MeCab") is None or find_spec("ipadic") is None:
        raise UserError(
            "BLEU for Japanese counts words, and MeCab, which finds them, is not installed.\n"
            'Install it with: pip install "sacrebleu[ja]"\n'
            "Or score with tmt evaluate --tokenize char, or --chrf, which needs no words."
        )
