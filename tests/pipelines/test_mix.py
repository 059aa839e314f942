"""From the settings to the shares, and in words."""

from fractions import Fraction

import pytest

from transformer_mt.config_file import build_config
from transformer_mt.errors import UserError
from transformer_mt.pipelines.mix import (
    describe_drawn,
    describe_mixture,
    mixture_of,
    tokens_of_epoch,
)
from transformer_mt.training.drawn import Drawn


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def config_of(*weights, **more):
    train = [
        {"source": f"{name}.en", "target": f"{name}.de", "weight": weight}
        for name, weight in zip("abc", weights, strict=False)
    ]
    return build_config({"data": {"train": train, **more}}, place="here")


def test_without_weights_or_temperature_nothing_is_mixed():
    assert mixture_of(config_of(None, None).data, [3, 5]) is None
    assert mixture_of(build_config({}, place="here").data, [3]) is None


def test_a_corpus_alone_is_all_there_is():
    assert mixture_of(config_of(2.0).data, [7]) is None
    assert mixture_of(config_of(None, temperature=5).data, [7]) is None


def test_weights_and_temperature_give_shares():
    weighted = mixture_of(config_of(1, 0.5).data, [30, 90])
    assert (weighted.sizes, weighted.shares) == ((30, 90), (Fraction(2, 3), Fraction(1, 3)))
    tempered = mixture_of(config_of(None, None, None, temperature=2).data, [100, 25, 0])
    assert tempered.shares == (Fraction(2, 3), Fraction(1, 3), 0)


def test_a_corpus_of_which_nothing_is_left_cannot_have_a_weight():
    with pytest.raises(UserError) as caught:
        mixture_of(config_of(1, 2.5).data, [30, 0])
    assert str(caught.value) == (
        "data.train.1.weight: 2.5, but no pair is kept of b.en and b.de.\n"
        "Leave the corpus out. A pair that is in several corpora counts for the first."
    )
    assert caught.value.exit_code == 2


def test_a_share_below_one_pair_of_an_epoch_is_refused():
    with pytest.raises(UserError) as caught:
        mixture_of(config_of(0.001, 2).data, [30, 70])
    assert str(caught.value) == (
        "data.train.0.weight: 0.001 is less than one pair in an epoch of 100.\n"
        "Raise it, or leave the corpus out."
    )


def test_the_plan_says_what_is_kept_and_how_it_is_drawn():
    config = config_of(1, 3)
    assert describe_mixture(config, mixture_of(config.data, [30_000, 970_000])) == [
        "a.en and a.de: 30,000 pairs kept, 25 % of the pairs drawn, each 8.33 times in an epoch",
        "b.en and b.de: 970,000 pairs kept, 75 % of the pairs drawn, each 0.773 times in an epoch",
    ]
    assert describe_mixture(config, None) == []


def test_the_end_says_what_was_drawn():
    assert describe_drawn(config_of(1, 3), Drawn([1, 2], [40, 10])) == [
        "Drawn from a.en and a.de: 33.33 % of the pairs, 80.00 % of the target tokens.",
        "Drawn from b.en and b.de: 66.67 % of the pairs, 20.00 % of the target tokens.",
    ]
    assert describe_drawn(config_of(None, None), Drawn()) == []


def test_the_tokens_of_an_epoch_follow_the_shares():
    mixture = mixture_of(config_of(1, 1).data, [10, 30])
    assert tokens_of_epoch(mixture, [50, 600]) == pytest.approx(20 * 5 + 20 * 20)
    assert tokens_of_epoch(None, [50, 600]) == 650
