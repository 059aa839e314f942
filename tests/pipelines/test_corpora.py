"""Holding out validation and test data: once, and the same whenever the run goes on."""

import json

import pytest

from transformer_mt.config_file import build_config
from transformer_mt.data import held_out
from transformer_mt.data.held_out import held_out_split
from transformer_mt.errors import UserError
from transformer_mt.pipelines import corpora as corpora_module
from transformer_mt.pipelines.corpora import prepare_corpora
from transformer_mt.run_directory import RunDirectory

NUM_PAIRS = 400


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    return RunDirectory(folder)


@pytest.fixture
def pairs():
    return [(f"source {n % 300}", f"Ziel {n}" if n % 50 else " ") for n in range(NUM_PAIRS)]


@pytest.fixture
def config_of(tmp_path, pairs):
    """Give a function: the config of two corpora with these pairs, and more keys of data."""
    train = []
    for name, part in (("a", pairs[:150]), ("b", pairs[150:])):
        path = tmp_path / f"{name}.tsv"
        path.write_text("".join(f"{s}\t{t}\n" for s, t in part), encoding="utf-8")
        train.append({"pairs": str(path)})

    def config_of(**data):
        return build_config({"data": {"train": train, **data}}, place="here")

    return config_of


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def expected(pairs, split, *, missing, part=0.05):
    fractions = {f"{each}_fraction": part * (each in missing) for each in ("validation", "test")}
    return [
        (source, target)
        for source, target in pairs
        if held_out_split(source, **fractions) == split and target.strip()
    ]


@pytest.mark.parametrize("missing", [("validation", "test"), ("test",), ("validation",)])
def test_what_is_missing_is_held_out(run, config_of, pairs, tmp_path, missing):
    given = {s: [{"pairs": str(tmp_path / "a.tsv")}] for s in ("validation", "test")}
    config = config_of(**{s: entry for s, entry in given.items() if s not in missing})
    prepared = prepare_corpora(run, config)
    counts = []
    for split in missing:
        wanted = expected(pairs, split, missing=missing)
        lines = [
            (run.held_out / f"{split}.{language}").read_text("utf-8").splitlines()
            for language in ("en", "de")
        ]
        assert list(zip(*lines, strict=True)) == wanted
        assert wanted
        counts.append(f"{len(wanted)} pairs for {split}")
    assert prepared.note == f"held out of the training data: {', '.join(counts)}"


def test_of_many_pairs_a_smaller_part_is_held_out(run, config_of, pairs, monkeypatch):
    monkeypatch.setattr(held_out, "MAX_HELD_OUT_PAIRS", 8)
    prepared = prepare_corpora(run, config_of())
    fractions = {(c.validation_fraction, c.test_fraction) for c in prepared.train}
    assert fractions == {(8 / NUM_PAIRS, 8 / NUM_PAIRS)}
    for split in ("validation", "test"):
        wanted = expected(pairs, split, missing=("validation", "test"), part=8 / NUM_PAIRS)
        lines = (run.held_out / f"{split}.en").read_text("utf-8").splitlines()
        assert lines == [source for source, _ in wanted]
        assert wanted


def test_a_run_that_goes_on_reads_nothing_for_it(run, config_of, monkeypatch):
    first = prepare_corpora(run, config_of())
    before = contents(run.held_out)

    def hold_out(*args):
        raise AssertionError("held out again")

    monkeypatch.setattr(corpora_module, "_hold_out", hold_out)
    assert prepare_corpora(run, config_of()) == first
    assert contents(run.held_out) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("validation.en", b"otherwise\n"),
        ("test.de", None),
        ("counts.json", b'{"pairs": 40'),
        ("counts.json", b"[]"),
        ("counts.json", b'{"pairs": 400, "held_out": {"test": 9}}'),
        ("counts.json", None),
        ("test.sha256.json", b"{"),
    ],
)
def test_what_is_gone_or_damaged_is_held_out_again(run, config_of, name, content):
    first = prepare_corpora(run, config_of())
    before = contents(run.held_out)
    path = run.held_out / name
    path.unlink() if content is None else path.write_bytes(content)
    assert prepare_corpora(run, config_of()) == first
    assert contents(run.held_out) == before
    assert json.loads(before["counts.json"])["pairs"] == NUM_PAIRS


def test_too_few_pairs_to_hold_out_from_are_said(run, tmp_path):
    (tmp_path / "few.tsv").write_text("a\tb\n", encoding="utf-8")
    config = build_config({"data": {"train": [{"pairs": str(tmp_path / "few.tsv")}]}}, place="here")
    with pytest.raises(UserError, match=r"data\.train: too few pairs to hold out validation data"):
        prepare_corpora(run, config)
