"""The bar of training, on a terminal and where there is none."""

import fcntl
import itertools
import json
import os
import re
import struct
import sys
import termios
import threading
import time

import pytest

WIDTH = 100
SETTINGS = [
    "training.max_steps=4",
    "training.validate_every_steps=2",
    "training.log_every_steps=1",
    "training.average_checkpoints=0",
    "decoding.beam_size=1",
    "decoding.max_length_ratio=0.1",
]


@pytest.fixture
def terminal():
    """Give the stream of a terminal, and a function that ends it and tells what it has shown."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, WIDTH, 0, 0))
    shown = bytearray()

    def read():
        try:
            while part := os.read(master, 4096):
                shown.extend(part)
        except OSError:  # the other end is closed
            return

    reader = threading.Thread(target=read)
    reader.start()
    stream = os.fdopen(slave, "w", encoding="utf-8")

    def end():
        stream.close()
        reader.join()
        return shown.decode("utf-8")

    yield stream, end
    end()
    os.close(master)


@pytest.fixture
def train(corpus, tmt_here, tmp_path, monkeypatch):
    """Train four steps, each some seconds long by the clock."""
    ticks = itertools.count()
    monkeypatch.chdir(tmp_path)

    def train(*options, standard_error=None):
        with monkeypatch.context() as patch:
            patch.setattr(time, "perf_counter", lambda: float(next(ticks)))
            # Here and not in a fixture: pytest puts its own back when the test begins.
            patch.setattr(sys, "stderr", standard_error or sys.stderr)
            words = [word for setting in SETTINGS for word in ("--set", setting)]
            words += ["--config", corpus / "tiny.yaml", "--threads", 1, *options]
            return tmt_here("train", *words)

    return train


def read_records(folder):
    lines = (folder / "runs" / "tiny" / "metrics.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_bar_shows_epoch_loss_speed_and_time_left(train, terminal, tmp_path):
    stream, end = terminal
    train(standard_error=stream)
    frames = re.split(r"[\r\n]+", end())
    pattern = re.compile(
        r"epoch (\d+) +(\d+)% \S.* (\d)/4 \d\d:\d\d<\d\d:\d\d, "
        r"loss (\d+\.\d{3}), ([\d,]+) target tokens/s *"
    )
    bars = [match for match in map(pattern.fullmatch, frames) if match]
    shown = {int(bar[3]): bar for bar in bars}
    assert {2, 4} <= shown.keys()  # at least with each validation, and at the end
    records = {r["step"]: r for r in read_records(tmp_path) if r["type"] == "train"}
    for step, bar in shown.items():
        assert int(bar[1]) == records[step]["epoch"]
        assert int(bar[2]) == 25 * step
        assert bar[4] == f"{records[step]['loss']:.3f}"
        assert int(bar[5].replace(",", "")) > 0
    assert all(len(bar[0]) <= WIDTH for bar in bars)
    assert not any(frame.startswith("step 2, epoch") for frame in frames)  # the bar has it
    assert any(frame.startswith("step 2: validation BLEU") for frame in frames)


def test_quiet_shows_nothing_on_a_terminal(train, terminal, tmp_path):
    stream, end = terminal
    train("--quiet", standard_error=stream)
    assert end() == ""
    assert len(read_records(tmp_path)) == 6


def test_there_are_lines_and_no_bar_without_a_terminal(train):
    printed = train()
    assert "\nstep 2, epoch 1: loss " in printed.err
    assert "\r" not in printed.err
    assert "%" not in printed.err
    assert "4/4" not in printed.err
