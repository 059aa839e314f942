"""What a begun run keeps of the datasets in its settings, and what it refuses to change."""

from pathlib import Path

import pytest

from transformer_mt.config_file import build_config, check_changes
from transformer_mt.errors import UserError
from transformer_mt.pipelines import hub_entries
from transformer_mt.pipelines.hub_entries import (
    hub_commits,
    keep_hub_entries,
    resolve_hub_entries,
)

COMMIT = "5" * 40
RESOLVED = {
    "hub": "a/b",
    "name": "de-en",
    "split": "train",
    "revision": COMMIT,
    "resolved_from": "v1",
    "source_column": "en",
    "target_column": "de",
}


def config_of(*entries, **more):
    return build_config({"data": {"train": list(entries), **more}}, place="here")


BEGUN = config_of(RESOLVED, {"pairs": "a.tsv"}, test=[{**RESOLVED, "split": "test"}])


@pytest.mark.parametrize(
    "entry",
    [
        {"hub": "a/b"},
        {"hub": "a/b", "revision": "v1"},
        {"hub": "a/b", "revision": COMMIT, "split": "train"},
        {"hub": "a/b", "name": "de-en", "source_column": "en", "target_column": "de"},
        RESOLVED,
    ],
)
def test_what_is_left_open_stays_as_the_run_began(entry):
    config = config_of(entry, {"pairs": "a.tsv"}, test=[{"hub": "a/b", "split": "test"}])
    kept = keep_hub_entries(config, BEGUN)
    assert kept == BEGUN
    check_changes(BEGUN, kept, run=Path("runs/x"))


@pytest.mark.parametrize(
    "entry",
    [
        {"hub": "a/c"},
        {"hub": "a/b", "revision": "v2"},
        {"hub": "a/b", "revision": "6" * 40},
        {"hub": "a/b", "split": "train[:10]"},
        {"hub": "a/b", "name": "fr-en"},
        {"hub": "a/b", "source_column": "de", "target_column": "en"},
        {"pairs": "b.tsv"},
    ],
)
def test_what_is_named_otherwise_is_another_run(entry):
    test = [{"hub": "a/b", "split": "test"}]
    for entries in ((entry, {"pairs": "a.tsv"}), (RESOLVED,)):
        kept = keep_hub_entries(config_of(*entries, test=test), BEGUN)
        with pytest.raises(UserError, match=r"data\.train: "):
            check_changes(BEGUN, kept, run=Path("runs/x"))


@pytest.mark.parametrize("weight", [None, 3.0])
def test_a_weight_is_never_left_open(weight):
    begun = config_of({**RESOLVED, "weight": 2.0}, {"pairs": "a.tsv", "weight": 1.0})
    entries = {"hub": "a/b", "weight": weight}, {"pairs": "a.tsv", "weight": weight and 1.0}
    kept = keep_hub_entries(config_of(*entries), begun)
    with pytest.raises(UserError, match=r"data\.train: "):
        check_changes(begun, kept, run=Path("runs/x"))


def test_all_splits_of_a_dataset_are_of_one_commit(monkeypatch):
    commits = iter("123456789")
    monkeypatch.setattr(hub_entries, "resolve_commit", lambda hub, revision: next(commits) * 40)
    monkeypatch.setattr(
        hub_entries,
        "resolve",
        lambda entry, *, commit, **languages: entry.model_copy(update={"revision": commit}),
    )
    other = {"hub": "a/b", "revision": "v2"}
    config = config_of({"hub": "a/b"}, other, {"pairs": "a.tsv"}, test=[{"hub": "a/b"}, other])
    data = resolve_hub_entries(config).data
    assert [entry.revision for entry in data.train[:2]] == ["1" * 40, "2" * 40]
    assert [entry.revision for entry in data.test] == ["1" * 40, "2" * 40]
    assert data.train[2] == config.data.train[2]
    assert data.validation is None


def test_each_dataset_is_named_once_with_its_commit():
    assert hub_commits(BEGUN) == [f"a/b at commit {COMMIT}"]
    assert hub_commits(config_of({"pairs": "a.tsv"})) == []
