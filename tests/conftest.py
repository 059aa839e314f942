import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

# The same examples in every run of the suite: what fails here fails everywhere.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis.settings.load_profile("suite")


def pytest_addoption(parser):
    parser.addoption("--run-slow", action="store_true", help="run the tests that take minutes")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--run-slow"):
        slow = pytest.mark.skip(reason="takes minutes; run with --run-slow")
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(slow)
    on_gpu = [item for item in items if "gpu" in item.keywords]
    if on_gpu:
        import torch  # tests that need no torch start without it

        if not torch.cuda.is_available():
            for item in on_gpu:
                item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))


@pytest.fixture(scope="session")
def small_run():
    """Return the folder of a very small trained run, to be read only."""
    return Path(__file__).parent / "fixtures" / "run_format_1"


@pytest.fixture(scope="session")
def perturb():
    """Move every parameter away from its start, where biases are 0 and norms 1."""
    import torch

    def perturb(module, *, seed=0, size=0.2):
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in module.parameters():
                noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
                parameter += size * noise.to(parameter)
        return module

    return perturb


@pytest.fixture(scope="session")
def make_model(perturb):
    """Build a small model in evaluation mode; keywords are sizes and `ModelConfig` fields."""
    import torch

    from transformer_mt.config import ModelConfig
    from transformer_mt.model.transformer import Transformer

    def make_model(
        *,
        seed=0,
        fresh=False,
        source_vocab_size=13,
        target_vocab_size=17,
        shared_vocabulary=False,
        max_positions=40,
        **settings,
    ):
        small = {"d_model": 16, "num_heads": 2, "d_ff": 24, "dropout": 0.0}
        depths = {"num_encoder_layers": 2, "num_decoder_layers": 3}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = Transformer(
                ModelConfig(**{**small, **depths, **settings}),
                source_vocab_size=source_vocab_size,
                target_vocab_size=target_vocab_size,
                shared_vocabulary=shared_vocabulary,
                max_positions=max_positions,
                pad_id=0,
            )
        return (model if fresh else perturb(model, seed=seed + 1)).eval()

    return make_model


@pytest.fixture(scope="session")
def make_ids():
    """Draw token ids from 2 up, one row per length, padded with 0 on the right."""
    import torch

    def make_ids(lengths, *, vocab_size, seed=0, padded_to=None):
        generator = torch.Generator().manual_seed(seed)
        ids = torch.zeros(len(lengths), padded_to or max(lengths), dtype=torch.long)
        for row, length in zip(ids, lengths, strict=True):
            row[:length] = torch.randint(2, vocab_size, (length,), generator=generator)
        return ids

    return make_ids


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code, negative after a death by a signal, and its output."""

    code: int
    out: str
    err: str


class CommandServer:
    """Runs `tmt` commands, each in a fork of a process that has imported everything."""

    def __init__(self, folder):
        self.folder = folder
        threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        self.environment = {**os.environ, **dict.fromkeys(threads, "1")}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("command_server.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=self.environment,
        )

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def tmt(self, *arguments, cwd, faults=(), stdin=b"", stdout=None, **environment):
        """Run a command; `faults` are those of command_server.py, `stdout` is another file."""
        text = self.folder / "stdin"
        text.write_bytes(stdin)
        files = {"stdin": str(text), "stdout": stdout}
        request = self._request(arguments, cwd, faults, environment, output="output") | files
        return self._ask([request])[0]

    def in_ranks(self, count, *arguments, cwd, faults=None, script=None, **environment):
        """Run a command in several processes as torchrun does; `faults` has those of each rank.

        With `script` that file is run in place of `tmt`.
        """
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        requests = []
        for rank in range(count):
            place = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(count)}
            master = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
            own_faults = (faults or {}).get(rank, ())
            requests.append(
                self._request(
                    arguments,
                    cwd,
                    own_faults,
                    {**place, **master, **environment},
                    output=f"output-{rank}",
                )
                | {"script": script and str(script)}
            )
        return self._ask(requests)

    def _request(self, arguments, cwd, faults, environment, *, output):
        return {
            "arguments": [os.fspath(a) if isinstance(a, Path) else str(a) for a in arguments],
            "cwd": str(cwd),
            "environment": environment,
            "output": str(self.folder / output),
            "faults": list(faults),
        }

    def _ask(self, requests):
        self._process.stdin.write(json.dumps(requests) + "\n")
        self._process.stdin.flush()
        codes = json.loads(self._process.stdout.readline())
        outcomes = []
        for code, request in zip(codes, requests, strict=True):
            texts = (
                Path(request["output"] + suffix).read_bytes().decode("utf-8", "replace")
                for suffix in (".out", ".err")
            )
            outcomes.append(Outcome(code, *texts))
        return outcomes


@pytest.fixture(scope="session")
def command_server(tmp_path_factory):
    server = CommandServer(tmp_path_factory.mktemp("command-server"))
    yield server
    server.close()
