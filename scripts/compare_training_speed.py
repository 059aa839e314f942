"""Compares the speed of training with a plain loop around Marian of `transformers`.

    .venv/bin/python scripts/compare_training_speed.py --data FOLDER --size S

Both train a model of the same size on the same text and the same vocabulary, alternately, in
several rounds, with the same number of threads and the same settings of the allocator.
`transformers` gets a virtual environment of its own below --cache, with the versions of
constraints.txt; there the vocabulary and the tokenised text are kept, too. Nothing else should
run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
LOOP = ROOT / "scripts" / "hf_marian_loop.py"
TRANSFORMERS_VERSION = "5.23.0"
VOCABULARY = 8000
TOKENS_PER_UPDATE = 4096
LOOP_NAME, OUR_NAME = "transformers loop", "tmt"

# What glibc gives back to the system and asks for again in every step costs both a tenth of their
# time. tmt sets this itself; the loop gets it from the environment.
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(32 * 2**20), "MALLOC_TRIM_THRESHOLD_": str(2**31 - 1)}


@dataclass(frozen=True)
class Size:
    """A model, and how long a round of it is."""

    layers: int
    d_model: int
    heads: int
    d_ff: int
    warmup: int
    updates: int


SIZES = {
    "S": Size(layers=3, d_model=256, heads=4, d_ff=1024, warmup=10, updates=30),
    "B": Size(layers=6, d_model=512, heads=8, d_ff=2048, warmup=2, updates=8),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare, measure in turn, and print the table."""
    args = parse_arguments(arguments)
    size = SIZES[args.size]
    warmup, updates = args.warmup or size.warmup, args.updates or size.updates
    environment = equal_environment(os.environ, threads=args.threads)
    args.cache.mkdir(parents=True, exist_ok=True)
    say(f"Environments, vocabulary and tokenised text are kept in {args.cache}")
    python = install(args.cache, version=args.transformers)
    run = prepare_run(args, size, environment)
    commands = {
        LOOP_NAME: [
            *(str(python), str(LOOP)),
            *("--source", str(args.source), "--target", str(args.target)),
            *("--tokenizer", str(run / "tokenizer.model"), "--tokens", str(TOKENS_PER_UPDATE)),
            *("--layers", str(size.layers), "--d-model", str(size.d_model)),
            *("--heads", str(size.heads), "--d-ff", str(size.d_ff)),
            *("--threads", str(args.threads), "--warmup", str(warmup), "--updates", str(updates)),
        ],
        OUR_NAME: [
            *(sys.executable, "-m", "transformer_mt", "bench", "--run", str(run), "--json"),
            *("--quiet", "--device", "cpu", "--precision", args.precision),
            *("--threads", str(args.threads), "--warmup", str(warmup), "--updates", str(updates)),
        ],
    }
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in commands}
    for number in range(args.rounds):
        names = list(commands) if number % 2 == 0 else list(commands)[::-1]
        for name in names:
            record = json.loads(run_command(commands[name], environment, cwd=args.cache))
            rounds[name].append(record)
            speed = record["target_tokens_per_second"]["median"]
            say(f"round {number + 1} of {args.rounds}: {name} {speed:,.0f} target tokens/s")
    comparison = compare(rounds, size=args.size, environment=environment, updates=updates)
    print(json.dumps(comparison, indent=1) if args.json else table(comparison))


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line says, `source` and `target` filled in."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="holds train.en and train.de")
    parser.add_argument("--source", type=Path, metavar="FILE", help="in place of --data")
    parser.add_argument("--target", type=Path, metavar="FILE", help="its translation, line by line")
    parser.add_argument("--size", choices=SIZES, default="S", help="small or base model [S]")
    parser.add_argument("--rounds", type=positive, default=5, metavar="N", help="of each [5]")
    parser.add_argument("--updates", type=positive, metavar="N", help="a round [S: 30, B: 8]")
    parser.add_argument("--warmup", type=positive, metavar="N", help="before them [S: 10, B: 2]")
    parser.add_argument(
        "--threads", type=positive, default=usable_cpus(), metavar="N", help="of both [all CPUs]"
    )
    parser.add_argument(
        "--precision", choices=("float32", "bfloat16"), default="float32", help="of tmt [float32]"
    )
    parser.add_argument(
        "--transformers", default=TRANSFORMERS_VERSION, metavar="VERSION",
        help=f"[{TRANSFORMERS_VERSION}]",
    )  # fmt: skip
    parser.add_argument(
        "--cache", type=Path, default=Path.home() / ".cache" / "tmt-training-speed",
        metavar="DIR", help="[~/.cache/tmt-training-speed]",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object")
    args = parser.parse_args(arguments)
    if args.data is not None and (args.source or args.target):
        parser.error("give --data, or --source and --target")
    if args.data is not None:
        args.source, args.target = args.data / "train.en", args.data / "train.de"
    if args.source is None or args.target is None:
        parser.error("which text? Give --data DIR, or --source FILE and --target FILE")
    for path in (args.source, args.target):
        if not path.is_file():
            parser.error(f"{path}: no such file")
    args.source, args.target, args.cache = (
        path.resolve() for path in (args.source, args.target, args.cache)
    )
    return args


def positive(text: str) -> int:
    """Return a number from 1 on."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def usable_cpus() -> int:
    """Return how many CPUs this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def equal_environment(given: Mapping[str, str], *, threads: int) -> dict[str, str]:
    """Return the environment of both: the same threads and allocator, as given where it is."""
    count = {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    path = os.pathsep.join(filter(None, (str(ROOT), given.get("PYTHONPATH"))))
    return {**ALLOCATOR, **given, **count, "PYTHONPATH": path}


def install(cache: Path, *, version: str) -> Path:
    """Return a Python with torch, sentencepiece and `transformers`; install them if need be."""
    wanted = f"transformers=={version}\n{CONSTRAINTS.read_text(encoding='utf-8')}"
    folder = cache / f"transformers-{version}"
    python, stamp = folder / "bin" / "python", folder / "installed"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    say(f"Installing transformers {version} into {folder} …")
    run_command([sys.executable, "-m", "venv", "--clear", str(folder)], dict(os.environ))
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    packages = ["torch", "sentencepiece", f"transformers=={version}"]
    run_command([*pip, "--constraint", str(CONSTRAINTS), *packages], dict(os.environ))
    stamp.write_text(wanted, encoding="utf-8")
    return python


def prepare_run(args: argparse.Namespace, size: Size, environment: dict[str, str]) -> Path:
    """Return a run of tmt with this text, a vocabulary learned from it, and one update."""
    config = config_of(args.source, args.target, args.cache, size)
    digest = hashlib.sha256(config.encode())
    for path in (args.source, args.target):
        digest.update(path.read_bytes())
    run: Path = args.cache / f"run-{args.size}-{digest.hexdigest()[:12]}"
    if (run / "best.json").exists():
        return run
    say(f"Learning a vocabulary and tokenising, in {run} …")
    for side in ("source", "target"):  # a few lines, so that nothing is held out of the text
        lines = getattr(args, side).read_bytes().split(b"\n")[:5]
        (args.cache / f"few.{side}").write_bytes(b"\n".join(lines) + b"\n")
    path = run.with_suffix(".yaml")
    path.write_text(config, encoding="utf-8")
    command = [sys.executable, "-m", "transformer_mt", "train", "--config", str(path)]
    command += ["--run", str(run), "--device", "cpu", "--overwrite", "--quiet"]
    run_command(command, environment, cwd=args.cache)
    return run


def config_of(source: Path, target: Path, cache: Path, size: Size) -> str:
    """Return the settings of tmt: those of the loop, as far as both have them. JSON is YAML."""
    few = [{"source": str(cache / "few.source"), "target": str(cache / "few.target")}]
    config = {
        "data": {
            "source_language": "en",
            "target_language": "de",
            "train": [{"source": str(source), "target": str(target)}],
            "validation": few,
            "test": few,
            "drop_duplicates": False,
            "max_length_ratio": None,
        },
        "tokenizer": {"type": "bpe", "vocab_size": VOCABULARY, "byte_fallback": False},
        "model": {
            "d_model": size.d_model,
            "num_heads": size.heads,
            "d_ff": size.d_ff,
            "num_encoder_layers": size.layers,
            "num_decoder_layers": size.layers,
            "dropout": 0.1,
        },
        "training": {
            "max_steps": 1,
            "tokens_per_update": TOKENS_PER_UPDATE,
            "max_tokens_per_batch": 2 * TOKENS_PER_UPDATE,
            "optimizer": "adamw",
            "learning_rate": 1.0e-3,
            "warmup_steps": 400,
            "label_smoothing": 0.1,
            "max_grad_norm": 1.0,
            "precision": "float32",
            "average_checkpoints": 0,
        },
    }
    return json.dumps(config, indent=1) + "\n"


def run_command(
    command: Sequence[str], environment: dict[str, str], *, cwd: Path | None = None
) -> str:
    """Return what a command prints; where it fails, end with what it said."""
    done = subprocess.run(
        command, env=environment, cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        say(done.stderr.strip()[-2000:])
        sys.exit(f"Error: {' '.join(command[:4])} … ended with exit code {done.returncode}.")
    return done.stdout


def compare(
    rounds: dict[str, list[dict[str, Any]]],
    *,
    size: str,
    environment: dict[str, str],
    updates: int,
) -> dict[str, Any]:
    """Return median, least and most of each over its rounds, and how they compare."""
    systems = {name: summary(records) for name, records in rounds.items()}
    ours, loop = (systems[name]["target_tokens_per_second"] for name in (OUR_NAME, LOOP_NAME))
    first = {name: records[0] for name, records in rounds.items()}
    return {
        "size": {"name": size, **vars(SIZES[size])},
        "cpu": cpu_name(),
        "environment": {
            name: value
            for name, value in sorted(environment.items())
            if name.startswith(("MALLOC_", "OMP_", "MKL_", "GLIBC_")) or name == "LD_PRELOAD"
        },
        "versions": {
            "python": platform.python_version(),
            "transformer_mt": first[OUR_NAME]["transformer_mt"],
            "transformers": first[LOOP_NAME]["transformers"],
            "torch": first[OUR_NAME]["torch"],
            "torch_of_the_loop": first[LOOP_NAME]["torch"],
        },
        "precision": first[OUR_NAME]["precision"],
        "updates": updates,
        "systems": systems,
        "ratio_of_medians": round(ours["median"] / loop["median"], 3),
    }


def summary(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one system's figures over its rounds."""
    speeds = [record["target_tokens_per_second"]["median"] for record in records]
    return {
        "rounds": speeds,
        "target_tokens_per_second": {
            "median": statistics.median(speeds), "min": min(speeds), "max": max(speeds),
        },
        "target_tokens_per_update": records[0]["target_tokens_per_update"],
        "padding": records[0]["padding"],
        "parameters": records[0]["parameters"],
    }  # fmt: skip


def table(comparison: dict[str, Any]) -> str:
    """Return the comparison in words."""
    size, versions, systems = (comparison[key] for key in ("size", "versions", "systems"))
    settings = ", ".join(f"{name}={value}" for name, value in comparison["environment"].items())
    rounds = len(systems[OUR_NAME]["rounds"])
    lines = [
        f"Size {size['name']}: {size['layers']}+{size['layers']} layers, "
        f"d_model {size['d_model']}, d_ff {size['d_ff']}, {size['heads']} heads; "
        f"{TOKENS_PER_UPDATE:,} target tokens an update",
        f"CPU: {comparison['cpu']}",
        f"Environment: {settings}",
        f"Versions: transformer_mt {versions['transformer_mt']} on torch {versions['torch']} "
        f"({comparison['precision']}), transformers {versions['transformers']} on torch "
        f"{versions['torch_of_the_loop']} (float32), Python {versions['python']}",
        f"Target tokens a second, {rounds} rounds of {comparison['updates']} updates:",
        "",
        "| | median | min | max | an update | padding source, target | parameters |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, figures in systems.items():
        speed, padding = figures["target_tokens_per_second"], figures["padding"]
        lines.append(
            f"| {name} | {speed['median']:,.0f} | {speed['min']:,.0f} | {speed['max']:,.0f} "
            f"| {figures['target_tokens_per_update']:,.0f} "
            f"| {padding['source']:.1%}, {padding['target']:.1%} | {figures['parameters']:,} |"
        )
    ratio = comparison["ratio_of_medians"]
    return "\n".join([*lines, "", f"{OUR_NAME} / {LOOP_NAME}, of the medians: {ratio:.2f}"])


def cpu_name() -> str:
    """Return the processor in words."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def say(text: str) -> None:
    """Show a line of progress."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
