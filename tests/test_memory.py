"""What training holds in memory does not grow with the corpus."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import transformer_mt

# A vocabulary of invented words, so that sentences are many and the text has structure.
PROGRAM = """
import json, random, resource, sys
from pathlib import Path
import numpy as np
from transformer_mt.data import dataset as dataset_module
from transformer_mt.data.corpus import PairsFile, read_pairs
from transformer_mt.data.dataset import TokenizingOptions, build_dataset
from transformer_mt.data.filtering import Filters
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.data.tokenizer_training import train_tokenizer

corpus, max_sentences = PairsFile(Path("pairs.tsv")), int(sys.argv[1])
dataset_module._PAIRS_PER_PART = 20_000
report = train_tokenizer(
    (text for pair in read_pairs(corpus) for text in pair), Path("tokenizer.model"),
    type="bpe", vocab_size=1000, max_sentences=max_sentences,
)
dataset = build_dataset(
    [corpus], TokenizerPair.load(Path()), filters=Filters(250, 250, None, True), keep_text=True,
    cache_dir=Path("cache"), options=TokenizingOptions(num_workers=1),
)
generator = np.random.default_rng(0)
for _ in range(3):  # the whole file is touched
    dataset.fetch(generator.integers(0, len(dataset), size=20_000))
    dataset.fetch_text(generator.integers(0, len(dataset), size=1_000))
arrow = sum(path.stat().st_size for path in Path("cache").rglob("*.arrow"))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"peak": peak, "pairs": len(dataset), "arrow": arrow,
                  "sentences": report.sentences_used}))
"""


def write_corpus(path: Path, *, num_pairs: int) -> None:
    """Write distinct pairs whose words are numbers in letters."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(num_pairs):
            words = [chr(97 + digit) * 2 + str(digit) for digit in divmod(number % 676, 26)]
            middle = f"{number:x} " + " ".join(words * 6)
            file.write(f"the {middle} ends\tdas {middle} endet {number}\n")


def measure(folder: Path, *, num_pairs: int, max_sentences: int) -> dict[str, int]:
    folder.mkdir()
    write_corpus(folder / "pairs.tsv", num_pairs=num_pairs)
    root = str(Path(transformer_mt.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(max_sentences)],
        cwd=folder,
        env={"PYTHONPATH": root, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_ten_times_the_pairs_take_no_more_memory(tmp_path):
    few = measure(tmp_path / "few", num_pairs=12_000, max_sentences=20_000)
    many = measure(tmp_path / "many", num_pairs=120_000, max_sentences=20_000)
    assert (few["pairs"], many["pairs"]) == (12_000, 120_000)
    assert few["sentences"] == many["sentences"] == 20_000
    difference = many["peak"] - few["peak"]
    grown = many["arrow"] - few["arrow"]
    assert grown > 30e6, "too little data to show anything"
    assert difference < 0.6 * grown, (few, many)


@pytest.mark.slow
def test_two_million_pairs_take_less_than_100_mb_more(tmp_path):
    few = measure(tmp_path / "few", num_pairs=200_000, max_sentences=400_000)
    many = measure(tmp_path / "many", num_pairs=2_000_000, max_sentences=400_000)
    assert many["peak"] - few["peak"] < 100e6, (few, many)
