"""The sentences of a test set that a run has seen."""

import pytest

from transformer_mt.config import Config
from transformer_mt.data.corpus import read_pairs
from transformer_mt.errors import UserError
from transformer_mt.pipelines.corpora import (
    check_held_out_unchanged,
    data_hashes,
    prepare_corpora,
)
from transformer_mt.pipelines.training_overlap import TrainingOverlap, training_overlap
from transformer_mt.run_directory import RunDirectory

PAIRS = [(f"Sentence number {n}.", f"Satz Nummer {n}.") for n in range(200)]


@pytest.fixture
def make_run(tmp_path):
    """Return a function that makes a run and its settings, and holds out what is not named."""

    def make_run(**data):
        for name, side in (("train.en", 0), ("train.de", 1)):
            text = "".join(f"{pair[side]}\n" for pair in PAIRS)
            (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / "more.tsv").write_text("Another one.\tNoch einer.\n", encoding="utf-8")
        train = {"source": str(tmp_path / "train.en"), "target": str(tmp_path / "train.de")}
        more = {"pairs": str(tmp_path / "more.tsv")}
        config = Config.model_validate({"data": {"train": [train, more], **data}})
        config = config.model_copy(update={"data_sha256": data_hashes(config)})
        run = RunDirectory(tmp_path / "run")
        run.path.mkdir(exist_ok=True)
        return run, config, prepare_corpora(run, config)

    return make_run


def test_sources_are_the_same_but_for_case_and_spacing(make_run):
    run, config, _ = make_run(validation="phrasebook", test="phrasebook")
    sets = [
        ["sentence  NUMBER 7.", "Sentence number 7.", "\u00a0Sentence number 8.", "unseen", ""],
        ["Another one.", "Sentence number 7"],
        ["unseen"],
    ]
    found = training_overlap(run, config, sets, quiet=True)
    assert found == [TrainingOverlap(str(run.path), count) for count in (3, 1, 0)]


def test_what_was_held_out_was_not_seen(make_run):
    run, config, corpora = make_run()
    splits = {
        "train": [source for part in corpora.train for source, _ in read_pairs(part)],
        "validation": [source for part in corpora.validation for source, _ in read_pairs(part)],
        "test": [source for part in corpora.test for source, _ in read_pairs(part)],
    }
    assert len(splits["validation"]) > 1
    assert len(splits["test"]) > 1
    found = training_overlap(run, config, list(splits.values()), quiet=True)
    assert [each.sentences for each in found] == [len(splits["train"]), 0, 0]


def test_held_out_text_that_has_changed_is_refused(make_run):
    run, config, _ = make_run()
    restore = "\nRestore it, or give files of your own with --source and --reference."
    for split in ("validation", "test"):
        check_held_out_unchanged(run, config, split)
    path = run.held_out / "test.de"
    text = path.read_bytes()
    path.write_bytes(text.replace(b"Satz", b"Satx", 1))
    with pytest.raises(UserError) as refused:
        check_held_out_unchanged(run, config, "test")
    assert str(refused.value) == f"{path}: has changed since the run held it out.{restore}"
    check_held_out_unchanged(run, config, "validation")
    path.write_bytes(text)
    for damage in (b"", b"\xff", b"[1]", b"3", b'{"test.de": '):
        (run.held_out / "test.sha256.json").write_bytes(damage)
        with pytest.raises(UserError) as refused:
            check_held_out_unchanged(run, config, "test")
        assert str(refused.value) == f"{run.held_out}/test.sha256.json: is damaged.{restore}"


def test_the_phrasebooks_splits_share_no_source(tmp_path):
    from transformer_mt.data.phrasebook import phrases

    run, config = RunDirectory(tmp_path), Config()
    config = config.model_copy(update={"data_sha256": data_hashes(config)})
    sets = [[phrase.source for phrase in phrases(split)] for split in ("train", "test")]
    found = training_overlap(run, config, sets, quiet=True)
    assert [each.sentences for each in found] == [len(sets[0]), 0]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("train.en", None, "train.en: no such file. Check the path."),
        ("more.tsv", "Changed.\tx\n", "more.tsv: has changed since this run began"),
        ("run/held-out/test.en", None, "test.en: no such file. Check the path."),
    ],
)
def test_what_cannot_be_known_is_said(make_run, tmp_path, name, content, problem):
    run, config, _ = make_run()
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    found = training_overlap(run, config, [["a"], ["b"]], quiet=True)
    assert len(found) == 2
    for each in found:
        assert each.sentences is None
        assert problem in each.problem
        assert "\n" not in each.problem
