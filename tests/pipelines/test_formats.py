"""Training data of every format at once, through the command line."""

import csv
import json
import re
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from transformer_mt.config_file import build_config, read_tree

SMALL = ["--set", "training.max_steps=1"]


@pytest.fixture(scope="module")
def mixed(corpus, tmp_path_factory):
    """Return a config of six corpora, a sixth of the tiny corpus each, and the texts of them."""
    folder = tmp_path_factory.mktemp("mixed")
    lines = (corpus / "train.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [tuple(line.split("\t")) for line in lines]
    parts = [pairs[start : start + 50] for start in range(0, 300, 50)]

    text = "".join(f"{source}\t{target}\n" for source, target in parts[0])
    (folder / "a.tsv").write_text(text, encoding="utf-8")
    with (folder / "b.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows(
            [("id", "German", "English"), *((i, t, s) for i, (s, t) in enumerate(parts[1]))]
        )
    with (folder / "c.jsonl").open("w", encoding="utf-8") as file:
        for source, target in parts[2]:
            file.write(json.dumps({"translation": {"en": source + "\n", "de": target}}) + "\n")
    columns = {"s": [s for s, _ in parts[3]], "t": [{"u": t} for _, t in parts[3]]}
    pq.write_table(pa.table(columns), folder / "d.parquet")
    variant = '<tuv xml:lang="{}"><seg>{}</seg></tuv>'
    units = "".join(
        f"<tu>{variant.format('en-GB', s)}{variant.format('de', t)}</tu>" for s, t in parts[4]
    )
    units += '<tu><tuv xml:lang="en"><seg>no German</seg></tuv></tu>'
    tmx = f"<tmx><body>{units}</body></tmx>"
    (folder / "e.tmx").write_text(tmx, encoding="utf-8")
    with zipfile.ZipFile(folder / "f.zip", "w") as archive:
        for side, language in enumerate(("en", "de")):
            text = "".join(f"{pair[side]}\n" for pair in parts[5])
            archive.writestr(f"x.en-de.{language}", text)
    (folder / "valid.csv").write_text(f"en,de\n{parts[0][0][0]},{parts[0][0][1]}\n", "utf-8")
    config = (corpus / "tiny.yaml").read_text(encoding="utf-8")
    config = re.sub("  train: .*\n  validation: .*\n  test: .*\n", ENTRIES, config)
    (folder / "mixed.yaml").write_text(config, encoding="utf-8")
    return folder, pairs


ENTRIES = """\
  train:
  - {pairs: a.tsv}
  - {pairs: b.csv, source_column: English, target_column: German}
  - {pairs: c.jsonl}
  - {pairs: d.parquet, source_column: s, target_column: t.u}
  - {pairs: e.tmx}
  - {pairs: f.zip}
  validation: [{pairs: valid.csv}]
  test: [{pairs: a.tsv}]
"""


def test_corpora_of_all_formats_are_joined_and_reported_one_by_one(mixed, tmt, tmp_path):
    folder, pairs = mixed
    done = tmt("train", "--config", folder / "mixed.yaml", *SMALL, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    plan = re.search(r"^Training   (.|\n)*?^Data .*", done.stderr, re.MULTILINE)[0]
    assert plan.replace(f"{folder}/", "").splitlines()[:-1] == [
        "Training   a.tsv: 50 pairs; no header",
        "           b.csv: 50 pairs; line 1 is a header ('English', 'German')",
        "           c.jsonl: 50 pairs; 50 line breaks (or NUL) in a text replaced by spaces",
        "           d.parquet: 50 pairs",
        "           e.tmx: 50 pairs; 1 unit without both languages skipped",
        "           f.zip: 50 pairs",
        "Validation valid.csv: 1 pair; line 1 is a header ('en', 'de')",
    ]
    assert re.search(rf"Data       en -> de: [\d,]+ of {len(pairs)} pairs kept", plan)
    again = tmt("train", "--run", "runs/mixed", cwd=tmp_path)  # from the cache
    assert plan in again.stderr
    saved = build_config(read_tree(tmp_path / "runs" / "mixed" / "config.yaml"), place="run")
    formats = [entry.format for entry in saved.data.train]
    assert formats == ["tsv", "csv", "jsonl", "parquet", "tmx", "zip"]
    done = tmt("evaluate", "--split", "validation", "--bleu", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "valid.csv: 1 pair; line 1 is a header ('en', 'de')" in done.stderr
