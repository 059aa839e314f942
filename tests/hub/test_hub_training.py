"""Training on datasets of the Hub from the command line, `datasets` doing all of the reading."""

import gzip
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from transformer_mt.data.held_out import held_out_split

ENTRY = "{{hub: demo/phrases, name: de-en, split: '{}'}}"


def saved_config(run):
    return yaml.safe_load((run / "config.yaml").read_text(encoding="utf-8"))


def test_a_run_keeps_to_the_commit_that_it_began_with(
    hub, phrases, commands, write_config, tmp_path
):
    commit = hub.push("demo/phrases", phrases)
    config = write_config(
        f"train: [{ENTRY.format('train')}]",
        f"validation: [{ENTRY.format('validation')}]",
        f"test: [{ENTRY.format('test[:3]')}]",
    )
    run = tmp_path / "run"
    training = ["train", "--config", config, "--run", run, "--threads", 1]
    done = commands(*training)
    assert done.code == 0, done.err
    assert done.err.startswith("Training tokenizer.model")  # and no chatter of the libraries
    assert f"demo/phrases at commit {commit}" in done.err
    assert "256 pairs kept" in done.err
    assert not [path for path in hub.downloads() if "/fr-en/" in path]

    saved = saved_config(run)
    assert saved["data"]["train"] == [
        {
            "hub": "demo/phrases",
            "name": "de-en",
            "split": "train",
            "revision": commit,
            "resolved_from": None,
            "source_column": "translation.en",
            "target_column": "translation.de",
            "weight": None,
        }
    ]
    assert {e["revision"] for s in ("validation", "test") for e in saved["data"][s]} == {commit}
    assert sorted(saved["data_sha256"]) == [
        f"hub:demo/phrases@{commit}/de-en/{split}" for split in ("test[:3]", "train", "validation")
    ]

    hub.push("demo/phrases", {**phrases, "README.md": phrases["README.md"] + b"more"})
    hub.requests.clear()
    hub.down = True
    try:
        done = commands(*training, "--set", "training.max_steps=3")
        assert done.code == 0, done.err
        assert "resumed at step 2" in done.err
        assert saved_config(run)["data"] == saved["data"]
        done = commands("evaluate", "--run", run, "--bleu", "--threads", 1)
        assert done.code == 0, done.err
        assert "Translating 3 lines of the test data" in done.err
    finally:
        hub.down = False
    assert hub.requests == []  # not even asked


def test_a_run_that_has_tokenised_its_data_needs_it_no_more(
    hub, phrases, commands, write_config, hub_environment, sentences, tmp_path
):
    hub.push("demo/passing", phrases)
    rows = "".join(f"{source}\t{target}\n" for source, target in sentences(90, 91))
    (tmp_path / "other.tsv").write_text(rows, encoding="utf-8")
    config = write_config(
        "train: [{hub: demo/passing, name: de-en, split: train}]",
        "validation: [{pairs: other.tsv}]",
        "test: [{pairs: other.tsv}]",
    )
    training = ["train", "--config", config, "--run", tmp_path / "run", "--threads", 1]
    assert commands(*training).code == 0
    shutil.rmtree(Path(hub_environment["HF_HOME"]) / "datasets" / "demo___passing")
    hub.requests.clear()
    done = commands(*training, "--set", "training.max_steps=3")
    assert done.code == 0, done.err
    assert hub.requests == []


def test_columns_of_text_are_held_out_from_like_lines_of_files(
    hub, commands, write_config, tmp_path, sentences, jsonl
):
    pairs = sentences(0, 12)
    commit = hub.push("demo/columns", {"data/train.jsonl.gz": gzip.compress(jsonl(pairs))})
    config = write_config("train: [{hub: demo/columns, revision: main}]")
    run = tmp_path / "run"
    done = commands("train", "--config", config, "--run", run, "--threads", 1)
    assert done.code == 0, done.err
    (entry,) = saved_config(run)["data"]["train"]
    assert (entry["name"], entry["split"]) == ("default", "train")
    assert (entry["revision"], entry["resolved_from"]) == (commit, "main")
    assert (entry["source_column"], entry["target_column"]) == ("en", "de")
    held_out = (run / "held-out" / "test.en").read_text(encoding="utf-8").splitlines()
    fractions = {"validation_fraction": 0.05, "test_fraction": 0.05}
    assert held_out == [s for s, _ in pairs if held_out_split(s, **fractions) == "test"]


def test_a_download_that_breaks_goes_on_when_repeated(
    hub, phrases, commands, write_config, tmp_path
):
    hub.push("demo/breaking", phrases)
    first, second = (f"de-en/train-0000{n}-of-00002.parquet" for n in (0, 1))
    hub.broken[second] = 1
    config = write_config("train: [{hub: demo/breaking, name: de-en, split: train}]")
    dry_run = ["train", "--config", config, "--run", tmp_path / "run", "--dry-run"]
    done = commands(*dry_run)
    assert done.code == 1
    assert done.err.startswith("Error: hub demo/breaking: revision ")
    assert "cannot be fetched from the Hub (" in done.err
    assert done.err.endswith(
        "Files that have arrived whole are kept: run the same command again to go on.\n"
    )
    assert len(done.err.splitlines()) == 2
    assert not (tmp_path / "run").exists()

    del hub.broken[second]
    hub.requests.clear()
    done = commands(*dry_run)
    assert done.code == 0, done.err
    assert any(path.endswith(second) for path in hub.downloads())
    assert not any(path.endswith(first) for path in hub.downloads())


def error_of(commands, config, faults=()):
    done = commands("train", "--config", config, "--dry-run", faults=faults)
    assert done.err.startswith("Error: "), done.err
    assert len(done.err.splitlines()) <= 5
    assert done.out == ""
    return done.code, done.err


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            "hub: demo/none",
            ["demo/none: there is no such dataset, or it is private", "hf auth login"],
        ),
        ("hub: demo/gated", ["granted on request", "datasets/demo/gated", "hf auth login"]),
        ("hub: demo/errors, revision: v2", ["there is no revision v2", "demo/errors/commits"]),
        (
            f"hub: demo/errors, name: de-en, split: train, revision: {'a' * 40}",
            [f"there is no revision {'a' * 40}", "demo/errors/commits"],
        ),
        ("hub: demo/errors", ["several configurations", "name", "Known: 'de-en', 'fr-en'."]),
        (
            "hub: demo/errors, name: en-de",
            ["no configuration (name) en-de", "Known: 'de-en', 'fr-en'."],
        ),
        (
            "hub: demo/errors, name: de-en",
            ["several splits; give one as split.", "Known: 'train', 'validation', 'test'."],
        ),
        (
            "hub: demo/errors, name: de-en, split: tran",
            ["there is no split tran; did you mean 'train'?\nKnown: 'train', 'validation', 'test'"],
        ),
        ("hub: demo/errors, name: de-en, split: 'train[5'", ["no split train[5", "[:10000]"]),
        (
            "hub: demo/errors, name: fr-en, split: train, source_column: fr, target_column: en",
            ["source_column: there is no 'fr'", "There is: 'translation.de', 'translation.en'."],
        ),
        ("hub: demo/script", ["loading script", "datasets runs no more", "parquet, jsonl or csv"]),
        ("hub: demo/empty", ["no files of data", "parquet, jsonl or csv"]),
    ],
)
def test_what_is_not_there_is_named(hub, phrases, commands, write_config, entry, words):
    hub.push("demo/errors", phrases)
    hub.push("demo/gated", phrases)
    hub.gated.add("demo/gated")
    hub.push("demo/script", {"script.py": b"import this\n"})
    hub.push("demo/empty", {"notes.py": b"\n"})
    code, message = error_of(commands, write_config(f"train: [{{{entry}}}]"))
    assert code == 2
    for word in words:
        assert word in message
    assert not [path for path in hub.downloads() if "errors" in path and "/de-en/" in path]


def test_a_field_that_csv_takes_for_nothing_is_named_with_its_row(hub, commands, write_config):
    rows = "source,target\nOne.,Eins.\nNone,keiner\nTwo.,Zwei.\n"
    hub.push("demo/csv", {"train.csv": rows.encode()})
    code, message = error_of(commands, write_config("train: [{hub: demo/csv}]"))
    assert code == 2
    assert "row 1 of split train (counted from 0) has no text in column source" in message
    assert "split: train[:1]+train[2:]" in message


def test_files_that_datasets_cannot_read_are_named(hub, commands, write_config):
    hub.push("demo/damaged", {"train.jsonl": b'{"en": "a", "de"\n'})
    code, message = error_of(commands, write_config("train: [{hub: demo/damaged}]"))
    assert code == 2
    assert "hub demo/damaged: datasets cannot read its files (" in message


def test_without_the_hub_a_commit_in_the_cache_is_offered(hub, phrases, commands, write_config):
    entry = "hub: demo/offline, name: de-en, split: train"
    commit = hub.push("demo/offline", phrases)
    config = write_config(f"train: [{{{entry}}}]")
    assert commands("train", "--config", config, "--dry-run").code == 0
    hub.down = True
    try:
        code, message = error_of(commands, config)
        assert code == 1
        assert "revision main cannot be fetched from the Hub (" in message
        assert f"\nrevision: {commit}\n" in message
        config = write_config(f"train: [{{{entry}, revision: {commit}}}]")
        assert commands("train", "--config", config, "--dry-run").code == 0
    finally:
        hub.down = False


def test_offline_and_not_in_the_cache(hub, phrases, hub_environment, write_config, tmp_path):
    commit = hub.push("demo/far", phrases)
    config = write_config(
        f"train: [{{hub: demo/far, name: de-en, split: train, revision: {commit}}}]"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "transformer_mt", "train", "--config", config],
        env={**hub_environment, "HF_HUB_OFFLINE": "1"},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: hub demo/far: revision {commit} cannot be fetched from the Hub (HF_HUB_OFFLINE is "
        "set).\nIt is not in the cache of datasets: unset HF_HUB_OFFLINE to download it.\n"
    )


def test_without_the_hub_another_commit_is_not_taken(hub, phrases, commands, write_config):
    entry = "hub: demo/moving, name: de-en, split: train"
    hub.push("demo/moving", phrases)
    assert (
        commands("train", "--config", write_config(f"train: [{{{entry}}}]"), "--dry-run").code == 0
    )
    commit = hub.push("demo/moving", {**phrases, "LICENSE": b"free\n"})
    config = write_config(f"train: [{{{entry}, revision: {commit}}}]")
    hub.down = True
    try:
        code, message = error_of(commands, config)
    finally:
        hub.down = False
    assert code == 1
    assert f"revision {commit} cannot be fetched from the Hub (" in message
    assert commands("train", "--config", config, "--dry-run").code == 0


def test_a_folder_of_the_same_name_is_not_read_in_its_place(hub, phrases, commands, write_config):
    hub.push("demo/folder", phrases)
    (commands.folder / "demo" / "folder").mkdir(parents=True)
    code, message = error_of(commands, write_config("train: [{hub: demo/folder}]"))
    assert code == 2
    assert "a folder of this name lies in the current one" in message


def test_damaged_files_of_the_cache_are_named(
    hub, phrases, commands, write_config, hub_environment
):
    hub.push("demo/torn", phrases)
    config = write_config("train: [{hub: demo/torn, name: de-en, split: train}]")
    assert commands("train", "--config", config, "--dry-run").code == 0
    cache = Path(hub_environment["HF_HOME"]) / "datasets" / "demo___torn"
    (arrow,) = cache.rglob("*-train.arrow")
    arrow.write_bytes(arrow.read_bytes()[:300])
    code, message = error_of(commands, config)
    assert code == 1
    assert "hub demo/torn: its rows in the cache of datasets cannot be read (" in message
    assert f"Delete {arrow.parent} and run the same command again." in message


@pytest.mark.parametrize("closed", ["datasets", "hub"])
def test_a_cache_that_may_not_be_written_is_named(
    closed, hub, phrases, commands, write_config, hub_environment
):
    hub.push(f"demo/closed-{closed}", phrases)
    config = write_config(f"train: [{{hub: demo/closed-{closed}, name: de-en, split: train}}]")
    folder = Path(hub_environment["HF_HOME"]) / closed
    folder.mkdir(parents=True, exist_ok=True)
    mode = folder.stat().st_mode
    folder.chmod(0o500)
    try:
        code, message = error_of(commands, config, faults=["permissions"])
    finally:
        folder.chmod(mode)
    assert code == 1
    assert f"hub demo/closed-{closed}: the cache of datasets cannot be written (" in message
    assert "Permission denied" in message
    assert "set HF_HOME to another folder" in message
