"""What test_ranks.py runs in several processes: each prints what it found, as JSON."""

import json
import os
import sys

import torch
from torch import nn

from transformer_mt.errors import Interrupted, UserError
from transformer_mt.training.ranks import Launch, together
from transformer_mt.training.replica import Replica


def talk(ranks):
    """Return what each method gives; all that is sent depends on the rank."""
    rank = ranks.rank
    found = {
        "own": list(ranks.own(7)),
        "sum": ranks.sum([rank, 0.5, 10.0**rank]),
        "largest": ranks.largest(rank % 2 * 15),
        "told": ranks.tell({"who": f"rank {rank}", "text": "ü" * 100 * rank, "none": None}),
        "gathered": ranks.gather([rank, "x" * rank]),
        "shared": ranks.share(lambda: [rank] * (2 - rank)),
    }

    def work():
        if rank == 1:
            raise Interrupted(15)
        return rank

    try:
        ranks.share(work)
    except Interrupted as interrupted:
        found["interrupted"] = interrupted.signal
    try:
        ranks.fail(UserError("all have seen it", exit_code=1))
    except (UserError, SystemExit) as error:
        found["failed"] = [type(error).__name__, str(error)]
    return found


def train(ranks):
    """Return weights after two updates of five batches, then of one batch."""
    torch.manual_seed(ranks.rank)  # all begin with the weights of rank 0
    model = nn.Linear(3, 1, bias=True)
    names = list(model.state_dict())
    replica = Replica(model, lambda batch: (model(batch) ** 2).sum(), ranks=ranks)
    start = [parameter.tolist() for parameter in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    gradients = []
    for count in (5, 5, 1):
        optimizer.zero_grad(set_to_none=True)
        own = ranks.own(count)
        for index in own:
            with replica.passing(last=index == own[-1]):
                loss = replica.loss(torch.arange(3.0) + index)
                torch.autograd.backward(loss * ranks.size)
        if not own:
            replica.sum_gradients()
        optimizer.step()
        gradients.append([parameter.grad.tolist() for parameter in model.parameters()])
    assert list(model.state_dict()) == names
    return {"start": start, "gradients": gradients}


def main():
    with together(Launch.of(os.environ), torch.device("cpu")) as ranks:
        found = talk(ranks) | train(ranks)
    print(json.dumps(found), flush=True)


main()
sys.exit(0)
