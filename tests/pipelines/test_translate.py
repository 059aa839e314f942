"""`tmt translate`: N lines in, N lines out, in order, whatever they hold."""

import gzip
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from threading import Timer

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transformer_mt.decoding.translation import EMPTY, Translation
from transformer_mt.decoding.translator import Translator
from transformer_mt.errors import UserError
from transformer_mt.pipelines.loading import DecodingOptions, load_translator
from transformer_mt.pipelines.translate import TranslateOptions, translate

SENTENCES = ["The dog sees the house.", "A cat is old.", "", "The book is red."]


@pytest.fixture(scope="module")
def loaded(small_run):
    return load_translator(DecodingOptions(run=small_run, beam_size=1, quiet=True))


@pytest.fixture(scope="module")
def run(loaded, tmp_path_factory):
    """Translate the bytes of a file, by a model that is loaded once; return those that come out."""
    folder = tmp_path_factory.mktemp("translate")

    def run(data=None, *, name="in", out="out", n_best=1, **options):
        if data is not None:
            (folder / name).write_bytes(data)
            options["input"] = folder / name
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("transformer_mt.pipelines.translate.load_translator", lambda _: loaded)
            output = TranslateOptions(output=folder / out, **options)
            translate(output, DecodingOptions(n_best=n_best, quiet=True))
        return (folder / out).read_bytes()

    run.folder = folder
    return run


def encoded(lines):
    return "".join(f"{line}\n" for line in lines).encode()


# -- any text --------------------------------------------------------------------------------


SEPARATORS = "\t\v\f\x1c\x1d\x1e\x85\xa0\u1680\u2000\u200b\u2028\u2029\u202f\u205f\u3000"
odd = st.sampled_from(
    [
        *SEPARATORS, "", " ", "   ", "\r", "\0", "\x07", "\x1b[31m", "\ufeff", "\ufffe", "\uffff",
        "\u202e\u0645\u0631\u062d\u0628\u0627", "👩\u200d👩\u200d👧", "🇩🇪", "\u2581",
        "e\u0301\u0323", "<s>", "</s>", "<unk>",
        "\U0010ffff", "The dog", "sees", "x" * 70, "今日は。", "a. B! C? ", "\\n", "{", '"',
    ]
)  # fmt: skip
line = st.lists(odd | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"),
                              max_size=5), max_size=8).map("".join)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(line, max_size=6), st.booleans(), st.booleans())
@example(["\0a. B! C? ", "\0\t"], False, True)
def test_n_lines_in_are_n_lines_out(run, loaded, lines, ends, split_sentences):
    data = encoded(lines)
    if not ends:
        data = data.removesuffix(b"\n")
    text = data.decode().removeprefix("\ufeff")
    expected = text.count("\n") + (not text.endswith("\n") and text != "")
    out = run(data, split_sentences=split_sentences).decode()
    assert out.count("\n") == expected
    assert not set(out) & set("\r\0")
    # in order: each line is the translation of its own text
    read = [each.removesuffix("\r") for each in text.split("\n")[:expected]]
    found = loaded.translator.translate(read, split_sentences=split_sentences)
    assert out.split("\n")[:-1] == [each.text for each in found]
    for each, translation in zip(read, found, strict=True):
        if not re.sub("[\\s\0\u2581]", "", each):
            assert translation == EMPTY


@settings(max_examples=25)
@given(st.lists(line | st.text(st.characters(), max_size=6), max_size=6))
def test_any_string_survives_in_jsonl(run, texts):
    """Lone surrogates, which UTF-8 cannot hold, as the escapes that they came as."""
    records = [{"n": n, "text": text} for n, text in enumerate(texts)]
    out = run(b"".join(json.dumps(each).encode() + b"\n" for each in records), format="jsonl")
    lines = out.decode().splitlines()
    assert [json.loads(each) | records[n] for n, each in enumerate(lines)] == [
        json.loads(each) for each in lines
    ]
    assert len(lines) == len(records)


@settings(max_examples=25)
@given(st.lists(line, min_size=1, max_size=5))
def test_any_column_survives_in_tsv(run, texts):
    columns = [text.replace("\r", "").replace("\0", " ").replace("\ufeff", "") for text in texts]
    rows = ["\t".join((str(n), text)) for n, text in enumerate(columns)]
    lines = run(encoded(rows), format="tsv", column="1").decode().split("\n")[:-1]
    assert [each.rsplit("\t", 1)[0] for each in lines] == rows


@settings(max_examples=25)
@given(st.lists(st.text(st.characters(), max_size=12), min_size=1, max_size=4))
def test_an_argument_is_a_line_whatever_its_bytes_were(run, texts):
    """In arguments, bytes that are not UTF-8 are lone surrogates."""
    assert run(texts=texts).decode().count("\n") == len(texts)
    rows = run(texts=texts, format="jsonl").decode().splitlines()
    assert not any("\ud800" <= each <= "\udfff" for row in rows for each in json.loads(row)["text"])


def test_a_text_of_ten_thousand_words(run, capsys):
    words = ["the", "dog", "sees", "a", "cat", "and", "an", "old", "house", "is", "red"]
    text = " ".join(words[n % len(words)] for n in range(10_000))
    out = run(encoded(["The dog.", text, "The cat."])).decode()
    assert out.count("\n") == 3
    assert len(out.split("\n")[1].split()) > 300  # each part has its translation
    assert "line 2: is longer than what the model was trained on; it was translated in parts" in (
        capsys.readouterr().err
    )


def test_nothing_of_a_long_text_is_left_out(loaded):
    """The parts that are translated hold all tokens of the text."""
    from transformer_mt.decoding.source_parts import cut_sources

    tokenizer = loaded.translator.tokenizers.source
    text = "the dog sees the cat, and the house is red. " * 30
    (source,) = cut_sources([text], tokenizer, max_length=40, language="en", by_sentence=False)
    assert source.split
    assert "".join(part.text for part in source.parts) == text
    assert [i for part in source.parts for i in part.token_ids] == tokenizer.encode(text)
    assert max(part.length for part in source.parts) <= 40


# -- files and formats -----------------------------------------------------------------------


def test_compressed_files_in_and_out(run):
    plain = run(encoded(SENTENCES))
    packed = run(gzip.compress(encoded(SENTENCES)), name="in.gz", out="out.gz")
    assert gzip.decompress(packed) == plain


def test_formats_agree(run):
    plain = run(encoded(SENTENCES)).decode().splitlines()
    tsv = run(encoded(f"{n}\t{s}" for n, s in enumerate(SENTENCES)), format="tsv", column="1")
    assert tsv.decode().splitlines() == [
        f"{n}\t{source}\t{target}"
        for n, (source, target) in enumerate(zip(SENTENCES, plain, strict=True))
    ]
    jsonl = run(encoded(json.dumps(s) for s in SENTENCES), format="jsonl").decode().splitlines()
    assert [json.loads(each)["translation"] for each in jsonl] == plain
    record = json.loads(jsonl[0])
    assert record["log_prob"] == pytest.approx(sum(record["token_log_probs"]), abs=1e-4)
    assert record["score"] == pytest.approx(
        record["log_prob"] / len(record["token_log_probs"]), abs=1e-4
    )


def test_n_best_in_each_format(run):
    text = run(encoded(SENTENCES), n_best=3).decode().splitlines()
    assert [each.split("\t")[0] for each in text] == ["1"] * 3 + ["2"] * 3 + ["3"] + ["4"] * 3
    tsv = run(encoded(SENTENCES), n_best=3, format="tsv").decode().splitlines()
    assert [each.split("\t", 1)[1] for each in tsv] == text
    records = run(encoded(map(json.dumps, SENTENCES)), n_best=3, format="jsonl").decode()
    found = [json.loads(each)["translations"] for each in records.splitlines()]
    assert [len(each) for each in found] == [3, 3, 1, 3]
    assert [each["translation"] for group in found for each in group] == [
        each.split("\t")[2] for each in text
    ]


def test_lines_before_a_wrong_one_are_written(run):
    data = encoded(['"The dog."', '"The cat."', "nonsense", '"The house."'])
    with pytest.raises(UserError, match="in, line 3: is not JSON"):
        run(data, format="jsonl")
    assert (run.folder / "out").read_bytes().count(b"\n") == 2
    with pytest.raises(UserError, match="in, line 2: byte 1 of the line"):
        run(b"The dog.\n\xff\n")
    assert (run.folder / "out").read_bytes().count(b"\n") == 1


# -- what is told ----------------------------------------------------------------------------


@dataclass
class Flagging:
    """Stands for a translator that flags as it is told to."""

    flags: dict = field(default_factory=dict)

    def translate_n_best(self, texts, n_best, *, split_sentences):
        return [
            [Translation(t, 0.0, 0.0, (), (), tuple(self.flags.get(t, "").split()))] for t in texts
        ]


def told(monkeypatch, capfdbinary, texts, flags, **options):
    class Loaded:
        translator = Flagging(flags)

    monkeypatch.setattr("transformer_mt.pipelines.translate.load_translator", lambda _: Loaded)
    translate(TranslateOptions(texts=texts, **options), DecodingOptions(quiet=True))
    return capfdbinary.readouterr().err.decode()


def test_flagged_lines_are_told_of(monkeypatch, capfdbinary):
    flags = {"b": "split truncated looping", "c": "copied"}
    assert told(monkeypatch, capfdbinary, ["a", "b", "c"], flags) == (
        "line 2: is longer than what the model was trained on; it was translated in parts; "
        "the translation was cut at the length limit; the translation ends in a loop.\n"
        "line 3: the translation is a copy of the text.\n"
    )
    assert told(monkeypatch, capfdbinary, ["a", "b", "c"], flags, format="jsonl") == ""
    assert told(monkeypatch, capfdbinary, ["c"], flags, format="tsv").startswith("line 1: ")


def test_of_many_flagged_lines_some_are_told_of_and_all_are_counted(monkeypatch, capfdbinary):
    flags = {"t": "truncated looping", "c": "copied"}
    lines = told(monkeypatch, capfdbinary, ["t"] * 1200 + ["a"] + ["c"] * 3, flags).splitlines()
    assert len(lines) == 11
    assert lines[9].startswith("line 10: ")
    assert lines[10] == (
        "1,203 lines in all were like this: 1,200 truncated, 1,200 looping, 3 copied."
    )
    assert len(told(monkeypatch, capfdbinary, ["c"] * 10, flags).splitlines()) == 10


# -- as a process ----------------------------------------------------------------------------


C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "OMP_NUM_THREADS": "1"}


def test_a_pipe_is_answered_line_by_line_in_every_locale(small_run, loaded):
    command = [sys.executable, "-W", "error", "-m", "transformer_mt", "translate", "--format",
               "jsonl", "--beam-size", "1", "--run", small_run]  # fmt: skip
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, env={**os.environ, **C_LOCALE}, **pipes) as process:
        watch = Timer(60, process.kill)  # else a line that is not answered would be waited for
        watch.daemon = True
        watch.start()
        for text in ("The dog is old.", "Ein großer Baum", "今日は"):
            process.stdin.write(json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())  # before the next one is sent
            assert answer["text"] == text
            (expected,) = loaded.translator.translate([text])
            assert answer["translation"] == expected.text
        watch.cancel()
        process.stdin.close()
        assert process.wait(timeout=60) == 0, process.stderr.read()


def test_arguments_in_the_c_locale_and_bytes_that_are_not_utf_8(small_run):
    texts = ["Ein großer Baum".encode(), b"The \xff\xfe dog"]
    command = [sys.executable, "-W", "error", "-m", "transformer_mt", "translate", "--format",
               "jsonl", "--run", small_run, *texts]  # fmt: skip
    done = subprocess.run(command, env={**os.environ, **C_LOCALE}, capture_output=True, check=True)
    found = [json.loads(each)["text"] for each in done.stdout.splitlines()]
    assert found == ["Ein großer Baum", "The \ufffd\ufffd dog"]


def test_the_command_is_the_python_interface(small_run, run):
    translator = Translator.load(small_run)
    found = translator.translate(SENTENCES, beam_size=1)
    assert run(encoded(SENTENCES)) == encoded(each.text for each in found)
