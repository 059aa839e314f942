"""`tmt score`: the figures of `tmt translate` for its own translations, and of any others."""

import csv
import gzip
import json
import math
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from transformer_mt.data.corpus import ParallelFiles, read_pairs
from transformer_mt.decoding.translator import Translator
from transformer_mt.errors import UserError
from transformer_mt.pipelines.loading import DecodingOptions
from transformer_mt.pipelines.score import ScoreOptions, score

SOURCES = ["The dog sees the house.", "A cat is old.", "", "The book is red.", "The dog."]


@pytest.fixture(scope="module")
def translations(small_run):
    translator = Translator.load(small_run)
    found = translator.translate_n_best(SOURCES, 4)
    target = translator.tokenizers.target
    return [
        (source, each)
        for source, group in zip(SOURCES, found, strict=True)
        for each in group
        if tuple(target.encode(each.text)) == each.token_ids and not each.truncated and source
    ]


@pytest.fixture
def files(tmp_path, translations):
    """Pairs to be scored, and one that cannot be."""
    pairs = [(source, each.text) for source, each in translations]
    pairs[1:1] = [("", "nichts"), ("x " * 100, "viel")]
    for name, side in (("a.en", 0), ("a.de", 1)):
        text = "".join(f"{pair[side]}\n" for pair in pairs)
        (tmp_path / name).write_text(text, encoding="utf-8")
    rows = "".join(f"{n}\t{target}\t{source}\n" for n, (source, target) in enumerate(pairs))
    (tmp_path / "a.tsv").write_text(rows, encoding="utf-8")
    return tmp_path


@pytest.fixture
def scored(small_run, files):
    def scored(quiet=True, **options):
        if "pairs" not in options:
            options |= {"source": files / "a.en", "target": files / "a.de"}
        decoding = DecodingOptions(run=small_run, batch_size=3, quiet=quiet)
        score(ScoreOptions(output=files / "out", **options), decoding)
        return (files / "out").read_text(encoding="utf-8").splitlines()

    return scored


def test_its_figures_are_those_of_translate(scored, translations):
    assert len(translations) >= 8
    records = [json.loads(each) for each in scored(format="jsonl")]
    assert [each["flags"] for each in records[:4]] == [[], ["empty"], ["too_long"], []]
    for each in records[1:3]:
        assert (each["score"], each["log_prob"], each["token_log_probs"]) == (None, None, [])
    for record, (source, translation) in zip([records[0], *records[3:]], translations, strict=True):
        assert record["source"] == source
        assert record["target"] == translation.text
        assert record["log_prob"] == pytest.approx(translation.log_prob, abs=1e-4)
        assert record["score"] == pytest.approx(translation.score, abs=1e-4)
        assert record["token_log_probs"] == pytest.approx(translation.token_log_probs, abs=1e-4)


def test_formats_agree(scored, files):
    records = [json.loads(each) for each in scored(format="jsonl")]
    text = [each.split("\t") for each in scored()]
    tsv = [each.split("\t") for each in scored(format="tsv")]
    assert text[1:3] == [["nan", "nan", "empty"], ["nan", "nan", "too_long"]]
    for record, line, row in zip(records, text, tsv, strict=True):
        figures = [
            "nan" if value is None else f"{value:.4f}"
            for value in (record["score"], record["log_prob"])
        ]
        assert line == figures + record["flags"]
        assert row == [record["source"], record["target"], *figures, ",".join(record["flags"])]
    pairs = {"pairs": files / "a.tsv", "source_column": "2", "target_column": "1"}
    assert [each.split("\t") for each in scored(**pairs)] == text


def write_every_format(folder, pairs):
    """Write the pairs in files of every format with columns; return options for each."""
    rows = [{"id": str(n), "de": target, "en": source} for n, (source, target) in enumerate(pairs)]
    with (folder / "b.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "de", "en"])
        writer.writeheader()
        writer.writerows(rows)
    lines = "".join(f"{json.dumps({'meta': 1, 'both': row})}\n" for row in rows)
    (folder / "c.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    pq.write_table(pa.Table.from_pylist(rows), folder / "d.parquet")
    sides = [(("en-GB", source), ("de", target)) for source, target in pairs]
    variant = '<tuv xml:lang="{}"><seg>{}</seg></tuv>'
    units = "".join(f"<tu>{''.join(variant.format(*each) for each in both)}</tu>" for both in sides)
    (folder / "e.tmx").write_text(f"<tmx><body>{units}</body></tmx>", encoding="utf-8")
    with zipfile.ZipFile(folder / "f.zip", "w") as archive:
        for side in ("en", "de"):
            archive.write(folder / f"a.{side}")
    return [
        {"pairs": folder / "b.csv", "source_column": "en", "target_column": "de"},
        {"pairs": folder / "b.csv", "source_column": "2", "target_column": "1"},
        {"pairs": folder / "c.jsonl.gz", "source_column": "both.en", "target_column": "both.de"},
        {"pairs": folder / "d.parquet"},
        {"pairs": folder / "e.tmx"},
        {"pairs": folder / "f.zip"},
    ]


def test_pairs_are_read_in_every_format_of_training(scored, files):
    expected = scored()
    pairs = list(read_pairs(ParallelFiles(files / "a.en", files / "a.de")))
    for options in write_every_format(files, pairs):
        assert scored(**options) == expected, options


def test_what_reading_did_is_told(scored, files, capsys):
    (files / "g.csv").write_text('en,de\n"The\ndog.",Der Hund.\n', encoding="utf-8")
    assert len(scored(pairs=files / "g.csv", quiet=False)) == 1
    assert capsys.readouterr().err.splitlines()[-2] == (
        f"{files}/g.csv: 1 pair; line 1 is a header ('en', 'de'); "
        "1 line break (or NUL) in a text replaced by spaces"
    )


def test_too_little_memory_says_what_to_do(scored, monkeypatch):
    def full(*arguments, **settings):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(Translator, "score", full)
    with pytest.raises(UserError) as refused:
        scored()
    assert str(refused.value) == (
        "The device has too little memory.\nLower --batch-size, or use another --device."
    )


def test_it_ends_with_the_perplexity(scored, capsys):
    records = [json.loads(each) for each in scored(format="jsonl", quiet=False)]
    total = math.fsum(each["log_prob"] or 0 for each in records)
    tokens = sum(len(each["token_log_probs"]) for each in records)
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"{len(records) - 2} pairs, {tokens} target tokens: log-probability {total:.2f}, "
        f"perplexity {math.exp(-total / tokens):.4f} per token. "
        "Not scored: 1 with an empty side, 1 too long."
    )


def test_nothing_to_score_is_said(small_run, tmp_path, capsys):
    (tmp_path / "a.tsv").write_text("a\t\n\tb\n")
    options = ScoreOptions(pairs=tmp_path / "a.tsv", output=tmp_path / "out")
    score(options, DecodingOptions(run=small_run))
    expected = "No pair could be scored. Not scored: 2 with an empty side."
    assert capsys.readouterr().err.splitlines()[-1] == expected


def column(name):
    return {"target_column": name}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "Give either --source FILE and --target FILE, or --pairs FILE."),
        ({"source": "a.en"}, "Give either --source FILE and"),
        ({"source": "a.en", "target": "a.de", "pairs": "a.tsv"}, "Give either --source FILE and"),
        ({"source": "a.en", "target": "a.tsv", "output": "a.tsv"}, "--output {}/a.tsv: is the"),
        ({"pairs": "nowhere"}, "{}/nowhere: no such file."),
        ({"pairs": "a.tsv"} | column("3"), "{}/a.tsv, line 1: found 3 tab-separated"),
        ({"pairs": "a.tsv"} | column("dog"), "{}/a.tsv, line 1: there is no column 'dog'"),
        ({"pairs": "a.tmx"} | column("3"), "--pairs: data.train.0: format tmx has no columns"),
        ({"source": "a.en", "target": "a.de"} | column("3"), "--source-column and --target-column"),
    ],
)
def test_wrong_use(small_run, files, options, expected):
    options = {k: v if k == "target_column" else files / v for k, v in options.items()}
    before = {path: path.read_bytes() for path in files.iterdir()}
    with pytest.raises(UserError) as refused:
        score(ScoreOptions(**options), DecodingOptions(run=small_run))
    assert str(refused.value).startswith(expected.format(files))
    assert before == {path: path.read_bytes() for path in files.iterdir()}


def test_as_a_command(small_run, files, tmt):
    words = ("score", "--source", "a.en", "--target", "a.de", "--run", small_run)
    done = tmt(*words, cwd=files)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len((files / "a.en").read_text().splitlines())
    assert "perplexity" in done.stderr
