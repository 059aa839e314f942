import shutil
from pathlib import Path

import pytest
import torch

from transformer_mt.checkpoint import CheckpointStore
from transformer_mt.chosen_weights import describe_weights
from transformer_mt.config import Config, DataConfig, ModelConfig, TrainingConfig
from transformer_mt.config_file import to_yaml
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.errors import UserError
from transformer_mt.run_directory import CONFIG_HEADING, RunDirectory
from transformer_mt.saved_model import build_model, load_model

TOKENIZER = Path(__file__).parent / "fixtures" / "run_format_1" / "tokenizer.model"
CPU = torch.device("cpu")


def make_config(select_by="bleu"):
    small = {"d_model": 4, "num_heads": 2, "d_ff": 4}
    return Config(
        data=DataConfig(max_source_length=16, max_target_length=16),
        model=ModelConfig(**small, num_encoder_layers=1, num_decoder_layers=1),
        training=TrainingConfig(select_by=select_by),
    )


class Run:
    """A run directory whose checkpoints hold one number each: their step, or 0.5 if averaged."""

    def __init__(self, path, config):
        self.directory = RunDirectory(path)
        self.config = config
        self.store = CheckpointStore(path)
        self.directory.config.write_text(CONFIG_HEADING + to_yaml(config), encoding="utf-8")
        shutil.copy(TOKENIZER, path / "tokenizer.model")
        model = build_model(config, TokenizerPair.load(path))
        self.shapes = {name: p.shape for name, p in model.named_parameters()}
        for step in (1, 2, 3):
            self.store.save(step=step, weights=self.filled(step), optimizer={}, state={})

    def filled(self, value):
        return {name: torch.full(shape, float(value)) for name, shape in self.shapes.items()}

    def point(self, name, step, *, bleu, loss):
        folder = f"{'averaged' if name == 'averaged' else 'step'}-{step:08d}"
        if name == "averaged":
            self.store.save_averaged(step=step, weights=self.filled(0.5), state={})
        content = {"checkpoint": folder, "step": step, "bleu": bleu, "loss": loss, "of": [2, 3]}
        self.store.write_pointer(name, content)

    def damage(self, folder):
        (self.directory.checkpoints / folder / "model.safetensors").write_bytes(b"")

    def load(self):
        """Return the number in the weights, how they are described, and the warnings."""
        saved = load_model(self.directory, device=CPU)
        values = {value for p in saved.model.parameters() for value in p.unique().tolist()}
        assert len(values) == 1
        assert not saved.model.training
        assert describe_weights(self.directory, self.config) == saved.description
        return values.pop(), saved.description, saved.warnings


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path, make_config())


def test_the_newest_where_nothing_was_validated(run):
    assert run.load() == (3.0, "the newest intact checkpoint, step 3", ())


def test_the_best(run):
    run.point("best", 2, bleu=20.0, loss=2.0)
    expected = "the best checkpoint, step 2 (validation BLEU 20.00, loss 2.000)"
    assert run.load() == (2.0, expected, ())


@pytest.mark.parametrize(
    ("select_by", "bleu", "loss", "expected"),
    [
        ("bleu", 20.5, 2.1, 0.5),
        ("bleu", 20.0, 2.1, 0.5),  # equal is good enough
        ("bleu", 19.9, 1.9, 2.0),
        ("loss", 19.9, 1.9, 0.5),
        ("loss", 19.9, 2.0, 0.5),
        ("loss", 20.5, 2.1, 2.0),
    ],
)
def test_the_averaged_weights_if_they_are_as_good_as_the_best(
    tmp_path, select_by, bleu, loss, expected
):
    run = Run(tmp_path, make_config(select_by))
    run.point("best", 2, bleu=20.0, loss=2.0)
    run.point("averaged", 3, bleu=bleu, loss=loss)
    value, description, warnings = run.load()
    assert (value, warnings) == (expected, ())
    if expected == 0.5:
        assert description.startswith("the average of 2 checkpoints up to step 3 (validation BLEU")
    else:
        assert description.startswith("the best checkpoint, step 2")


def test_damaged_weights_are_passed_over_and_named(run):
    run.point("best", 2, bleu=20.0, loss=2.0)
    run.point("averaged", 3, bleu=21.0, loss=2.0)
    order = ["averaged-00000003", "step-00000002", "step-00000003"]
    for number, (folder, expected) in enumerate(zip(order, [2.0, 3.0, 1.0], strict=True), 1):
        run.damage(folder)
        value, _, warnings = run.load()
        assert value == expected
        # The best is passed over once as the best, and then as one of all.
        assert [w.split(": ")[0].rsplit("/", 1)[1] for w in warnings][:number] == order[:number]
        assert "passed over, model.safetensors has 0 bytes" in warnings[-1]


@pytest.mark.parametrize("lost", ["checkpoint", "step", "bleu", "loss"])
def test_a_pointer_that_says_too_little_is_damaged(run, lost):
    content = {"checkpoint": "step-00000002", "step": 2, "bleu": 20.0, "loss": 2.0}
    run.store.write_pointer("best", {key: value for key, value in content.items() if key != lost})
    with pytest.raises(UserError, match=r"best\.json: is damaged\. Delete it"):
        run.load()


def test_what_a_pointer_names_is_gone(run):
    run.point("best", 2, bleu=20.0, loss=2.0)
    shutil.rmtree(run.directory.checkpoints / "step-00000002")
    value, _, warnings = run.load()
    assert value == 3.0
    assert "step-00000002: passed over, manifest.json is missing" in warnings[0]


def test_nothing_intact(run):
    for step in (1, 2, 3):
        run.damage(f"step-{step:08d}")
    with pytest.raises(UserError, match="step-00000003: passed over") as caught:
        load_model(run.directory, device=CPU)
    assert "tmt train --run" in str(caught.value)
    assert str(caught.value).count("\n") <= 4
    assert caught.value.exit_code == 1
    assert describe_weights(run.directory, run.config) == "none: no checkpoint is intact"


def test_no_checkpoint_yet(run):
    shutil.rmtree(run.directory.checkpoints)
    with pytest.raises(UserError, match="has no checkpoint yet"):
        load_model(run.directory, device=CPU)


def test_weights_of_another_architecture(run):
    run.store.save(step=4, weights={"other": torch.zeros(1)}, optimizer={}, state={})
    with pytest.raises(UserError, match=r"step-00000004: does not fit .*config\.yaml"):
        load_model(run.directory, device=CPU)


def test_the_start_weights_follow_from_the_seed(run):
    tokenizers = TokenizerPair.load(run.directory.path)
    torch.manual_seed(5)
    one = build_model(run.config, tokenizers)
    torch.manual_seed(6)
    other = build_model(run.config, tokenizers)
    for parameter, expected in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(parameter, expected)
