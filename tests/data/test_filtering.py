import numpy as np
import pytest

from transformer_mt.data.filtering import KEPT, REASONS, CorpusReport, Filters, PairFilter


def keep(pairs, *, chunk_size=100, **settings):
    """Filter pairs of texts whose tokens are their words; return the kept ones and the counts."""
    filters = Filters(
        **{
            "max_source_length": 100,
            "max_target_length": 100,
            "max_length_ratio": None,
            "drop_duplicates": False,
        }
        | settings
    )
    pair_filter, kept = PairFilter(filters), []
    for start in range(0, len(pairs), chunk_size):
        chunk = pairs[start : start + chunk_size]
        sources, targets = zip(*chunk, strict=True)
        mask = pair_filter.keep(
            sources,
            targets,
            source_lengths=np.array([len(text.split()) for text in sources]),
            target_lengths=np.array([len(text.split()) for text in targets]),
        )
        kept += [pair for pair, is_kept in zip(chunk, mask, strict=True) if is_kept]
    return kept, {reason: count for reason, count in pair_filter.dropped.items() if count}


def words(count):
    return " ".join("w" * count)


def test_pairs_with_an_empty_side_are_dropped():
    pairs = [("a", "b"), ("", "b"), ("a", "\u3000\t "), ("", ""), ("c", "d")]
    assert keep(pairs) == ([("a", "b"), ("c", "d")], {"empty": 3})


def test_lengths_include_the_end_token():
    pairs = [(words(7), words(4)), (words(8), "x"), ("x", words(5)), ("y", "y")]
    kept, dropped = keep(pairs, max_source_length=8, max_target_length=5)
    assert kept == [pairs[0], pairs[3]]
    assert dropped == {"too_long": 2}


@pytest.mark.parametrize("swapped", [False, True])
def test_length_ratio_counts_from_eleven_tokens_on(swapped):
    pairs = [
        (words(9), words(1)),  # 10 : 2 tokens with </s>, too short to judge
        (words(11), words(3)),  # 12 : 4, the ratio itself
        (words(12), words(3)),  # 13 : 4
        (words(29), words(1)),
    ]
    if swapped:
        pairs = [(target, source) for source, target in pairs]
    assert keep(pairs, max_length_ratio=3.0) == (pairs[:2], {"length_ratio": 2})
    assert keep(pairs, max_length_ratio=None) == (pairs, {})


@pytest.mark.parametrize("chunk_size", [1, 2, 3, 100])
def test_first_of_equal_pairs_is_kept(chunk_size):
    pairs = [("a", "b"), ("a", "c"), ("a", "b"), ("d", "b"), ("a", "b"), ("a", "c"), ("b", "a")]
    distinct = list(dict.fromkeys(pairs))
    options = {"chunk_size": chunk_size}
    assert keep(pairs, drop_duplicates=True, **options) == (distinct, {"duplicate": 3})
    assert keep(pairs, drop_duplicates=False, **options) == (pairs, {})


def test_a_pair_counts_under_the_first_reason():
    pairs = [("", words(50)), ("", words(50)), (words(50), "x"), (words(50), "x")]
    settings = {"max_source_length": 20, "max_length_ratio": 2.0, "drop_duplicates": True}
    assert keep(pairs, **settings) == ([], {"empty": 2, "too_long": 2})


def test_each_pair_has_its_reason():
    pairs = [("", "b"), (words(30), "x"), ("a", "b"), ("a", "b"), (words(12), "x")]
    filters = Filters(20, 20, 2.0, drop_duplicates=True)
    sources, targets = zip(*pairs, strict=True)
    reasons = PairFilter(filters).judge(
        sources,
        targets,
        source_lengths=np.array([len(text.split()) for text in sources]),
        target_lengths=np.array([len(text.split()) for text in targets]),
    )
    names = [None if reason == KEPT else REASONS[reason] for reason in reasons.tolist()]
    assert names == ["empty", "too_long", None, "duplicate", "length_ratio"]


def test_report_is_one_line():
    dropped = dict.fromkeys(REASONS, 0)
    report = CorpusReport(1200, 1200, dropped, 34_567, 40_000)
    assert report.describe() == (
        "1,200 of 1,200 pairs kept (34,567 source and 40,000 target tokens)"
    )
    dropped = dict(zip(REASONS, [1, 20, 300, 4000], strict=True))
    assert CorpusReport(5000, 679, dropped, 1, 2).describe() == (
        "679 of 5,000 pairs kept (1 source and 2 target tokens); dropped: 1 with an empty side, "
        "20 too long, 300 of too different lengths, 4,000 duplicates"
    )
