"""Tell whether one set of translations is better than another, or the difference may be chance.

sacreBLEU's paired tests, with the numbers that `sacrebleu --paired-bs` and `--paired-ar` give:
paired bootstrap resampling (Koehn 2004) and approximate randomisation (Riezler and Maxwell 2005).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from transformer_mt.evaluation.scores import (
    METRIC_TITLES,
    Confidence,
    MetricName,
    TokenizerName,
    check_counts,
    make_scorer,
)

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric
    from sacrebleu.significance import Result

RESAMPLES: Final = 1000
"""Of the bootstrap; sacreBLEU's default."""
TRIALS: Final = 10_000
"""Of the approximate randomisation; sacreBLEU's default."""
SIGNIFICANCE_LEVEL: Final = 0.05

# What sacreBLEU keeps of each sentence: counts of n-grams, or edits and a length.
_STATISTICS: Final[dict[MetricName, int]] = {"bleu": 10, "chrf": 18, "chrf++": 24, "ter": 2}


@dataclass(frozen=True)
class PairedTestResult:
    """What one of the two tests says.

    Attributes:
        p_value: how likely a difference of this size would be if the two were equally good; None
            where the scores are equal, of which the tests say nothing.
        trials: resamples of the bootstrap, or shuffles of the randomisation.
        signature: that of the score, with the test and its seed.
    """

    p_value: float | None
    trials: int
    signature: str


@dataclass(frozen=True)
class Comparison:
    """One score of two systems on the same test set.

    Attributes:
        name: BLEU, chrF, chrF++ or TER.
        value: of the system under test.
        against_value: of the other.
        against_confidence: the interval of the other.
        difference: `value` without `against_value`; of TER a negative one is an improvement.
        better: which of the two has the better score.
        bootstrap: paired bootstrap resampling.
        randomisation: paired approximate randomisation.
        p_value: the larger of the two; None where the scores are equal.
        significant: whether both tests call chance unlikely, p being below 0.05.
    """

    name: str
    value: float
    against_value: float
    against_confidence: Confidence
    difference: float
    better: Literal["this", "against", "neither"]
    bootstrap: PairedTestResult
    randomisation: PairedTestResult
    p_value: float | None
    significant: bool


def compare(
    metric: MetricName,
    hypotheses: Sequence[str],
    against: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    tokenize: TokenizerName | None = None,
    lowercase: bool = False,
    resamples: int = RESAMPLES,
    trials: int = TRIALS,
) -> Comparison:
    """Compare two translations of a test set by one score and both paired tests.

    `against` is the tests' baseline, as the first system is for the `sacrebleu` command.

    Raises:
        UserError: nothing to score, unequal numbers of lines, or no MeCab for `ja-mecab`.
    """
    check_counts(hypotheses, references)
    check_counts(against, references)
    systems = [("against", against), ("this", hypotheses)]

    def run(test: Literal["bs", "ar"], number: int) -> "tuple[Result, Result, PairedTestResult]":
        scorer = make_scorer(metric, tokenize=tokenize, lowercase=lowercase, references=references)
        return _paired_test(test, number, systems, scorer)

    baseline, system, bootstrap = run("bs", resamples)
    _, _, randomisation = run("ar", trials)
    assert baseline.mean is not None and baseline.ci is not None
    difference = float(system.score) - float(baseline.score)
    p_values = [each.p_value for each in (bootstrap, randomisation) if each.p_value is not None]
    p_value = max(p_values, default=None)
    gain = -difference if metric == "ter" else difference
    return Comparison(
        name=METRIC_TITLES[metric],
        value=float(system.score),
        against_value=float(baseline.score),
        against_confidence=Confidence(float(baseline.mean), float(baseline.ci), resamples),
        difference=difference,
        better="neither" if gain == 0 else "this" if gain > 0 else "against",
        bootstrap=bootstrap,
        randomisation=randomisation,
        p_value=p_value,
        significant=p_value is not None and p_value < SIGNIFICANCE_LEVEL,
    )


def _paired_test(
    test: Literal["bs", "ar"],
    number: int,
    systems: Sequence[tuple[str, Sequence[str]]],
    scorer: "Metric",
) -> "tuple[Result, Result, PairedTestResult]":
    """Return the results of both systems, and what the test says of the second."""
    from sacrebleu.significance import PairedTest, Result

    paired = PairedTest(
        list(systems),
        {"metric": scorer},
        references=None,  # the scorer has them
        test_type=test,
        n_samples=number,
    )
    signatures, scores = paired()
    ((name, signature),) = signatures.items()  # under sacreBLEU's name of the score
    baseline, system = scores[name]
    assert isinstance(baseline, Result) and isinstance(system, Result)
    p_value = None
    if system.score != baseline.score:
        assert system.p_value is not None
        p_value = float(system.p_value)
    return baseline, system, PairedTestResult(p_value, number, signature.format())


def verdict(comparison: Comparison, *, this: str, against: str) -> str:
    """Say in one sentence what a comparison of two systems with these names found."""
    name = comparison.name
    if comparison.better == "neither":
        return f"{this} and {against} have the same {name}."
    size = f"{abs(comparison.difference):.2f} {name}"
    p_value = comparison.p_value
    assert p_value is not None
    chance = "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"
    if not comparison.significant:
        return f"The difference of {size} may be chance ({chance})."
    better, worse = (this, against) if comparison.better == "this" else (against, this)
    return f"{better} is better than {worse} by {size} ({chance}); this is unlikely to be chance."


def memory_needed(
    metrics: Sequence[MetricName], *, sentences: int, resamples: int, comparing: bool
) -> int:
    """Return about how many bytes sacreBLEU takes to draw all its samples at once."""
    largest = max(_STATISTICS[metric] for metric in metrics)
    bootstrap = resamples * sentences * (8 + 4 * largest)  # an index, and float32 statistics
    # Who gives each sentence: two booleans, and integers of one of them for the product.
    randomisation = TRIALS * sentences * (2 + 8) if comparing else 0
    return max(bootstrap, randomisation)
