"""The commands as a user types them, on a real if tiny run."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading

import pytest
import sacrebleu


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def test_training_tells_its_plan_its_progress_and_what_to_type_next(trained):
    _, done = trained
    assert done.stdout == ""
    for words in (
        "Run        runs/tiny",
        "196 of 300 pairs kept",
        "parameters",
        "cpu (1 thread), float32",
        "60 of about 600 target tokens",
        "MB for checkpoints",
        " GB for the program, weights, optimizer and one batch",
        "Time       about",
        "step 60, epoch",
        "step 40: validation BLEU",
        "translation ",
        "averaged weights",
        "Best validation: BLEU",
        "Translations will use",
        'tmt translate --run runs/tiny "some text"',
        "tmt evaluate --run runs/tiny --bleu",
    ):
        assert words in done.stderr


def test_the_run_directory_is_the_whole_model(trained):
    run = trained[0] / "runs" / "tiny"
    names = {path.name for path in run.iterdir()}
    expected = {"config.yaml", "run.json", "tokenizer.model", "checkpoints", "best.json"}
    assert expected | {"averaged.json", "metrics.jsonl", "train.log", "cache"} <= names
    assert not list(run.rglob("*.tmp"))
    records = [json.loads(line) for line in lines_of(run / "metrics.jsonl")]
    assert [r["step"] for r in records if r["type"] == "train"] == [10, 20, 30, 40, 50, 60]
    validated = [(r["step"], r["weights"]) for r in records if r["type"] == "validation"]
    assert validated == [(20, "current"), (40, "current"), (60, "current"), (60, "averaged")]
    about = json.loads((run / "run.json").read_text())
    assert about["threads"] == 1
    assert about["device"] == "cpu"
    assert "train" in about["command_line"]


def test_the_config_of_a_run_is_complete(trained, corpus):
    text = (trained[0] / "runs" / "tiny" / "config.yaml").read_text(encoding="utf-8")
    assert str(corpus / "train.en") in text
    assert re.search(r"train\.en: '?[0-9a-f]{64}", text)
    assert "precision: float32" in text


def test_the_model_learns(trained):
    run = trained[0] / "runs" / "tiny"
    losses = [json.loads(line) for line in lines_of(run / "metrics.jsonl")]
    losses = [record["loss"] for record in losses if record["type"] == "train"]
    assert losses[-1] < 0.6 * losses[0]


def best_validation(run):
    name = "best" if not (run / "averaged.json").exists() else "averaged"
    best = json.loads((run / "best.json").read_text())
    other = json.loads((run / f"{name}.json").read_text())
    return other if other["bleu"] >= best["bleu"] else best


def test_evaluating_validation_data_repeats_training_in_every_digit(trained, tmt):
    folder, _ = trained
    done = tmt(
        "evaluate", "--split", "validation", "--bleu", "--format", "json", "--threads", 1,
        cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (score,) = json.loads(done.stdout)["test_sets"][0]["scores"]
    assert score["value"] == best_validation(folder / "runs" / "tiny")["bleu"]
    signature = "nrefs:1|bs:1000|seed:12345|case:mixed|eff:no|tok:13a|"
    assert score["signature"].startswith(signature)
    assert score["sentences"] == 21
    assert "translated in parts: 1." in done.stderr


def test_evaluation_scores_its_own_hypotheses_on_untouched_references(trained, corpus, tmt):
    folder, _ = trained
    done = tmt("evaluate", "--bleu", "--chrf", "--output", "hyp.de", cwd=folder)
    assert done.returncode == 0, done.stderr
    hypotheses, references = lines_of(folder / "hyp.de"), lines_of(corpus / "test.de")
    assert len(hypotheses) == len(references)
    bleu = sacrebleu.corpus_bleu(hypotheses, [references]).score
    chrf = sacrebleu.corpus_chrf(hypotheses, [references]).score
    assert re.search(rf"^test +15 +{bleu:.2f} ±\S+ +{chrf:.2f} ±", done.stdout, re.MULTILINE)
    assert re.search(r"^BLEU\nnrefs:1\|", done.stdout, re.MULTILINE)
    assert "runs/tiny: the " in done.stderr
    # the same translations, given as a file
    words = ("evaluate", "--hypotheses", "hyp.de", "--reference", corpus / "test.de")
    again = tmt(*words, cwd=folder)
    assert again.stdout == done.stdout.replace("test    ", "hyp.de  ")


def test_translations_from_arguments_file_and_pipe_are_the_same(trained, corpus, tmt):
    folder, _ = trained
    texts = lines_of(corpus / "test.en")
    from_file = tmt("translate", "--input", corpus / "test.en", cwd=folder)
    assert from_file.returncode == 0, from_file.stderr
    from_pipe = tmt("translate", cwd=folder, stdin="".join(f"{text}\n" for text in texts))
    from_arguments = tmt("translate", *texts, cwd=folder)
    assert len(from_file.stdout.splitlines()) == len(texts)
    assert from_file.stdout == from_pipe.stdout == from_arguments.stdout
    to_file = tmt("translate", "--input", corpus / "test.en", "--output", "out.de", cwd=folder)
    assert to_file.stdout == ""
    assert (folder / "out.de").read_text(encoding="utf-8") == from_file.stdout


def test_lines_in_are_lines_out(trained, tmt):
    folder, _ = trained
    done = tmt("translate", cwd=folder, stdin="The dog.\n\n\u2028\x0b\n   \nThe cat.")
    lines = done.stdout.split("\n")
    assert len(lines) == 6
    assert lines[1] == lines[3] == lines[5] == ""


def test_one_argument_is_one_line(trained, tmt):
    done = tmt("translate", "The dog.\nThe cat.", cwd=trained[0])
    assert done.stdout.count("\n") == 1


def test_n_best_lists_number_score_and_text(trained, tmt):
    words = ("The dog sees book and is big.", "The cat likes tree and is old.")
    done = tmt("translate", *words, "--n-best", 3, cwd=trained[0])
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == ["1", "1", "1", "2", "2", "2"]
    for first, second, third in (rows[:3], rows[3:]):
        assert float(first[1]) >= float(second[1]) >= float(third[1])
    single = tmt("translate", *words, cwd=trained[0])
    assert single.stdout.splitlines() == [rows[0][2], rows[3][2]]


def test_quiet_says_nothing(trained, tmt):
    done = tmt("translate", "The dog.", "--quiet", cwd=trained[0])
    assert done.stderr == ""


def test_a_pipe_is_answered_line_by_line(trained):
    command = [sys.executable, "-m", "transformer_mt", "translate", "--quiet", "--threads", "1"]
    with subprocess.Popen(
        command, cwd=trained[0], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        watchdog = threading.Timer(120, process.kill)  # a line that is not answered ends it
        watchdog.start()
        for _ in range(3):
            process.stdin.write(b"The dog sees book and is big.\n")
            process.stdin.flush()
            assert process.stdout.readline().endswith(b"\n")  # before standard input ends
        process.stdin.close()
        assert process.wait(timeout=60) == 0
        watchdog.cancel()


def test_a_terminal_is_asked_line_by_line(trained):
    command = [sys.executable, "-m", "transformer_mt", "translate", "--quiet", "--threads", "1"]
    master, terminal = pty.openpty()
    with subprocess.Popen(
        command, cwd=trained[0], stdin=terminal, stdout=subprocess.PIPE, stderr=terminal
    ) as process:
        watchdog = threading.Timer(120, process.kill)
        watchdog.start()
        os.close(terminal)
        shown = b""
        for _ in range(2):
            while not shown.endswith(b"> "):
                shown += os.read(master, 1000)
            os.write(master, b"The dog sees book.\n")
            assert process.stdout.readline().endswith(b"\n")
            shown = b""
        os.write(master, b"\x04")  # Ctrl-D
        assert process.wait(timeout=60) == 0
        watchdog.cancel()
    os.close(master)


def test_a_reader_that_leaves_ends_the_writer_quietly(trained, corpus):
    tmt_line = f"{sys.executable} -m transformer_mt translate --input {corpus / 'train.en'}"
    done = subprocess.run(
        ["bash", "-c", f"{tmt_line} --quiet --beam-size 1 | head -n 1"],
        cwd=trained[0], capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_a_finished_run_says_so_and_is_left_alone(trained, tmt):
    folder, _ = trained
    run = folder / "runs" / "tiny"
    before = {path: path.read_bytes() for path in run.rglob("*") if path.suffix != ".log"
              and path.is_file()}  # fmt: skip
    done = tmt("train", "--run", "runs/tiny", "--threads", 1, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "this run is finished, at step 60" in done.stderr
    after = {path: path.read_bytes() for path in before}
    assert before == after


def test_a_dry_run_shows_the_plan_and_leaves_nothing(corpus, tmt, tmp_path):
    done = tmt("train", "--config", corpus / "tiny.yaml", "--dry-run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "196 of 300 pairs kept" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_data_is_held_out_where_none_is_named(corpus, train, tmt, tmp_path):
    done = train(
        f"data.train=[{{pairs: {corpus / 'train.tsv'}}}]",
        "data.validation=null",
        "data.test=null",
        "training.max_steps=4",
        "tokenizer.shared=false",
        "tokenizer.vocab_size=300",
        cwd=tmp_path,
        run="run",
    )
    assert "held out of the training data" in done.stderr
    run = tmp_path / "run"
    assert (run / "tokenizer.source.model").exists()
    assert (run / "tokenizer.target.model").exists()
    held_out = {split: lines_of(run / "held-out" / f"{split}.en") for split in
                ("validation", "test")}  # fmt: skip
    assert all(held_out.values())
    assert not set(held_out["validation"]) & set(held_out["test"])
    evaluated = tmt("evaluate", "--bleu", "--format", "json", "--run", "run", cwd=tmp_path)
    report = json.loads(evaluated.stdout)
    assert report["test_sets"][0]["sentences"] == len(held_out["test"])


def test_validation_can_select_by_loss_and_stop_early(train, tmp_path):
    train(
        "training.select_by=loss",
        "training.patience=2",
        "training.learning_rate=1.0e-30",  # so low that no validation differs from the first
        "training.validate_every_steps=3",
        "training.average_from=best",
        cwd=tmp_path,
    )
    run = tmp_path / "runs" / "tiny"
    records = [json.loads(line) for line in lines_of(run / "metrics.jsonl")]
    validations = [record for record in records if record["type"] == "validation"]
    assert [(v["step"], v["weights"]) for v in validations] == [
        *((3, "current"), (6, "current"), (9, "current"), (9, "averaged"))
    ]
    assert len({validation["loss"] for validation in validations}) == 1
    assert json.loads((run / "best.json").read_text())["step"] == 3


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["train", "--config", "nowhere.yaml"], 2, ["nowhere.yaml", "no such config"]),
        (["train", "--set", "training.max_setps=3"], 2, ["training.max_setps", "'max_steps'"]),
        (["train", "--set", "max_steps=3"], 2, ["--set max_steps=3", "section.key"]),
        (["train", "--device", "cuda"], 2, ["cuda", "--device cpu"]),
        (["train", "--run", "{file}"], 2, ["{file}"]),
        (["translate", "x"], 2, ["No run has been trained", "tmt train"]),
        (["translate", "x", "--run", "nowhere"], 2, ["nowhere", "does not exist"]),
        (["translate", "x", "--run", "{file}"], 2, ["{file}"]),
        (["translate", "--beam-size", "0"], 2, ["beam-size"]),
        (["translate", "--run", "{run}", "--input", "nowhere.en"], 2, ["nowhere.en"]),
        (["translate", "x", "--run", "{run}", "--output", "no/such/out"], 2, ["no/such/out"]),
        (["translate", "x", "--run", "{run}", "--input", "{file}"], 2, ["TEXT", "--input"]),
        (["evaluate", "--run", "{run}", "--source", "{file}"], 2, ["--reference"]),
        (["evaluate", "--hypotheses", "{file}"], 2, ["--reference"]),
        (["evaluate", "--hypotheses", "{file}", "--reference", "nowhere"], 2, ["nowhere"]),
        (["evaluate", "--tokenize", "14a"], 2, ["14a"]),
        (["evaluate", "--split", "train"], 2, ["train"]),
        (["nonsense"], 2, ["nonsense"]),
    ],
)
def test_wrong_use_gets_a_message_and_no_traceback(words, code, expected, trained, tmt, tmp_path):
    file = tmp_path / "a file.txt"
    file.write_text("one line\n")
    places = {"{file}": str(file), "{run}": str(trained[0] / "runs" / "tiny")}

    def fill(word):
        for name, place in places.items():
            word = word.replace(name, place)
        return word

    done = tmt(*map(fill, words), cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for part in expected:
        assert fill(part) in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a file.txt"]


def test_unequal_files_are_refused_with_both_numbers(corpus, tmt, tmp_path):
    (tmp_path / "a.en").write_text("one\ntwo\nthree\n")
    (tmp_path / "a.de").write_text("eins\nzwei\n")
    entry = "data.train=[{source: a.en, target: a.de}]"
    done = tmt("train", "--run", "r", "--set", entry, cwd=tmp_path)
    assert done.returncode == 2
    for words in ("a.en: 3", "a.de: 2"):
        assert words in done.stderr


def test_invalid_utf8_is_refused_with_file_and_line(corpus, tmt, tmp_path):
    (tmp_path / "a.en").write_bytes(b"one\nt\xfcwo\n")
    (tmp_path / "a.de").write_text("eins\nzwei\n")
    entry = "data.train=[{source: a.en, target: a.de}]"
    done = tmt("train", "--run", "r", "--set", entry, cwd=tmp_path)
    assert done.returncode == 2
    assert "a.en, line 2" in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 5


def test_data_mended_after_a_failed_start_is_taken(corpus, train, tmt, tmp_path):
    (tmp_path / "a.en").write_text("one\ntwo\nthree\n")
    (tmp_path / "a.de").write_text("eins\nzwei\n")
    (tmp_path / "c.yaml").write_text("data: {train: [{source: a.en, target: a.de}]}\n")
    assert tmt("train", "--config", "c.yaml", cwd=tmp_path).returncode == 2
    (tmp_path / "a.en").write_text((corpus / "train.en").read_text())
    (tmp_path / "a.de").write_text((corpus / "train.de").read_text())
    small = [f"model.{key}=16" for key in ("d_model", "d_ff")]
    train(*small, "training.max_steps=1", cwd=tmp_path, config="c.yaml")


def test_a_folder_with_other_files_is_not_taken_for_a_run(corpus, tmt, tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    (tmp_path / "config.yaml").write_text((corpus / "tiny.yaml").read_text())
    for words in (["--run", "."], ["--run", ".", "--overwrite"], ["--config", "config.yaml"]):
        done = tmt("train", *words, *(["--run", "."] if "--run" not in words else []), cwd=tmp_path)
        assert done.returncode == 2, done.stderr
        names = {path.name for path in tmp_path.iterdir()}
        assert names == {"mine.txt", "config.yaml"}
        assert (tmp_path / "config.yaml").read_text() == (corpus / "tiny.yaml").read_text()


def test_overwriting_keeps_what_is_not_a_runs_own(corpus, train, tmt, tmp_path):
    run = tmp_path / "run"
    words = ("--config", corpus / "tiny.yaml", "--run", run, "--set", "training.max_steps=1")
    train("training.max_steps=1", cwd=tmp_path, run=run)
    (run / "notes.txt").write_text("precious")
    (run / "drawings").mkdir()
    for more in ([], ["--overwrite"], ["--overwrite", "--set", "training.seed=2"]):
        done = tmt("train", *words, *more, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert (run / "notes.txt").read_text() == "precious"
        assert (run / "drawings").is_dir()
    assert "seed: 2" in (run / "config.yaml").read_text()


def test_an_error_names_the_file_unless_it_is_in_set(corpus, tmt, tmp_path):
    config = tmp_path / "bad.yaml"
    config.write_text((corpus / "tiny.yaml").read_text().replace("max_steps", "max_stpes"))
    done = tmt("train", "--config", config, "--set", "training.seed=2", cwd=tmp_path)
    assert f"Error: {config}: training.max_stpes: there is no such key" in done.stderr
    done = tmt("train", "--config", corpus / "tiny.yaml", "--set", "training.sed=2", cwd=tmp_path)
    assert "Error: --set: training.sed: there is no such key" in done.stderr
    assert "did you mean 'seed'" in done.stderr


def test_wrong_test_data_is_found_before_training(corpus, train, tmt, tmp_path):
    (tmp_path / "t.en").write_text("The dog.\nThe cat.\n")
    (tmp_path / "t.de").write_text("Der Hund.\n")
    test_data = "data.test=[{source: t.en, target: t.de}]"
    done = tmt("train", "--config", corpus / "tiny.yaml", "--set", test_data, cwd=tmp_path)
    assert done.returncode == 2
    assert "t.en: 2" in done.stderr
    assert "t.de: 1" in done.stderr
    (tmp_path / "t.de").write_text("Der Hund.\nDie Katze.\n")
    train(test_data, "training.max_steps=1", cwd=tmp_path)


def test_a_language_is_part_of_file_names(corpus, tmt, tmp_path):
    words = ["--config", corpus / "tiny.yaml", "--set", "data.source_language=en/US"]
    done = tmt("train", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert "data.source_language: 'en/US' is no language code" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_input_is_not_overwritten(trained, corpus, tmt, tmp_path):
    text = tmp_path / "a.txt"
    text.write_text("The dog.\n")
    run = trained[0] / "runs" / "tiny"
    done = tmt("translate", "--run", run, "--input", text, "--output", text, cwd=tmp_path)
    assert done.returncode == 2
    done = tmt("translate", "--run", run, "--input", "nowhere", "--output", text, cwd=tmp_path)
    assert done.returncode == 2
    assert text.read_text() == "The dog.\n"


def test_another_precision_is_refused_for_a_begun_run(trained, tmt):
    done = tmt("train", "--run", "runs/tiny", "--precision", "bfloat16", cwd=trained[0])
    assert done.returncode == 2
    assert "training.precision: 'float32' -> 'bfloat16'" in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_waiting_for_text_ends_with_a_signal(trained, number, code):
    command = [sys.executable, "-m", "transformer_mt", "translate", "--threads", "1"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, cwd=trained[0], **pipes) as process:
        process.stdin.write(b"The dog.\n")
        process.stdin.flush()
        assert process.stdout.readline().endswith(b"\n")
        process.send_signal(number)
        error = process.stderr.read().decode()
        assert process.wait(timeout=60) == code, error
    assert "Fatal" not in error
    assert "Traceback" not in error


def test_a_full_disk_gets_a_message(trained):
    command = f"{sys.executable} -m transformer_mt translate 'The dog.' --quiet > /dev/full"
    done = subprocess.run(
        ["bash", "-c", command], cwd=trained[0], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_learned_positions_hold_longer_text_in_parts(train, tmt, tmp_path):
    train("model.positions=learned", "training.max_steps=1", cwd=tmp_path)
    done = tmt("translate", cwd=tmp_path, stdin="The dog.\n" + "dog " * 100 + "\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 2
    assert "line 2: is longer than what the model was trained on" in done.stderr
