"""Wrong uses of every command: one clear message, and nothing is lost, left or changed."""

import fcntl
import gzip
import hashlib
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

TRAIN = ("train", "--config", "{config}", "--run", "new")
TRANSLATE = ("translate", "--run", "runs/tiny")
EVALUATE = ("evaluate", "--run", "runs/tiny")
SCORE = ("score", "--run", "runs/tiny")
CHECK = ("check", "--source", "good.en", "--target", "good.de")
RESUME = ("train", "--run", "runs/tiny", "--quiet")


def files(source, target="good.de"):
    return ("--set", f"data.train=[{{source: {source}, target: {target}}}]")


def pairs(name, more=""):
    return ("--set", f"data.train=[{{pairs: {name}{more}}}]")


@dataclass(frozen=True)
class Case:
    """A command, the exit code, and what the message must hold: place, value and remedy."""

    words: tuple[str, ...]
    expected: tuple[str, ...]
    code: int = 2
    lines_before: int = 0
    """Lines of output for the lines of input before the wrong one."""
    stdin: bytes = b""
    stdout: str | None = None
    """What standard output is, if not a file."""
    environment: dict[str, str] = field(default_factory=dict)
    faults: tuple[dict[str, object], ...] = ()
    modes: dict[str, int] = field(default_factory=dict)
    """Permissions of files and folders meanwhile."""


def full_disk(at):
    return ({"kind": "disk full", "at": at, "call": None},)


CASES = {
    # Data files
    "source missing": Case((*TRAIN, *files("nowhere.en")), ("nowhere.en: no such file", "path")),
    "target missing": Case((*TRAIN, *files("good.en", "nowhere.de")), ("nowhere.de", "path")),
    "source a folder": Case((*TRAIN, *files("folder")), ("folder: is a folder", "text file")),
    "source empty": Case((*TRAIN, *files("empty")), ("empty: the file is empty", "at least one")),
    "both empty": Case((*TRAIN, *files("empty", "empty")), ("empty: the file is empty",)),
    "unequal": Case((*TRAIN, *files("short.en")), ("short.en: 3", "good.de: 40", "mend")),
    "binary": Case((*TRAIN, *files("binary")), ("binary, line 1", "0x", "UTF-8")),
    "latin-1": Case((*TRAIN, *files("latin1.en")), ("latin1.en, line 7", "0xE4", "iconv")),
    "utf-16": Case((*TRAIN, *files("utf16.en")), ("utf16.en, line 1", "iconv -f UTF-16")),
    "gzip truncated": Case((*TRAIN, *files("cut.gz")), ("cut.gz: damaged", "again")),
    "gzip by name only": Case((*TRAIN, *files("text.gz")), ("text.gz: damaged", ".gz")),
    "column missing": Case((*TRAIN, *pairs("ragged.tsv")), ("ragged.tsv, line 5", "column")),
    "column out of range": Case(
        (*TRAIN, *pairs("good.tsv", ", source_column: 4")), ("good.tsv, line 1", "source_column 4")
    ),
    "blank texts": Case((*TRAIN, *files("blank", "blank")), ("blank",)),
    "all too long": Case(
        (*TRAIN, "--set", "data.max_source_length=2"),
        ("0 of 300 pairs kept", "too long", "data.max_source_length"),
    ),
    "validation missing": Case(
        (*TRAIN, "--set", "data.validation=[{source: nowhere.en, target: good.de}]"),
        ("nowhere.en: no such file",),
    ),
    "test data unequal": Case(
        (*TRAIN, "--set", "data.test=[{source: short.en, target: good.de}]"),
        ("short.en: 3", "good.de: 40"),
    ),
    "csv with an open quote": Case((*TRAIN, *pairs("open.csv")), ("open.csv, line 2",)),
    "json lines cut": Case((*TRAIN, *pairs("cut.jsonl")), ("cut.jsonl, line 2", "JSON")),
    "json lines of numbers": Case(
        (*TRAIN, *pairs("numbers.jsonl")), ("numbers.jsonl, line 1", "'en'", "not a text")
    ),
    "no parquet": Case((*TRAIN, *pairs("text.parquet")), ("text.parquet: damaged", "format:")),
    "no zip": Case((*TRAIN, *pairs("text.zip")), ("text.zip",)),
    "tmx cut": Case((*TRAIN, *pairs("cut.tmx")), ("cut.tmx, line",)),
    "column unknown": Case(
        (*TRAIN, *pairs("good.csv", ", source_column: englsh, target_column: german")),
        ("good.csv", "'englsh'", "'english'"),
    ),
    "format unknown": Case(
        (*TRAIN, *pairs("good.tsv", ", format: xml")), ("format", "'xml'", "'tsv'")
    ),
    "key that the format has not": Case(
        (*TRAIN, *pairs("cut.jsonl", ", header: true")), ("jsonl has no header",)
    ),
    # Without a config
    "source alone": Case(("train", "--source", "good.en"), ("--target is missing", "--pairs")),
    "languages untold": Case(
        ("train", "--pairs", "good.tsv"), ("good.tsv", "--source-language", "--target-language")
    ),
    "config and source": Case(
        ("train", "--config", "other.yaml", "--pairs", "good.tsv"), ("other.yaml", "--pairs")
    ),
    "too few pairs": Case(
        ("train", "--source", "short.en", "--target", "short.de", "--quiet"),
        ("data.train: too few pairs to hold out", "Give more"),
    ),
    # Measuring
    "bench of two": Case(
        ("bench", "--config", "other.yaml", "--run", "runs/tiny"), ("--config and --run", "one")
    ),
    "bench without the config": Case(
        ("bench", "--config", "no.yaml"), ("no.yaml: there is no such config",)
    ),
    "bench without the data": Case(
        ("bench", "--config", "{config}", *files("nowhere.en")), ("nowhere.en: no such file",)
    ),
    "bench of no run": Case(("bench", "--run", "nowhere"), ("nowhere", "does not exist")),
    "bench of another vocabulary": Case(
        ("bench", "--run", "runs/tiny", "--set", "tokenizer.vocab_size=99"),
        ("--set tokenizer.vocab_size=99", "--config FILE"),
    ),
    "bench with a key misspelt": Case(
        ("bench", "--run", "runs/tiny", "--set", "model.dropuot=0"), ("dropuot", "dropout")
    ),
    "bench of nothing": Case(
        ("bench", "--config", "{config}", "--updates", "0"),
        ("--updates", "greater than or equal to 1"),
    ),
    "bench without warm-up": Case(
        ("bench", "--config", "{config}", "--warmup", "0"),
        ("--warmup", "greater than or equal to 1"),
    ),
    # Settings
    "config missing": Case(("train", "--config", "no.yaml"), ("no.yaml: there is no such config",)),
    "config a folder": Case(("train", "--config", "folder"), ("folder: cannot be read",)),
    "config latin-1": Case(("train", "--config", "latin1.yaml"), ("latin1.yaml: byte", "UTF-8")),
    "config a list": Case(("train", "--config", "list.yaml"), ("list.yaml: expected sections",)),
    "config no yaml": Case(("train", "--config", "tab.yaml"), ("tab.yaml, line 2",)),
    "config with a tag": Case(("train", "--config", "tag.yaml"), ("tag.yaml, line 1", "tag")),
    "key twice": Case(("train", "--config", "twice.yaml"), ("twice.yaml, line 3", "twice")),
    "key misspelt": Case(
        ("train", "--config", "misspelt.yaml"),
        ("misspelt.yaml: training.max_stpes: there is no such key", "did you mean 'max_steps'"),
    ),
    "key in the wrong section": Case(
        (*TRAIN, "--set", "model.max_steps=3"), ("model.max_steps", "'training.max_steps'")
    ),
    "section unknown": Case(
        (*TRAIN, "--set", "modle.d_model=3"), ("modle", "did you mean 'model'")
    ),
    "number a word": Case(
        (*TRAIN, "--set", "training.max_steps=many"), ("training.max_steps", "integer", "'many'")
    ),
    "number negative": Case(
        (*TRAIN, "--set", "training.max_steps=-3"), ("training.max_steps", "-3", "1")
    ),
    "choice unknown": Case(
        (*TRAIN, "--set", "training.schedule=cosin"), ("training.schedule", "'cosin'", "cosine")
    ),
    "sizes that do not fit": Case(
        (*TRAIN, "--set", "model.num_heads=5"), ("model", "d_model 32", "num_heads 5")
    ),
    "vocabulary too small": Case(
        (*TRAIN, "--set", "tokenizer.vocab_size=100"),
        ("tokenizer.vocab_size: 100 is too small", "at least"),
    ),
    "language a path": Case(
        (*TRAIN, "--set", "data.source_language=../x"), ("data.source_language", "'../x'")
    ),
    "set without a value": Case(
        (*TRAIN, "--set", "training.seed"), ("--set training.seed", "--set section.key=value")
    ),
    "option unknown": Case((*TRAIN, "--seed", "3"), ("--seed",)),
    "no such device": Case((*TRAIN, "--device", "tpu"), ("tpu", "cuda")),
    # Runs
    "run absent": Case(
        ("translate", "x", "--run", "nowhere"), ("nowhere: this run directory does not exist",)
    ),
    "run foreign": Case(
        ("translate", "x", "--run", "folder"), ("folder: this run directory holds no run",)
    ),
    "run a file": Case(("train", "--run", "good.en"), ("good.en: is a file", "--run DIR")),
    "train in a foreign folder": Case(
        ("train", "--run", "folder"), ("folder: holds files that belong to no run", "--run DIR")
    ),
    "run untrained": Case(
        ("translate", "x", "--run", "prepared"), ("prepared: has no checkpoint yet", "tmt train"), 1
    ),
    "run without intact checkpoint": Case(
        ("translate", "x", "--run", "damaged"), ("damaged/checkpoints", "passed over"), 1
    ),
    "resume without intact checkpoint": Case(
        ("train", "--run", "damaged"), ("no intact checkpoint is left", "--overwrite"), 1
    ),
    "run with a damaged config": Case(
        ("evaluate", "--run", "misconfigured"), ("misconfigured/config.yaml", "max_stpes")
    ),
    "run with a damaged tokenizer": Case(
        ("translate", "x", "--run", "untokenized"), ("untokenized/tokenizer.model", "damaged")
    ),
    "run with other settings": Case(
        ("train", "--run", "runs/tiny", "--set", "model.dropout=0.5"),
        ("runs/tiny: this run has begun with other settings", "model.dropout", "--overwrite"),
    ),
    "run with another config": Case(
        ("train", "--config", "other.yaml", "--run", "runs/tiny"),
        ("runs/tiny: this run has begun with other settings", "--run DIR", "--overwrite"),
    ),
    "run locked": Case(
        ("train", "--run", "locked", "--set", "training.max_steps=70"),
        ("locked: process", "locked/lock"),
        1,
    ),
    "no run at all": Case(
        ("translate", "x"), ("No run has been trained from this folder", "--run DIR", "tmt train")
    ),
    "run cannot be made": Case((*TRAIN[:3], "--run", "/proc/x"), ("/proc/x: cannot be made",)),
    "disk full at the tokenizer": Case(TRAIN, ("No space left",), 1, faults=full_disk("os:fsync")),
    "run a link to itself": Case(
        ("translate", "x", "--run", "circle"), ("circle/config.yaml: Too many levels", "another"), 1
    ),
    "run of a long name": Case(
        (*TRAIN[:3], "--run", "n" * 300), ("nn/config.yaml: File name too long", "another"), 1
    ),
    "checkpoints a file": Case(
        ("translate", "x", "--run", "filed"), ("filed: has no checkpoint yet", "tmt train"), 1
    ),
    # Translate
    "input missing": Case((*TRANSLATE, "--input", "nowhere.en"), ("nowhere.en: no such file",)),
    "input latin-1": Case(
        (*TRANSLATE, "--input", "latin1.en"), ("latin1.en, line 7", "iconv"), lines_before=6
    ),
    "text and input": Case((*TRANSLATE, "x", "--input", "good.en"), ("TEXT", "--input", "both")),
    "output into nowhere": Case(
        (*TRANSLATE, "x", "--output", "no/such.de"), ("--output no/such.de", "cannot be written")
    ),
    "output a folder": Case((*TRANSLATE, "x", "--output", "folder"), ("--output folder",)),
    "output the input": Case(
        (*TRANSLATE, "--input", "good.en", "--output", "good.en"), ("good.en", "is the input")
    ),
    "disk full at the output": Case(
        (*TRANSLATE, "x", "--output", "/dev/full"), ("No space left",), 1
    ),
    "beam of none": Case(
        (*TRANSLATE, "x", "--beam-size", "0"), ("--beam-size", "greater than or equal to 1")
    ),
    "n-best of none": Case(
        (*TRANSLATE, "x", "--n-best", "0"), ("--n-best", "greater than or equal to 1")
    ),
    "length penalty a word": Case(
        (*TRANSLATE, "x", "--length-penalty", "big"), ("--length-penalty", "a valid number")
    ),
    "standard input latin-1": Case(
        TRANSLATE,
        ("standard input, line 2", "0xE4", "iconv"),
        lines_before=1,
        stdin=b"ok\nK\xe4se\n",
    ),
    "beam too narrow": Case(
        (*TRANSLATE, "x", "--beam-size", "1", "--n-best", "3"), ("beam of 1", "3 translations")
    ),
    "penalty beyond numbers": Case(
        (*TRANSLATE, "x", "--length-penalty", "1000"), ("--length-penalty", "10")
    ),
    "output compressed otherwise": Case(
        (*TRANSLATE, "x", "--output", "new.zst"), ("--output new.zst", ".gz")
    ),
    "column without a format": Case((*TRANSLATE, "x", "--column", "3"), ("--column 3", "--format")),
    "columns too few": Case(
        (*TRANSLATE, "--input", "good.tsv", "--format", "tsv", "--column", "5"),
        ("good.tsv, line 1", "--column 5", "6"),
    ),
    "lines of no json": Case(
        (*TRANSLATE, "--input", "good.en", "--format", "jsonl"), ("good.en, line 1", "JSON")
    ),
    "json without the key": Case(
        (*TRANSLATE, "--format", "jsonl"),
        ("standard input, line 1", "'text'", "'body'", "--column KEY"),
        stdin=b'{"body": "x"}\n',
    ),
    # Score, runs, info
    "score nothing": Case(("score", "--run", "runs/tiny"), ("--source FILE", "--pairs FILE")),
    "score unequal": Case(
        ("score", "--run", "runs/tiny", "--source", "short.en", "--target", "good.de"),
        ("short.en", "3", "good.de", "40"),
    ),
    "score with a column of a format without": Case(
        ("score", "--run", "runs/tiny", "--pairs", "cut.tmx", "--source-column", "0"),
        ("format tmx has no columns", "leave source_column out"),
    ),
    "score with columns of another name": Case(
        (
            "score",
            "--run",
            "runs/tiny",
            "--pairs",
            "cut.jsonl",
            "--source-column",
            "a",
            "--target-column",
            "b",
        ),
        ("cut.jsonl, line 1", "there is no 'a'", "source_column"),
    ),
    "score columns missing": Case(
        ("score", "--run", "runs/tiny", "--pairs", "ragged.tsv"), ("ragged.tsv, line 5",)
    ),
    "runs of no folder": Case(("runs", "nowhere"), ("nowhere: there is no such folder",)),
    "runs of a file": Case(("runs", "good.en"), ("good.en: is a file",)),
    "info of nothing": Case(("info", "nowhere"), ("nowhere: there is no such folder", "tmt runs")),
    "info of a foreign folder": Case(("info", "folder"), ("folder",)),
    "score one side": Case((*SCORE, "--source", "good.en"), ("--source FILE", "--pairs FILE")),
    "score twice": Case(
        (*SCORE, "--source", "good.en", "--target", "good.de", "--pairs", "good.tsv"),
        ("--source FILE", "--pairs FILE"),
    ),
    "score a missing file": Case(
        (*SCORE, "--pairs", "nowhere.tsv"), ("nowhere.tsv: no such file", "path")
    ),
    "score a folder": Case((*SCORE, "--pairs", "folder"), ("folder: is a folder", "text file")),
    "score an empty file": Case(
        (*SCORE, "--source", "empty", "--target", "empty"), ("empty: the file is empty",)
    ),
    "score latin-1": Case(
        (*SCORE, "--source", "latin1.en", "--target", "good.de"),
        ("latin1.en, line 7", "0xE4", "iconv"),
    ),
    "score a cut gzip file": Case(
        (*SCORE, "--source", "cut.gz", "--target", "good.de"), ("cut.gz: damaged", "again")
    ),
    "score an unknown column": Case(
        (*SCORE, "--pairs", "good.csv", "--source-column", "9"), ("good.csv", "9")
    ),
    "score onto its input": Case(
        (*SCORE, "--pairs", "good.tsv", "--output", "good.tsv"), ("good.tsv", "is the input")
    ),
    "score into nowhere": Case(
        (*SCORE, "--pairs", "good.tsv", "--output", "no/such"), ("--output no/such", "Name another")
    ),
    "score onto a full disk": Case(
        (*SCORE, "--pairs", "good.tsv", "--output", "/dev/full"), ("No space left", "Free"), 1
    ),
    "score without a run": Case(
        ("score", "--run", "nowhere", "--pairs", "good.tsv"), ("nowhere: this run", "tmt train")
    ),
    "score in an unknown format": Case(
        (*SCORE, "--pairs", "good.tsv", "--format", "xml"), ("--format", "'xml'", "'tsv'")
    ),
    "runs in an unknown format": Case(("runs", "--format", "xml"), ("--format", "'xml'", "'json'")),
    "runs of two folders": Case(("runs", "runs", "folder"), ("unexpected extra argument",)),
    "info in an unknown format": Case(("info", "--format", "xml"), ("--format", "'xml'", "'json'")),
    "info of a file": Case(("info", "good.en"), ("good.en", "no such folder", "tmt runs")),
    "info without a run": Case(("info",), ("No run has been trained", "--run DIR", "tmt train")),
    "info of a damaged config": Case(
        ("info", "misconfigured"), ("misconfigured/config.yaml", "max_stpes", "max_steps")
    ),
    # Check
    "check nothing": Case(("check",), ("--config FILE", "--source FILE", "--pairs FILE")),
    "check one side": Case(("check", "--source", "good.en"), ("--config FILE", "--target FILE")),
    "check a config and files": Case(
        (*CHECK, "--config", "other.yaml"), ("--config names the files itself", "--source")
    ),
    "check a missing file": Case(
        ("check", "--source", "nowhere.en", "--target", "good.de"),
        ("nowhere.en: no such file", "path"),
    ),
    "check a folder": Case(
        ("check", "--source", "good.en", "--target", "folder"), ("folder: is a folder", "text file")
    ),
    "check an empty file": Case(
        ("check", "--source", "empty", "--target", "empty"), ("empty: the file is empty",)
    ),
    "check a cut gzip file": Case(
        ("check", "--source", "cut.gz", "--target", "good.de"), ("cut.gz: damaged", "again")
    ),
    "check cut json lines": Case(("check", "--pairs", "cut.jsonl"), ("cut.jsonl, line", "JSON")),
    "check json lines without languages": Case(
        ("check", "--pairs", "texts.jsonl"), ("texts.jsonl, line 1", "source_column")
    ),
    "check a missing config": Case(
        ("check", "--config", "no.yaml"), ("no.yaml: there is no such",)
    ),
    "check a misspelt config": Case(
        ("check", "--config", "misspelt.yaml"),
        ("misspelt.yaml: training.max_stpes", "did you mean 'max_steps'"),
    ),
    "check an absent column": Case(
        ("check", "--config", "columns.yaml"), ("good.csv", "'englsh'", "'english'")
    ),
    "clean onto what is there": Case(
        (*CHECK, "--write-clean", "folder"), ("--write-clean folder: is there", "Name another")
    ),
    "clean onto a file": Case(
        (*CHECK, "--write-clean", "good.en"), ("--write-clean good.en: is there", "Name another")
    ),
    "clean beside the input": Case((*CHECK, "--write-clean", "."), ("--write-clean .: is",)),
    "clean below a file": Case(
        (*CHECK, "--write-clean", "good.en/clean"), ("--write-clean good.en/clean", "Name a"), 1
    ),
    "clean a missing file into new folders": Case(
        ("check", "--source", "nowhere", "--target", "good.de", "--write-clean", "new/clean"),
        ("nowhere: no such file",),
    ),
    "clean onto a full disk": Case(
        (*CHECK, "--write-clean", "new/clean"),
        ("--write-clean new/clean: cannot be written (No space left", "Name a folder"),
        1,
        faults=full_disk("transformer_mt.checking.cleaning:CorpusCleaner.write"),
    ),
    "check onto a full disk": Case(
        ("check", "--config", "{config}", "--quiet"),
        ("No space left", "Free some disk space"),
        1,
        stdout="/dev/full",
    ),
    "runs onto a full disk": Case(
        ("runs",), ("No space left", "Free some disk space"), 1, stdout="/dev/full"
    ),
    # Permissions
    "source not to be read": Case(
        (*TRAIN, *files("good.en")),
        ("good.en: no permission to read", "Change"),
        modes={"good.en": 0},
    ),
    "pairs not to be read": Case(
        (*SCORE, "--pairs", "good.tsv"),
        ("good.tsv: no permission", "Change"),
        modes={"good.tsv": 0},
    ),
    "input not to be read": Case(
        (*TRANSLATE, "--input", "good.en"),
        ("good.en: no permission", "Change"),
        modes={"good.en": 0},
    ),
    "input in a closed folder": Case(
        (*TRANSLATE, "--input", "folder/thesis.tex"),
        ("folder/thesis.tex: no permission to read", "Change"),
        modes={"folder": 0},
    ),
    "reference not to be read": Case(
        (*EVALUATE, "--source", "good.en", "--reference", "good.de"),
        ("good.de: no permission", "Change"),
        modes={"good.de": 0},
    ),
    "check what is not to be read": Case(
        CHECK, ("good.de: no permission", "Change"), modes={"good.de": 0}
    ),
    "config not to be read": Case(
        ("train", "--config", "other.yaml"),
        ("other.yaml: no permission", "Change"),
        modes={"other.yaml": 0},
    ),
    "output folder not to be written": Case(
        (*TRANSLATE, "x", "--output", "folder/x.de"),
        ("--output folder/x.de: cannot be written (Permission denied)", "Name another"),
        modes={"folder": 0o500},
    ),
    "output not to be written": Case(
        (*TRANSLATE, "x", "--output", "short.de"),
        ("--output short.de: cannot be written (Permission denied)", "Name another"),
        modes={"short.de": 0o400},
    ),
    "scores not to be written": Case(
        (*SCORE, "--pairs", "good.tsv", "--output", "folder/x"),
        ("--output folder/x: cannot be written (Permission denied)", "Name another"),
        modes={"folder": 0o500},
    ),
    "translations of evaluate not to be written": Case(
        (*EVALUATE, "--quiet", "--output", "folder/x.de"),
        ("folder/x.de: the translations cannot be saved", "write in folder", "--output"),
        1,
        modes={"folder": 0o500},
    ),
    "evaluate in a run not to be written": Case(
        (*EVALUATE, "--quiet"),
        ("runs/tiny/hypotheses/", "cannot be saved", "write in runs/tiny", "--output"),
        1,
        modes={"runs/tiny": 0o500},
    ),
    "clean where nothing may be written": Case(
        (*CHECK, "--write-clean", "folder/clean"),
        ("--write-clean folder/clean: cannot be written (Permission denied)", "Name a folder"),
        1,
        modes={"folder": 0o500},
    ),
    "new run where nothing may be written": Case(
        (*TRAIN[:3], "--run", "runs/new"),
        ("runs/new: cannot be made (Permission denied)", "--run DIR"),
        modes={"runs": 0o500},
    ),
    "new run below a folder not to be written": Case(
        (*TRAIN[:3], "--run", "folder/deep/new"),
        ("folder/deep/new: cannot be made (Permission denied)", "--run DIR"),
        modes={"folder": 0o500},
    ),
    "resume a run not to be written": Case(
        RESUME,
        ("runs/tiny: no permission to write", "Change", "--run DIR"),
        modes={"runs/tiny": 0o500},
    ),
    "resume with a lock not to be opened": Case(
        RESUME,
        ("runs/tiny/lock: no permission to write", "Change", "--run DIR"),
        modes={"runs/tiny/lock": 0o400},
    ),
    "resume with metrics not to be written": Case(
        RESUME,
        ("runs/tiny/metrics.jsonl: Permission denied", "Change the permissions"),
        1,
        modes={"runs/tiny/metrics.jsonl": 0o400},
    ),
    "resume with checkpoints not to be read": Case(
        RESUME,
        ("runs/tiny/checkpoints: no permission to read", "Change"),
        modes={"runs/tiny/checkpoints": 0o300},
    ),
    "resume with a checkpoint not to be read": Case(
        RESUME,
        ("checkpoints/step-00000060/manifest.json: no permission to read", "Change"),
        modes={"runs/tiny/checkpoints/step-00000060": 0},
    ),
    "resume with weights not to be read": Case(
        RESUME,
        ("checkpoints/step-00000060/model.safetensors: no permission to read", "Change"),
        modes={"runs/tiny/checkpoints/step-00000060/model.safetensors": 0},
    ),
    "translate with checkpoints not to be read": Case(
        (*TRANSLATE, "x"),
        ("runs/tiny/checkpoints", "no permission to read", "Change"),
        modes={"runs/tiny/checkpoints": 0},
    ),
    "translate with a pointer not to be read": Case(
        (*TRANSLATE, "x"),
        ("runs/tiny/best.json: no permission to read", "Change"),
        modes={"runs/tiny/best.json": 0},
    ),
    "translate with a tokenizer not to be read": Case(
        (*TRANSLATE, "x"),
        ("runs/tiny/tokenizer.model: no permission to read", "Change"),
        modes={"runs/tiny/tokenizer.model": 0},
    ),
    "translate with a run not to be read": Case(
        (*TRANSLATE, "x"),
        ("runs/tiny/config.yaml: no permission to read", "Change"),
        modes={"runs/tiny": 0},
    ),
    "translate with a config not to be read": Case(
        (*TRANSLATE, "x"),
        ("runs/tiny/config.yaml: no permission to read", "Change"),
        modes={"runs/tiny/config.yaml": 0},
    ),
    "runs not to be read": Case(
        ("runs",), ("runs: no permission to read", "Change"), modes={"runs": 0}
    ),
    "info of a run not to be read": Case(
        ("info", "runs/tiny"),
        ("runs/tiny/config.yaml: no permission to read", "Change"),
        modes={"runs/tiny": 0},
    ),
    # Evaluate
    "source without reference": Case(
        (*EVALUATE, "--source", "good.en"), ("--source", "--reference", "both")
    ),
    "source and reference unequal": Case(
        (*EVALUATE, "--source", "short.en", "--reference", "good.de"), ("short.en", "3", "40")
    ),
    "reference missing": Case(
        (*EVALUATE, "--source", "good.en", "--reference", "nowhere"), ("nowhere: no such file",)
    ),
    "hypotheses alone": Case(
        ("evaluate", "--hypotheses", "good.de"), ("--hypotheses", "--reference")
    ),
    "hypotheses and a search": Case(
        ("evaluate", "--hypotheses", "good.de", "--reference", "good.de", "--beam-size", "3"),
        ("--beam-size 3: --hypotheses FILE is scored as it is", "leave --beam-size out"),
    ),
    "hypotheses missing": Case(
        ("evaluate", "--hypotheses", "nowhere", "--reference", "good.de"), ("nowhere",)
    ),
    "hypotheses unequal": Case(
        ("evaluate", "--hypotheses", "short.en", "--reference", "good.de"),
        ("short.en", "3", "good.de", "40"),
    ),
    "hypotheses empty": Case(
        ("evaluate", "--hypotheses", "empty", "--reference", "empty"), ("empty: the file is empty",)
    ),
    "output the reference": Case(
        (*EVALUATE, "--source", "good.en", "--reference", "good.de", "--output", "good.de"),
        ("good.de", "is the reference"),
    ),
    "tokenizer for no BLEU": Case(
        (*EVALUATE, "--chrf", "--tokenize", "intl"), ("--tokenize intl", "add --bleu")
    ),
    "tokenizer unknown": Case((*EVALUATE, "--tokenize", "14a"), ("14a", "13a")),
    "split unknown": Case((*EVALUATE, "--split", "train"), ("train", "validation")),
    "command unknown": Case(("trian",), ("trian",)),
}


@pytest.fixture(scope="module")
def world(trained, corpus, tmp_path_factory):
    """A folder with all that can be used wrongly; nothing may change it."""
    folder = tmp_path_factory.mktemp("world")
    good = (corpus / "train.en").read_bytes().splitlines(keepends=True)[:40]
    german = (corpus / "train.de").read_bytes().splitlines(keepends=True)[:40]
    tsv = [s.rstrip() + b"\t" + t for s, t in zip(good, german, strict=True)]
    zipped = gzip.compress(b"".join(good), mtime=0)
    latin1 = "Der Bär.\n".encode("latin-1")
    settings = (corpus / "tiny.yaml").read_bytes()
    contents = {
        "good.en": b"".join(good),
        "good.de": b"".join(german),
        "good.tsv": b"".join(tsv),
        "short.en": b"".join(good[:3]),
        "empty": b"",
        "blank": b"  \n" * 40,
        "binary": bytes(range(255, 0, -1)) * 9,
        "latin1.en": b"".join([*good[:6], latin1, *good[7:]]),
        "utf16.en": b"".join(good).decode().encode("utf-16"),
        "cut.gz": zipped[:-20],
        "text.gz": b"".join(good),
        "ragged.tsv": b"".join([*tsv[:4], b"alone\n", *tsv[5:]]),
        "latin1.yaml": "# für\n".encode("latin-1"),
        "list.yaml": b"- data\n",
        "tab.yaml": b"training:\n\tseed: 3\n",
        "tag.yaml": b"data: !!python/object/apply:os.system ['touch owned']\n",
        "twice.yaml": b"training:\n  seed: 3\n  seed: 4\n",
        "misspelt.yaml": settings.replace(b"max_steps", b"max_stpes"),
        "other.yaml": settings.replace(b"d_model: 32", b"d_model: 64").replace(
            b": train.", b": " + bytes(corpus) + b"/train."
        ),
        "folder/thesis.tex": b"years of work",
        "short.de": b"".join(german[:3]),
        "good.csv": b"english,german\nThe dog.,Der Hund.\n" * 3,
        "open.csv": b'The dog.,Der Hund.\nThe "cat","Die Katze.\n',
        "cut.jsonl": b'{"en": "The dog.", "de": "Der Hund."}\n{"en": "The cat.", "de": "Die\n',
        "texts.jsonl": b'{"english": "The dog.", "german": "Der Hund."}\n' * 3,
        "columns.yaml": b"data:\n  source_language: en\n  target_language: de\n  train:\n"
        b"  - {pairs: good.csv, source_column: englsh, target_column: german}\n",
        "numbers.jsonl": b'{"en": 1, "de": "eins"}\n',
        "text.parquet": b"".join(good),
        "text.zip": b"".join(good),
        "cut.tmx": b'<?xml version="1.0"?>\n<tmx version="1.4"><body>\n<tu><tuv xml:lang="en">\n',
    }
    for name, content in contents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    run = trained[0] / "runs" / "tiny"
    for name in ("runs/tiny", "prepared", "damaged", "misconfigured", "untokenized", "locked"):
        # without what other tests have let it translate
        shutil.copytree(run, folder / name, ignore=shutil.ignore_patterns("hypotheses"))
    shutil.rmtree(folder / "prepared" / "checkpoints")
    (folder / "prepared" / "best.json").unlink()
    (folder / "prepared" / "averaged.json").unlink()
    (folder / "circle").symlink_to("circle")
    shutil.copytree(folder / "prepared", folder / "filed")
    (folder / "filed" / "checkpoints").write_bytes(b"")
    for path in (folder / "damaged").rglob("model.safetensors"):
        os.truncate(path, 1000)
    config = folder / "misconfigured" / "config.yaml"
    config.write_bytes(config.read_bytes().replace(b"max_steps", b"max_stpes"))
    (folder / "untokenized" / "tokenizer.model").write_bytes(b"no model")
    return folder


def contents_of(folder):
    """Return what lies in a folder: file -> digest, folder -> None."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else None
        for path in folder.rglob("*")
        if path.name != "train.log"  # which tells of failures too
    }


@pytest.fixture(scope="module")
def unchanged(world):
    return contents_of(world)


@pytest.fixture
def lock(world):
    with (world / "locked" / "lock").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def permissions(folder, modes):
    """Change permissions below a folder while the context lasts."""
    before = {name: (folder / name).stat().st_mode for name in modes}
    try:
        for name in sorted(modes, reverse=True):  # what lies in a folder before the folder
            (folder / name).chmod(modes[name])
        yield
    finally:
        for name in sorted(modes):
            (folder / name).chmod(before[name])


@pytest.mark.parametrize("name", CASES)
def test_wrong_use(name, world, unchanged, lock, corpus, command_server):
    case = CASES[name]
    words = [word.replace("{config}", str(corpus / "tiny.yaml")) for word in case.words]
    faults = [*case.faults, *(["permissions"] if case.modes else [])]
    with permissions(world, case.modes):
        outcome = command_server.tmt(
            *words,
            cwd=world,
            stdin=case.stdin,
            stdout=case.stdout,
            faults=faults,
            **case.environment,
        )
    assert "Traceback" not in outcome.err, outcome.err
    assert outcome.code == case.code, outcome.err
    assert outcome.out.count("\n") == case.lines_before
    for part in case.expected:
        assert part in outcome.err, outcome.err
    assert len(outcome.err.splitlines()) <= 5, outcome.err
    assert max(map(len, outcome.err.splitlines())) < 400, outcome.err
    assert contents_of(world) == unchanged


@pytest.mark.parametrize(
    "words",
    [
        (*TRANSLATE, "x"),
        (*SCORE, "--pairs", "good.tsv"),
        (*EVALUATE, "--output", "{tmp}/out.de", "--confidence", "0"),
        ("check", "--config", "{config}", "--json"),
        ("runs",),
        ("info", "tiny"),
        ("bench", "--run", "runs/tiny", "--updates", "1", "--warmup", "1"),
    ],
    ids=lambda words: words[0],
)
def test_a_run_that_may_only_be_read(words, world, unchanged, corpus, tmp_path, command_server):
    below = [world / "runs", *(world / "runs").rglob("*")]
    modes = {str(p.relative_to(world)): 0o500 if p.is_dir() else 0o400 for p in below}
    words = [word.format(config=corpus / "tiny.yaml", tmp=tmp_path) for word in words]
    with permissions(world, modes):
        outcome = command_server.tmt(*words, cwd=world, faults=["permissions"])
    assert outcome.code == (1 if words[0] == "check" else 0), outcome.err  # which finds faults
    assert outcome.out
    assert "permission" not in outcome.err.lower()
    assert contents_of(world) == unchanged


@pytest.mark.parametrize("closed", ["", "/checkpoints", "/config.yaml"])
def test_a_run_that_may_not_be_read_is_listed(closed, world, command_server):
    with permissions(world, {f"runs/tiny{closed}": 0}):
        outcome = command_server.tmt("runs", cwd=world, faults=["permissions"])
    assert outcome.code == 0, outcome.err
    assert "damaged" in outcome.out
    place = f"runs/tiny{closed or '/config.yaml'}"
    assert f"{place}: no permission to read it. Change its permissions." in outcome.out


def test_a_last_run_that_cannot_be_noted(world, unchanged, command_server):
    with permissions(world, {"runs": 0o500}):
        outcome = command_server.tmt(
            "train", "--run", "runs/tiny", cwd=world, faults=["permissions"]
        )
    assert outcome.code == 0, outcome.err
    assert "warning: runs/last-run: cannot be written (Permission denied); use --run" in outcome.err
    assert contents_of(world) == unchanged


def test_translations_go_through_a_pipe_or_device(world, unchanged, tmp_path, command_server):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    words = ("--source", "short.en", "--reference", "short.de", "--confidence", "0", "--quiet")
    outcome = command_server.tmt(*EVALUATE, *words, "--output", pipe, cwd=world)
    assert outcome.code == 0, outcome.err
    assert pipe.is_fifo()
    assert os.read(reader, 10_000).count(b"\n") == 3
    os.close(reader)
    assert contents_of(world) == unchanged


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--source", "short.en", "--target", "good.de"), "lines without a counterpart"),
        (("--source", "binary", "--target", "good.de"), "invalid_utf8"),
        (("--pairs", "ragged.tsv"), "ragged.tsv, line 5"),
    ],
    ids=["unequal", "binary", "column missing"],
)
def test_what_check_is_for_is_no_wrong_use(words, found, world, unchanged, command_server):
    estimate = {"at": "transformer_mt.pipelines.check:estimate_training", "call": None}
    outcome = command_server.tmt(
        "check", *words, cwd=world, faults=[{"kind": "nothing", **estimate}]
    )
    assert outcome.code == 1, outcome.err
    assert found in outcome.out
    assert "There are faults." in outcome.out
    assert "Error" not in outcome.err
    assert contents_of(world) == unchanged
