from transformer_mt.data.reading_report import ReadingReport


def test_a_report_is_one_line_and_says_only_what_there_is():
    assert ReadingReport(pairs=0).describe() == "0 pairs"
    assert ReadingReport(pairs=1, header="no header").describe() == "1 pair; no header"
    report = ReadingReport(
        pairs=12_345, header="no header", empty_lines=1, skipped_units=1000, replaced_breaks=2
    )
    assert report.describe() == (
        "12,345 pairs; no header; 1 empty line skipped; 1,000 units without both languages "
        "skipped; 2 line breaks (or NUL) in a text replaced by spaces"
    )


def test_pairs_are_counted_as_they_pass():
    report = ReadingReport()
    pairs = report.counting(iter([("a", "b"), ("c", "d")]))
    assert next(pairs) == ("a", "b")
    assert report.pairs == 1
    assert list(pairs) == [("c", "d")]
    assert report.pairs == 2


def test_what_breaks_a_line_becomes_a_space_and_other_separators_stay():
    report = ReadingReport()
    assert report.one_line("a\r\nb\0c\u2028d\x85e\tf") == "a  b c\u2028d\x85e\tf"
    assert report.replaced_breaks == 3
