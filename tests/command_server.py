"""Runs `tmt` commands in forked children, which spares each of them the imports.

Reads a list of requests per line, as JSON: commands to run at the same time. A request has the
`arguments` of the command, `output` (standard output and error go to that name with .out and .err)
and `faults`; also `cwd`, `stdin` and `stdout` (files; `|` is a pipe whose reader has left) and
`environment` (what is put into it), which may be left out. With a `script` that file of Python is
run in place of `tmt`.
Answers each line with the list of exit codes, which are negative after a death by a signal, as in
`subprocess`.

A fault is a function of the program and what goes wrong in it, or the word "permissions": then
the permissions of files count for root, too.
"""

import contextlib
import ctypes
import importlib
import itertools
import json
import math
import os
import runpy
import signal
import struct
import sys
import tempfile
import time
import traceback
from pathlib import Path

import datasets  # noqa: F401 - imported here so that no child has to
import sacrebleu  # noqa: F401
import torch

import transformer_mt.pipelines.bench
import transformer_mt.pipelines.check
import transformer_mt.pipelines.evaluate
import transformer_mt.pipelines.train
import transformer_mt.pipelines.translate  # noqa: F401
from transformer_mt import cli

SECONDS_FOR_SEVERAL = 120


def send_signal(fault, original, args, kwargs):
    """Die, or be interrupted, before the call or after it."""
    if fault.get("after"):
        result = original(*args, **kwargs)
        os.kill(os.getpid(), fault["signal"])
        return result
    os.kill(os.getpid(), fault["signal"])
    return original(*args, **kwargs)


def send_signal_twice(fault, original, args, kwargs):
    """Be interrupted, and once more while that is cleaned up after."""
    try:
        os.kill(os.getpid(), fault["signal"])
    finally:
        os.kill(os.getpid(), fault["signal"])


def send_unseen_signal(fault, original, args, kwargs):
    """Be interrupted where exceptions get lost."""
    with contextlib.suppress(BaseException):
        os.kill(os.getpid(), fault["signal"])
    return original(*args, **kwargs)


def tear_file(fault, original, args, kwargs):
    """Die when the file that is the last argument has been written to a half."""
    original(*args, **kwargs)
    os.truncate(args[-1], args[-1].stat().st_size // 2)
    os.kill(os.getpid(), signal.SIGKILL)


def make_nan(fault, original, args, kwargs):
    return original(*args, **kwargs) * math.nan


def make_gradient_infinite(fault, original, args, kwargs):
    loss = original(*args, **kwargs)
    loss.register_hook(lambda gradient: gradient * math.inf)
    return loss


def raise_disk_full(fault, original, args, kwargs):
    raise OSError(28, "No space left on device")


def raise_out_of_memory(fault, original, args, kwargs):
    original(*args, **kwargs)
    raise torch.OutOfMemoryError("CUDA out of memory.")


ACTIONS = {
    "signal": send_signal,
    "signal twice": send_signal_twice,
    "unseen signal": send_unseen_signal,
    "tear": tear_file,
    "nan": make_nan,
    "infinite gradient": make_gradient_infinite,
    "disk full": raise_disk_full,
    "out of memory": raise_out_of_memory,
    "nothing": lambda fault, original, args, kwargs: None,
    "true": lambda fault, original, args, kwargs: True,
}


def put_in(fault):
    """Let a function of the program, `at`, do what the fault says in its n-th `call`, or in all."""
    module, _, path = fault["at"].partition(":")
    *owners, name = path.split(".")
    owner = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    original = getattr(owner, name)
    calls = itertools.count(1)
    action = ACTIONS[fault["kind"]]

    def faulty(*args, **kwargs):
        if next(calls) == fault["call"] or fault["call"] is None:
            return action(fault, original, args, kwargs)
        return original(*args, **kwargs)

    setattr(owner, name, faulty)


def obey_permissions():
    """Give up what lets root read and write every file: see capabilities(7)."""
    if os.geteuid():
        return
    system = ctypes.CDLL(None, use_errno=True)
    version_3, dac_override_and_read_search = 0x20080522, 0b110
    header = struct.pack("Ii", version_3, 0)
    held = ctypes.create_string_buffer(24)
    assert system.capget(header, held) == 0, ctypes.get_errno()
    effective, permitted, *rest = struct.unpack("6I", held.raw)
    left = (each & ~dac_override_and_read_search for each in (effective, permitted))
    assert system.capset(header, struct.pack("6I", *left, *rest)) == 0, ctypes.get_errno()


def run_command(request):
    """Become the `tmt` process of a request; never return."""
    code = 70  # a traceback
    try:
        for descriptor, suffix in ((1, ".out"), (2, ".err")):
            with Path(request["output"] + suffix).open("wb") as file:
                os.dup2(file.fileno(), descriptor)
        if request.get("stdout") == "|":
            reader, writer = os.pipe()
            os.close(reader)
            os.dup2(writer, 1)
        elif request.get("stdout"):
            os.dup2(os.open(request["stdout"], os.O_WRONLY), 1)
        os.dup2(os.open(request.get("stdin", os.devnull), os.O_RDONLY), 0)
        os.environ.update(request.get("environment", {}))
        tempfile.tempdir = None  # TMPDIR counts anew
        os.chdir(request.get("cwd", "."))
        for fault in request["faults"]:
            if fault == "permissions":
                obey_permissions()
            else:
                put_in(fault)
        sys.argv = ["tmt", *request["arguments"]]
        if request.get("script"):
            runpy.run_path(request["script"], run_name="__main__")
        else:
            cli.main()
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve():
    torch.optim.Adam([torch.zeros(1)])  # imports much, the first time
    while line := sys.stdin.readline():
        children = [start(request) for request in json.loads(line)]
        if len(children) > 1:
            end_those_that_hang(children)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        print(json.dumps(codes), flush=True)


def start(request):
    child = os.fork()
    if child == 0:
        run_command(request)
    return child


def end_those_that_hang(children):
    """Wait for processes that wait for each other, and kill them if they do so in vain."""
    deadline = time.monotonic() + SECONDS_FOR_SEVERAL
    leave = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while any(os.waitid(os.P_PID, child, leave) is None for child in children):
        if time.monotonic() > deadline:
            for child in children:
                os.kill(child, signal.SIGKILL)
            return
        time.sleep(0.01)


if __name__ == "__main__":
    serve()
