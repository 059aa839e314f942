"""Measures how training grows with the corpus: memory, speed, waiting, and room on disk.

    python scripts/measure_scale.py --pairs 1000000 --pairs 4000000 --folder /tmp/scale

For each number of pairs a corpus is written: invented words with a Zipf distribution, 4 to 21 in a
sentence, each with a translation of its own. `tmt train` then trains a tiny model on it for three
updates in a process that is looked at from outside, and once more for three: the second time all
that can be kept is there already. Validation and test data are held out by the run itself.

A table goes to standard output (`--format json`: one object for each number of pairs), progress to
standard error. The figures:

- `hash_seconds` from the start until the SHA-256 of the files is known, the program's start
  included; `hold_out_seconds` until validation and test text are written; `vocabulary_seconds`
  until the vocabulary is learned; `tokenise_seconds` until all pairs are token ids on disk, and
  `pairs_per_second`, the pairs divided by that; `first_step_seconds` until the first update;
- `reader_pairs_per_second`: what the process that reads, filters and writes could do with as many
  tokenising processes as it can feed: the pairs divided by its own CPU time meanwhile;
- `open_seconds`: opening the finished cache, in this process; `resume_seconds` from the start of
  the second training until its first update;
- `peak_bytes`: the most resident memory that the training process held, `peak_bytes_by_phase` that
  on the way to each of these points; `worker_peak_bytes`: that of the largest tokenising process;
  `num_workers`: how many there were; `resume_peak_bytes`: that of the second training;
- `text_bytes` of the two files, `cache_bytes` of the tokenised data; `kept` of `pairs`.

What it writes is removed again unless `--keep` is given. Linux only: it reads /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from transformer_mt.data.dataset_cache import DatasetCache
from transformer_mt.run_directory import RunDirectory

CONFIG = """\
data: {{source_language: xx, target_language: yy, train: [{{source: train.xx, target: train.yy}}]}}
tokenizer: {{type: bpe, vocab_size: {vocab_size}, max_sentences: 20000}}
model: {{d_model: 16, num_heads: 2, d_ff: 16, num_encoder_layers: 1, num_decoder_layers: 1}}
training:
  {{max_steps: {steps}, tokens_per_update: 2000, max_tokens_per_batch: 2000, log_every_steps: 1,
   average_checkpoints: 0}}
decoding: {{beam_size: 1, max_length_ratio: 0.01}}
"""
STEPS = 3
NUM_WORDS = 50_000
SHORTEST, LONGEST = 4, 21
SYLLABLES = {
    "xx": ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "bra", "flo"),
    "yy": ("ant", "eld", "ihr", "ong", "und", "ast", "erk", "ill", "orm", "amt", "end", "ist"),
}
LOOK_EVERY_SECONDS = 0.02
PAIRS_PER_DRAW = 20_000


def invent_words(syllables: Sequence[str], count: int) -> list[str]:
    """Return different words, the short ones first, as frequent words are."""
    words, longer = list(syllables), list(syllables)
    while len(words) < count:
        longer = [word + syllable for word in longer for syllable in syllables]
        words += longer
    return words[:count]


def sentence_pairs(count: int, *, seed: int) -> Iterator[tuple[str, str]]:
    """Yield pairs whose words correspond one to one; a word's frequency is 1 / its rank."""
    generator = np.random.default_rng(seed)
    source_words, target_words = (invent_words(s, NUM_WORDS) for s in SYLLABLES.values())
    cumulative = np.cumsum(1 / np.arange(1, NUM_WORDS + 1))
    for start in range(0, count, PAIRS_PER_DRAW):
        num_pairs = min(PAIRS_PER_DRAW, count - start)
        ends = generator.integers(SHORTEST, LONGEST + 1, size=num_pairs).cumsum()
        places = generator.random(ends[-1]) * cumulative[-1]
        ranks = np.searchsorted(cumulative, places, side="right").tolist()
        sources = [source_words[rank] for rank in ranks]
        targets = [target_words[rank] for rank in ranks]
        for begin, end in pairwise([0, *ends.tolist()]):
            yield " ".join(sources[begin:end]), " ".join(targets[begin:end])


def write_corpus(folder: Path, count: int, *, seed: int = 1) -> int:
    """Write the two sides of a corpus; return their bytes."""
    paths = [folder / f"train.{language}" for language in SYLLABLES]
    with paths[0].open("w", newline="\n") as source, paths[1].open("w", newline="\n") as target:
        for pair in sentence_pairs(count, seed=seed):
            source.write(pair[0] + "\n")
            target.write(pair[1] + "\n")
    return sum(path.stat().st_size for path in paths)


@dataclass
class Observation:
    """What was seen of a training from outside."""

    seconds: dict[str, float] = field(default_factory=dict)
    """Milestone -> seconds from the start of the process."""
    cpu_seconds: dict[str, float] = field(default_factory=dict)
    """Milestone -> CPU time of the process until then, without that of others it has started."""
    peak_bytes: int = 0
    peak_bytes_by_phase: dict[str, int] = field(default_factory=dict)
    """Milestone -> the most memory held on the way to it."""
    worker_peaks: dict[int, int] = field(default_factory=dict)
    """Process -> the most memory that a tokenising process held."""


MILESTONES = ("hashed", "held_out", "vocabulary", "tokenised", "first_step")


def reached(run: RunDirectory, milestone: str, *, lines_before: int) -> bool:
    """Tell whether a training has come so far, by what lies in its folder."""
    match milestone:
        case "hashed":
            return run.config.exists()
        case "held_out":
            return run.log.exists() and b"Training tokenizer" in run.log.read_bytes()
        case "vocabulary":
            return (run.path / "tokenizer.model").exists()
        case "tokenised":
            return any(run.cache.glob("*/complete.json"))
        case _:
            return num_metrics(run) > lines_before


def num_metrics(run: RunDirectory) -> int:
    """Return how many lines of metrics a run has."""
    return run.metrics.read_bytes().count(b"\n") if run.metrics.exists() else 0


def memory_of(process: int) -> tuple[int, int]:
    """Return the resident bytes of a process, now and at most; 0 when it has ended."""
    found = {"VmRSS": 0, "VmHWM": 0}
    try:
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in found:
                found[name] = int(rest.split()[0]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found["VmRSS"], found["VmHWM"]


def cpu_seconds_of(process: int) -> float:
    """Return the CPU time of a process and its threads; 0 when it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def workers_of(process: int) -> Iterator[int]:
    """Yield the processes in which another one tokenises."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process and b"spawn_main" in (path / "cmdline").read_bytes():
                yield int(path.name)
        except (FileNotFoundError, ProcessLookupError):
            continue


def observe_training(folder: Path, run: RunDirectory, *, steps: int, threads: int) -> Observation:
    """Train a run to a number of updates, or go on with it, and look on."""
    words = ["train", "--config", folder / "scale.yaml", "--run", run.path, "--quiet"]
    options = ["--threads", threads, "--device", "cpu", "--set", f"training.max_steps={steps}"]
    command = [sys.executable, "-m", "transformer_mt", *map(str, [*words, *options])]
    seen, lines_before = Observation(), num_metrics(run)
    began = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        while process.poll() is None:
            time.sleep(LOOK_EVERY_SECONDS)
            missing = [name for name in MILESTONES if name not in seen.seconds]
            while missing and reached(run, missing[0], lines_before=lines_before):
                seen.cpu_seconds[missing[0]] = cpu_seconds_of(process.pid)
                seen.seconds[missing.pop(0)] = time.perf_counter() - began
            now, peak = memory_of(process.pid)
            seen.peak_bytes = max(seen.peak_bytes, peak)
            phase = missing[0] if missing else "end"
            before = seen.peak_bytes_by_phase.get(phase, 0)
            seen.peak_bytes_by_phase[phase] = max(before, now)
            if phase == "tokenised":
                for worker in workers_of(process.pid):
                    peak = memory_of(worker)[1]
                    seen.worker_peaks[worker] = max(seen.worker_peaks.get(worker, 0), peak)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: failed with {process.returncode}")
    return seen


def measure(folder: Path, pairs: int, *, threads: int, vocab_size: int) -> dict[str, Any]:
    """Write a corpus of so many pairs into a folder, train on it twice, and return the figures."""
    folder.mkdir(parents=True)
    began = time.perf_counter()
    text_bytes = write_corpus(folder, pairs)
    write_seconds = time.perf_counter() - began
    config = CONFIG.format(steps=STEPS, vocab_size=vocab_size)
    (folder / "scale.yaml").write_text(config)
    run = RunDirectory(folder / "run")
    say(f"{pairs:,} pairs: written in {write_seconds:.0f} s; training")
    first = observe_training(folder, run, steps=STEPS, threads=threads)
    say(f"{pairs:,} pairs: trained; training once more")
    second = observe_training(folder, run, steps=2 * STEPS, threads=threads)
    (complete,) = run.cache.glob("*/complete.json")
    began = time.perf_counter()
    cache = DatasetCache(complete.parent)
    report = cache.load_report()
    assert report is not None
    cache.open_table()
    open_seconds = time.perf_counter() - began
    reading = first.cpu_seconds["tokenised"] - first.cpu_seconds["vocabulary"]
    reading = max(reading, 0.01)  # a small corpus takes less than can be told
    at = [0.0, *(first.seconds[name] for name in MILESTONES)]
    hashed, held_out, vocabulary, tokenised, first_step = (
        after - before for before, after in pairwise(at)
    )
    return {
        "pairs": pairs,
        "kept": report.kept,
        "write_seconds": write_seconds,
        "hash_seconds": hashed,
        "hold_out_seconds": held_out,
        "vocabulary_seconds": vocabulary,
        "tokenise_seconds": tokenised,
        "pairs_per_second": report.read / tokenised,
        "reader_pairs_per_second": report.read / reading,
        "first_step_seconds": first_step,
        "open_seconds": open_seconds,
        "resume_seconds": second.seconds["first_step"],
        "peak_bytes": first.peak_bytes,
        "peak_bytes_by_phase": first.peak_bytes_by_phase,
        "worker_peak_bytes": max(first.worker_peaks.values(), default=0),
        "num_workers": len(first.worker_peaks),
        "resume_peak_bytes": second.peak_bytes,
        "text_bytes": text_bytes,
        "cache_bytes": sum(path.stat().st_size for path in complete.parent.iterdir()),
    }


ROWS = (
    ("text, MB", "text_bytes", 1e-6),
    ("cache, MB", "cache_bytes", 1e-6),
    ("peak memory, MB", "peak_bytes", 1e-6),
    ("  of the largest of the workers", "worker_peak_bytes", 1e-6),
    ("  when resumed", "resume_peak_bytes", 1e-6),
    ("start and SHA-256, s", "hash_seconds", 1),
    ("holding out, s", "hold_out_seconds", 1),
    ("vocabulary, s", "vocabulary_seconds", 1),
    ("tokenising, s", "tokenise_seconds", 1),
    ("  pairs/s", "pairs_per_second", 1),
    ("  pairs/s that could be read and written", "reader_pairs_per_second", 1),
    ("from there to the first update, s", "first_step_seconds", 1),
    ("opening the cache, s", "open_seconds", 1),
    ("resuming, to the first update, s", "resume_seconds", 1),
)


def as_table(figures: Sequence[Mapping[str, Any]]) -> str:
    """Return the figures as a table in Markdown, a column for each number of pairs."""
    lines = ["| pairs | " + " | ".join(f"{each['pairs']:,}" for each in figures) + " |"]
    lines.append("|---|" + "---:|" * len(figures))
    for title, name, factor in ROWS:
        values = [each[name] * factor for each in figures]
        texts = [f"{value:.1f}" if value < 100 else f"{value:,.0f}" for value in values]
        lines.append(f"| {title} | " + " | ".join(texts) + " |")
    return "\n".join(lines)


def say(text: str) -> None:
    """Print a line of progress."""
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, action="append", required=True, help="repeatable")
    parser.add_argument("--folder", type=Path, required=True, help="made for the measurement")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--vocab-size", type=int, default=8000)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--keep", action="store_true", help="leave corpora and runs where they are")
    options = parser.parse_args(arguments)
    figures = []
    for pairs in options.pairs:
        folder = options.folder / str(pairs)
        if folder.exists():
            parser.error(f"{folder} exists already")
        try:
            sizes = {"threads": options.threads, "vocab_size": options.vocab_size}
            figures.append(measure(folder, pairs, **sizes))
        finally:
            if not options.keep:
                shutil.rmtree(folder, ignore_errors=True)
        if options.format == "json":
            print(json.dumps(figures[-1]), flush=True)
    if options.format == "table":
        print(as_table(figures))


if __name__ == "__main__":
    main()
