"""What people read: tables that fit into 80 columns and say everything once."""

from dataclasses import replace

from transformer_mt.evaluation.breakdown import LengthGroup, WorstSentence
from transformer_mt.evaluation.scores import BleuDetails, Confidence, Score
from transformer_mt.evaluation.significance import Comparison, PairedTestResult
from transformer_mt.pipelines.evaluation_report import Report, SetComparison, SetReport, as_text
from transformer_mt.pipelines.translated_sets import System

DETAILS = BleuDetails((60.0, 40.0, 30.0, 20.0), 0.98765, 0.99, 990, 1000)


def make_scores(sentences, *names, nrefs=1):
    return [
        Score(
            name=name,
            value=39.284,
            signature=f"nrefs:{nrefs}|{name}|{'x' * 60}",
            sentences=sentences,
            confidence=Confidence(39.3, 1.5678, 1000),
            bleu_details=DETAILS if name == "BLEU" else None,
        )
        for name in names
    ]


def make_set(name, scores):
    return SetReport(
        name=name,
        split=None,
        source=name,
        references=["a.de"],
        sentences=scores[0].sentences,
        hypotheses="out.de",
        truncated=0,
        scores=scores,
        comparison=None,
        training_overlap=[],
        by_length=None,
        worst=None,
    )


def text_of(*test_sets):
    return as_text(Report(System(), None, list(test_sets), []))


ONE = make_set("test", make_scores(1000, "BLEU", "chrF"))


def test_one_set_is_one_row():
    assert text_of(ONE) == (
        "test set  lines        BLEU        chrF  ratio     BP\n"
        "test      1,000  39.28 ±1.6  39.28 ±1.6  0.990  0.988\n"
        "\n"
        f"BLEU\nnrefs:1|BLEU|{'x' * 60}\n"
        f"chrF\nnrefs:1|chrF|{'x' * 60}"
    )


def test_without_bleu_there_are_no_lengths_and_without_resampling_no_intervals():
    (score,) = make_scores(10, "TER")
    first, second = text_of(make_set("a", [replace(score, confidence=None)])).splitlines()[:2]
    assert first.split() == ["test", "set", "lines", "TER"]
    assert second.split() == ["a", "10", "39.28"]


def test_all_scores_of_long_paths_fit_into_80_columns():
    names = ["BLEU", "chrF", "chrF++", "TER"]
    long = make_set("/very/long/path/to/the/test/sets/newstest2014.en", make_scores(3003, *names))
    text = text_of(make_set("validation", make_scores(1014, *names)), long)
    rows = text.split("\n\n")[0].splitlines()
    assert len(rows) == 3
    assert {len(row) for row in rows} == {80}
    assert rows[1].startswith("validation   1,014  39.28 ±1.6")
    assert rows[2].startswith("…est2014.en  3,003  39.28 ±1.6")


def test_signatures_that_differ_name_their_sets():
    scores = make_scores(9, "BLEU", "TER")
    two = [make_scores(9, "BLEU", nrefs=2)[0], scores[1]]
    text = text_of(make_set("a", scores), make_set("b", two), make_set("c", two))
    assert text.split("\n\n")[-1].splitlines()[::2] == ["BLEU, a", "BLEU, b, c", "TER"]


def test_a_comparison_is_a_table_and_a_sentence():
    test = PairedTestResult(0.00999, 1000, "nrefs:1")
    compared = Comparison(
        name="BLEU",
        value=39.284,
        against_value=38.05,
        against_confidence=Confidence(38.0, 1.5, 1000),
        difference=1.234,
        better="this",
        bootstrap=test,
        randomisation=replace(test, p_value=None),
        p_value=0.00999,
        significant=True,
    )
    sentence = "A long sentence with many words of one letter: " + "a b c " * 12
    comparison = SetComparison("runs/other", "out.de", None, 123, [compared], [sentence])
    lines = text_of(replace(ONE, comparison=comparison)).split("\n\n")[1].splitlines()
    assert lines[:3] == [
        "test, against runs/other: 123 of 1,000 translations differ",
        "       this  against  difference  p bootstrap  p randomisation",
        "BLEU  39.28    38.05       +1.23       0.0100                -",
    ]
    assert " ".join(lines[3:]) == sentence.rstrip()
    assert max(map(len, lines)) <= 80


def test_lengths_and_worst_sentences_have_their_own_paragraphs():
    groups = [
        LengthGroup("0-10", 990, {"BLEU": 41.234, "chrF": 66.0}),
        LengthGroup("51 or more", 0, {}),
    ]
    worst = [
        WorstSentence(1234, 12.345, "A source.", "Eine Quelle.", ("Ein Quell.", "Ein Brunnen.")),
        WorstSentence(5, 20.0, None, "", ("Etwas.",)),
    ]
    paragraphs = text_of(replace(ONE, by_length=groups, worst=worst)).split("\n\n")
    assert paragraphs[1:4] == [
        "test, by words of the source\n"
        "words       lines   BLEU   chrF\n"
        "0-10          990  41.23  66.00\n"
        "51 or more      0      -      -",
        "test, the worst translations by chrF\n"
        "line 1,234, chrF 12.35\n"
        "  source       A source.\n"
        "  translation  Eine Quelle.\n"
        "  reference    Ein Quell.\n"
        "  reference    Ein Brunnen.",
        "line 5, chrF 20.00\n  translation  \n  reference    Etwas.",
    ]


def test_no_worst_sentence_is_said():
    assert text_of(replace(ONE, worst=[])).split("\n\n")[1] == (
        "test: every translation has the words of a reference"
    )
