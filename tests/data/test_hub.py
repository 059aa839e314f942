"""Rows of a dataset to pairs of texts. `tests/hub` has the way from the Hub to the rows."""

import contextvars
import hashlib
import io
import logging
import sys
import warnings

import datasets
import huggingface_hub
import pytest
from datasets import Dataset, Features, Translation, Value

from transformer_mt.corpus_entries import HubEntry
from transformer_mt.data import hub
from transformer_mt.data.corpus import HeldOutPart, content_hashes, corpus_fingerprint
from transformer_mt.data.hub import HubDataset, dataset_of, pairs_of
from transformer_mt.data.hub_errors import at_the_hub, show_downloads
from transformer_mt.data.reading_report import ReadingReport
from transformer_mt.errors import Interrupted, UserError

COMMIT = "0123456789abcdef" * 2 + "01234567"


def corpus(**changes):
    settings = {
        "hub": "a/b",
        "name": "default",
        "split": "train",
        "commit": COMMIT,
        "source_column": "en",
        "target_column": "de",
    }
    return HubDataset(**{**settings, **changes})


@pytest.mark.parametrize("rows_per_batch", [1, 3, 7, 1000])
def test_pairs_are_those_of_the_rows_whatever_the_batch(monkeypatch, rows_per_batch):
    monkeypatch.setattr(hub, "ROWS_PER_BATCH", rows_per_batch)
    pairs = [(f"source {n} ü", f"target {n}") for n in range(7)]
    features = Features({"translation": Translation(["de", "en"])})
    rows = [{"en": source, "de": target} for source, target in pairs]
    nested = Dataset.from_dict({"translation": rows}, features=features)
    columns = {"source_column": "translation.en", "target_column": "translation.de"}
    assert list(pairs_of(nested, corpus(**columns), ReadingReport())) == pairs
    flat = Dataset.from_dict({"en": [s for s, _ in pairs], "de": [t for _, t in pairs]})
    assert list(pairs_of(flat, corpus(), ReadingReport())) == pairs
    assert list(pairs_of(flat.select([5, 2]), corpus(), ReadingReport())) == [pairs[5], pairs[2]]


def test_what_would_break_a_line_becomes_a_space():
    rows = Dataset.from_dict({"en": ["a\nb\r\nc\0d", "\u2028e\u0085"], "de": ["x\n", "\ty"]})
    assert list(pairs_of(rows, corpus(), ReadingReport())) == [
        ("a b  c d", "x "),
        ("\u2028e\u0085", "\ty"),
    ]


@pytest.mark.parametrize(
    ("split", "remedy"),
    [("train", "split: train[:3]+train[4:]"), ("train[5:]", "slices, such as split: train[9:]")],
)
def test_a_missing_text_is_named_after_the_rows_before_it(monkeypatch, split, remedy):
    monkeypatch.setattr(hub, "ROWS_PER_BATCH", 2)
    rows = Dataset.from_dict({"en": list("abcde"), "de": ["v", "w", "x", None, "z"]})
    pairs = pairs_of(rows, corpus(split=split), ReadingReport())
    assert [next(pairs) for _ in range(3)] == [("a", "v"), ("b", "w"), ("c", "x")]
    with pytest.raises(UserError) as error:
        next(pairs)
    assert f"row 3 of split {split} (counted from 0) has no text in column de." in str(error.value)
    assert remedy in str(error.value)


def test_a_split_without_rows_is_named():
    features = Features({"en": Value("string"), "de": Value("string")})
    rows = Dataset.from_dict({"en": [], "de": []}, features=features)
    with pytest.raises(UserError, match="split train of default is empty"):
        list(pairs_of(rows, corpus(), ReadingReport()))


def test_its_hash_is_that_of_its_commit_and_what_is_read_of_it():
    identity = f"hub:a/b@{COMMIT}/default/train"
    expected = {identity: hashlib.sha256(identity.encode()).hexdigest()}
    assert content_hashes(corpus()) == expected
    assert content_hashes(corpus(source_column="x")) == expected
    different = [
        corpus(),
        corpus(commit=COMMIT[::-1]),
        corpus(name="other"),
        corpus(split="train[:9]"),
        corpus(hub="a/c"),
        corpus(source_column="de", target_column="en"),
        HeldOutPart(corpus(), "train", 0.1, 0.1),
    ]
    assert len({corpus_fingerprint(each) for each in different}) == len(different)


@pytest.mark.parametrize(
    ("wanted", "terminal", "shown"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_bars_are_shown_on_a_terminal_only_and_log_lines_never(
    monkeypatch, wanted, terminal, shown
):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    libraries, before = (datasets.utils, huggingface_hub.utils), logging.getLogger("datasets").level
    context = contextvars.copy_context()

    def look():
        show_downloads.set(wanted)
        with at_the_hub("a/b", revision=None):
            warnings.warn("not shown", stacklevel=1)
            assert not logging.getLogger("datasets.load").isEnabledFor(logging.CRITICAL)
            return [not library.are_progress_bars_disabled() for library in libraries]

    assert context.run(look) == [shown, shown]
    assert logging.getLogger("datasets").level == before
    assert not any(library.are_progress_bars_disabled() for library in libraries)


def test_what_is_no_trouble_of_the_libraries_passes():
    for error in (UserError("x"), KeyboardInterrupt(), Interrupted(2), MemoryError()):
        with pytest.raises(type(error)) as raised, at_the_hub("a/b", revision=None):
            raise error
        assert raised.value is error


def test_an_entry_that_leaves_something_open_is_no_corpus():
    full = HubEntry(
        hub="a/b", name="default", split="train", revision=COMMIT, source_column="en",
        target_column="de",
    )  # fmt: skip
    assert dataset_of(full) == corpus()
    for key in ("name", "split", "revision", "source_column", "target_column"):
        with pytest.raises(UserError, match=r"hub a/b: .* must all stand in the config\.yaml"):
            dataset_of(full.model_copy(update={key: None}))
