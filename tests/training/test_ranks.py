"""What ranks tell each other, and how they sum gradients: three processes, and one alone."""

import json
import os
import socket
from pathlib import Path

import pytest
import torch
from torch import distributed, nn

from transformer_mt.errors import EndedElsewhere, Interrupted, UserError
from transformer_mt.training import ranks as ranks_module
from transformer_mt.training.ranks import ALONE, Launch, Ranks, in_order, together
from transformer_mt.training.replica import Replica

SCRIPT = Path(__file__).with_name("ranks_script.py")


@pytest.fixture(scope="module")
def found(command_server, tmp_path_factory):
    """What each of three processes found."""
    outcomes = command_server.in_ranks(3, cwd=tmp_path_factory.mktemp("ranks"), script=SCRIPT)
    assert [outcome.code for outcome in outcomes] == [0, 0, 0], outcomes
    return [json.loads(outcome.out) for outcome in outcomes]


def test_they_tell_each_other(found):
    assert [each["own"] for each in found] == [[0, 3, 6], [1, 4], [2, 5]]
    for each in found:
        assert each["sum"] == [3.0, 1.5, 111.0]
        assert each["largest"] == 15
        assert each["told"] == {"who": "rank 0", "text": "", "none": None}
        assert each["gathered"] == [[0, ""], [1, "x"], [2, "xx"]]
        assert each["shared"] == [[0, 0], [1], []]


def test_an_interruption_is_one_of_all_and_an_error_is_said_once(found):
    assert [each["interrupted"] for each in found] == [15, 15, 15]
    assert [each["failed"] for each in found] == [
        ["UserError", "all have seen it"],
        ["EndedElsewhere", "1"],
        ["EndedElsewhere", "1"],
    ]


def test_gradients_are_those_of_one_process(found):
    """Of an update of one batch, too, in which two of three have none."""
    assert found[0] == {**found[1], **{key: found[0][key] for key in ("own", "failed")}}
    model = nn.Linear(3, 1)
    with torch.no_grad():
        for parameter, start in zip(model.parameters(), found[0]["start"], strict=True):
            parameter.copy_(torch.tensor(start))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for count, gradients in zip((5, 5, 1), found[0]["gradients"], strict=True):
        optimizer.zero_grad()
        sum((model(torch.arange(3.0) + index) ** 2).sum() for index in range(count)).backward()
        optimizer.step()
        for parameter, gradient in zip(model.parameters(), gradients, strict=True):
            torch.testing.assert_close(parameter.grad, torch.tensor(gradient))


def test_alone_nothing_is_started_and_nobody_waited_for():
    with together(Launch.of({"PATH": "/bin"}), torch.device("cpu")) as ranks:
        assert ranks is ALONE
    assert not distributed.is_initialized()
    model = nn.Linear(2, 1)
    replica = Replica(model, model, ranks=ALONE)
    with replica.passing(last=False):
        assert replica.loss(torch.ones(2)).shape == (1,)
    value = {"tuples": (1, 2)}
    assert ALONE.tell(value) is value
    assert ALONE.gather(value) == [value]
    assert ALONE.sum([1.5]) == [1.5]
    assert ALONE.largest(3) == 3
    assert list(ALONE.own(3)) == [0, 1, 2]
    assert ALONE.share(lambda: 7) == [7]
    with pytest.raises(UserError, match="all of them"):
        ALONE.fail(UserError("all of them"))

    def interrupted():
        raise Interrupted(2)

    with pytest.raises(Interrupted):
        ALONE.share(interrupted)


@pytest.mark.parametrize("size", [1, 2, 3, 8])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 9])
def test_what_is_dealt_out_comes_back_in_order(size, count):
    things = [f"thing {number}" for number in range(count)]
    parts = [[things[place] for place in Ranks(rank, size).own(count)] for rank in range(size)]
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert in_order(parts) == things


def test_the_environment_of_torchrun_is_read():
    environment = {
        "RANK": "5",
        "WORLD_SIZE": "8",
        "LOCAL_RANK": "1",
        "TORCHELASTIC_RESTART_COUNT": "2",
    }
    assert Launch.of(environment) == Launch(rank=5, size=8, local_rank=1, restarts=2)
    assert Launch.of({"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0"}) == Launch()
    assert Launch.of({"RANK": "7"}) == Launch()
    alone = {"WORLD_SIZE": "1", "TORCHELASTIC_RESTART_COUNT": "3"}
    assert Launch.of(alone) == Launch(restarts=3)


@pytest.mark.parametrize(
    "environment",
    [
        {"WORLD_SIZE": "2"},
        {"WORLD_SIZE": "two", "RANK": "0", "LOCAL_RANK": "0"},
        {"WORLD_SIZE": "2", "RANK": "2", "LOCAL_RANK": "0"},
        {"WORLD_SIZE": "2", "RANK": "-1", "LOCAL_RANK": "0"},
    ],
)
def test_an_environment_that_makes_no_sense_is_refused(environment):
    with pytest.raises(UserError, match="The environment names no process") as caught:
        Launch.of(environment)
    assert f"WORLD_SIZE={environment['WORLD_SIZE']}" in str(caught.value)
    assert caught.value.exit_code == 2


def test_each_rank_has_a_gpu_of_its_own(monkeypatch):
    chosen = []
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert Launch().own_device("auto") == torch.device("cuda")
    assert Launch(rank=3, size=4, local_rank=1).own_device("auto") == torch.device("cuda:1")
    assert chosen == [torch.device("cuda:1")]
    assert Launch(rank=2, size=4, local_rank=2).own_device("cpu") == torch.device("cpu")


def test_a_device_that_will_not_do_is_said_once(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match="PyTorch sees no CUDA device"):
        Launch(rank=4, size=8, local_rank=0).own_device("cuda")
    with pytest.raises(EndedElsewhere):
        Launch(rank=5, size=8, local_rank=1).own_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(UserError, match=r"This host has 2 CUDA device\(s\), too few for its proc"):
        Launch(rank=2, size=4, local_rank=2).own_device("cuda")
    with pytest.raises(EndedElsewhere):
        Launch(rank=3, size=4, local_rank=3).own_device("cuda")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    with pytest.raises(UserError, match="--device mps: several processes train on cpu or cuda"):
        Launch(rank=0, size=2).own_device("mps")


def test_processes_that_cannot_meet_say_so(monkeypatch):
    monkeypatch.setattr(ranks_module, "_TO_MEET", ranks_module.timedelta(milliseconds=300))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for address in ({}, {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}):
        for name in ("MASTER_ADDR", "MASTER_PORT"):
            monkeypatch.delenv(name, raising=False)
        for name, value in address.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(UserError) as caught, together(Launch(1, 2, 1), torch.device("cpu")):
            pytest.fail("met nobody")
        assert caught.value.exit_code == 1
        first, second = str(caught.value).splitlines()
        assert first.startswith("Process 1 of 2 cannot reach the others (")
        assert second.startswith("Start them with torchrun;")
        assert not distributed.is_initialized()
    assert os.environ.get("MASTER_PORT") == str(port)
