"""`tmt evaluate` on real runs, in this process: what it scores, compares, saves and refuses."""

import json
import re
import shutil
from pathlib import Path

import pytest

from transformer_mt.errors import UserError
from transformer_mt.evaluation.scores import score
from transformer_mt.pipelines import evaluate as pipeline
from transformer_mt.pipelines.evaluate import EvaluateOptions, evaluate
from transformer_mt.pipelines.loading import DecodingOptions

RUN = Path("runs/tiny")


def lines_of(path):
    return Path(path).read_text(encoding="utf-8").splitlines()


def write(path, lines):
    path = Path(path)
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def workplace(trained, tmp_path_factory):
    """Return a folder with two runs: the trained one, and one with its first checkpoint only."""
    folder = tmp_path_factory.mktemp("evaluate")
    for name in ("tiny", "early"):
        shutil.copytree(trained[0] / "runs" / "tiny", folder / "runs" / name)
    early = folder / "runs" / "early"
    for path in (early / "best.json", early / "averaged.json"):
        path.unlink()
    for path in (early / "checkpoints").iterdir():
        if path.name != "step-00000010":
            shutil.rmtree(path)
    return folder


@pytest.fixture
def run_evaluate(workplace, monkeypatch):
    """Return a function that evaluates and gives the report of `--format json`."""
    monkeypatch.chdir(workplace)

    def run_evaluate(*, run=RUN, text=False, **options):
        folders = [path for path in options.get("against", ()) if Path(path).is_dir()]
        translates = "hypotheses" not in options or folders
        decoding = DecodingOptions(
            run=run, beam_size=2 if translates else None, threads=1, device="cpu"
        )
        options.setdefault("confidence", 100)
        printed = evaluate(EvaluateOptions(as_json=not text, **options), decoding)
        return printed if text else json.loads(printed)

    return run_evaluate


@pytest.fixture
def files(corpus, tmp_path):
    """Return a path for each name: a.en, a.1.de, a.2.de and b.en, b.1.de, b.2.de, hyp.de."""
    sources, references = lines_of(corpus / "test.en"), lines_of(corpus / "test.de")
    other = [line.replace("und", "aber") for line in references]
    made = {"a.en": sources[:9], "a.1.de": references[:9], "a.2.de": other[:9]}
    made |= {"b.en": sources[9:], "b.1.de": references[9:], "b.2.de": other[9:]}
    made["hyp.de"] = [line.replace("ist", "war") for line in references[:9]]
    return {name: write(tmp_path / name, lines) for name, lines in made.items()}


def assert_same_form(documented, real):
    """Compare keys and types, but where either has nothing or the documented one says "…"."""
    if not documented or not real or (isinstance(documented, dict) and "…" in documented):
        return
    assert type(documented) is type(real), (documented, real)
    if isinstance(documented, dict):
        assert list(documented) == list(real)
        for key, value in documented.items():
            assert_same_form(value, real[key])
    elif isinstance(documented, list):
        assert_same_form(documented[0], real[0])


def test_the_report_has_its_documented_form(run_evaluate, files, capsys):
    report = run_evaluate(
        sources=[files["a.en"]], references=[files["a.1.de"]], against=[files["hyp.de"]],
        metrics=["bleu"], by_length=True, worst=2,
    )  # fmt: skip
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (documented,) = re.findall(r"^```json\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert_same_form(json.loads(documented), report)
    assert report["system"]["run"] == "runs/tiny"
    assert "checkpoint" in report["system"]["weights"]
    assert report["system"]["decoding"]["beam_size"] == 2
    assert report["against"] == {"run": None, "weights": None, "decoding": None}
    (found,) = report["test_sets"]
    assert found["name"] == found["source"] == str(files["a.en"])
    assert found["references"] == [str(files["a.1.de"])]
    assert found["sentences"] == 9
    assert found["comparison"]["scores"][0]["value"] == found["scores"][0]["value"]
    assert [group["words"] for group in found["by_length"]][1:3] == ["11-20", "21-30"]
    assert sum(group["sentences"] for group in found["by_length"]) == 9
    shown = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: ")]
    assert shown == [f"warning: {w['test_set']}: {w['message']}" for w in report["warnings"]]
    assert "small_test_set" in [each["kind"] for each in report["warnings"]]


def test_splits_and_files_are_scored_each_by_itself(run_evaluate, files, corpus):
    report = run_evaluate(
        splits=["validation", "test"],
        sources=[files["a.en"], files["b.en"]],
        references=[files[name] for name in ("a.1.de", "a.2.de", "b.1.de", "b.2.de")],
    )
    sets = report["test_sets"]
    names = ["validation", "test", str(files["a.en"]), str(files["b.en"])]
    assert [each["name"] for each in sets] == names
    assert [each["split"] for each in sets] == ["validation", "test", None, None]
    assert [each["sentences"] for each in sets] == [21, 15, 9, 6]
    for each in sets:
        hypotheses = lines_of(each["hypotheses"])
        references = [lines_of(path) for path in each["references"]]
        if each["split"]:
            files_of = {"validation": "valid.de", "test": "test.de"}
            references = [lines_of(corpus / files_of[each["split"]])]
        for found, metric in zip(each["scores"], ["bleu", "chrf"], strict=True):
            expected = score(metric, hypotheses, references, resamples=100)
            assert found["value"] == expected.value
            assert found["signature"] == expected.signature
            assert found["confidence"]["half_width"] == expected.confidence.half_width
    assert len({each["hypotheses"] for each in sets}) == 4


def test_sources_of_the_same_name_do_not_overwrite_each_other(run_evaluate, files, tmp_path):
    second = write(tmp_path / "other" / "a.en", lines_of(files["b.en"]))
    report = run_evaluate(
        sources=[files["a.en"], second], references=[files["a.1.de"], files["b.1.de"]]
    )
    places = [each["hypotheses"] for each in report["test_sets"]]
    folder = "runs/tiny/hypotheses"
    assert places == [f"{folder}/a.en.de", f"{folder}/a.en.2.de"]
    assert [len(lines_of(place)) for place in places] == [9, 6]


def test_given_translations_need_no_run(run_evaluate, files):
    printed = run_evaluate(
        run=None, text=True, hypotheses=[files["hyp.de"], files["b.2.de"]],
        references=[files["a.1.de"], files["b.1.de"]], metrics=["ter", "bleu"], worst=1,
        confidence=0,
    )  # fmt: skip
    hypotheses = {name: lines_of(files[name]) for name in ("hyp.de", "b.2.de")}
    first = score("ter", hypotheses["hyp.de"], [lines_of(files["a.1.de"])]).value
    second = score("ter", hypotheses["b.2.de"], [lines_of(files["b.1.de"])]).value
    rows = [line.split() for line in printed.splitlines()[:3]]
    assert rows[0] == ["test", "set", "lines", "TER", "BLEU", "ratio", "BP"]
    assert rows[1][1:3] == ["9", f"{first:.2f}"]
    assert rows[2][1:3] == ["6", f"{second:.2f}"]
    assert "  source " not in printed
    assert "±" not in printed
    assert "bs:" not in printed


def test_given_translations_of_splits_use_the_runs_data(run_evaluate, corpus, tmp_path):
    references = lines_of(corpus / "test.de")
    hypotheses = write(tmp_path / "out.de", references)
    report = run_evaluate(splits=["test"], hypotheses=[hypotheses], by_length=True)
    (found,) = report["test_sets"]
    assert found["name"] == "test"
    assert found["scores"][0]["value"] == pytest.approx(100)
    assert found["training_overlap"][0]["run"] == "runs/tiny"
    assert report["system"] == {"run": None, "weights": None, "decoding": None}


def test_each_test_set_is_compared_with_its_own_file(run_evaluate, files, corpus, tmp_path):
    references = lines_of(corpus / "test.de")
    own = write(tmp_path / "own.de", references)
    other = write(tmp_path / "other.de", references[::-1])
    report = run_evaluate(
        splits=["test"], hypotheses=[own, files["hyp.de"]], references=[files["a.1.de"]],
        against=[other, files["a.2.de"]], metrics=["chrf"],
    )  # fmt: skip
    sets = report["test_sets"]
    assert [each["name"] for each in sets] == ["test", str(files["hyp.de"])]
    assert [each["comparison"]["against"] for each in sets] == [str(other), str(files["a.2.de"])]
    second = score("chrf", lines_of(files["a.2.de"]), [lines_of(files["a.1.de"])])
    first = score("chrf", references[::-1], [references])
    values = [each["comparison"]["scores"][0]["against_value"] for each in sets]
    assert values == [first.value, second.value]
    # nobody knows what the second was translated from
    assert [len(each["training_overlap"]) for each in sets] == [1, 0]


def test_two_runs_are_compared_on_the_same_sentences(run_evaluate, corpus):
    report = run_evaluate(splits=["test"], against=[Path("runs/early")], metrics=["chrf"])
    (found,) = report["test_sets"]
    comparison = found["comparison"]
    assert comparison["against"] == report["against"]["run"] == "runs/early"
    assert comparison["hypotheses"] == "runs/early/hypotheses/test.de"
    assert "step 10" in report["against"]["weights"]
    references = [lines_of(corpus / "test.de")]
    own, other = (lines_of(f"runs/{name}/hypotheses/test.de") for name in ("tiny", "early"))
    (compared,) = comparison["scores"]
    assert compared["value"] == score("chrf", own, references).value
    assert compared["against_value"] == score("chrf", other, references).value
    assert comparison["differing"] == sum(a != b for a, b in zip(own, other, strict=True))
    assert compared["significant"]
    size = f"{compared['difference']:.2f}"
    (sentence,) = comparison["verdicts"]
    assert sentence.startswith(f"runs/tiny is better than runs/early by {size} chrF (p = 0.0")
    assert sentence.endswith("; this is unlikely to be chance.")
    assert [each["run"] for each in found["training_overlap"]] == ["runs/tiny", "runs/early"]


def test_files_are_compared_without_any_run(run_evaluate, files):
    text = run_evaluate(
        run=None, text=True, hypotheses=[files["a.1.de"]], references=[files["a.2.de"]],
        against=[files["hyp.de"]],
    )  # fmt: skip
    assert "9 of 9 translations differ" in " ".join(text.split())
    assert "p bootstrap  p randomisation" in text


def test_the_score_is_doubted_where_training_had_the_sentences(run_evaluate, corpus, capsys):
    report = run_evaluate(splits=["test"], metrics=["chrf"])
    seen, test = set(lines_of(corpus / "train.en")), lines_of(corpus / "test.en")
    expected = sum(source in seen for source in test)
    assert expected > 0
    assert report["test_sets"][0]["training_overlap"] == [
        {"run": "runs/tiny", "sentences": expected, "problem": None}
    ]
    text = f"warning: test: {expected} of 15 sources are also in the training data of runs/tiny"
    assert text in capsys.readouterr().err
    report = run_evaluate(splits=["test"], metrics=["chrf"], overlap_check=False)
    assert report["test_sets"][0]["training_overlap"] == []
    assert "training data" not in capsys.readouterr().err


def test_the_options_that_change_a_score_reach_every_number(run_evaluate, files):
    write(files["hyp.de"], [line.title() for line in lines_of(files["a.1.de"])])
    report = run_evaluate(
        run=None, hypotheses=[files["hyp.de"]], references=[files["a.1.de"]],
        sources=[files["a.en"]], against=[files["a.2.de"]], lowercase=True, tokenize="char",
        by_length=True, worst=9,
    )  # fmt: skip
    (found,) = report["test_sets"]
    assert "Und" in lines_of(files["hyp.de"])[0]
    for each in found["scores"]:
        assert each["value"] == pytest.approx(100)
        assert "case:lc" in each["signature"]
    assert "tok:char" in found["scores"][0]["signature"]
    assert found["by_length"][0]["scores"] == pytest.approx({"BLEU": 100, "chrF": 100})
    assert found["worst"] == []
    compared = found["comparison"]["scores"][0]
    assert "case:lc" in compared["bootstrap"]["signature"]
    assert "tok:char" in compared["randomisation"]["signature"]


def test_large_test_sets_have_no_intervals_rather_than_no_memory(run_evaluate, monkeypatch, capsys):
    monkeypatch.setattr(pipeline, "_MEMORY_FOR_RESAMPLING", 1000)
    report = run_evaluate(confidence=None, metrics=["bleu"])
    assert report["test_sets"][0]["scores"][0]["confidence"] is None
    assert "No confidence intervals: resampling 15 sentences takes about" in capsys.readouterr().err
    with pytest.raises(UserError, match="resampling 15 sentences takes about 0 GiB"):
        run_evaluate(confidence=100)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sources": ["a.en"]}, "--source FILE and --reference FILE belong together"),
        ({"references": ["a.1.de"]}, "--source FILE and --reference FILE belong together"),
        (
            {"sources": ["a.en", "b.en"], "references": ["a.1.de", "a.2.de", "b.1.de"]},
            "--reference: 3 files are given for 2 test sets",
        ),
        ({"sources": ["a.en"], "references": ["b.1.de"]}, r"a.en has 9 lines and .*b.1.de has 6"),
        (
            {"sources": ["a.en"], "references": ["a.1.de", "b.1.de"]},
            r"a.en has 9 lines and .*b.1.de has 6",
        ),
        (
            {"run": None, "hypotheses": ["a.1.de"], "references": ["b.1.de"]},
            r"a.1.de has 9 lines and .*b.1.de has 6",
        ),
        ({"splits": ["test"], "hypotheses": ["b.1.de"]}, r"b.1.de has 6 .* the test data has 15"),
        (
            {"splits": ["test"], "hypotheses": ["a.1.de", "a.1.de"]},
            r"--hypotheses: files given: 2; test sets: 1 \(test\)",
        ),
        ({"run": None, "hypotheses": ["a.1.de"]}, "needs --reference FILE, or --run DIR"),
        (
            {"run": None, "hypotheses": ["a.1.de"], "references": ["a.1.de"], "by_length": True},
            "--by-length needs the sources",
        ),
        (
            {"run": None, "hypotheses": ["a.1.de"], "references": ["a.1.de"], "output": Path("x")},
            "leave --output out",
        ),
        ({"splits": ["test", "validation"], "output": Path("x")}, "there are 2 test sets"),
        ({"splits": ["test"], "against": ["runs/tiny/."]}, "is the run itself"),
        ({"splits": ["test"], "against": ["runs/early", "hyp.de"]}, "is compared with alone"),
        ({"splits": ["test"], "against": ["runs"]}, "runs: this run directory holds no run"),
        ({"splits": ["test"], "against": ["nowhere"]}, "nowhere: no such file"),
        ({"splits": ["test"], "against": ["hyp.de"]}, r"hyp.de has 9 lines and the test data"),
        (
            {"splits": ["test", "validation"], "against": ["hyp.de"]},
            r"--against: files given: 1; test sets: 2 \(test, validation\)",
        ),
        (
            {"run": None, "hypotheses": ["a.1.de"], "references": ["a.1.de"],
             "against": ["runs/early"]},
            "has to translate; give it --source FILE",
        ),
        ({"splits": ["test"], "confidence": 5}, "--confidence 5: take 100 or more; 0 is off"),
        (
            {"splits": ["test"], "confidence": 0, "against": ["hyp.de"]},
            "--confidence 0: take 100 or more.$",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_before_anything_is_translated(
    options, message, run_evaluate, files, monkeypatch
):
    monkeypatch.setattr(pipeline, "translate_sets", None)
    filled = {
        key: [files.get(name, Path(name)) for name in value]
        if key in ("sources", "references", "hypotheses", "against")
        else value
        for key, value in options.items()
    }
    with pytest.raises(UserError, match=message) as raised:
        run_evaluate(**filled)
    assert len(str(raised.value).splitlines()) <= 5


def test_empty_files_are_refused(run_evaluate, tmp_path):
    empty = write(tmp_path / "empty", [])
    with pytest.raises(UserError, match="empty: the file is empty"):
        run_evaluate(run=None, hypotheses=[empty], references=[empty])
