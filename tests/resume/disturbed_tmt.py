"""`tmt` under torchrun, disturbed within an update, the first time that it is started.

The first argument says how: `kill` ends rank 1 by kill -9; `stop` sends SIGTERM to torchrun and
lets rank 0 wait until it has come back from there.
"""

import os
import signal
import sys
import time

from transformer_mt.__main__ import main
from transformer_mt.training import trainer

CALLS_BEFORE = 8


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def stop():
    seen, noted = [], signal.getsignal(signal.SIGTERM)

    def see(number, frame):
        seen.append(number)
        noted(number, frame)

    signal.signal(signal.SIGTERM, see)
    os.kill(os.getppid(), signal.SIGTERM)
    while not seen:
        time.sleep(0.01)


def disturbed(original, how):
    calls = []

    def seed_dropout(*args):
        calls.append(args)
        if len(calls) == CALLS_BEFORE:
            how()
        original(*args)

    return seed_dropout


rank, how = {"kill": ("1", kill), "stop": ("0", stop)}[sys.argv.pop(1)]
if os.environ["RANK"] == rank and os.environ["TORCHELASTIC_RESTART_COUNT"] == "0":
    trainer.seed_dropout = disturbed(trainer.seed_dropout, how)
main()
