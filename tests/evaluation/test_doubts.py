"""When a score is doubtful, and when it is not."""

import pytest

from transformer_mt.evaluation.doubts import doubts_about_size, doubts_about_text
from transformer_mt.evaluation.scores import Confidence, Score
from transformer_mt.evaluation.significance import Comparison, PairedTestResult

PLAIN = ["Ein Haus, das alt ist.", "Wie bitte? Nein … 3,5 Grad.", "R&D kostet 5 € & mehr"] * 50
FRENCH = ["Vraiment ?", "Oui : « bien sûr » !", "C'est ça ; voilà."] * 50


def kinds(hypotheses, *references, **options):
    return [doubt.kind for doubt in doubts_about_text("t", hypotheses, references, **options)]


@pytest.mark.parametrize("lines", [PLAIN, FRENCH, ["我们的房子很小。"] * 9, [""] * 9])
def test_plain_text_is_not_doubted(lines):
    assert kinds(lines, lines) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Ein Haus , das alt ist .", "a space before a full stop or comma"),
        ("Ein Haus .", "a space before a full stop or comma"),
        ("Ein Nord @-@ Süd Weg", "@-@ or @@, which join parts of words"),
        ("Ein H@@ aus", "@-@ or @@, which join parts of words"),
        ("&quot;Ein Haus&quot;", "&quot; or the like, which stands for a character"),
        ("Ein Haus &#91;alt&#93;", "&quot; or the like, which stands for a character"),
    ],
)
def test_tokenised_references_are_told_with_their_share(line, words):
    references = [line] * 30 + PLAIN[:120]
    (doubt,) = doubts_about_text("newstest", PLAIN, [references])
    assert doubt.kind == "tokenised_references"
    assert doubt.test_set == "newstest"
    assert f"the references look tokenised (20% of the lines have {words})" in doubt.message
    # among several references it is enough
    assert kinds(PLAIN, PLAIN, references) == ["tokenised_references"]
    assert kinds(PLAIN, references, tokenised=True) == []


def test_a_few_stray_marks_are_not_enough():
    lines = ["Ein Haus .", "Ein &amp; Haus @-@ nein"] + ["Ein Haus."] * 298
    assert kinds(lines, lines) == []


def test_case_on_one_side_only_is_told():
    lower = [line.lower() for line in PLAIN]
    assert kinds(PLAIN, lower) == ["lower_case_references"]
    assert kinds(lower, PLAIN) == ["lower_case_hypotheses"]
    assert kinds(lower, lower) == []
    assert kinds(PLAIN, lower, lowercase=True) == []
    assert kinds(lower, PLAIN, lowercase=True) == []
    (doubt,) = doubts_about_text("t", PLAIN, [lower])
    assert "the reference text has no capital letter" in doubt.message


def test_scripts_without_case_are_not_lower_case():
    assert kinds(["A House"] * 9, ["我们的房子很小"] * 9) == []


def make_score(sentences, half_width=1.0):
    confidence = Confidence(30.0, half_width, 1000) if half_width else None
    return Score("BLEU", 30.0, "nrefs:1", sentences, confidence)


def make_comparison(difference, *, half_width=1.0, p_value=0.3):
    test = PairedTestResult(p_value, 1000, "nrefs:1")
    return Comparison(
        name="BLEU",
        value=30.0,
        against_value=30.0 - difference,
        against_confidence=Confidence(30.0, half_width, 1000),
        difference=difference,
        better="neither" if difference == 0 else "this" if difference > 0 else "against",
        bootstrap=test,
        randomisation=test,
        p_value=None if difference == 0 else p_value,
        significant=difference != 0 and p_value < 0.05,
    )


def test_few_sentences_are_told_with_the_intervals():
    (doubt,) = doubts_about_size("t", [make_score(199, 2.34)], [])
    assert doubt.kind == "small_test_set"
    assert "only 199 sentences: on 199 others the scores may well differ (BLEU ± 2.3)." in (
        doubt.message
    )
    assert doubts_about_size("t", [make_score(200)], []) == []
    (doubt,) = doubts_about_size("t", [make_score(5, None)], [])
    assert "±" not in doubt.message


@pytest.mark.parametrize(
    ("comparison", "doubted"),
    [
        (make_comparison(0.9), True),
        (make_comparison(-0.9), True),
        (make_comparison(1.1), False),
        (make_comparison(1.1, half_width=1.2), True),  # the other's interval is wider
        (make_comparison(0.9, p_value=0.04), False),  # the paired tests see more
        (make_comparison(0.0), False),
    ],
)
def test_a_difference_within_the_interval_needs_more_sentences(comparison, doubted):
    doubts = doubts_about_size("t", [make_score(1234)], [comparison])
    assert [doubt.kind for doubt in doubts] == ["small_difference"] * doubted
    if doubted:
        size = abs(comparison.difference)
        assert f"1,234 sentences are too few for a difference of {size:.2f} BLEU" in (
            doubts[0].message
        )
