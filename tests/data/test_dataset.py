import json
import multiprocessing
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from transformer_mt.data import dataset as dataset_module
from transformer_mt.data import dataset_cache
from transformer_mt.data.corpus import PairsFile, ParallelFiles
from transformer_mt.data.dataset import TokenizingOptions, build_dataset
from transformer_mt.data.filtering import Filters
from transformer_mt.data.tokenizer import Tokenizer, TokenizerPair
from transformer_mt.errors import UserError

FILTERS = Filters(
    max_source_length=60, max_target_length=60, max_length_ratio=None, drop_duplicates=True
)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(dataset_module, "_PAIRS_PER_CHUNK", 16)
    monkeypatch.setattr(dataset_module, "_PAIRS_PER_PART", 48)


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


@pytest.mark.parametrize("num_workers", [1, 2])
def test_what_is_kept_is_told_corpus_by_corpus(
    build, tmp_path, pairs, tokenizers, monkeypatch, num_workers
):
    """Corpora that end within a chunk, with a part, and without a pair of their own."""
    counts = [96, 37, 20, 3, 130]
    texts = [
        pairs[:96],
        [*pairs[96:], *[(f"li {i}", f"ba {i}") for i in range(20)], ("", "x"), *pairs[:12]],
        pairs[:20],
        [("new", "neu"), ("newer", "neuer"), ("", "")],
        [(f"mo {i}", f"ne {i}") for i in range(130)],
    ]
    assert [len(text) for text in texts] == counts
    corpora = [PairsFile(write_pairs(tmp_path / f"{n}.tsv", text)) for n, text in enumerate(texts)]
    options = TokenizingOptions(num_workers=num_workers)
    report = build(*corpora, options=options).report
    kept = [text if n in (0, 4) else [] for n, text in enumerate(texts)]
    kept[1], kept[3] = texts[1][:24], texts[3][:2]
    assert [each.pairs for each in report.kept_by_corpus] == [len(text) for text in kept]
    assert [each.target_tokens for each in report.kept_by_corpus] == [
        sum(len(tokenizers.target.encode(t)) + 1 for _, t in text) for text in kept
    ]
    assert build(*corpora).report == report
    again = {"cache_dir": tmp_path / "again"}
    build_until(build, corpora, monkeypatch, name="commit_part", call=4, **again)
    assert build(*corpora, **again).report == report


def test_progress_counts_the_pairs_done(build, corpus):
    done = []
    options = TokenizingOptions(progress=done.append)
    build(corpus, options=options)
    assert done == [16, 32, 48, 64, 80, 96, 100]
    build(corpus, options=options)
    assert len(done) == 7  # nothing to do the second time


def test_second_build_reads_the_cache(build, corpus, pairs, tokenized):
    first = build(corpus)
    assert tokenized == [2 * len(pairs)]
    second = build(corpus)
    assert tokenized == [2 * len(pairs)]
    assert second.report == first.report
    indices = np.arange(len(pairs))
    assert as_lists(second.fetch(indices)) == as_lists(first.fetch(indices))


def test_what_reading_met_is_kept_with_the_cache(build, tmp_path):
    rows = "".join(f'"ba\n{i}",ku {i}\n' for i in range(20))
    (tmp_path / "1.csv").write_text(f"en,de\n{rows}\n", encoding="utf-8")
    (tmp_path / "2.tsv").write_text("li\tmo\n", encoding="utf-8")
    corpora = [
        PairsFile(tmp_path / "1.csv", format="csv", languages=("en", "de")),
        PairsFile(tmp_path / "2.tsv"),
    ]
    first, second = build(*corpora), build(*corpora)
    assert [report.describe() for report in first.report.corpora] == [
        "20 pairs; line 1 is a header ('en', 'de'); 1 empty line skipped; "
        "20 line breaks (or NUL) in a text replaced by spaces",
        "1 pair; no header",
    ]
    assert second.report == first.report


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
        assert len(list((tmp_path / "c").iterdir())) == number
    names = {path.name for path in (tmp_path / "c").rglob("*.*")}  # nothing temporary is left
    parts = [f"part-{n:05}.{suffix}" for n in range(6) for suffix in ("arrow", "json")]
    assert names <= {*parts, "complete.json"}


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


def remove_completion(arrow, report):
    report.with_name("complete.json").unlink()


def foreign_completion(arrow, report):
    report.with_name("complete.json").write_text("[]")


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
        (remove_completion, False),
        (foreign_completion, True),
    ],
)
def test_a_damaged_cache_is_rebuilt(
    build, corpus, tmp_path, pairs, tokenized, caplog, damage, warns
):
    first = build(corpus)
    indices = np.arange(len(pairs))
    ids, report = as_lists(first.fetch(indices)), first.report
    (folder,) = (tmp_path / "c").iterdir()
    intact = {path.name: path.read_bytes() for path in folder.iterdir()}
    del first
    damage(folder / "part-00001.arrow", folder / "part-00001.json")
    again = build(corpus)
    assert tokenized == [4 * len(pairs)]
    assert (as_lists(again.fetch(indices)), again.report) == (ids, report)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == intact
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

    monkeypatch.setattr(dataset_cache.PartWriter, "write", full)
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
    assert len(list(folder.iterdir())) == 1


def stop(*args, **kwargs):
    raise KeyboardInterrupt


def build_until(build, corpora, monkeypatch, *, name, call, **settings):
    """Build until the cache's method `name` is called for the n-th time, then be interrupted."""
    calls, original = [], getattr(dataset_cache.DatasetCache, name)

    def interrupted(self, *args, **kwargs):
        calls.append(name)
        return (stop if len(calls) == call else original)(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(dataset_cache.DatasetCache, name, interrupted)
        with pytest.raises(KeyboardInterrupt):
            build(*corpora, **settings)


@pytest.fixture
def repetitive(tmp_path, pairs):
    """A corpus whose last part repeats pairs of the parts before."""
    return PairsFile(write_pairs(tmp_path / "repetitive.tsv", [*pairs, *pairs[:20], ("", "x")]))


@pytest.mark.parametrize(
    ("name", "call", "parts_left"),
    [("commit_part", 1, 0), ("commit_part", 3, 2), ("complete", 1, 3)],
)
def test_an_interrupted_build_is_gone_on_with(
    build, repetitive, tmp_path, tokenized, monkeypatch, name, call, parts_left
):
    whole = build(repetitive, cache_dir=tmp_path / "whole")
    expected = as_lists(whole.fetch(np.arange(len(whole)))), whole.report
    assert whole.report.dropped["duplicate"] == 20
    build_until(build, [repetitive], monkeypatch, name=name, call=call)
    (folder,) = (tmp_path / "c").iterdir()
    assert len(list(folder.glob("*.arrow"))) == parts_left
    (folder / "part-00009.arrow.tmp").write_text("left by a killed process")
    tokenized[0], said = 0, []
    again = build(repetitive, options=TokenizingOptions(announce=said.append))
    assert (as_lists(again.fetch(np.arange(len(again)))), again.report) == expected
    done = min(48 * parts_left, whole.report.read)
    assert tokenized == [2 * (whole.report.read - done)]
    assert said == ([f"Tokenising goes on after {done:,} pairs done earlier."] if done else [])
    files = [
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("c", "whole")
    ]
    assert files[0] == files[1]


@pytest.mark.parametrize("suffix", ["arrow", "hashes", "json"])
def test_a_damaged_part_of_an_interrupted_build_is_done_again(
    build, repetitive, tmp_path, tokenized, monkeypatch, suffix
):
    whole = build(repetitive, cache_dir=tmp_path / "whole")
    build_until(build, [repetitive], monkeypatch, name="complete", call=1)
    (folder,) = (tmp_path / "c").iterdir()
    path = folder / f"part-00001.{suffix}"
    path.write_bytes(path.read_bytes()[:-9] + b"otherwise")
    tokenized[0] = 0
    assert build(repetitive).report == whole.report
    assert tokenized == [2 * (whole.report.read - 48)]


def test_processes_change_nothing(build, repetitive, tmp_path, tokenized):
    alone = build(repetitive, cache_dir=tmp_path / "alone")
    tokenized[0], done = 0, []
    together = build(repetitive, options=TokenizingOptions(num_workers=2, progress=done.append))
    assert tokenized == [2 * 4 * 16]  # the rest was done in the two other processes
    assert done == [*range(16, alone.report.read, 16), alone.report.read]
    indices = np.arange(len(alone))
    assert as_lists(together.fetch(indices)) == as_lists(alone.fetch(indices))
    assert together.report == alone.report


def test_a_killed_worker_is_said_and_what_was_done_is_kept(build, tmp_path, pairs):
    def kill_the_workers(done):
        if done == 80:
            for process in multiprocessing.active_children():
                process.kill()

    corpus = PairsFile(write_pairs(tmp_path / "long.tsv", pairs * 5))
    options = TokenizingOptions(num_workers=2, progress=kill_the_workers)
    with pytest.raises(UserError, match=r"was killed(.|\n)*same command again") as caught:
        build(corpus, options=options)
    assert caught.value.exit_code == 1
    (folder,) = (tmp_path / "c").iterdir()
    assert (folder / "part-00000.json").exists()
    assert not list(folder.glob("*.tmp"))
    said = []
    report = build(corpus, options=TokenizingOptions(announce=said.append)).report
    assert (report.read, report.kept) == (500, 100)
    assert len(said) == 1


def test_the_files_are_those_of_datasets(build, corpus, tmp_path, pairs, tokenizers):
    build(corpus)
    from datasets import Dataset

    parts = sorted((tmp_path / "c").rglob("*.arrow"))
    rows = [row for part in parts for row in Dataset.from_file(str(part))]
    assert [(row["source"], row["target"]) for row in rows] == pairs
    assert rows[7]["source_ids"] == tokenizers.source.encode(pairs[7][0])


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
