"""`tmt`, of which rank 1 dies by kill -9 within an update, the first time it is started."""

import os
import signal

from transformer_mt.__main__ import main
from transformer_mt.training import trainer

CALLS_BEFORE_DEATH = 8


def dying(original):
    calls = []

    def seed_dropout(*args):
        calls.append(args)
        if len(calls) > CALLS_BEFORE_DEATH:
            os.kill(os.getpid(), signal.SIGKILL)
        original(*args)

    return seed_dropout


if os.environ["RANK"] == "1" and os.environ["TORCHELASTIC_RESTART_COUNT"] == "0":
    trainer.seed_dropout = dying(trainer.seed_dropout)
main()
