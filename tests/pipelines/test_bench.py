"""`tmt bench`: its figures, and that it leaves nothing behind."""

import json
import re
import shutil
from dataclasses import replace

import pytest

from transformer_mt.pipelines.bench_report import BenchReport
from transformer_mt.training.benchmark import Benchmark, Window
from transformer_mt.training.throughput import ModelWeights, TokenCounts

WEIGHTS = ModelWeights(encoder=100, decoder=200, cross_attention=20, output=300)
COUNTS = TokenCounts(source_tokens=80, target_tokens=90, source_places=100, target_places=120)
SHORT = ("--updates", 3, "--warmup", 2, "--threads", 1)


def make_report(*seconds, product_share=0.75, waiting=0.1, **changes):
    windows = [
        Window(2, COUNTS, each, waiting_seconds=waiting * each, preparing_seconds=0.25)
        for each in seconds
    ]
    first = Window(1, COUNTS, 5.0, waiting_seconds=0.0, preparing_seconds=0.0)
    measured = Benchmark(
        weights=WEIGHTS,
        warm_up=[first, Window(9, COUNTS, 4.0, waiting_seconds=0.0, preparing_seconds=0.0)],
        windows=windows,
        product_share=product_share,
        peak_memory_bytes=2_500_000_000,
        product_rate=1e6,
        own_product_rate=9e5,
    )
    given = {"device": "cpu (1 thread)", "device_type": "cpu", "precision": "float32"}
    numbers = {"parameters": 1234, "planned_updates": 1000}
    return BenchReport(measured, **(given | numbers | changes))


def test_figures_follow_from_the_windows():
    record = make_report(1.0, 3.0, 2.0).as_record()
    assert record["updates"] == [2, 2, 2]
    assert record["warm_up"] == {"updates": 10, "seconds": 9.0, "first_update_seconds": 5.0}
    assert record["target_tokens_per_second"] == {"median": 45.0, "min": 30.0, "max": 90.0}
    assert record["seconds_per_update"] == {"median": 1.0, "min": 0.5, "max": 1.5}
    assert record["source_tokens_per_update"] == 40
    assert record["target_tokens_per_update"] == 45
    assert record["padding"] == {"source": 0.2, "target": 0.25}
    flops = 6 * (100 * 80 + 200 * 90 + 20 * 80 + 300 * 90)
    assert record["utilisation"]["median"] == round(flops / 2.0 / 1e6, 4)
    assert record["matrix_product_flops"] == {"large_squares": 1e6, "shapes_of_the_model": 9e5}
    assert record["time_shares"] == {"matrix_products": 0.675, "input_pipeline": 0.1, "rest": 0.225}
    assert record["preparing_seconds_per_update"] == 0.125
    assert record["peak_memory"] == {"of": "process", "bytes": 2_500_000_000}
    assert record["whole_run"] == {"updates": 1000, "seconds": 1000.0}


@pytest.mark.parametrize("share", [0.0, 0.3333333, 0.66666, 1.0])
@pytest.mark.parametrize("waiting", [0.0, 0.123456, 1 / 3])
def test_the_shares_of_time_add_up(share, waiting):
    shares = make_report(0.7, 1.1, product_share=share, waiting=waiting).time_shares()
    assert sum(shares.values()) == pytest.approx(1, abs=1e-12)
    assert all(0 <= value <= 1 for value in shares.values())


def test_what_graphs_hide_is_not_said():
    report = make_report(1.0, product_share=None, waiting=0.1)
    shares = {"matrix_products": None, "input_pipeline": 0.1, "rest": None}
    assert report.as_record()["time_shares"] == shares
    lines = report.as_text(width=100).splitlines()
    assert "Time         10.0% waiting for batches" in lines


def test_its_text():
    text = make_report(1.0, 3.0, 2.0).as_text(width=100)
    assert text.splitlines() == [
        "Device       cpu (1 thread), float32",
        "Model        1,234 parameters",
        "Measured     6 updates in 3 windows, after 10 to warm up (the first took 5.00 s)",
        "Speed        45 target tokens/s (30 to 90)",
        "             1 s for an update of 45 target tokens",
        "Padding      20.0% of source, 25.0% of target",
        "Utilisation  16% of 0 GFLOP/s, the rate of large square matrix products",
        "             (products in the shapes of this model: 0 GFLOP/s)",
        "Time         67.5% matrix products, 10.0% waiting for batches, 22.5% the rest",
        "             (batches are made ahead, in 0.12 s of work for an update)",
        "Peak memory  2.50 GB for the whole process",
        "Whole run    1,000 updates, about 17 minutes, validations not counted",
    ]
    gpu = make_report(1.0, device="cuda (X)", device_type="cuda")
    assert gpu.as_record()["compile_seconds"] is None
    compiled = replace(gpu, measured=replace(gpu.measured, compile_seconds=95.04))
    assert "\nCompiled     in 95 s, before all this\n" in compiled.as_text(width=100)
    assert compiled.as_record()["compile_seconds"] == 95.0
    assert "2.50 GB on the device" in gpu.as_text(width=100)
    assert gpu.as_record()["peak_memory"]["of"] == "device"


@pytest.fixture(scope="module")
def measured(corpus, command_server, tmp_path_factory):
    """Return the record of a real measurement, made in a folder whose TMPDIR is beside it."""
    folder = tmp_path_factory.mktemp("bench")
    (folder / "here").mkdir()
    (folder / "tmp").mkdir()
    words = ("bench", "--config", corpus / "tiny.yaml", "--json", *SHORT)
    outcome = command_server.tmt(*words, cwd=folder / "here", TMPDIR=str(folder / "tmp"))
    assert outcome.code == 0, outcome.err
    return folder, outcome


def test_it_prints_one_object_and_leaves_nothing_behind(measured):
    folder, outcome = measured
    record = json.loads(outcome.out)
    assert list(record) == [
        "transformer_mt", "torch", "device", "precision", "parameters", "updates", "warm_up",
        "compile_seconds", "target_tokens_per_second", "seconds_per_update",
        "source_tokens_per_update", "target_tokens_per_update", "padding", "utilisation",
        "matrix_product_flops",
        "time_shares", "preparing_seconds_per_update", "peak_memory", "whole_run",
    ]  # fmt: skip
    assert record["device"] == "cpu (1 thread)"
    assert record["precision"] == "float32"
    assert record["updates"] == [3]
    assert record["warm_up"]["updates"] == 2
    assert record["whole_run"]["updates"] == 60
    assert 400 < record["target_tokens_per_update"] < 800  # training.tokens_per_update: 600
    assert sum(record["time_shares"].values()) == pytest.approx(1)
    assert record["peak_memory"]["bytes"] > 50_000_000
    assert "Measuring 3 updates, after 2 to warm up" in outcome.err
    assert sorted(path.name for path in folder.rglob("*")) == ["here", "tmp"]


def test_its_updates_are_those_of_training(corpus, measured, train, tmp_path):
    settings = ("training.max_steps=5", "training.log_every_steps=1")
    train(*settings, "training.validate_every_steps=5", cwd=tmp_path)
    lines = (tmp_path / "runs" / "tiny" / "metrics.jsonl").read_text("utf-8").splitlines()
    logged = [r for r in map(json.loads, lines) if r["type"] == "train"]
    tokens = logged[4]["target_tokens"] - logged[1]["target_tokens"]
    record = json.loads(measured[1].out)
    assert record["target_tokens_per_update"] == pytest.approx(tokens / 3, abs=0.1)
    for timing in (each["timing"] for each in logged):
        assert timing["utilisation"] > 0
        assert set(timing["padding"]) == {"source", "target"}


def test_a_run_lends_what_it_has_and_is_left_alone(trained, tmp_path, command_server):
    shutil.copytree(trained[0] / "runs", tmp_path / "runs")
    tiny = tmp_path / "runs" / "tiny"

    def contents():
        return {
            path.relative_to(tmp_path): (
                path.stat().st_mtime_ns,
                path.is_file() and path.stat().st_size,
            )
            for path in tmp_path.rglob("*")
        }

    before = contents()
    outcome = command_server.tmt("bench", "--run", "tiny", *SHORT, cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert "Training tokenizer" not in outcome.err
    assert re.search(r"^Whole run +60 updates, about", outcome.out, re.MULTILINE)
    assert contents() == before
    shutil.rmtree(tiny / "cache")  # may be deleted, and is not put back
    words = ("--set", "model.d_ff=32", "--set", "training.max_steps=7", "--precision", "bfloat16")
    outcome = command_server.tmt("bench", "--run", tiny, *words, *SHORT, "--quiet", cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert "7 updates" in outcome.out
    assert "bfloat16" in outcome.out
    assert outcome.err == ""
    assert not (tiny / "cache").exists()
