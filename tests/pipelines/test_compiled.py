"""`training.compile`: decided once, refused where it cannot be, and training that is compiled."""

import json
from functools import partial

import pytest
import torch

from transformer_mt.checkpoint import CheckpointStore
from transformer_mt.config import Config, ModelConfig, TrainingConfig
from transformer_mt.errors import UserError
from transformer_mt.pipelines import train as train_module
from transformer_mt.pipelines.compiled import (
    check_compile,
    choose_compile,
    decided,
    keep_compile,
)
from transformer_mt.training.compiling import CompiledHidden

CUDA, CPU = torch.device("cuda"), torch.device("cpu")
SMALL = ("--device", "cpu", "--threads", 1, "--set", "training.compile=true")
SHORT_SENTENCES = ("--set", "data.max_source_length=24", "--set", "data.max_target_length=24")


def config_of(value):
    return Config(training=TrainingConfig(compile=value))


@pytest.mark.parametrize(
    ("asked", "device", "num_ranks", "expected"),
    [
        ("auto", CUDA, 1, True),
        ("auto", CUDA, 2, False),
        ("auto", CPU, 1, False),
        (True, CPU, 1, True),
        (False, CUDA, 1, False),
    ],
)
def test_it_is_decided_when_a_run_begins(asked, device, num_ranks, expected):
    assert choose_compile(config_of(asked), device, num_ranks=num_ranks) == config_of(expected)


def test_attention_dropout_that_is_computed_twice_is_not_compiled():
    """Compiled, its random numbers would not be those of the seed."""
    twice = Config(
        model=ModelConfig(attention_dropout=0.1),
        training=TrainingConfig(activation_checkpointing=True),
    )
    assert choose_compile(twice, CUDA, num_ranks=1) == twice.with_training(compile=False)
    for once in (
        twice.with_training(activation_checkpointing=False),
        twice.model_copy(update={"model": ModelConfig(dropout=0.3)}),
    ):
        assert choose_compile(once, CUDA, num_ranks=1) == once.with_training(compile=True)
        check_compile(once.with_training(compile=True), num_ranks=1)
    check_compile(twice.with_training(compile=False), num_ranks=1)
    with pytest.raises(UserError) as caught:
        check_compile(twice.with_training(compile=True), num_ranks=1)
    assert str(caught.value) == (
        "training.compile: true cannot repeat model.attention_dropout 0.1 with "
        "training.activation_checkpointing.\n"
        "Leave the checkpointing out, or begin anew (--overwrite) with training.compile=false."
    )


@pytest.mark.parametrize("old", [True, False])
def test_a_run_keeps_what_was_decided(old):
    assert keep_compile(config_of("auto"), config_of(old)) == config_of(old)
    for asked in (True, False):
        assert keep_compile(config_of(asked), config_of(old)) == config_of(asked)


def test_a_run_from_before_the_setting_compiles_not():
    assert decided(Config()) == Config().with_training(compile=False)
    assert decided(config_of(True)) == config_of(True)


def test_several_processes_are_refused():
    check_compile(config_of(True), num_ranks=1)
    check_compile(config_of(False), num_ranks=2)
    with pytest.raises(UserError) as caught:
        check_compile(config_of(True), num_ranks=2)
    assert str(caught.value) == (
        "training.compile: true trains in one process, and there are 2.\n"
        "Start it without torchrun, or begin anew (--overwrite) with training.compile=false."
    )


def test_another_value_is_refused(corpus, tmt_here, tmp_path):
    words = ("--config", corpus / "tiny.yaml", "--run", tmp_path / "run")
    with pytest.raises(UserError, match="expected auto, true or false, found 'yes'"):
        tmt_here("train", *words, "--set", "training.compile=yes")


@pytest.fixture
def light_compiler(monkeypatch, tmp_path):
    """Let the model be traced, and run as it was traced."""
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "compiled"))
    monkeypatch.setattr(train_module, "CompiledHidden", partial(CompiledHidden, backend="eager"))
    limit = torch._dynamo.config.recompile_limit
    torch.compiler.reset()
    yield
    torch.compiler.reset()
    torch._dynamo.config.recompile_limit = limit


def test_compiled_training_is_told_kept_and_resumed_exactly(
    corpus, tmt_here, tmp_path, light_compiler
):
    def train(name, steps, *words):
        torch.compiler.reset()  # as in a process of its own
        run = tmp_path / name
        options = (*SMALL, *SHORT_SENTENCES, "--set", f"training.max_steps={steps}", *words)
        options += ("--set", "model.dropout=0.1", "--set", "training.save_every_steps=2")
        config = ("--config", corpus / "tiny.yaml")
        return run, tmt_here("train", *config, "--run", run, *options).err

    whole, told = train("whole", 4)
    assert "\nCompiled   for " in told
    assert "shapes of batch\n" in told
    assert "\nCompiled " in told.split("Time ")[1]
    assert "\n  compile: true\n" in (whole / "config.yaml").read_text("utf-8")
    parts, _ = train("parts", 2)
    _, told = train("parts", 4)
    assert "resumed at step 2" in told
    ends = [CheckpointStore(run).at(4) for run in (whole, parts)]
    for mine, other in zip(*(end.weights().items() for end in ends), strict=True):
        assert mine[0] == other[0]
        assert torch.equal(mine[1], other[1]), mine[0]
    assert not any("orig_mod" in name for name in ends[0].weights())
    last = [
        json.loads((run / "metrics.jsonl").read_text("utf-8").splitlines()[-1])["loss"]
        for run in (whole, parts)
    ]
    assert last[0] == last[1]
