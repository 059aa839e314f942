"""A run that ran out of memory, killed and resumed, is the one that was not killed."""

import json
from signal import SIGKILL

import pytest

OPTIONS = ["--set", "training.max_steps=12", "--set", "training.average_checkpoints=0"]
# In step 7: two batches were timed for the plan, and an update has two or three.
FULL = {
    "kind": "out of memory",
    "at": "transformer_mt.training.passes:batch_loss",
    "call": 17,
}


def kill(at, call, *, after=False):
    return {"kind": "signal", "at": at, "call": call, "after": after, "signal": SIGKILL}


KILLS = {
    "the halving is written down and not said": kill(
        "transformer_mt.training.memory_budget:write_json", 1, after=True
    ),
    "said, in the step that is done again": kill(
        "transformer_mt.training.trainer:seed_dropout", 19
    ),
    "a step later": kill("transformer_mt.training.trainer:Trainer._refuse_non_finite", 9),
    "saved": kill("transformer_mt.training.milestones:Milestones._prune", 4),
}


@pytest.fixture(scope="module")
def halved(workplace):
    """The run that ran out of memory once, and was not disturbed otherwise."""
    run = workplace.run("halved")
    outcome = workplace.train(run, *OPTIONS, faults=[FULL])
    assert outcome.code == 0, outcome.err
    assert "out of memory; training.max_tokens_per_batch is 100 from here on" in outcome.err
    return run


def test_it_goes_on_with_half_the_budget_and_the_same_data(halved, workplace, contents, metrics):
    (halving,) = json.loads((halved / "halvings.json").read_text("utf-8"))
    assert 6 < halving["step"] < 12
    assert halving["max_tokens_per_batch"] == 100
    memory = [record for record in metrics(halved) if record["type"] == "memory"]
    assert memory == [{"type": "memory", **halving}]
    whole = workplace.run("not-halved")
    workplace.train_to_the_end(whole, *OPTIONS)
    states = [
        json.loads((run / "checkpoints/step-00000012/training.json").read_text("utf-8"))
        for run in (halved, whole)
    ]
    for key in ("step", "position", "target_tokens"):
        assert states[0][key] == states[1][key]
    files, other_files = contents(halved)[0], contents(whole)[0]
    assert (
        files["checkpoints/step-00000006/model.safetensors"]
        == (other_files["checkpoints/step-00000006/model.safetensors"])
    )
    assert (
        files["checkpoints/step-00000012/model.safetensors"]
        != (other_files["checkpoints/step-00000012/model.safetensors"])
    )


@pytest.mark.parametrize("moment", KILLS)
def test_killed_and_resumed_it_is_the_same(moment, halved, workplace, contents):
    run = workplace.run(f"halved and killed, {moment}")
    outcome = workplace.train(run, *OPTIONS, faults=[FULL, KILLS[moment]])
    assert outcome.code == -SIGKILL, outcome.err
    assert (run / "halvings.json").exists()
    workplace.train_to_the_end(run, *OPTIONS)  # with memory enough
    assert contents(run) == contents(halved)


def test_activations_may_be_computed_again_from_any_step_on(halved, workplace, contents):
    run = workplace.run("halved, with recomputed activations")
    fault = kill("transformer_mt.training.trainer:Trainer._refuse_non_finite", 5)
    assert workplace.train(run, *OPTIONS, faults=[fault]).code == -SIGKILL
    (run / "halvings.json").write_bytes((halved / "halvings.json").read_bytes())
    again = ["--set", "training.activation_checkpointing=true"]
    workplace.train_to_the_end(run, *OPTIONS, *again)
    files, expected = contents(run)[0], contents(halved)[0]
    assert files.pop("config.yaml") != expected.pop("config.yaml")
    assert files == expected


def test_begun_anew_it_has_its_full_budget(halved, workplace):
    run = workplace.copy(halved, "halved, and begun anew")
    outcome = workplace.train(run, *OPTIONS, "--overwrite")
    assert outcome.code == 0, outcome.err
    assert not (run / "halvings.json").exists()
