"""Several processes that train one model, as `torchrun` starts them; or one process alone.

What they tell each other goes over the CPU, so that no GPU is waited for and it may take as long
as it takes; only gradients go over NCCL where there are GPUs. Objects are sent as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

import torch
from torch import distributed
from torch.distributed import distributed_c10d
from torch.distributed.rendezvous import rendezvous

from transformer_mt.device import choose_device
from transformer_mt.errors import EndedElsewhere, Interrupted, UserError

Part = TypeVar("Part")

_TO_MEET = timedelta(minutes=5)
_FOR_GRADIENTS = timedelta(minutes=30)
# Tokenising, saving and averaging are done by one while the others wait. Who dies is noticed at
# once: the connection breaks.
_FOR_OTHERS = timedelta(days=30)


@dataclass(frozen=True)
class Launch:
    """What `torchrun` says of this process: of `size` processes it is number `rank`."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    """Its number on this host, and so of its GPU."""
    restarts: int = 0
    """How often `torchrun` has begun anew."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Launch:
        """Read the environment; alone is who has no WORLD_SIZE there.

        Raises:
            UserError: the environment makes no sense.
        """
        restarts = int(environment.get("TORCHELASTIC_RESTART_COUNT", "0"))
        if environment.get("WORLD_SIZE") in (None, "1"):
            return cls(restarts=restarts)
        names = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
        try:
            rank, size, local_rank = (int(environment[name]) for name in names)
        except (KeyError, ValueError):
            rank, size, local_rank = 0, 0, 0
        if not 0 <= local_rank <= rank < size:
            given = ", ".join(f"{name}={environment.get(name, '')}" for name in names)
            raise UserError(
                f"The environment names no process of a training: {given}.\n"
                "Start it with torchrun, or unset WORLD_SIZE to train in one process."
            )
        return cls(rank, size, local_rank, restarts)

    def own_device(self, name: str) -> torch.device:
        """Return the device of that name; of several processes on CUDA each has one of its own.

        Raises:
            UserError: it is not there, this host has too few, or not one for several processes.
            EndedElsewhere: another process of this host says so.
        """
        try:
            device = choose_device(name)
            if self.size > 1 and device.type not in ("cpu", "cuda"):
                raise UserError(f"--device {device.type}: several processes train on cpu or cuda.")
        except UserError as error:
            if self.local_rank:
                raise EndedElsewhere(error.exit_code) from None
            raise
        if self.size == 1 or device.type == "cpu":
            return device
        count = torch.cuda.device_count()
        if self.local_rank == count:
            raise UserError(
                f"This host has {count} CUDA device(s), too few for its processes.\n"
                "Start fewer with torchrun --nproc-per-node."
            )
        if self.local_rank > count:
            raise EndedElsewhere(2)
        own = torch.device("cuda", self.local_rank)
        torch.cuda.set_device(own)
        return own


class Ranks:
    """The processes of a training, of which this one is `rank`; alone it waits for nobody.

    Each method that concerns the others is to be called by all of them, in the same order.

    Attributes:
        rank: from 0; rank 0 decides, writes files and shows what there is to see.
        size: how many they are.
        gradients: the group that sums gradients, None for one process.
    """

    def __init__(
        self,
        rank: int = 0,
        size: int = 1,
        *,
        words: distributed.ProcessGroup | None = None,
        gradients: distributed.ProcessGroup | None = None,
    ) -> None:
        self.rank = rank
        self.size = size
        self.gradients = gradients
        self._words = words

    @property
    def leads(self) -> bool:
        """Whether this is rank 0."""
        return self.rank == 0

    def own(self, count: int) -> range:
        """Return which of `count` things, dealt out in turn, are this rank's."""
        return range(self.rank, count, self.size)

    def sum(self, values: Sequence[float]) -> list[float]:
        """Return the sums over the ranks, in float64."""
        if self.size == 1:
            return list(values)
        sums = torch.tensor(values, dtype=torch.float64)
        distributed.all_reduce(sums, group=self._words)
        return list(map(float, sums.tolist()))

    def sum_on_device(self, values: torch.Tensor) -> None:
        """Put the sums over the ranks in the place of values; a GPU is not waited for."""
        if self.size > 1:
            distributed.all_reduce(values, group=self.gradients)

    def largest(self, value: int) -> int:
        """Return the largest value of a rank."""
        if self.size == 1:
            return value
        found = torch.tensor(value)
        distributed.all_reduce(found, distributed.ReduceOp.MAX, group=self._words)
        return int(found.item())

    def tell(self, value: Any = None) -> Any:  # noqa: ANN401 - JSON holds anything
        """Return the value of rank 0; whatever JSON can hold."""
        if self.size == 1:
            return value
        content = json.dumps(value).encode() if self.leads else b""
        length = self.largest(len(content))
        message = _as_bytes(content, length)
        distributed.broadcast(message, src=0, group=self._words)
        return json.loads(message.numpy().tobytes())

    def gather(self, value: Any) -> list[Any]:  # noqa: ANN401
        """Return the values of all ranks, in order; whatever JSON can hold."""
        if self.size == 1:
            return [value]
        content = json.dumps(value).encode()
        length = self.largest(len(content))
        messages = [torch.empty(length, dtype=torch.uint8) for _ in range(self.size)]
        distributed.all_gather(messages, _as_bytes(content, length), group=self._words)
        return [json.loads(message.numpy().tobytes()) for message in messages]

    def share(self, work: Callable[[], Part]) -> list[Part]:
        """Do this rank's part of some work, and return the parts of all, in order of rank.

        Raises:
            Interrupted: one of them was interrupted, and so all are.
        """
        part, signal = None, 0
        try:
            part = work()
        except Interrupted as interrupted:
            if self.size == 1:
                raise
            signal = interrupted.signal
        parts = self.gather([signal, part])
        if signal := max(number for number, _ in parts):
            raise Interrupted(signal)
        return [each for _, each in parts]

    def fail(self, error: UserError) -> NoReturn:
        """End with an error that all ranks have come to; one of them says it."""
        if self.leads:
            raise error
        raise EndedElsewhere(error.exit_code)


ALONE = Ranks()
"""One process, that is: training without `torchrun`."""


def in_order(parts: Sequence[Sequence[Part]]) -> list[Part]:
    """Return what was dealt out by `Ranks.own`, in the order of the whole."""
    size = len(parts)
    return [parts[place % size][place // size] for place in range(sum(map(len, parts)))]


def _as_bytes(content: bytes, length: int) -> torch.Tensor:
    """Return text as a tensor of `length` bytes; JSON may end in spaces."""
    return torch.frombuffer(bytearray(content.ljust(length)), dtype=torch.uint8)


@contextmanager
def together(launch: Launch, device: torch.device) -> Iterator[Ranks]:
    """Meet the other processes, and end with them; rank 0 alone says why.

    Raises:
        UserError: the others cannot be reached, or one of them has ended.
        EndedElsewhere: the same, where it is not for this rank to say.
    """
    if launch.size == 1:
        yield ALONE
        return
    ranks = _meet(launch, device)
    try:
        yield ranks
    except Interrupted as interrupted:
        if ranks.leads:
            raise
        raise EndedElsewhere(interrupted.exit_code) from None
    except RuntimeError as error:
        if not is_lost_contact(error):
            raise
        ranks.fail(
            UserError(
                "Another process of this training has ended, and with it all do; what was saved "
                "is intact.\nIts own message, or that of torchrun, says why. The same command "
                "goes on.",
                exit_code=1,
            )
        )
    distributed.destroy_process_group()


def is_lost_contact(error: RuntimeError) -> bool:
    """Tell whether it says that another process cannot be reached any more."""
    # Gloo's are plain RuntimeErrors that begin with the file of its source.
    return isinstance(error, distributed.DistError) or "/gloo/" in str(error)


def _meet(launch: Launch, device: torch.device) -> Ranks:
    try:
        place = rendezvous("env://", launch.rank, launch.size, timeout=_TO_MEET)
        # After a restart torchrun still has what the dead have left there.
        store = distributed_c10d.PrefixStore(f"start-{launch.restarts}", next(place)[0])
        distributed.init_process_group(
            "gloo", store=store, rank=launch.rank, world_size=launch.size, timeout=_TO_MEET
        )
        words = distributed.new_group(backend="gloo", timeout=_FOR_OTHERS)
        backend = "nccl" if device.type == "cuda" else "gloo"
        gradients = distributed.new_group(backend=backend, timeout=_FOR_GRADIENTS)
    except (RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise UserError(
            f"Process {launch.rank} of {launch.size} cannot reach the others ({reason}).\n"
            "Start them with torchrun; GLOO_SOCKET_IFNAME names the network interface to use.",
            exit_code=1,
        ) from None
    return Ranks(launch.rank, launch.size, words=words, gradients=gradients)
