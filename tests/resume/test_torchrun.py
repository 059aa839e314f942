"""Two processes as torchrun starts, stops and restarts them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
SCRIPT = str(Path(__file__).with_name("disturbed_tmt.py"))


@pytest.fixture
def torchrun(workplace):
    """Start torchrun with some words, and the training of a run."""
    processes = []

    def torchrun(run, *words):
        training = ["train", *map(str, workplace.training_arguments(run))]
        process = subprocess.Popen(
            [*TORCHRUN, *words, *training],
            cwd=workplace.folder,
            env=workplace.environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield torchrun
    for process in processes:
        process.kill()
        process.wait()


def test_sigterm_saves_and_ends_all(workplace, torchrun, in_two, contents):
    run = workplace.run("terminated")
    error = torchrun(run, "--", SCRIPT, "stop").communicate(timeout=240)[1]
    assert re.search(r"^Stopped at step \d+; everything is saved. Go on with:$", error, re.M), error
    assert error.count("Stopped") == 1
    assert max(path.name for path in (run / "checkpoints").iterdir()) < "step-00000036"
    assert [each.code for each in workplace.train_in_ranks(2, run)] == [0, 0]
    assert contents(run) == contents(in_two)


def test_killed_and_restarted_it_ends_as_if_undisturbed(workplace, torchrun, in_two, contents):
    run = workplace.run("restarted-by-torchrun")
    process = torchrun(run, "--max-restarts", "1", "--", SCRIPT, "kill")
    error = process.communicate(timeout=240)[1]
    assert process.returncode == 0, error
    assert "exitcode: -9" in error
    # torchrun's signal to rank 0 may be there before it notices.
    assert re.search("^(Error: Another process of this training has|Stopped)", error, re.M), error
    assert re.search(r"resumed at step \d+$", error, re.M), error
    assert error.count("tmt evaluate") == 1
    assert contents(run) == contents(in_two)
