"""Scores against the sacrebleu command on the same lines, in files."""

import json
import logging
import random
import subprocess
import sys
from dataclasses import asdict

import pytest

from transformer_mt.errors import UserError
from transformer_mt.evaluation import scores
from transformer_mt.evaluation.scores import BleuDetails, Confidence, default_tokenizer, score

WORDS = [
    *("The", "the", "HOUSE", "house", "is", "Is", "small", "don't", "state-of-the-art", "3.14"),
    *("&quot;quoted&quot;", "<skipped>", "Straße", "STRASSE", "№5", "U.S.", "«oui»", "£1,000"),
    *(
        "我们的房子",
        "很小。",
        "ひらがな",
        "a\u2028b",
        "a\rb",
        "a\u00a0b",
        "\u200b",
        "e\u0301",
        "tab\tbed",
    ),
]


def make_lines(seed):
    """150 lines: a common text, each seed with its own changes, spaces, and empty lines."""
    common, own = random.Random(0), random.Random(seed)
    lines = []
    for number in range(150):
        words = [common.choice(WORDS) for _ in range(common.randrange(1, 15))]
        words = [own.choice(WORDS) if own.random() < 0.3 else word for word in words]
        ending = own.choice([" .", ".", "", "  ", " ?\t"]) if number > 110 else " ."
        lines.append(own.choice(["", "", " "]) + " ".join(words) + ending)
    lines[5] = ""
    lines[6 + seed] = " "
    return lines


HYPOTHESES, REFERENCE, SECOND_REFERENCE = make_lines(1), make_lines(2), make_lines(3)


def run_sacrebleu(folder, references, *options):
    """The command's scores by name, to 12 decimals."""
    names = []
    for name, lines in [("hypotheses", HYPOTHESES), *enumerate(references)]:
        names.append(str(folder / f"{name}.txt"))
        (folder / f"{name}.txt").write_bytes("".join(f"{line}\n" for line in lines).encode())
    command = [sys.executable, "-m", "sacrebleu", *names[1:], "--input", names[0]]
    command += ["--format", "json", "--width", "12", "--metrics", "bleu", "chrf", "ter", *options]
    output = subprocess.run(command, check=True, capture_output=True).stdout
    return {each["name"]: each for each in json.loads(output)}


@pytest.mark.parametrize("lowercase", [False, True])
@pytest.mark.parametrize("references", [[REFERENCE], [REFERENCE, SECOND_REFERENCE]])
def test_scores_and_signatures_are_those_of_the_command(tmp_path, references, lowercase):
    options = ["--lowercase", "--chrf-lowercase"] if lowercase else []
    expected = run_sacrebleu(tmp_path, references, *options)
    for metric, name in [("bleu", "BLEU"), ("chrf", "chrF2"), ("ter", "TER")]:
        result = score(metric, HYPOTHESES, references, lowercase=lowercase)
        assert 5 < result.value < 95
        assert round(result.value, 12) == expected[name]["score"]
        assert result.signature == expected[name]["signature"]
        assert result.name == name.rstrip("2")
        assert result.sentences == 150


@pytest.mark.parametrize("lowercase", [False, True])
def test_chrf_with_words_is_that_of_the_command(tmp_path, lowercase):
    options = ["--chrf-word-order", "2", *(["--chrf-lowercase"] if lowercase else [])]
    references = [REFERENCE, SECOND_REFERENCE]
    expected = run_sacrebleu(tmp_path, references, *options)["chrF2++"]
    result = score("chrf++", HYPOTHESES, references, lowercase=lowercase)
    assert round(result.value, 12) == expected["score"]
    assert result.signature == expected["signature"]
    assert "|nw:2|" in result.signature
    assert result.name == "chrF++"


@pytest.mark.parametrize(
    ("metric", "name", "options", "resamples"),
    [
        ("bleu", "BLEU", [], 1000),
        ("chrf", "chrF2", [], 300),
        ("chrf++", "chrF2++", ["--chrf-word-order", "2"], 100),
        ("ter", "TER", [], 1000),
    ],
)
def test_intervals_are_those_of_the_command(tmp_path, metric, name, options, resamples):
    options += ["--confidence", "--confidence-n", str(resamples)]
    expected = run_sacrebleu(tmp_path, [REFERENCE], *options)[name]
    result = score(metric, HYPOTHESES, [REFERENCE], resamples=resamples)
    assert round(result.value, 12) == expected["score"]
    assert round(result.confidence.mean, 12) == expected["confidence_mean"]
    assert round(result.confidence.half_width, 12) == expected["confidence_var"]
    assert 1 < result.confidence.half_width < 20
    assert result.confidence.resamples == resamples
    assert result.signature == expected["signature"]
    assert f"|bs:{resamples}|seed:12345|" in result.signature
    json.dumps(asdict(result))


def test_without_resampling_there_is_no_interval():
    assert score("chrf", ["a"], [["a"]]).confidence is None
    assert score("bleu", ["a"], [["b"]], resamples=100).confidence == Confidence(0.0, 0.0, 100)


@pytest.mark.parametrize("tokenize", ["13a", "none", "intl", "zh", "char"])
def test_tokenizers_are_those_of_the_command(tmp_path, tokenize):
    expected = run_sacrebleu(tmp_path, [REFERENCE], "--tokenize", tokenize)
    result = score("bleu", HYPOTHESES, [REFERENCE], tokenize=tokenize)
    assert round(result.value, 12) == expected["BLEU"]["score"]
    assert result.signature == expected["BLEU"]["signature"]
    assert f"|tok:{tokenize}|" in result.signature


def test_details_of_bleu():
    result = score("bleu", ["a b c d e f"], [["a b c d x y z"]])
    assert result.bleu_details == BleuDetails(
        precisions=(400 / 6, 300 / 5, 200 / 4, 100 / 3),
        brevity_penalty=pytest.approx(2.718281828 ** (1 - 7 / 6)),
        length_ratio=6 / 7,
        hypothesis_length=6,
        reference_length=7,
    )
    assert json.loads(json.dumps(asdict(result)))["bleu_details"]["reference_length"] == 7
    assert score("chrf", ["a"], [["a"]]).bleu_details is None


def test_nothing_is_logged_or_printed(caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        for metric in ["bleu", "chrf", "chrf++", "ter"]:
            score(metric, HYPOTHESES, [REFERENCE], tokenize="none", lowercase=True)
    assert sum(line.endswith(" .") for line in HYPOTHESES) > 100  # sacreBLEU's limit
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("metric", ["bleu", "chrf", "chrf++", "ter"])
def test_empty_lines_count(metric):
    perfect = score(metric, ["a b c d e", ""], [["a b c d e", ""]]).value
    assert perfect == pytest.approx(0 if metric == "ter" else 100)
    worse = score(metric, ["a b c d e", ""], [["a b c d e", "a b c d e"]]).value
    assert worse > perfect if metric == "ter" else worse < perfect


@pytest.mark.parametrize("metric", ["bleu", "chrf", "chrf++", "ter"])
def test_unequal_counts_name_both_numbers(metric):
    with pytest.raises(UserError, match="reference 2 has 2 lines, but there are 3 hypotheses"):
        score(metric, ["a", "b", "c"], [["a", "b", "c"], ["a", "b"]])
    with pytest.raises(UserError, match="reference 1 has 4 lines, but there are 3 hypotheses"):
        score(metric, ["a", "b", "c"], [["a", "b", "c", "d"]])


def test_an_empty_test_set_is_refused():
    with pytest.raises(UserError, match="the test set has no lines"):
        score("bleu", [], [[]])
    with pytest.raises(UserError, match="at least one reference is needed"):
        score("bleu", ["a"], [])


@pytest.mark.parametrize(
    ("language", "tokenizer"),
    [
        ("de", "13a"),
        ("zh", "zh"),
        ("zh-TW", "zh"),
        ("zho_Hans", "zh"),
        (None, "13a"),
        ("jam", "13a"),
    ],
)
def test_the_default_tokenizer_depends_on_the_target_language(language, tokenizer):
    assert default_tokenizer(language) == tokenizer


def test_japanese_needs_mecab(monkeypatch):
    monkeypatch.setattr(scores, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install .sacrebleu\[ja\]"):
        default_tokenizer("ja")
    with pytest.raises(UserError, match="MeCab"):
        score("bleu", ["a"], [["a"]], tokenize="ja-mecab")
    score("chrf", ["a"], [["a"]], tokenize="ja-mecab")
    monkeypatch.setattr(scores, "find_spec", lambda name: object())
    assert default_tokenizer("ja") == "ja-mecab"
