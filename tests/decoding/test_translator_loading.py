"""The public way in: `from transformer_mt import Translator`."""

import json
import shutil

import pytest
import torch

import transformer_mt
from transformer_mt import PairScore, Translation, Translator, UserError

TEXTS = ["The dog sees the house.", "", "The cat is old."]


@pytest.fixture(scope="module")
def translator(small_run):
    return Translator.load(small_run, device="cpu")


def test_it_translates_as_recorded(translator, small_run):
    recorded = json.loads(small_run.with_name(f"{small_run.name}.json").read_text("utf-8"))
    assert translator.description == recorded["weights"]
    assert translator.run.path == small_run
    found = translator.translate([each["source"] for each in recorded["translations"]])
    assert [each.text for each in found] == [each["text"] for each in recorded["translations"]]


def test_what_comes_back(translator):
    found = translator.translate(TEXTS)
    assert [type(each) for each in found] == [Translation] * 3
    assert found[1] == Translation("", 0.0, 0.0, (), ())
    ranked = translator.translate_n_best(TEXTS, 3)
    assert [len(each) for each in ranked] == [3, 1, 3]
    assert found[0].flags == ranked[0][0].flags
    (score,) = translator.score(TEXTS[:1], ["Der Hund."])
    assert isinstance(score, PairScore)


def test_a_wider_beam_is_taken_for_more_translations(translator):
    assert translator.settings.beam_size == 2
    (five,) = translator.translate_n_best(TEXTS[:1], 5)
    assert len(five) == 5


def test_run_as_text_and_the_run_trained_last(small_run, tmp_path, monkeypatch):
    shutil.copytree(small_run, tmp_path / "runs" / "mine")
    (tmp_path / "runs" / "last-run").write_text("mine\n")
    monkeypatch.chdir(tmp_path)
    last, named = Translator.load(), Translator.load("runs/mine")
    assert last.translate(TEXTS) == named.translate(TEXTS)


def test_bfloat16(small_run):
    translator = Translator.load(small_run, precision="bfloat16")
    assert {p.dtype for p in translator.model.parameters()} == {torch.bfloat16}
    assert len(translator.translate(TEXTS)) == 3


def test_threads(small_run):
    before = torch.get_num_threads()
    try:
        Translator.load(small_run, threads=1)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"run": "no/such"}, "no/such: this run directory does not exist."),
        ({"precision": "half"}, "precision: expected auto, float32 or bfloat16, found 'half'."),
        ({"threads": 0}, "threads: expected at least 1, found 0."),
        ({"threads": "2"}, "threads: expected at least 1, found '2'."),
        ({"device": None}, "--device None: no such device. Use auto, cpu, cuda or mps."),
        ({"device": "gpu"}, "--device gpu: no such device. Use auto, cpu, cuda or mps."),
    ],
)
def test_errors_of_the_user(small_run, arguments, expected):
    with pytest.raises(UserError) as refused:
        Translator.load(**{"run": small_run, **arguments})
    assert str(refused.value).startswith(expected)


def test_a_damaged_checkpoint_is_warned_of(small_run, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    best = json.loads((run / "best.json").read_text())["checkpoint"]
    model = run / "checkpoints" / best / "model.safetensors"
    model.write_bytes(model.read_bytes()[:-8])
    with pytest.warns(UserWarning, match="passed over"):
        translator = Translator.load(run)
    assert translator.description == "the newest intact checkpoint, step 450"


def test_public_names():
    assert set(transformer_mt.__all__) == {
        "PairScore", "Translation", "Translator", "UserError", "__version__",
    }  # fmt: skip
    with pytest.raises(AttributeError, match="module 'transformer_mt' has no attribute 'Nonsense'"):
        transformer_mt.Nonsense  # noqa: B018
