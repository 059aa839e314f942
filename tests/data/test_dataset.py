import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from transformer_mt.data import dataset as dataset_module
from transformer_mt.data import dataset_cache
from transformer_mt.data.corpus import PairsFile, ParallelFiles
from transformer_mt.data.dataset import build_dataset
from transformer_mt.data.filtering import Filters
from transformer_mt.data.tokenizer import Tokenizer, TokenizerPair
from transformer_mt.errors import UserError

FILTERS = Filters(
    max_source_length=60, max_target_length=60, max_length_ratio=None, drop_duplicates=True
)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(dataset_module, "PAIRS_PER_CHUNK", 16)
    monkeypatch.setattr(dataset_cache, "PAIRS_PER_CHUNK", 16)


@pytest.fixture(scope="session")
def pairs(sentences):
    return [(sentences[i], sentences[-1 - i] + f" {i}") for i in range(100)]


@pytest.fixture
def corpus(tmp_path, pairs):
    return PairsFile(write_pairs(tmp_path / "pairs.tsv", pairs))


@pytest.fixture
def build(tmp_path, tokenizers):
    """Build a dataset with settings that a test changes one by one."""

    def call(*corpora, tokenizers=tokenizers, **settings):
        settings = {"filters": FILTERS, "keep_text": True, "cache_dir": tmp_path / "c"} | settings
        return build_dataset(corpora, tokenizers, **settings)

    return call


@pytest.fixture
def tokenized(monkeypatch):
    """Count the texts that are tokenised, in a list of one number."""
    count, encode_arrays = [0], Tokenizer.encode_arrays

    def counting(self, texts, **options):
        count[0] += len(texts)
        return encode_arrays(self, texts, **options)

    monkeypatch.setattr(Tokenizer, "encode_arrays", counting)
    return count


def write_pairs(path, pairs):
    path.write_text("".join(f"{s}\t{t}\n" for s, t in pairs), encoding="utf-8", newline="")
    return path


def as_lists(fetched):
    return tuple([ids.tolist() for ids in side] for side in fetched)


def test_fetch_is_direct_encoding_in_the_order_asked_for(build, corpus, pairs, tokenizers):
    dataset = build(corpus)
    assert len(dataset) == len(pairs)
    generator = np.random.default_rng(0)
    for indices in (
        np.arange(len(pairs)),
        generator.permutation(len(pairs)).astype(np.uint32),
        generator.integers(0, len(pairs), size=300),  # with repetitions
        np.array([99]),
        np.array([17, 3, 17], dtype=np.int32),
    ):
        source, target = dataset.fetch(indices)
        assert {ids.dtype for ids in source + target} == {np.dtype(np.int32)}
        assert as_lists((source, target)) == (
            [tokenizers.source.encode(pairs[i][0]) for i in indices],
            [tokenizers.target.encode(pairs[i][1]) for i in indices],
        )
        assert dataset.fetch_text(indices) == (
            [pairs[i][0] for i in indices],
            [pairs[i][1] for i in indices],
        )


def test_indices_are_those_of_the_kept_pairs_in_order(build, tmp_path, unigram):
    # Planted: 40 good pairs, and between them some of each kind to drop.
    good = [(f"ba {i}", f"ku {i}") for i in range(40)]
    long = " ".join(["li"] * 80)
    planted = [*good[:10], ("", "x"), ("x", "  "), *good[10:25], (long, "x"), ("x", long)]
    planted += [(long, long), *good[25:], good[3], ("x " * 25, "x")]
    corpora = [
        PairsFile(write_pairs(tmp_path / "1.tsv", planted)),
        PairsFile(write_pairs(tmp_path / "2.tsv", [*good[:5], ("new", "neu")])),
    ]
    filters = replace(FILTERS, max_length_ratio=4.0)
    both = TokenizerPair(unigram, unigram)
    dataset = build(*corpora, filters=filters, tokenizers=both)
    kept = [*good, ("new", "neu")]
    sources, targets = dataset.fetch_text(np.arange(len(dataset)))
    assert list(zip(sources, targets, strict=True)) == kept
    report = dataset.report
    assert (report.read, report.kept) == (len(planted) + 6, len(kept))
    expected = {"empty": 2, "too_long": 3, "length_ratio": 1, "duplicate": 6}
    assert list(report.dropped.items()) == list(expected.items())
    assert report.source_tokens == sum(len(unigram.encode(s)) + 1 for s, _ in kept)
    assert report.target_tokens == sum(len(unigram.encode(t)) + 1 for _, t in kept)
    assert dataset.filters == filters


def test_progress_counts_the_pairs_done(build, corpus):
    done = []
    build(corpus, progress=done.append)
    assert done == [16, 32, 48, 64, 80, 96, 100]
    build(corpus, progress=done.append)
    assert len(done) == 7  # nothing to do the second time


def test_second_build_reads_the_cache(build, corpus, pairs, tokenized):
    first = build(corpus)
    assert tokenized == [2 * len(pairs)]
    second = build(corpus)
    assert tokenized == [2 * len(pairs)]
    assert second.report == first.report
    indices = np.arange(len(pairs))
    assert as_lists(second.fetch(indices)) == as_lists(first.fetch(indices))


def test_a_moved_corpus_hits_the_cache(build, corpus, tmp_path, pairs, tokenized):
    build(corpus)
    build(PairsFile(write_pairs(tmp_path / "elsewhere.tsv", pairs)))
    assert tokenized == [2 * len(pairs)]


def test_cache_key_follows_all_that_matters(build, corpus, tmp_path, pairs, models, unigram, bpe):
    other = PairsFile(write_pairs(tmp_path / "other.tsv", [*pairs[:-1], ("a", "b")]))
    swapped = PairsFile(corpus.path, source_column=1, target_column=0)
    builds = [
        lambda: build(corpus),
        lambda: build(other),
        lambda: build(swapped),
        lambda: build(ParallelFiles(corpus.path, corpus.path)),
        lambda: build(corpus, other),
        lambda: build(other, corpus),
        lambda: build(corpus, keep_text=False),
        lambda: build(corpus, tokenizers=TokenizerPair(bpe, unigram)),
        lambda: build(corpus, tokenizers=TokenizerPair(unigram, unigram)),
        *(
            lambda change=change: build(corpus, filters=replace(FILTERS, **change))
            for change in (
                {"max_source_length": 59},
                {"max_target_length": 59},
                {"max_length_ratio": 5.0},
                {"drop_duplicates": False},
            )
        ),
    ]
    for number, call in enumerate(builds, start=1):
        call()
        assert len(list((tmp_path / "c").glob("*.arrow"))) == number
    assert len(list((tmp_path / "c").iterdir())) == 2 * len(builds)  # nothing temporary is left


def damage_byte(arrow, report):
    content = bytearray(arrow.read_bytes())
    content[len(content) // 2] ^= 1
    arrow.write_bytes(content)


def truncate(arrow, report):
    os.truncate(arrow, arrow.stat().st_size - 100)


def foreign_report(arrow, report):
    report.write_text(json.dumps({"hello": "world"}))


def half_a_report(arrow, report):
    report.write_bytes(report.read_bytes()[:50])


def unknown_report(arrow, report):
    content = json.loads(report.read_text())
    content["report"]["unknown"] = 1
    report.write_text(json.dumps(content))


def remove_report(arrow, report):
    report.unlink()


def remove_arrow(arrow, report):
    arrow.unlink()


@pytest.mark.parametrize(
    ("damage", "warns"),
    [
        (damage_byte, True),
        (truncate, True),
        (foreign_report, True),
        (half_a_report, True),
        (unknown_report, True),
        (remove_report, False),
        (remove_arrow, False),
    ],
)
def test_a_damaged_cache_is_rebuilt(
    build, corpus, tmp_path, pairs, tokenized, caplog, damage, warns
):
    first = build(corpus)
    indices = np.arange(len(pairs))
    ids, report = as_lists(first.fetch(indices)), first.report
    (arrow,), (saved,) = (tmp_path / "c").glob("*.arrow"), (tmp_path / "c").glob("*.json")
    intact = arrow.read_bytes(), saved.read_bytes()
    del first
    damage(arrow, saved)
    again = build(corpus)
    assert tokenized == [4 * len(pairs)]
    assert (as_lists(again.fetch(indices)), again.report) == (ids, report)
    assert (arrow.read_bytes(), saved.read_bytes()) == intact
    assert ("building it again" in caplog.text) == warns


def test_a_failed_build_leaves_nothing_behind(build, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("a\tb\n" * 40 + "no tab\n")
    with pytest.raises(UserError, match="line 41: found 1"):
        build(PairsFile(path))
    assert list((tmp_path / "c").iterdir()) == []


def test_when_nothing_is_kept_the_counts_say_why(build, tmp_path):
    path = write_pairs(tmp_path / "pairs.tsv", [("", "b"), ("a", ""), ("ku " * 90, "b")])
    with pytest.raises(UserError) as caught:
        build(PairsFile(path))
    message = str(caught.value)
    assert "0 of 3 pairs kept" in message
    assert "dropped: 2 with an empty side, 1 too long" in message
    assert "60 source and 60 target tokens" in message
    assert "data.max_source_length" in message
    assert len(message.splitlines()) <= 5
    assert list((tmp_path / "c").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_named(build, corpus, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=rf"{tmp_path}/file: the tokenised data cannot be written"):
        build(corpus, cache_dir=tmp_path / "file")

    def full(self, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dataset_cache.DatasetWriter, "write", full)
    with pytest.raises(UserError, match=r"No space left on device(.|\n)*Free some disk") as caught:
        build(corpus)
    assert caught.value.exit_code == 1


def test_text_that_was_not_kept_cannot_be_fetched(build, corpus):
    dataset = build(corpus, keep_text=False)
    with pytest.raises(AssertionError, match="without its text"):
        dataset.fetch_text(np.array([0]))


def test_odd_folder_names_are_plain_paths(build, corpus, tmp_path, pairs):
    folder = tmp_path / "file::memory: 日 #%20?*"
    assert len(build(corpus, cache_dir=folder)) == len(pairs)
    assert len(list(folder.iterdir())) == 2


def test_neither_home_nor_the_network_is_touched(tmp_path, corpus, models):
    program = f"""
import socket, sys
from pathlib import Path

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        sys.exit(f"{{event}} {{arguments}}")

sys.addaudithook(watch)
from transformer_mt.data.corpus import PairsFile
from transformer_mt.data.dataset import build_dataset
from transformer_mt.data.filtering import Filters
from transformer_mt.data.tokenizer import Tokenizer, TokenizerPair
assert "datasets" not in sys.modules and "torch" not in sys.modules
tokenizer = Tokenizer(Path({str(models["bpe"])!r}))
dataset = build_dataset(
    [PairsFile(Path({str(corpus.path)!r}))], TokenizerPair(tokenizer, tokenizer),
    filters=Filters(60, 60, None, False), keep_text=True, cache_dir=Path("cache"),
)
assert len(dataset) == 100
"""
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    removed = ("HF_", "XDG_", "TMPDIR")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(removed)}
    root = str(dataset_module.__file__).removesuffix("transformer_mt/data/dataset.py")
    environment |= {"HOME": str(home), "PYTHONPATH": root}
    subprocess.run([sys.executable, "-c", program], check=True, cwd=work, env=environment)
    assert list(home.rglob("*")) == []
    assert [path.name for path in work.iterdir()] == ["cache"]
