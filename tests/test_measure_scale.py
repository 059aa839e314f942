"""scripts/measure_scale.py on a few thousand pairs: its corpus, and that its figures are true."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "measure_scale.py"


@pytest.fixture(scope="module")
def script():
    specification = importlib.util.spec_from_file_location("measure_scale", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    sys.modules["measure_scale"] = module  # where dataclasses look for it
    specification.loader.exec_module(module)
    yield module
    del sys.modules["measure_scale"]


def test_the_corpus_is_varied_and_always_the_same(script):
    pairs = list(script.sentence_pairs(5000, seed=1))
    assert pairs == list(script.sentence_pairs(5000, seed=1))
    assert pairs != list(script.sentence_pairs(5000, seed=2))
    assert len(set(pairs)) > 4990
    lengths = {len(source.split()) for source, _ in pairs}
    assert lengths == set(range(4, 22))
    translations = {}
    for source, target in pairs:
        for word, translation in zip(source.split(), target.split(), strict=True):
            assert translations.setdefault(word, translation) == translation
    words = [word for source, _ in pairs for word in source.split()]
    first, second = (words.count(syllable) for syllable in script.SYLLABLES["xx"][:2])
    assert first == pytest.approx(2 * second, rel=0.1)


def test_words_are_invented_without_repetition(script):
    words = script.invent_words(["a", "b"], 14)
    assert " ".join(words) == "a b aa ab ba bb aaa aab aba abb baa bab bba bbb"
    for syllables in script.SYLLABLES.values():
        assert len(set(script.invent_words(syllables, script.NUM_WORDS))) == script.NUM_WORDS


def test_it_measures_a_small_corpus(script, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    options = ["--threads", "1", "--vocab-size", "400", "--format", "json"]
    script.main(["--pairs", "2000", "--folder", str(tmp_path / "s"), "--keep", *options])
    shown = capsys.readouterr()
    figures = json.loads(shown.out)
    assert "2,000 pairs: trained; training once more" in shown.err
    assert figures["pairs"] == 2000
    folder = tmp_path / "s" / "2000"
    held_out = json.loads((folder / "run" / "held-out" / "counts.json").read_text())["held_out"]
    assert figures["kept"] == 2000 - sum(held_out.values())  # nothing was a duplicate
    sides = [folder / "train.xx", folder / "train.yy"]
    assert figures["text_bytes"] == sum(path.stat().st_size for path in sides)
    (cache,) = (folder / "run" / "cache").iterdir()
    assert figures["cache_bytes"] == sum(path.stat().st_size for path in cache.iterdir())
    assert figures["cache_bytes"] > 4 * 2 * 4 * figures["kept"]
    metrics = (folder / "run" / "metrics.jsonl").read_text("utf-8")
    steps = [json.loads(line)["step"] for line in metrics.splitlines()]
    assert max(steps) == 2 * script.STEPS
    assert all(figures[name] > 0 for name in figures if name.endswith("_seconds"))
    assert 10**8 < max(figures["peak_bytes_by_phase"].values()) <= figures["peak_bytes"]
    assert figures["num_workers"] == 0
    table = script.as_table([figures])
    assert table.splitlines()[0] == "| pairs | 2,000 |"
    assert len(table.splitlines()) == 2 + len(script.ROWS)
    with pytest.raises(SystemExit):
        script.main(["--pairs", "2000", "--folder", str(tmp_path / "s"), *options])
    assert "exists already" in capsys.readouterr().err
