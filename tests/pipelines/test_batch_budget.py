"""`training.max_tokens_per_batch: auto`, from the command line to the run's config."""

import shutil

import pytest
import torch
import yaml

from transformer_mt.config_file import build_config, read_tree
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.errors import UserError
from transformer_mt.pipelines import batch_budget
from transformer_mt.pipelines.batch_budget import describe_batch_budget, with_batch_budget
from transformer_mt.pipelines.corpora import Corpora
from transformer_mt.pipelines.preparation import Prepared
from transformer_mt.pipelines.run_setup import record_settings, resolve_settings
from transformer_mt.run_directory import RunDirectory
from transformer_mt.training.resident_probe import Growth

KEY = "training.max_tokens_per_batch"
CPU = torch.device("cpu")


@pytest.fixture
def memory(monkeypatch):
    """Give a function: let 2 GB be free, and training take so many bytes; count the probes."""

    def memory(per_token, *, fixed=100_000_000, free=2_000_000_000):
        probes = []

        def measure(probed, limits):
            probes.append(limits)
            return Growth(fixed, ((limits.smallest, limits.smallest * per_token),))

        monkeypatch.setattr(batch_budget, "measure_growth", measure)
        monkeypatch.setattr(batch_budget, "available_memory", lambda: free)
        return probes

    return memory


@pytest.fixture
def prepared(trained, corpus, tmp_path):
    """Give a run with the tokenizer of the tiny one, nothing trained, and its settings."""
    run = RunDirectory(tmp_path / "run")
    run.path.mkdir()
    shutil.copy(trained[0] / "runs" / "tiny" / "tokenizer.model", run.path)
    tree = read_tree(corpus / "tiny.yaml")
    tree["training"] |= {"max_tokens_per_batch": "auto", "tokens_per_update": 5000}
    return run, build_config(tree, place="tiny.yaml")


def resolve(prepared):
    return budgeted(prepared).config


def budgeted(prepared, *, device=CPU, num_ranks=1):
    run, config = prepared
    tokenizers = TokenizerPair.load(run.path)
    ready = Prepared(run, config, Corpora((), (), ()), tokenizers, dataset=None)
    return with_batch_budget(ready, device=device, num_ranks=num_ranks)


def test_it_takes_half_of_what_is_free(memory, prepared):
    probes = memory(300_000)
    config = resolve(prepared)
    assert config.training.max_tokens_per_batch == 2944  # 3,000 and the weights would be a GB
    assert prepared[0].load_config() == config
    assert describe_batch_budget(config) == [
        "up to 2,944 padded tokens on each side (auto: the most that fits into 1.0 GB)"
    ]
    assert (probes[0].smallest, probes[0].most, probes[0].usable_bytes) == (64, 5000, 10**9)
    assert resolve((prepared[0], config)) is config
    assert len(probes) == 1


def test_it_takes_no_more_than_an_update(memory, prepared):
    memory(1000)
    config = resolve(prepared)
    assert config.training.max_tokens_per_batch == 5000
    assert config.resolved_from == {KEY: "auto: all of an update"}


def test_a_sentence_that_does_not_fit_is_an_error(memory, prepared):
    memory(20_000_000)
    with pytest.raises(UserError) as caught:
        resolve(prepared)
    assert caught.value.exit_code == 1
    assert str(caught.value) == (
        f"{KEY}: auto: of free memory 1.0 GB may be used, too little for this model and batches of "
        "64 tokens.\nLower data.max_source_length and data.max_target_length, make the model "
        "smaller,\nor use training.activation_checkpointing: true."
    )


def test_other_devices_need_a_number(prepared):
    with pytest.raises(UserError, match=r"auto works on a CPU and on CUDA\. Give a number for mps"):
        budgeted(prepared, device=torch.device("mps"))


def test_no_more_than_the_share_of_a_process(memory, prepared):
    memory(1000)
    config = budgeted(prepared, num_ranks=4).config
    assert config.training.max_tokens_per_batch == 5000 // 4
    assert describe_batch_budget(config) == [
        "up to 1,250 padded tokens on each side (auto: a process's share of an update)"
    ]


def settings_of(run, *overrides, config=None, overwrite=False):
    return resolve_settings(
        config_path=config,
        corpus=None,
        run_path=run.path,
        overrides=overrides,
        precision=None,
        device=CPU,
        overwrite=overwrite,
    ).config


@pytest.fixture
def interrupted(memory, corpus, tmp_path):
    """Give a run whose number is found and of which nothing is saved yet, and its config file."""
    memory(300_000)
    run = RunDirectory(tmp_path / "interrupted")
    run.path.mkdir()
    tree = yaml.safe_load((corpus / "tiny.yaml").read_text("utf-8"))
    tree["training"] |= {"max_tokens_per_batch": "auto", "tokens_per_update": 5000}
    file = corpus / "auto.yaml"
    file.write_text(yaml.safe_dump(tree), encoding="utf-8")
    config = settings_of(run, config=file)
    assert config.training.max_tokens_per_batch == "auto"
    reason = "auto: the most that fits into 1.0 GB"
    found = batch_budget.with_number_of_tokens(config, 2944, reason=reason)
    record_settings(run, found)
    return run, file, found


def test_the_number_found_is_kept_before_anything_is_saved(interrupted):
    run, file, found = interrupted
    assert settings_of(run, config=file) == found
    assert settings_of(run) == found
    assert settings_of(run, f"{KEY}=auto") == found


def test_it_is_not_kept_for_other_settings(interrupted):
    run, file, _ = interrupted
    other = settings_of(run, "training.seed=7", config=file)
    assert other.training.max_tokens_per_batch == "auto"
    anew = settings_of(run, config=file, overwrite=True)
    assert anew.training.max_tokens_per_batch == "auto"
    assert settings_of(run, f"{KEY}=500").resolved_from == {}


def test_a_run_that_has_begun_keeps_it(interrupted):
    run, file, found = interrupted
    (run.checkpoints / "step-00000010").mkdir(parents=True)
    assert settings_of(run, config=file) == found
    assert settings_of(run, f"{KEY}=2944", config=file) == found
    with pytest.raises(UserError, match=r"training\.max_tokens_per_batch: 2944 -> 500"):
        settings_of(run, f"{KEY}=500", config=file)
    changed = settings_of(run, "training.activation_checkpointing=true", config=file)
    assert changed.training.activation_checkpointing


def test_training_resolves_it_once_and_says_so(corpus, tmt, tmp_path):
    words = ("train", "--config", corpus / "tiny.yaml", "--run", tmp_path / "run", "--threads", 1)
    settings = ["max_tokens_per_batch=auto", "max_steps=2", "average_checkpoints=0"]
    words += tuple(word for each in settings for word in ("--set", f"training.{each}"))
    line = "Batches    up to 600 padded tokens on each side (auto: all of an update)"
    dry = tmt(*words, "--dry-run", cwd=tmp_path)
    assert dry.returncode == 0, dry.stderr
    assert line in dry.stderr
    assert not (tmp_path / "run").exists()
    done = tmt(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert line in done.stderr
    saved = yaml.safe_load((tmp_path / "run" / "config.yaml").read_text("utf-8"))
    assert saved["training"]["max_tokens_per_batch"] == 600
    assert saved["resolved_from"] == {KEY: "auto: all of an update"}
    assert line in (tmp_path / "run" / "train.log").read_text("utf-8")
