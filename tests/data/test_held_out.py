import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer_mt.data.held_out import held_out_fraction, held_out_split


def test_fraction_is_the_smaller_of_1000_pairs_and_5_percent():
    for num_pairs in (1, 100, 19_999, 20_000, 20_001, 50_000_000):
        held_out = held_out_fraction(num_pairs) * num_pairs
        assert held_out == pytest.approx(min(1000, 0.05 * num_pairs))


@given(source=st.text())
def test_equal_sources_fall_on_one_side(source):
    fractions = {"validation_fraction": 0.3, "test_fraction": 0.3}
    side = held_out_split(source, **fractions)
    assert held_out_split(f"  {source}\u3000 ", **fractions) == side
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in source)
    assert held_out_split(wide, **fractions) == side


def test_case_and_inner_whitespace_do_not_matter():
    fractions = {"validation_fraction": 0.3, "test_fraction": 0.3}
    for i in range(100):
        side = held_out_split(f"a straße {i}", **fractions)
        assert held_out_split(f"A  STRASSE\t{i}", **fractions) == side


def test_sides_have_about_their_fractions_and_do_not_depend_on_each_other():
    sources = [f"sentence {i}" for i in range(20_000)]

    def part(side, validation, test):
        fractions = {"validation_fraction": validation, "test_fraction": test}
        return {s for s in sources if held_out_split(s, **fractions) == side}

    validation, test = part("validation", 0.05, 0.1), part("test", 0.05, 0.1)
    assert len(validation) == pytest.approx(1000, abs=100)  # three standard deviations
    assert len(test) == pytest.approx(2000, abs=130)
    assert part("validation", 0.05, 0.0) == validation
    assert part("test", 0.0, 0.1) == test
    assert part("train", 0.0, 0.0) == set(sources)
