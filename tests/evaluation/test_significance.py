"""Comparisons against the sacrebleu command's paired tests on the same files."""

import json
import os
import random
import re
import subprocess
import sys
from dataclasses import asdict

import pytest

from transformer_mt.errors import UserError
from transformer_mt.evaluation.significance import compare, memory_needed, verdict

WORDS = [
    "The",
    "house",
    "is",
    "small",
    "but",
    "old",
    ",",
    "don't",
    "we",
    "see",
    "it",
    "in",
    "Köln",
    ".",
]
METRICS = {"BLEU": "bleu", "chrF2": "chrf", "chrF2++": "chrf++", "TER": "ter"}


def make_text(seed, *, errors):
    """60 lines of a common text, in which a share of the words was drawn anew."""
    common, own = random.Random(0), random.Random(seed)
    lines = []
    for _ in range(60):
        words = [common.choice(WORDS) for _ in range(common.randrange(3, 15))]
        lines.append(" ".join(own.choice(WORDS) if own.random() < errors else w for w in words))
    return lines


REFERENCE = make_text(1, errors=0.0)
BETTER, WORSE, SIMILAR = (make_text(seed, errors=e) for seed, e in [(2, 0.2), (3, 0.4), (4, 0.22)])


def run_sacrebleu(folder, this, against, *options):
    """Return the rows of the command's table, baseline first, by score, and its signatures."""
    texts = {"reference": REFERENCE, "against": against, "this": this}
    for name, lines in texts.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    command = [sys.executable, "-m", "sacrebleu", "reference", "--input", "against", "this"]
    command += ["--format", "text", "--width", "12", "--quiet", *options]
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, encoding="utf-8",
        env={**os.environ, "NO_COLOR": "1"},
    ).stdout  # fmt: skip
    rows = [line.split("│")[2:-1] for line in done.splitlines() if line.startswith("│")]
    names = [cell.split()[0] for cell in rows[0]]
    cells = {
        name: [[float(number) for number in re.findall(r"\d+\.\d+", row[column])] for row in rows]
        for column, name in enumerate(names)
    }
    signatures = dict(re.findall(r"^ - (\S+) +(nrefs\S+)$", done, re.MULTILINE))
    return {name: (numbers[1:], signatures[name]) for name, numbers in cells.items()}


@pytest.mark.parametrize("other", [WORSE, SIMILAR], ids=["worse", "similar"])
@pytest.mark.parametrize("words", [False, True], ids=["bleu chrf ter", "chrf++"])
def test_both_tests_are_those_of_the_command(tmp_path, other, words):
    metrics = ["--metrics", "chrf", "--chrf-word-order", "2"] if words else [
        "--metrics", "bleu", "chrf", "ter"
    ]  # fmt: skip
    bootstrap = run_sacrebleu(tmp_path, BETTER, other, *metrics, "--paired-bs")
    randomisation = run_sacrebleu(tmp_path, BETTER, other, *metrics, "--paired-ar")
    assert bootstrap.keys() == randomisation.keys()
    assert len(bootstrap) == (1 if words else 3)
    for name, ((baseline, system, p_value), signature) in bootstrap.items():
        found = compare(METRICS[name], BETTER, other, [REFERENCE])
        assert round(found.value, 12) == system[0]
        confidence = found.against_confidence
        assert [
            round(x, 12) for x in (found.against_value, confidence.mean, confidence.half_width)
        ] == pytest.approx(baseline, abs=1e-11)
        assert round(found.bootstrap.p_value, 4) == p_value[0]
        assert found.bootstrap.signature == signature
        (_, _, p_value), signature = randomisation[name]
        assert round(found.randomisation.p_value, 4) == p_value[0]
        assert found.randomisation.signature == signature
        assert found.p_value == max(found.bootstrap.p_value, found.randomisation.p_value)
        assert found.difference == found.value - found.against_value
        json.dumps(asdict(found))


def test_the_better_one_is_named_first():
    found = compare("bleu", BETTER, WORSE, [REFERENCE])
    assert found.better == "this"
    assert found.significant
    size = f"{found.value - found.against_value:.2f}"
    assert re.fullmatch(
        rf"runs/a is better than b\.de by {size} BLEU \(p [=<] 0\.00\d\); "
        "this is unlikely to be chance.",
        verdict(found, this="runs/a", against="b.de"),
    )
    turned = compare("bleu", WORSE, BETTER, [REFERENCE])
    assert turned.better == "against"
    assert turned.difference == -found.difference
    sentence = verdict(turned, this="b.de", against="runs/a")
    assert sentence.startswith(f"runs/a is better than b.de by {size} BLEU (p ")


def test_fewer_edits_are_better():
    found = compare("ter", BETTER, WORSE, [REFERENCE])
    assert found.difference < 0
    assert found.better == "this"
    assert verdict(found, this="A", against="B").startswith("A is better than B by ")


def test_a_small_difference_may_be_chance():
    found = compare("chrf", BETTER, SIMILAR, [REFERENCE])
    assert not found.significant
    size = f"{abs(found.difference):.2f}"
    assert verdict(found, this="A", against="B") == (
        f"The difference of {size} chrF may be chance (p = {found.p_value:.3f})."
    )


def test_equal_scores_have_no_p_value():
    found = compare("bleu", BETTER, list(BETTER), [REFERENCE])  # sacreBLEU says p = 0.001
    assert found.better == "neither"
    assert found.p_value is found.bootstrap.p_value is found.randomisation.p_value is None
    assert not found.significant
    assert verdict(found, this="A", against="B") == "A and B have the same BLEU."


def test_one_changed_sentence_is_not_significant():
    """Randomisation alone says so: it counts only differences above the one it looks at."""
    other = [*BETTER[:-1], REFERENCE[-1]]
    assert other != BETTER
    found = compare("bleu", other, BETTER, [REFERENCE])
    assert found.better == "this"
    assert found.randomisation.p_value < 0.001
    assert not found.significant


def test_several_references_count():
    one = compare("bleu", BETTER, WORSE, [REFERENCE])
    two = compare("bleu", BETTER, WORSE, [REFERENCE, SIMILAR])
    assert two.value > one.value
    assert "nrefs:2|" in two.bootstrap.signature


def test_unequal_counts_are_refused():
    with pytest.raises(UserError, match="reference 1 has 60 lines, but there are 59 hypotheses"):
        compare("bleu", BETTER, WORSE[1:], [REFERENCE])


def test_memory_is_that_of_the_samples():
    needed = memory_needed(["bleu", "ter"], sentences=1000, resamples=100, comparing=False)
    assert needed == 100 * 1000 * (8 + 4 * 10)
    more = memory_needed(["chrf++"], sentences=1000, resamples=100, comparing=False)
    assert more == 100 * 1000 * (8 + 4 * 24)
    compared = memory_needed(["bleu"], sentences=1000, resamples=100, comparing=True)
    assert compared == 10_000 * 1000 * 10
