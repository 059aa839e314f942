"""Scores by length and worst sentences, against scores of the parts."""

import random

import pytest
import sacrebleu

from transformer_mt.evaluation.breakdown import count_words, scores_by_length, worst_sentences
from transformer_mt.evaluation.scores import score


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("  ", 0),
        ("A small house.", 3),
        ("don't\u00a0split\ttabs", 3),
        ("我们的房子很小", 7),
        ("ひらがな と カタカナ", 9),
        ("東京Tower is tall", 5),
        ("한국어 문장", 2),
    ],
)
def test_words_are_counted_also_where_there_are_no_spaces(text, words):
    assert count_words(text) == words


def test_each_length_is_scored_by_itself():
    generator = random.Random(0)
    lengths = [0, 1, 10, 11, 20, 21, 30, 31, 50, 51, 200, 5, 15, 25]
    sources = [" ".join("w" * length) for length in lengths]
    references = [" ".join(generator.choice("abc") for _ in range(8)) for _ in lengths]
    second = [" ".join(generator.choice("abc") for _ in range(8)) for _ in lengths]
    hypotheses = [text.replace("a", "b", 1) for text in references]
    groups = scores_by_length(["bleu", "ter"], sources, hypotheses, [references, second])
    members = {
        "0-10": [0, 1, 2, 11],
        "11-20": [3, 4, 12],
        "21-30": [5, 6, 13],
        "31-50": [7, 8],
        "51 or more": [9, 10],
    }
    assert [group.words for group in groups] == list(members)
    for group in groups:
        chosen = members[group.words]
        assert group.sentences == len(chosen)
        for metric, name in (("bleu", "BLEU"), ("ter", "TER")):
            parts = [[texts[i] for i in chosen] for texts in (hypotheses, references, second)]
            assert group.scores[name] == score(metric, parts[0], parts[1:]).value


def test_a_length_that_does_not_occur_has_no_scores():
    groups = scores_by_length(["chrf"], ["one two"], ["eins zwei"], [["eins zwei"]])
    assert [(group.sentences, group.scores) for group in groups] == [
        (1, {"chrF": pytest.approx(100)}), *[(0, {})] * 4
    ]  # fmt: skip


HYPOTHESES = ["ein Haus", "", "Haus ein", "  das  Haus", "die Katze schläft", "Hund", "Haus ein"]
REFERENCES = ["ein Haus", "ein Baum", "ein Haus", "das Haus", "die Katze ruht", "Tier", "ein Haus"]
SECOND = ["das Haus", "", "das Haus", "ein Haus", "die Katze döst", "Hunde", "das Haus"]


def test_the_worst_have_the_lowest_chrf_of_their_own():
    sources = [f"source {number}" for number in range(7)]
    found = worst_sentences(sources, HYPOTHESES, [REFERENCES], count=10)
    expected = {
        line: sacrebleu.sentence_chrf(HYPOTHESES[line - 1], [REFERENCES[line - 1]]).score
        for line in (2, 3, 5, 6, 7)  # the others are their references, or empty like them
    }
    assert {each.line: each.chrf for each in found} == expected
    assert [each.chrf for each in found] == sorted(expected.values())
    assert [each.line for each in found if each.chrf == expected[3]] == [3, 7]
    assert found[0].source == f"source {found[0].line - 1}"
    assert found[0].references == (REFERENCES[found[0].line - 1],)
    assert worst_sentences(sources, HYPOTHESES, [REFERENCES], count=2) == found[:2]


def test_the_worst_know_all_references_and_case():
    found = worst_sentences(None, HYPOTHESES, [REFERENCES, SECOND], count=10)
    assert 2 not in {each.line for each in found}  # empty, as the second reference
    assert found[0].source is None
    for each in found:
        texts = [REFERENCES[each.line - 1], SECOND[each.line - 1]]
        assert each.references == tuple(texts)
        assert each.chrf == sacrebleu.sentence_chrf(each.hypothesis, texts).score
    upper = [text.upper() for text in HYPOTHESES]
    ignored = worst_sentences(None, upper, [REFERENCES], count=1, lowercase=True)
    exact = worst_sentences(None, [text.lower() for text in HYPOTHESES], [REFERENCES], count=1)
    assert ignored[0].line == exact[0].line
