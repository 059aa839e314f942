"""`tmt check` as a user types it."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from transformer_mt.checking.classes import DROPPED, FAULTS, SUSPECTS
from transformer_mt.config_file import build_config, read_tree
from transformer_mt.data.corpus import ParallelFiles, read_pairs
from transformer_mt.data.held_out import normalised_source
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.errors import UserError
from transformer_mt.pipelines.check import CheckOptions, check
from transformer_mt.pipelines.estimate import estimate_training
from transformer_mt.pipelines.memory import training_memory_bytes
from transformer_mt.pipelines.size_defaults import choose_settings
from transformer_mt.saved_model import build_model


@pytest.fixture
def json_report(monkeypatch, tmp_path):
    """Return a function that checks in this process, and gives the parsed report."""
    monkeypatch.chdir(tmp_path)

    def json_report(**options):
        text, faulty = check(CheckOptions(as_json=True, quiet=True, **options))
        report = json.loads(text)
        assert report["faulty"] == faulty
        return report

    return json_report


def count(report, split, kind):
    (corpus,) = (each for each in report["corpora"] if each["split"] == split)
    return {name: found["count"] for name, found in corpus[kind].items() if found["count"]}


def pairs_of(folder, name):
    return list(read_pairs(ParallelFiles(folder / f"{name}.en", folder / f"{name}.de")))


def test_a_config_is_checked_with_all_its_data(corpus, json_report):
    report = json_report(config=corpus / "tiny.yaml")
    assert [each["split"] for each in report["corpora"]] == ["train", "validation", "test"]
    train = pairs_of(corpus, "train")
    expected = {"duplicate": len(train) - len(set(train))}
    for split, name in (("validation", "valid"), ("test", "test")):
        for side, column in (("source", 0), ("target", 1)):
            held_out = {normalised_source(pair[column]) for pair in pairs_of(corpus, name)}
            expected[f"{split}_{side}"] = sum(
                normalised_source(pair[column]) in held_out for pair in train
            )
    assert count(report, "train", "faults") == expected
    assert count(report, "train", "dropped") == {"duplicate": expected["duplicate"]}
    assert report["faulty"]
    assert report["corpora"][0]["files"] == [str(corpus / "train.en"), str(corpus / "train.de")]


def test_the_object_is_the_documented_one(corpus, json_report):
    report = json_report(config=corpus / "tiny.yaml", write_clean=Path("clean"))
    assert list(report) == ["format_version", "faulty", "corpora", "tokenizer", "estimate"]
    assert report["format_version"] == 1
    train, validation, _ = report["corpora"]
    assert list(train) == [
        *("split", "files", "lines", "pairs", "faults", "suspects", "regions", "dropped"),
        *("characters", "tokens", "cleaned"),
    ]
    assert list(train["faults"]) == list(FAULTS)
    assert list(train["suspects"]) == list(SUSPECTS)
    assert list(train["dropped"]) == list(DROPPED)
    assert validation["dropped"] is None
    assert list(train["faults"]["nul"]) == ["count", "lines", "examples"]
    example = train["faults"]["duplicate"]["examples"][0]
    assert list(example) == ["file", "line", "side", "text", "detail"]
    assert list(train["tokens"]["source"]) == [
        *("mean", "median", "p95", "p99", "max", "total", "byte_fallback_share"),
    ]
    assert list(train["cleaned"]) == ["kept", "removed", "mended"]
    assert train["cleaned"]["kept"] + train["cleaned"]["removed"] == 300
    assert list(report["estimate"]) == [
        *("parameters", "source_tokens", "target_tokens", "steps", "epochs"),
        *("target_tokens_per_second", "seconds", "memory_bytes", "device", "precision"),
    ]


def test_exit_codes_and_cleaned_data(corpus, tmt, tmp_path):
    config = corpus / "tiny.yaml"
    done = tmt("check", "--config", config, "--write-clean", "clean", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    for words in (
        f"train: {corpus / 'train.en'}, {corpus / 'train.de'}\n  300 pairs\n  Faults\n",
        "  repeats of an earlier pair\n      train.en, line ",
        "  test_source ",
        "  Training would drop\n",
        "tokens a sentence: mean ",
        "Tokens: a tokenizer trained on 300 of the pairs",
        "Training, estimated: ",
        "The time is extrapolated from a short batch, measured now: ",
        " GB for the program, weights, optimizer and one batch\n",
        "Cleaned files are in clean, what they lack in clean/removed.tsv.",
        "There are faults.",
    ):
        assert words in done.stdout, words
    assert max(map(len, done.stdout.splitlines())) < 250
    text = config.read_text(encoding="utf-8")
    for name, split in (("train", "train"), ("valid", "validation"), ("test", "test")):
        text = text.replace(f"source: {name}", f"source: clean/{split}/{name}")
        text = text.replace(f"target: {name}", f"target: clean/{split}/{name}")
    (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
    again = tmt("check", "--config", "again.yaml", "--quiet", cwd=tmp_path)
    assert again.returncode == 0, again.stdout
    assert "No faults." in again.stdout
    assert again.stderr == ""
    third = tmt("check", "--config", "again.yaml", "--write-clean", "clean", cwd=tmp_path)
    assert third.returncode == 2
    assert third.stderr.endswith(
        "Error: --write-clean clean: is there already, and nothing is overwritten. "
        "Name another folder.\n"
    )


def test_what_training_drops_is_counted_with_the_tokenizer_of_the_run(trained, corpus, monkeypatch):
    folder, done = trained
    monkeypatch.chdir(folder)
    report = json.loads(
        check(CheckOptions(config=corpus / "tiny.yaml", as_json=True, quiet=True))[0]
    )
    assert report["tokenizer"] == "the tokenizer of runs/tiny"
    match = re.search(r"([\d,]+) of 300 pairs kept \(([\d,]+) source and ([\d,]+) tar", done.stderr)
    kept, source_tokens, target_tokens = (int(text.replace(",", "")) for text in match.groups())
    assert sum(count(report, "train", "dropped").values()) == 300 - kept
    assert report["estimate"]["source_tokens"] == source_tokens
    assert report["estimate"]["target_tokens"] == target_tokens


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Name what to check: --config FILE, or --source FILE and --target FILE, or"),
        ({"source": "a.en"}, "Name what to check"),
        ({"pairs": "a.tsv", "target": "a.de"}, "Name what to check"),
        ({"config": "a.yaml", "pairs": "a.tsv"}, "--config names the files itself"),
        ({"pairs": "a.tsv"}, r"a\.tsv: no such file\. Check the path\."),
        ({"config": "a.yaml"}, r"a\.yaml: there is no such config file"),
    ],
)
def test_wrong_use_is_explained(options, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=message) as caught:
        check(CheckOptions(**{name: Path(value) for name, value in options.items()}))
    assert caught.value.exit_code == 2


def test_what_no_tokenizer_can_be_trained_on_is_still_checked(json_report, tmp_path):
    (tmp_path / "a.tsv").write_bytes(b" \t \n\xff\t\n")
    report = json_report(pairs=tmp_path / "a.tsv")
    assert count(report, None, "faults") == {"empty": 2, "invalid_utf8": 1}
    assert report["tokenizer"].startswith("not counted: There is no text")
    assert report["estimate"] is None
    assert report["corpora"][0]["tokens"] is None
    assert report["corpora"][0]["dropped"] is None


def test_files_alone_are_checked_with_the_settings_that_training_would_choose(corpus, json_report):
    by_pairs = json_report(pairs=corpus / "train.tsv")
    by_files = json_report(source=corpus / "train.en", target=corpus / "train.de")
    (one,), (two,) = by_pairs["corpora"], by_files["corpora"]
    assert one["split"] is None
    for key in ("pairs", "characters", "tokens"):
        assert one[key] == two[key]
    assert count(by_pairs, None, "faults") == count(by_files, None, "faults")
    assert count(by_pairs, None, "suspects") == count(by_files, None, "suspects")
    chosen = {choice.key: choice.value for choice in choose_settings(one["pairs"])}
    width, layers = chosen["model.d_model"], chosen["model.num_encoder_layers"]
    for estimate in (by_pairs["estimate"], by_files["estimate"]):
        assert estimate["steps"] == chosen["training.max_steps"]
        matrices = layers * (12 * width**2 + 4 * width * chosen["model.d_ff"])
        assert 0 < estimate["parameters"] - matrices < chosen["tokenizer.vocab_size"] * width


def test_the_estimate_adds_up(trained):
    folder, _ = trained
    run = folder / "runs" / "tiny"
    tokenizers = TokenizerPair.load(run)
    config = build_config(read_tree(run / "config.yaml"), place="config.yaml")
    settings = {
        "pairs": 200,
        "source_tokens": 3000,
        "target_tokens": 2400,
        "device": torch.device("cpu"),
        "precision": "float32",
    }
    estimate = estimate_training(config, tokenizers, **settings)
    model = build_model(config, tokenizers)
    assert estimate.parameters == sum(p.numel() for p in model.parameters())
    assert estimate.steps == 60
    assert estimate.epochs == 60 * 600 / 2400
    assert estimate.seconds == pytest.approx(60 * 600 / estimate.target_tokens_per_second)
    sizes = config.model
    per_token = sizes.num_encoder_layers * (12 * sizes.d_model + 3 * sizes.d_ff)
    per_token += sizes.num_decoder_layers * (20 * sizes.d_model + 3 * sizes.d_ff)
    kept = config.training.max_tokens_per_batch * per_token
    assert estimate.memory_bytes == 500_000_000 + 4 * (5 * estimate.parameters + kept)
    assert training_memory_bytes(config, 1000, device_type="cuda") == 4 * (4000 + kept)
    assert training_memory_bytes(config, 1000, device_type="cpu") == 5 * 10**8 + 4 * (5000 + kept)
    again = config.training.model_copy(update={"activation_checkpointing": True})
    recomputing = config.model_copy(update={"training": again})
    held = training_memory_bytes(recomputing, 0, device_type="cuda")
    assert held == pytest.approx(0.6 * 4 * kept, rel=1e-3)
    whole = config.training.model_copy(
        update={"max_tokens_per_batch": "auto", "tokens_per_update": 1200}
    )
    unresolved = config.model_copy(update={"training": whole})
    assert training_memory_bytes(unresolved, 0, device_type="cuda") == 2 * 4 * kept
    training = config.training.model_copy(update={"max_epochs": 3})
    limited = estimate_training(
        config.model_copy(update={"training": training}), tokenizers, **settings
    )
    assert (limited.steps, limited.epochs) == (12, 3.0)


def test_the_sample_for_the_tokenizer_is_spread_over_the_corpus(monkeypatch, tmp_path):
    from transformer_mt.checking.chunk import Chunk, Lines
    from transformer_mt.pipelines.check import _Sample

    monkeypatch.setattr("transformer_mt.pipelines.check._SAMPLE_PAIRS", 10)
    sample = _Sample()
    for start in range(0, 1000, 7):
        texts = [str(n) for n in range(start, min(start + 7, 1000))]
        sample.add(Chunk(start + 1, Lines(texts), Lines(texts), lines=[], raw=[]))
    numbers = [int(source) for source, _ in sample.pairs]
    assert 10 <= len(numbers) < 20
    assert {after - before for before, after in pairwise(numbers)} == {64}
    assert list(read_pairs(sample.write(tmp_path))) == sample.pairs
