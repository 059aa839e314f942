"""Two processes as torchrun starts, stops and restarts them."""

import re
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGTERM

TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def test_stopped_killed_and_restarted_it_ends_as_if_undisturbed(workplace, in_two, contents):
    run = workplace.run("torchrun")
    arguments = ["train", *map(str, workplace.training_arguments(run))]
    process = subprocess.Popen(
        [*TORCHRUN, "-m", "--", "transformer_mt", *arguments],
        cwd=workplace.folder,
        env=workplace.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    metrics = run / "metrics.jsonl"
    while process.poll() is None and not (metrics.exists() and metrics.read_bytes()):
        time.sleep(0.005)
    process.send_signal(SIGTERM)
    error = process.communicate(timeout=120)[1]
    assert re.search(r"^Stopped at step \d+; everything is saved. Go on with:$", error, re.M), error
    assert error.count("Stopped") == 1
    stopped_at = max(path.name for path in (run / "checkpoints").iterdir())
    assert stopped_at < "step-00000036"

    script = str(Path(__file__).with_name("dying_tmt.py"))
    done = subprocess.run(
        [*TORCHRUN, "--max-restarts", "1", "--", script, *arguments],
        cwd=workplace.folder,
        env=workplace.environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    # torchrun's signal to rank 0 may be there before it notices.
    assert re.search("^(Error: Another process of this training has|Stopped)", done.stderr, re.M)
    assert "exitcode: -9" in done.stderr
    assert done.stderr.count("resumed at step") == 2
    assert done.stderr.count("tmt evaluate") == 1
    assert contents(run) == contents(in_two)
