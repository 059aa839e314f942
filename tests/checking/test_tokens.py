import random

import numpy as np
import pytest

from transformer_mt.checking.inspection import Inspection
from transformer_mt.checking.reading import CorpusReader
from transformer_mt.checking.repeats import RepeatCheck
from transformer_mt.checking.tokens import TokenCheck, TokenStatistics
from transformer_mt.data.corpus import PairsFile, read_pairs
from transformer_mt.data.dataset import build_dataset
from transformer_mt.data.filtering import Filters, PairFilter
from transformer_mt.data.tokenizer import Tokenizer, TokenizerPair
from transformer_mt.data.tokenizer_training import train_tokenizer

FILTERS = Filters(60, 160, 2.0, drop_duplicates=True)


@pytest.fixture(scope="module")
def corpus(draw_pairs, tmp_path_factory):
    """Return a file of pairs of which training drops some for each reason."""
    generator = random.Random(0)
    pairs = draw_pairs(400, 0)
    for row in generator.sample(range(400), 60):
        source = pairs[row][0]
        parts = generator.sample(pairs, generator.choice([4, 12]))
        long = b" ".join(pair[1] for pair in parts)
        pairs[row] = generator.choice([pairs[row - 1], (source, b" "), (source, long)])
    path = tmp_path_factory.mktemp("tokens") / "a.tsv"
    path.write_bytes(b"".join(s + b"\t" + t + b"\n" for s, t in pairs))
    return PairsFile(path)


@pytest.fixture(scope="module")
def tokenizers(corpus, tmp_path_factory):
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.model"
    texts = [text for pair in read_pairs(corpus) for text in pair]
    train_tokenizer(texts, path, type="unigram", vocab_size=400, character_coverage=0.98)
    tokenizer = Tokenizer(path)
    return TokenizerPair(tokenizer, tokenizer)


def test_the_pairs_that_training_drops_are_those_of_training(corpus, tokenizers, tmp_path):
    dataset = build_dataset(
        (corpus,), tokenizers, filters=FILTERS, keep_text=True, cache_dir=tmp_path
    )
    inspection = Inspection(CorpusReader(corpus), "train")
    inspection.read_text(repeats=RepeatCheck({}))
    tokens = TokenCheck(tokenizers, pair_filter=PairFilter(FILTERS), num_threads=1)
    inspection.read_tokens(tokens)
    counts = {name: report.count for name, report in inspection.dropped.items()}
    assert counts == dataset.report.dropped
    assert all(counts.values())
    dropped = {line for report in inspection.dropped.values() for line in report.lines}
    kept = [pair for line, pair in enumerate(read_pairs(corpus), 1) if line not in dropped]
    sources, targets = dataset.fetch_text(np.arange(len(dataset)))
    assert kept == list(zip(sources, targets, strict=True))
    assert tokens.kept_pairs == dataset.report.kept
    assert tokens.kept_source_tokens == dataset.report.source_tokens
    assert tokens.kept_target_tokens == dataset.report.target_tokens


def test_figures_are_those_of_all_sentences(corpus, tokenizers):
    texts = [text for pair in read_pairs(corpus) for text in pair]
    statistics = TokenStatistics(tokenizers.source)
    for start in range(0, len(texts), 37):
        statistics.add(tokenizers.source.encode_arrays(texts[start : start + 37]))
    ids = [tokenizers.source.encode(text) for text in texts]
    lengths = [len(each) + 1 for each in ids]
    summary = statistics.summary()
    assert summary.mean == pytest.approx(np.mean(lengths))
    for fraction, value in ((0.5, summary.median), (0.95, summary.p95), (0.99, summary.p99)):
        assert value == np.quantile(lengths, fraction, method="inverted_cdf")
    assert summary.max == max(lengths)
    assert summary.total == sum(lengths)
    num_bytes = sum(i in tokenizers.source.byte_ids for each in ids for i in each)
    assert summary.byte_fallback_share == pytest.approx(num_bytes / sum(lengths))
    assert num_bytes > 0


def test_byte_ids_are_the_256_bytes(tokenizers):
    pieces = [tokenizers.source._processor.id_to_piece(i) for i in tokenizers.source.byte_ids]
    assert pieces == [f"<0x{byte:02X}>" for byte in range(256)]


def test_lines_that_training_would_refuse_are_left_out(tokenizers, tmp_path):
    path = tmp_path / "a.tsv"
    path.write_bytes(b"one\tun\nbroken \xff\tx\nno column\ntwo\tdeux\n")
    inspection = Inspection(CorpusReader(PairsFile(path)), "train")
    inspection.read_text(repeats=RepeatCheck({}))
    tokens = TokenCheck(tokenizers, pair_filter=PairFilter(FILTERS), num_threads=1)
    inspection.read_tokens(tokens)
    assert tokens.kept_pairs == 2
