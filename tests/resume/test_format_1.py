"""A run that was written in format version 1 still translates, scores and goes on."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from transformer_mt.checkpoint import CheckpointStore
from transformer_mt.decoding.translator import Translator
from transformer_mt.run_directory import RunDirectory
from transformer_mt.saved_model import load_model

FIXTURE = Path(__file__).parents[1] / "fixtures" / "run_format_1"
RECORDED = json.loads(FIXTURE.with_name("run_format_1.json").read_text("utf-8"))


def test_it_is_what_it_says(workplace):
    checkpoints = CheckpointStore(FIXTURE).all()
    assert len(checkpoints) == 2
    assert all(checkpoint.damage() is None for checkpoint in checkpoints)
    manifests = [json.loads(path.read_bytes()) for path in FIXTURE.rglob("manifest.json")]
    assert [manifest["format_version"] for manifest in manifests] == [1, 1, 1]
    files = [path for path in FIXTURE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 150_000


def test_it_translates_as_it_did():
    saved = load_model(RunDirectory(FIXTURE), device=torch.device("cpu"))
    assert saved.warnings == ()
    assert saved.description == RECORDED["weights"]
    translator = Translator(saved.model, saved.tokenizers, saved.config)
    texts = [translation["source"] for translation in RECORDED["translations"]]
    for translation, expected in zip(
        translator.translate(texts), RECORDED["translations"], strict=True
    ):
        assert translation.text == expected["text"]
        assert translation.score == pytest.approx(expected["score"], abs=1e-4)


def test_it_scores_as_it_did(workplace, tmp_path):
    options = ["--run", FIXTURE, "--threads", "1", "--output", tmp_path / "hypotheses.de"]
    outcome = workplace.tmt("evaluate", "--bleu", "--chrf", "--format", "json", *options)
    assert outcome.code == 0, outcome.err
    (test_set,) = json.loads(outcome.out)["test_sets"]
    scores = {score["name"]: score["value"] for score in test_set["scores"]}
    assert scores == pytest.approx(RECORDED["scores"], abs=0.01)


def test_training_goes_on(workplace):
    run = workplace.copy(FIXTURE, "format-1")
    shutil.copy(FIXTURE.with_suffix(".tsv"), run.parent)
    step = RECORDED["step"]
    steps = f"training.max_steps={step + 2}"
    outcome = workplace.tmt("train", "--run", run, "--threads", "1", "--set", steps)
    assert outcome.code == 0, outcome.err
    assert f"resumed at step {step}" in outcome.err
    assert (run / "checkpoints" / f"step-{step + 2:08d}").is_dir()
