"""Two corpora with weights: killed and resumed, the run is bit for bit the undisturbed one."""

import json
import shutil
from signal import SIGKILL

import pytest
import yaml

STEPS = ["--set", "training.max_steps=20"]


@pytest.fixture(scope="module")
def mixed(workplace):
    """Divide the corpus into one of 260 lines and one of 80, half of an epoch to be of each."""
    lines = workplace.data.read_text("utf-8").splitlines(keepends=True)
    (workplace.folder / "large.tsv").write_text("".join(lines[:260]), "utf-8")
    (workplace.folder / "small.tsv").write_text("".join(lines[260:]), "utf-8")
    settings = yaml.safe_load(workplace.config.read_text("utf-8"))
    settings["data"]["train"] = [
        {"pairs": "large.tsv", "weight": 1.0},
        {"pairs": "small.tsv", "weight": 1.0},
    ]
    config = workplace.folder / "mixed.yaml"
    config.write_text(yaml.safe_dump(settings), "utf-8")
    return config


@pytest.fixture(scope="module")
def train(workplace, mixed):
    def train(run, *options, faults=()):
        words = ["train", "--config", mixed, "--run", run, "--threads", "1", *STEPS, *options]
        return workplace.tmt(*words, faults=faults)

    return train


@pytest.fixture(scope="module")
def undisturbed(workplace, train):
    run = workplace.run("mixed")
    outcome = train(run)
    assert outcome.code == 0, outcome.err
    return run, outcome.err


def test_plan_metrics_and_end_tell_the_shares(undisturbed, metrics):
    run, shown = undisturbed
    assert "Mix        large.tsv: " in shown
    assert shown.count(" pairs kept, 50 % of the pairs drawn, each ") == 2
    lines = [record for record in metrics(run) if record["type"] == "train"]
    assert [record["step"] for record in lines] == [5, 10, 15, 20]
    for record in lines:
        for shares in record["drawn"].values():
            assert sum(shares) == pytest.approx(1.0)
            assert shares[0] == pytest.approx(0.5, abs=0.2)
    state = json.loads((run / "checkpoints" / "step-00000020" / "training.json").read_text("utf-8"))
    tokens = state["drawn"]["target_tokens"]
    assert sum(tokens) == state["target_tokens"] == lines[-1]["target_tokens"]
    ends = [0, *(record["target_tokens"] for record in lines)]
    of_lines = [
        record["drawn"]["target_tokens"][0] * (ends[n + 1] - ends[n])
        for n, record in enumerate(lines)
    ]
    assert sum(of_lines) == pytest.approx(tokens[0])
    assert state["logged_drawn"] == {"pairs": [], "target_tokens": []}
    pairs = state["drawn"]["pairs"]
    assert pairs[0] == pytest.approx(sum(pairs) / 2, rel=0.1)
    share = f"{100 * pairs[0] / sum(pairs):.2f} % of the pairs"
    assert f"Drawn from large.tsv: {share}, " in shown


def test_killed_again_and_again_it_ends_as_if_undisturbed(workplace, train, undisturbed, contents):
    run = workplace.run("mixed-disturbed")
    # between the log lines of steps 5, 10 and 15; saved are 4, 6, 8, 12, 16 and 18
    for call in (14, 9, 9, 12):
        fault = {"kind": "signal", "at": "transformer_mt.training.trainer:seed_dropout"}
        outcome = train(run, faults=[{**fault, "call": call, "signal": SIGKILL}])
        assert outcome.code == -SIGKILL, outcome
    outcome = train(run)
    assert outcome.code == 0, outcome.err
    assert "resumed at step " in outcome.err
    assert contents(run) == contents(undisturbed[0])
    assert (
        outcome.err.splitlines()[-6:] == undisturbed[1].replace("mixed", run.name).splitlines()[-6:]
    )


def test_another_weight_is_refused_and_the_same_is_not(workplace, train, undisturbed):
    run = workplace.copy(undisturbed[0], "mixed-otherwise")
    for change in ("data.train.1.weight=2", "data.temperature=3"):
        outcome = train(run, "--set", change)
        assert outcome.code == 2
        assert "data" in outcome.err
    outcome = train(run, "--set", "data.train.1.weight=2")
    assert f"{run}: this run has begun with other settings:\n  data.train: " in outcome.err
    outcome = train(run, "--set", "data.train.1.weight=1.0")
    assert "this run is finished, at step 20" in outcome.err
    shutil.rmtree(run)


def test_a_corpus_of_which_no_pair_is_left_is_refused_and_leaves_nothing(workplace, train):
    run = workplace.run("mixed-empty")
    again = "data.train=[{pairs: large.tsv, weight: 1}, {pairs: large.tsv, weight: 1}]"
    outcome = train(run, "--set", again)
    assert outcome.code == 2
    assert "data.train.1.weight: 1, but no pair is kept of large.tsv.\n" in outcome.err
    assert not run.exists()
