"""Options and settings reach the part that they are for."""

import json

import pytest
import torch

from transformer_mt.decoding import beam_search as beam_search_module
from transformer_mt.decoding.cache import CachedDecoder


@pytest.fixture
def run(trained):
    return trained[0] / "runs" / "tiny"


@pytest.fixture
def searches(monkeypatch):
    """Give the list of all searches: options and number of sentences of each."""
    found = []
    first_beam = beam_search_module._first_beam

    def look_on(max_lengths, bos_id, options):
        found.append((options, len(max_lengths)))
        return first_beam(max_lengths, bos_id, options)

    monkeypatch.setattr(beam_search_module, "_first_beam", look_on)
    return found


@pytest.fixture
def encoder_types(monkeypatch):
    """Give the set of the number types that the decoder is given by the encoder."""
    found = set()
    start = CachedDecoder.__init__

    def look_on(self, model, encoder_output, *arguments):
        found.add(encoder_output.dtype)
        start(self, model, encoder_output, *arguments)

    monkeypatch.setattr(CachedDecoder, "__init__", look_on)
    return found


COMMANDS = {
    "translate": ["translate", "--input", "{corpus}/test.en", "--output", "{folder}/out.de"],
    "evaluate": [
        "evaluate",
        "--confidence",
        "0",
        "--format",
        "json",
        "--output",
        "{folder}/out.de",
    ],
}


@pytest.fixture(params=COMMANDS)
def command(request, run, corpus, tmp_path):
    """The words of each command that searches, for the 15 lines of the test text."""
    words = [word.format(corpus=corpus, folder=tmp_path) for word in COMMANDS[request.param]]
    return [*words, "--run", run, "--quiet"]


def test_the_search_is_the_runs_own_unless_options_say_otherwise(command, tmt_here, searches):
    tmt_here(*command)
    ((options, num_sentences),) = searches
    assert (options.beam_size, options.length_penalty, num_sentences) == (3, 1.0, 15)
    assert options.length_penalty_type == "average"
    searches.clear()
    chosen = {"beam_size": 1, "length_penalty": 0.0, "batch_size": 7}
    words = ["--beam-size", 1, "--length-penalty", 0, "--batch-size", 7]
    printed = tmt_here(*command, *words)
    assert [size for _, size in searches] == [7, 7, 1]
    for options, _ in searches:
        assert (options.beam_size, options.length_penalty) == (1, 0.0)
    if command[0] == "evaluate":
        assert json.loads(printed.out)["system"]["decoding"].items() >= chosen.items()


def test_the_beam_holds_the_n_best(run, tmt_here, searches):
    printed = tmt_here("translate", "The dog.", "--run", run, "--n-best", 4)
    ((options, _),) = searches
    assert (options.n_best, options.beam_size) == (4, 4)
    assert len(printed.out.splitlines()) == 4


@pytest.mark.parametrize("precision", ["auto", "float32", "bfloat16"])
def test_precision_is_that_of_the_weights(command, tmt_here, encoder_types, precision):
    tmt_here(*command, "--precision", precision)
    assert encoder_types == {torch.bfloat16 if precision == "bfloat16" else torch.float32}


@pytest.mark.parametrize(
    ("words", "case", "tokenizer"),
    [
        ([], "mixed", "13a"),
        (["--lowercase"], "lc", "13a"),
        (["--tokenize", "char"], "mixed", "char"),
        (["--lowercase", "--tokenize", "intl"], "lc", "intl"),
    ],
)
def test_the_signature_has_what_was_asked_for(words, case, tokenizer, tmt_here, corpus, tmp_path):
    hypotheses = tmp_path / "lower.de"
    hypotheses.write_text((corpus / "test.de").read_text("utf-8").lower(), "utf-8")
    files = ["--hypotheses", hypotheses, "--reference", corpus / "test.de"]
    printed = tmt_here("evaluate", *files, "--bleu", "--confidence", 0, *words).out
    assert f"|case:{case}|" in printed
    assert f"|tok:{tokenizer}|" in printed
    assert ("100.00" in printed) == (case == "lc")


def repeated(source, times, target, other_times):
    return " ".join([source] * times), " ".join([target] * other_times)


USUAL = [(f"The dog number {n} is red.", f"Hund Nummer {n} ist rot.") for n in range(20)]
UNEVEN = [repeated("dog", 1, "Hund", 50), repeated("tree", 50, "Baum", 1)]
LONG_SOURCE = [repeated("book", 90, "Buch", 60)]
LONG_TARGET = [repeated("house", 60, "Haus", 90), repeated("cat", 60, "Katze", 90)]
PAIRS = [*USUAL, *USUAL[:3], *UNEVEN, *LONG_SOURCE, *LONG_TARGET]


@pytest.fixture
def config(corpus, tmp_path):
    text = "".join(f"{source}\t{target}\n" for source, target in PAIRS)
    (tmp_path / "mixed.tsv").write_text(text, "utf-8")
    changed = {
        "[{source: train.en, target: train.de}]": f"[{{pairs: {tmp_path / 'mixed.tsv'}}}]",
        "valid.": f"{corpus}/valid.",
        "test.": f"{corpus}/test.",
        "_length: 64": "_length: 150",
    }
    settings = (corpus / "tiny.yaml").read_text("utf-8")
    for old, new in changed.items():
        settings = settings.replace(old, new)
    (tmp_path / "mixed.yaml").write_text(settings, "utf-8")
    return tmp_path / "mixed.yaml"


@pytest.mark.parametrize(
    ("settings", "kept", "dropped"),
    [
        ([], 23, "2 of too different lengths, 3 duplicates"),
        (["data.max_length_ratio=null"], 25, "3 duplicates"),
        (["data.max_length_ratio=1000.0"], 25, "3 duplicates"),
        (["data.drop_duplicates=false"], 26, "2 of too different lengths"),
        (
            ["data.max_source_length=75"],
            22,
            "1 too long, 2 of too different lengths, 3 duplicates",
        ),
        (
            ["data.max_target_length=75"],
            21,
            "2 too long, 2 of too different lengths, 3 duplicates",
        ),
    ],
)
def test_the_plan_tells_what_the_filters_drop(config, settings, kept, dropped, tmt_here):
    words = [word for setting in settings for word in ("--set", setting)]
    printed = tmt_here("train", "--config", config, "--dry-run", "--threads", 1, *words)
    (line,) = [line for line in printed.err.splitlines() if line.startswith("Data ")]
    assert line.startswith(f"Data       en -> de: {kept} of 28 pairs kept (")
    assert line.endswith(f"; dropped: {dropped}")


def test_the_plan_tells_the_precision_of_training(config, tmt_here):
    words = ["--dry-run", "--threads", 1, "--precision", "bfloat16"]
    printed = tmt_here("train", "--config", config, *words)
    assert "\nDevice     cpu (1 thread), bfloat16\n" in printed.err
