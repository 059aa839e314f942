"""Measures the speed of training on a GPU, of three models, with `tmt bench`.

    python scripts/measure_gpu.py --source train.en --target train.de --output gpu.json

- `base`: configs/wmt14_en_de_paper_base.yaml with a vocabulary of 16,000; goal on one H200:
  800,000 target tokens per second;
- `big`: configs/wmt14_en_de_paper_big.yaml; goal 300,000 target tokens per second;
- `tiny`: the model of configs/multi30k_en_de.yaml, 8,192 target tokens in an update; goal 2,000
  updates a minute.

All train on the given text, whose lengths decide how much is padding: take a real corpus of 100,000
pairs or more. Compiling the model comes before and is told apart; its result is kept between runs.
A table goes to standard output, progress to standard error, and all figures to --output as JSON,
after each case: date, device, versions and command, and for each case what `tmt bench --json` gave,
the figure that the goal is about, and the seconds that the whole took. `--small` measures models of
a few thousand weights on a CPU, to try the script.
"""

from __future__ import annotations

import argparse
import json
import platform
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
TOKENS_PER_SECOND = "target tokens/s"
UPDATES_PER_MINUTE = "updates/minute"


@dataclass(frozen=True)
class Case:
    """What is measured, and what it should reach on one H200."""

    name: str
    config: str
    settings: Mapping[str, object]
    unit: str
    goal: float
    updates: int

    def figure(self, record: Mapping[str, Any]) -> float:
        """Return what the goal is about, of what `tmt bench` gave."""
        if self.unit == TOKENS_PER_SECOND:
            return float(record["target_tokens_per_second"]["median"])
        return 60.0 / float(record["seconds_per_update"]["median"])


CASES = (
    Case(
        "base",
        "wmt14_en_de_paper_base.yaml",
        {"tokenizer.vocab_size": 16000, "training.max_tokens_per_batch": 25000},
        TOKENS_PER_SECOND,
        800_000,
        updates=200,
    ),
    Case(
        "big",
        "wmt14_en_de_paper_big.yaml",
        {"training.max_tokens_per_batch": 25000},
        TOKENS_PER_SECOND,
        300_000,
        updates=100,
    ),
    Case(
        "tiny",
        "multi30k_en_de.yaml",
        {"training.tokens_per_update": 8192, "training.max_tokens_per_batch": 8192},
        UPDATES_PER_MINUTE,
        2_000,
        updates=500,
    ),
)
WARMUP = 20
SMALL = {
    "tokenizer.vocab_size": 1000,
    "data.max_source_length": 60,
    "data.max_target_length": 60,
    "model.d_model": 16,
    "model.num_heads": 2,
    "model.d_ff": 16,
    "model.num_encoder_layers": 1,
    "model.num_decoder_layers": 1,
    "training.tokens_per_update": 200,
    "training.max_tokens_per_batch": 200,
}
SMALL_UPDATES, SMALL_WARMUP = 4, 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each case, write the JSON file and print the table."""
    args = parse_arguments(arguments)
    began = time.perf_counter()
    results: list[dict[str, Any]] = []
    for case in CASES:
        if case.name in args.cases:
            results.append(measure(case, args))
            say(f"{case.name}: {in_words(results[-1])}, in {results[-1]['seconds']:.0f} s")
            record = as_record(results, seconds=time.perf_counter() - began)
            if args.output is not None:
                args.output.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(table(record))


def as_record(results: Sequence[dict[str, Any]], *, seconds: float) -> dict[str, Any]:
    """Return what is written of the cases that have been measured."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M:%S%z"),
        "device": results[0]["bench"]["device"],
        "python": platform.python_version(),
        "torch": results[0]["bench"]["torch"],
        "transformer_mt": results[0]["bench"]["transformer_mt"],
        "command": shlex.join([Path(sys.executable).name, *sys.argv]),
        "seconds": round(seconds, 1),
        "cases": results,
    }


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [case.name for case in CASES]
    parser.add_argument("--source", type=Path, required=True, metavar="FILE", help="text")
    parser.add_argument("--target", type=Path, required=True, metavar="FILE", help="translation")
    parser.add_argument("--cases", nargs="+", choices=names, default=names, help="[all]")
    parser.add_argument("--output", type=Path, metavar="FILE", help="for the figures, as JSON")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for all")
    parser.add_argument("--small", action="store_true", help="tiny models on a CPU")
    args = parser.parse_args(arguments)
    for path in (args.source, args.target):
        if not path.is_file():
            parser.error(f"{path}: no such file")
    return args


def measure(case: Case, args: argparse.Namespace) -> dict[str, Any]:
    """Run `tmt bench` for a case."""
    command = bench_command(case, args)
    say(f"{case.name}: {shlex.join(command[1:])}")
    began = time.perf_counter()
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{case.name}: tmt bench failed with {done.returncode}, see above")
    bench = json.loads(done.stdout)
    return {
        "case": case.name,
        "figure": round(case.figure(bench), 1),
        "unit": case.unit,
        "goal_on_one_h200": case.goal,
        "seconds": round(time.perf_counter() - began, 1),
        "bench": bench,
    }


def bench_command(case: Case, args: argparse.Namespace) -> list[str]:
    """Return the command of a case."""
    corpus = {"source": str(args.source.resolve()), "target": str(args.target.resolve())}
    settings: dict[str, object] = {
        "data.train": json.dumps([corpus]),  # JSON is YAML
        "data.validation": "null",  # held out of it, as is the test set
        "data.test": "null",
        "training.precision": "auto" if args.small else "bfloat16",
        **case.settings,
        **(SMALL if args.small else {}),
    }
    updates, warmup = (SMALL_UPDATES, SMALL_WARMUP) if args.small else (case.updates, WARMUP)
    overrides = [f"{key}={value}" for key, value in settings.items()] + args.set
    return [
        *(sys.executable, "-m", "transformer_mt", "bench", "--json"),
        *("--config", str(CONFIGS / case.config)),
        *("--device", "cpu" if args.small else "cuda"),
        *("--updates", str(updates), "--warmup", str(warmup)),
        *(word for override in overrides for word in ("--set", override)),
    ]


def in_words(result: Mapping[str, Any]) -> str:
    """Return the figure of a case."""
    return f"{result['figure']:,.0f} {result['unit']}"


def table(record: Mapping[str, Any]) -> str:
    """Return the figures for people, as Markdown."""
    lines = [
        f"{record['date']}, {record['device']}, PyTorch {record['torch']}, "
        f"Python {record['python']}, tmt {record['transformer_mt']}",
        f"`{record['command']}` took {record['seconds']:.0f} s",
        "",
        "| case | parameters | measured | goal on one H200 | padding | utilisation | compiled |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for result in record["cases"]:
        bench = result["bench"]
        compiled = bench["compile_seconds"]
        cells = [
            result["case"],
            f"{bench['parameters']:,}",
            in_words(result),
            f"{result['goal_on_one_h200']:,} {result['unit']}",
            f"{bench['padding']['source']:.0%} / {bench['padding']['target']:.0%}",
            f"{bench['utilisation']['median']:.0%}",
            "no" if compiled is None else f"in {compiled:.0f} s",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def say(text: str) -> None:
    """Show progress."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
