"""The settings chosen by the size of a corpus: ordered, valid, and those of the sources."""

import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer_mt.config import Config, ModelConfig, TrainingConfig
from transformer_mt.config_file import build_config, read_tree
from transformer_mt.data.tokenizer_training import train_tokenizer
from transformer_mt.pipelines.size_defaults import TOKENS_PER_PAIR, choose_settings

CONFIGS = Path(__file__).parents[2] / "configs"
SIZES = [1, 20, 500, 1_000, 2_999, 3_000, 5_000, 9_999, 10_000, 29_000, 60_000, 160_000, 200_000,
         999_999, 1_000_000, 4_500_000, 10**8]  # fmt: skip

RISING = [
    "tokenizer.vocab_size", "model.d_model", "model.num_heads", "model.d_ff",
    "model.num_encoder_layers", "model.num_decoder_layers", "training.max_steps",
    "training.tokens_per_update", "training.max_tokens_per_batch",
    "training.validate_every_steps", "training.save_every_steps", "training.patience",
]  # fmt: skip


def config_for(num_pairs, num_characters=0):
    tree = {}
    for choice in choose_settings(num_pairs, num_characters=num_characters):
        section, key = choice.key.split(".")
        tree.setdefault(section, {})[key] = choice.value
    return build_config(tree, place="chosen")


def values(num_pairs, num_characters=0):
    return {c.key: c.value for c in choose_settings(num_pairs, num_characters=num_characters)}


def parameters(config):
    """Count the weights of the matrices: embedding, four or eight projections, feed-forward."""
    width, model = config.model.d_model, config.model
    feed_forward = 2 * width * model.d_ff
    encoder = model.num_encoder_layers * (4 * width**2 + feed_forward)
    decoder = model.num_decoder_layers * (8 * width**2 + feed_forward)
    return config.tokenizer.vocab_size * width + encoder + decoder


def assert_in_order(smaller, larger, num_characters=0):
    few, many = values(smaller, num_characters), values(larger, num_characters)
    same = few.get("training.optimizer") == many.get("training.optimizer")
    for key in RISING:
        if key == "training.max_steps" and not same:
            continue  # Muon needs fewer
        assert few[key] <= many[key], (key, smaller, larger)
    assert few["model.dropout"] >= many["model.dropout"]
    first, second = config_for(smaller, num_characters), config_for(larger, num_characters)
    assert parameters(first) <= parameters(second)


def test_nothing_turns_back_over_a_sweep():
    steps = sorted({*SIZES, *(round(10 ** (n / 12)) for n in range(0, 97))})
    for smaller, larger in pairwise(steps):
        assert_in_order(smaller, larger)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 20_000))
def test_nothing_turns_back_anywhere(one, other, num_characters):
    assert_in_order(min(one, other), max(one, other), num_characters)


@given(st.integers(0, 10**9), st.integers(0, 20_000))
def test_every_choice_is_a_valid_setting_with_a_reason(num_pairs, num_characters):
    config = config_for(num_pairs, num_characters)
    assert isinstance(config, Config)
    choices = choose_settings(num_pairs, num_characters=num_characters)
    assert len({choice.key for choice in choices}) == len(choices)
    assert all(3 < len(choice.reason) <= 48 for choice in choices)
    training = config.training
    assert training.warmup_steps < training.max_steps / 2
    assert training.max_steps % training.validate_every_steps == 0
    assert training.validate_every_steps % training.save_every_steps == 0


@given(st.integers(500, 10**9), st.integers(0, 20_000))
def test_there_is_room_for_every_character_and_for_pieces(num_pairs, num_characters):
    size = config_for(num_pairs, num_characters).tokenizer.vocab_size
    assert size - num_characters - 260 >= 500


def test_30_000_pairs_get_the_measured_recipe_with_less_dropout():
    measured = read_tree(CONFIGS / "multi30k_en_de.yaml")
    chosen = config_for(29_000).model_dump()
    for section in ("tokenizer", "model"):
        for key, value in measured[section].items():
            assert chosen[section][key] == (value if key != "dropout" else 0.2), key
    for key in ("tokens_per_update", "max_tokens_per_batch", "learning_rate"):
        assert chosen["training"][key] == measured["training"][key], key
    quick = read_tree(CONFIGS / "multi30k_en_de_quick.yaml")
    for key in ("optimizer", "schedule", "learning_rate"):
        assert chosen["training"][key] == quick["training"][key], key


def test_millions_of_pairs_get_the_papers_base_model():
    config = config_for(4_500_000)
    assert config.model == ModelConfig()
    defaults = TrainingConfig().model_dump()
    ours = config.training.model_dump()
    differing = {key for key, value in ours.items() if value != defaults[key]}
    assert differing == {"validate_every_steps", "patience"}


def test_the_work_fits_a_laptop_where_the_text_is_small():
    def target_tokens(num_pairs):
        training = config_for(num_pairs).training
        return training.max_steps * training.tokens_per_update

    tokens_per_second = 9_000  # two cores, d_model 128, as in configs/EXPERIMENTS.md
    assert target_tokens(5_000) / tokens_per_second <= 10 * 60
    assert target_tokens(29_000) / tokens_per_second <= 65 * 60


def test_few_thousand_pairs_get_a_small_vocabulary_and_more_dropout_than_the_papers():
    chosen = values(5_000)
    assert 1_000 <= chosen["tokenizer.vocab_size"] <= 4_000
    assert ModelConfig().dropout < chosen["model.dropout"] == 0.2


def test_the_reasons_name_the_numbers_that_drove_them():
    reasons = {choice.key: choice.reason for choice in choose_settings(5_000)}
    epochs = round(1_200 * 2_048 / (5_000 * TOKENS_PER_PAIR))
    assert reasons["training.max_steps"] == f"{epochs} epochs at 15 tokens a sentence"
    assert "5,000 pairs" in reasons["tokenizer.vocab_size"]
    assert "2,048 tokens" in reasons["training.learning_rate"]
    many = {c.key: c.reason for c in choose_settings(5_000, num_characters=3_000)}
    assert "3,000 different characters" in many["tokenizer.vocab_size"]
    assert "tokenizer.character_coverage" in many


@pytest.mark.parametrize("num_characters", [90, 1_800])
def test_the_vocabulary_can_be_trained(num_characters, tmp_path):
    generator = random.Random(0)
    alphabet = [chr(0x4E00 + n) for n in range(num_characters)]
    text = ["".join(alphabet)] + ["".join(generator.choices(alphabet, k=12)) for _ in range(500)]
    settings = config_for(500, num_characters).tokenizer
    report = train_tokenizer(
        text,
        tmp_path / "tokenizer.model",
        type=settings.type,
        vocab_size=settings.vocab_size,
        character_coverage=settings.character_coverage,
        byte_fallback=settings.byte_fallback,
    )
    assert report.vocab_size <= settings.vocab_size
