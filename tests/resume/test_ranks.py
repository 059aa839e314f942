"""Several processes train as one would; killed, interrupted and resumed like one."""

import json
import re
from signal import SIGINT, SIGKILL, SIGTERM

import pytest
import yaml
from safetensors.torch import load_file

SEED = "transformer_mt.training.trainer:seed_dropout"
LOSS = "transformer_mt.training.passes:batch_loss"
SEARCH = "transformer_mt.decoding.batched_search:beam_search"
# Rounding stays rounding: Adam divides gradients by their size, and those that would be 0 if sums
# were exact (of the bias of attention's keys) are not blown up to steps as large as the others'.
CALM = ("training.adam_epsilon=1.0e-3", "training.learning_rate=0.02", "training.patience=null")


def settings(*changes):
    return [word for change in changes for word in ("--set", change)]


def fault(kind, at, call, **more):
    return {"kind": kind, "at": at, "call": call, **more}


def kill(at, call):
    return fault("signal", at, call, signal=SIGKILL)


def assert_all_trained(outcomes):
    assert [outcome.code for outcome in outcomes] == [0] * len(outcomes), outcomes
    assert [outcome.err for outcome in outcomes[1:]] == [""] * (len(outcomes) - 1)


def last_weights(run):
    newest = max((run / "checkpoints").glob("step-*"))
    return newest.name, load_file(newest / "model.safetensors")


def distance(run, other):
    """Return the largest difference of a weight of two runs that ended at the same step."""
    (name, weights), (other_name, others) = last_weights(run), last_weights(other)
    assert name == other_name
    return max((weights[key] - others[key]).abs().max().item() for key in weights)


def state_of(run, step):
    return json.loads((run / "checkpoints" / f"step-{step:08d}" / "training.json").read_text())


@pytest.fixture(scope="module")
def alone(workplace):
    """A short run of one process, as calm as those that it is compared with."""
    run = workplace.run("alone")
    workplace.train_to_the_end(run, *settings(*CALM, "training.max_steps=12"))
    return run


@pytest.mark.parametrize(("count", "max_tokens_per_batch"), [(2, 200), (2, 100), (3, 134)])
def test_ranks_do_what_one_process_does(workplace, metrics, count, max_tokens_per_batch):
    """With about as many batches in an update as there are ranks, or twice as many."""
    run, alone = (workplace.run(f"{n}-of-{max_tokens_per_batch}") for n in (count, 1))
    batches = f"training.max_tokens_per_batch={max_tokens_per_batch}"
    few = settings(*CALM, batches, "training.max_steps=12")
    workplace.train_to_the_end(alone, *few)
    assert_all_trained(workplace.train_in_ranks(count, run, *few))
    config = yaml.safe_load((run / "config.yaml").read_text("utf-8"))
    assert config["training"]["max_tokens_per_batch"] == max_tokens_per_batch
    assert config["model"]["dropout"] > 0
    assert distance(run, alone) < 1e-5
    mine, theirs = metrics(run), metrics(alone)
    assert [(r["type"], r["step"]) for r in mine] == [(r["type"], r["step"]) for r in theirs]
    for record, other in zip(mine, theirs, strict=True):
        assert record["loss"] == pytest.approx(other["loss"], rel=1e-5)
        assert record.get("target_tokens") == other.get("target_tokens")
    assert state_of(run, 12)["position"] == state_of(alone, 12)["position"]
    assert json.loads((run / "run.json").read_text())["ranks"] == count


def test_halves_in_turn_by_ranks_are_halves_at_a_time_by_one_process(workplace, alone, halves):
    run, threads = workplace.run("ranks-of-halves"), workplace.run("threads-with-halves")
    few = settings(*CALM, "training.max_steps=12")
    workplace.train_to_the_end(threads, *few, "--threads", "2", faults=[halves])
    faults = {0: [halves], 1: [halves]}
    assert_all_trained(workplace.train_in_ranks(2, run, *few, faults=faults))
    assert distance(run, threads) < 1e-5
    assert distance(threads, alone) > 1e-3, (
        "nothing was passed in halves, with dropout of their own"
    )


def test_other_dropout_would_show(workplace, alone):
    run = workplace.run("other-dropout")
    few = settings(*CALM, "training.max_steps=12")
    faults = {1: [fault("nothing", SEED, None)]}
    assert_all_trained(workplace.train_in_ranks(2, run, *few, faults=faults))
    assert distance(run, alone) > 1e-3


def test_early_stopping_agrees(workplace, metrics):
    run = workplace.run("patient-ranks")
    options = settings("training.patience=1", "training.average_checkpoints=0")
    outcomes = workplace.train_in_ranks(2, run, *options)
    assert_all_trained(outcomes)
    assert metrics(run)[-1]["step"] < 36, "training did not stop early"
    outcomes = workplace.train_in_ranks(2, run, *options)
    assert_all_trained(outcomes)
    assert "Go on with --set training.patience=N" in outcomes[0].err


# Saved are the steps 4, 6, 8, 12, …; each rank has a batch or two of an update.
DEATHS = [
    (0, kill("transformer_mt.data.dataset_cache:DatasetCache.commit_part", 1)),
    (1, kill("transformer_mt.pipelines.preparation:open_dataset", 1)),
    (1, kill(SEED, 6)),
    (0, kill("transformer_mt.training.milestones:Milestones._point_to_best", 2)),
    (1, kill(SEARCH, 1)),
    (0, kill("safetensors.torch:save_file", 1)),
    (1, kill("torch.nn.utils:clip_grad_norm_", 3)),
    (0, kill(SEARCH, 2)),
    (1, kill("transformer_mt.training.milestones:average_weights", 1)),
]


def test_killed_ranks_are_resumed_exactly(workplace, in_two, contents):
    run = workplace.run("killed-ranks")
    for rank, death in DEATHS:
        outcomes = workplace.train_in_ranks(2, run, faults={rank: [death]})
        other = outcomes[1 - rank]
        assert (outcomes[rank].code, other.code) == (-SIGKILL, 1), (death, outcomes)
        if rank == 0:
            assert other.err == ""
        else:
            assert "Error: Another process of this training has ended" in other.err
            assert "Traceback" not in other.err
    assert_all_trained(workplace.train_in_ranks(2, run))
    assert contents(run) == contents(in_two)


@pytest.mark.parametrize("rank", [0, 1])
def test_a_signal_to_one_rank_is_one_to_all(workplace, in_two, contents, rank):
    run = workplace.run(f"interrupted-rank-{rank}")
    for at, call, signal, code in ((SEED, 9, SIGTERM, 143), (SEARCH, 1, SIGINT, 130)):
        sent = fault("signal", at, call, signal=signal)
        outcomes = workplace.train_in_ranks(2, run, faults={rank: [sent]})
        assert [outcome.code for outcome in outcomes] == [code, code], outcomes
        step = int(last_weights(run)[0].removeprefix("step-"))
        assert f"Stopped at step {step}; everything is saved. Go on with:" in outcomes[0].err
        command = f"torchrun --nproc-per-node 2 -m -- transformer_mt train --run {run} --threads 1"
        assert f"  {command}\n" in outcomes[0].err
        assert outcomes[1].err == ""
    assert_all_trained(workplace.train_in_ranks(2, run))
    assert contents(run) == contents(in_two)


def test_another_number_of_ranks_goes_on_with_the_same_data(workplace, alone):
    run = workplace.run("renumbered")
    for count, steps in ((2, 5), (1, 7), (3, 12)):
        options = settings(*CALM, f"training.max_steps={steps}", "training.average_checkpoints=0")
        outcomes = workplace.train_in_ranks(count, run, *options)
        assert_all_trained(outcomes)
        warned = "goes on, on cpu with 1 thread(s)" in outcomes[0].err
        assert warned == (steps > 5), outcomes[0].err
    assert "this run was trained on cpu with 1 thread(s) and goes on, on cpu with 1 thread(s) in " \
        "each of 3 processes" in outcomes[0].err  # fmt: skip
    state, expected = state_of(run, 12), state_of(alone, 12)
    assert (state["position"], state["target_tokens"]) == (
        expected["position"],
        expected["target_tokens"],
    )
    assert distance(run, alone) < 1e-5


@pytest.mark.parametrize("rank", [0, 1])
@pytest.mark.parametrize(
    ("kind", "what"), [("nan", "the loss"), ("infinite gradient", "a gradient")]
)
def test_what_is_not_finite_on_one_rank_stops_all(workplace, kind, what, rank):
    run = workplace.run(f"{kind.replace(' ', '-')}-{rank}")
    faults = {rank: [fault(kind, LOSS, call) for call in (5, 6, 7, 8, 9)]}
    outcomes = workplace.train_in_ranks(2, run, faults=faults)
    assert [outcome.code for outcome in outcomes] == [1, 1], outcomes
    assert outcomes[1].err == ""
    assert re.search(
        f"Error: Step \\d: {what} is not finite; the update was not made", outcomes[0].err
    )
    assert outcomes[0].err.count("Error") == 1


def test_what_is_wrong_is_said_once(workplace):
    outcomes = workplace.train_in_ranks(2, workplace.run("wrong"), "--set", "training.nonsense=1")
    assert [outcome.code for outcome in outcomes] == [2, 1]
    assert outcomes[0].err.startswith("Error: --set: training.nonsense: there is no such key")
    assert outcomes[1].err == ""
    assert not workplace.run("wrong").exists()


def test_what_goes_wrong_on_another_rank_is_said_by_it(workplace):
    faults = {1: [fault("disk full", "transformer_mt.pipelines.preparation:open_dataset", 1)]}
    outcomes = workplace.train_in_ranks(2, workplace.run("unreadable"), faults=faults)
    assert [outcome.code for outcome in outcomes] == [1, 1]
    assert outcomes[1].err == "Error: No space left on device. Free some disk space.\n"
    assert "Error: Another process of this training has ended" in outcomes[0].err


def test_a_restart_does_not_overwrite_again(workplace, in_two, contents):
    run = workplace.copy(in_two, "restarted")
    again = {"TORCHELASTIC_RESTART_COUNT": "1"}
    for count in (1, 2):
        outcomes = workplace.train_in_ranks(count, run, "--overwrite", **again)
        assert_all_trained(outcomes)
        assert "this run is finished, at step 36" in outcomes[0].err
    assert contents(run) == contents(in_two)


def test_a_dry_run_shows_the_plan_once(workplace):
    outcomes = workplace.train_in_ranks(2, workplace.run("dry"), "--dry-run")
    assert_all_trained(outcomes)
    assert "Processes  2, which share the batches of each update\n" in outcomes[0].err
    assert not workplace.run("dry").exists()


def test_the_size_of_a_batch_is_decided_when_the_run_begins(workplace):
    run = workplace.run("lowered")
    large = settings("training.max_tokens_per_batch=300", "training.average_checkpoints=0")
    first, second = (settings(f"training.max_steps={steps}") for steps in (2, 3))
    outcomes = workplace.train_in_ranks(2, run, *large, *first)
    assert_all_trained(outcomes)
    line = "training.max_tokens_per_batch 200, lowered from 300 when the run began"
    assert line in outcomes[0].err
    training = yaml.safe_load((run / "config.yaml").read_text("utf-8"))["training"]
    assert training["max_tokens_per_batch"] == 200
    outcome = workplace.train_to_the_end(run, *large, *second)
    assert line in outcome.err
    outcome = workplace.train(run, *second)
    assert outcome.code == 2
    assert "training.max_tokens_per_batch: 200 -> " not in outcome.err
    assert "training.max_tokens_per_batch_asked: 300 -> None" in outcome.err
