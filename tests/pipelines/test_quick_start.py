"""Training without a config: what is taken from files and names, and what is refused."""

import re
import shutil
from pathlib import Path

import pytest

from transformer_mt.config_file import build_config, read_tree
from transformer_mt.errors import UserError
from transformer_mt.pipelines.quick_start import CorpusOptions, given_corpus, settings_of
from transformer_mt.run_directory import RunDirectory

# What makes a training fit into a test.
SMALL = {
    "model.d_model": 16, "model.num_heads": 2, "model.d_ff": 16,
    "model.num_encoder_layers": 1, "model.num_decoder_layers": 1,
    "training.tokens_per_update": 256, "training.schedule": "constant",
}  # fmt: skip


@pytest.fixture
def start(corpus, tmp_path, monkeypatch, capfd):
    """Return a function that trains as the command line would; it returns what was shown."""
    from transformer_mt.pipelines.train import TrainOptions, train

    for name in ("train.en", "train.de", "train.tsv"):
        shutil.copy(corpus / name, tmp_path)
    monkeypatch.chdir(tmp_path)

    def start(
        *, steps, config=None, run=None, dry_run=False, overwrite=False, settings=(), **files
    ):
        small = {**SMALL, **dict(settings), "training.max_steps": steps}
        train(
            TrainOptions(
                config=config,
                corpus=CorpusOptions(**files),
                run=run,
                overrides=[f"{key}={value}" for key, value in small.items()],
                dry_run=dry_run,
                overwrite=overwrite,
            )
        )
        return capfd.readouterr().err

    return start


@pytest.fixture
def files(tmp_path):
    return {"source": tmp_path / "train.en", "target": tmp_path / "train.de"}


def test_two_files_are_enough(start, files, tmp_path):
    shown = start(steps=2, **files)
    assert "Languages  en -> de, by the name of train.en and train.de\n" in shown
    assert "Settings   for 300 pairs; --set KEY=VALUE overrides them\n" in shown
    assert "warning: 300 pairs are too few to learn to translate from" in shown
    assert re.search(r"model\.dropout +0\.2  each pair is seen up to \d+ times\n", shown)
    assert re.search(r"model\.d_model +16  by --set\n", shown)
    assert re.search(r"training\.max_steps +2  by --set\n", shown)
    assert re.search(r"tokens: the text does not yield tokenizer\.vocab_size 1000", shown)
    assert "held out of the training data:" in shown
    run = tmp_path / "runs" / "en-de"
    assert shown.index("Languages") < shown.index(f"Run        {run.relative_to(tmp_path)}")
    assert "Settings   for 300 pairs" in (run / "train.log").read_text()
    config = RunDirectory(run).load_config()
    assert config.data.train[0].source == str(files["source"])
    assert (config.model.d_model, config.model.dropout) == (16, 0.2)
    assert config.tokenizer.vocab_size == 1000


def test_the_same_command_resumes_with_what_was_chosen_then(start, files, tmp_path, monkeypatch):
    start(steps=2, **files)
    before = RunDirectory(tmp_path / "runs" / "en-de").load_config()
    assert "this run is finished, at step 2" in start(steps=2, **files)
    # Another version of the program may choose otherwise: a run that has begun keeps its own.
    monkeypatch.setattr("transformer_mt.pipelines.quick_start.choose_settings", None)
    shown = start(steps=4, **files)
    assert "resumed at step 2" in shown
    assert "Settings   those that the run began with\n" in shown
    assert "step 4: validation BLEU" in shown
    after = RunDirectory(tmp_path / "runs" / "en-de").load_config()
    assert after.model_copy(update={"training": before.training}) == before


def test_a_run_with_other_data_or_settings_is_refused(start, files, tmp_path):
    start(steps=1, **files)
    languages = {"source_language": "en", "target_language": "de"}
    refusals = [
        ({"pairs": tmp_path / "train.tsv", **languages}, (), "data.train"),
        (files, [("model.d_ff", 32)], "model.d_ff: 16 -> 32"),
    ]
    for given, settings, named in refusals:
        with pytest.raises(UserError) as caught:
            start(steps=1, settings=settings, **given)
        for words in ("runs/en-de: this run has begun", named, "--run DIR", "--overwrite"):
            assert words in str(caught.value)
    files["source"].write_text(files["source"].read_text().replace("dog", "wolf"))
    with pytest.raises(UserError, match=r"train\.en: has changed since this run began"):
        start(steps=1, **files)
    assert "step 1: validation" in start(steps=1, overwrite=True, **files)


def test_one_file_of_pairs_and_a_run_of_its_own(start, tmp_path):
    pairs = tmp_path / "train.tsv"
    shown = start(steps=1, pairs=pairs.rename(tmp_path / "tiny_en_de.tsv"), run=tmp_path / "mine")
    assert "Languages  en -> de, by the name of tiny_en_de.tsv\n" in shown
    assert (tmp_path / "mine" / "held-out" / "test.de").exists()
    assert not (tmp_path / "runs" / "en-de").exists()


def test_a_dry_run_leaves_nothing(start, files, tmp_path):
    before = sorted(tmp_path.iterdir())
    shown = start(steps=1, dry_run=True, **files)
    assert "Settings   for 300 pairs" in shown
    assert "Time       about" in shown
    assert sorted(tmp_path.iterdir()) == before


def test_from_the_command_line(corpus, tmt, tmp_path):
    small = [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]
    done = tmt(
        "train", "--pairs", corpus / "train.tsv", "--source-language", "en",
        "--target-language", "pt-BR", *small, "--set", "training.max_steps=1", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    by = "by --source-language and --target-language"
    assert f"Languages  en -> pt-BR, {by}\n" in done.stderr
    assert "tmt translate --run runs/en-pt-BR" in done.stderr


def given(**options):
    config = options.pop("config", None)
    paths = {name: Path(value) for name, value in options.items() if "language" not in name}
    return given_corpus(CorpusOptions(**{**options, **paths}), config=config)


def test_nothing_given_is_nothing():
    assert given() is None


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"source": "a.en", "target": "a.de"}, ("en", "de", "by the name of a.en and a.de")),
        ({"pairs": "x.de-en.tsv.gz"}, ("de", "en", "by the name of x.de-en.tsv.gz")),
        (
            {"source": "a.txt", "target": "a.de", "source_language": "quz"},
            ("quz", "de", "by --source-language and the name of a.txt and a.de"),
        ),
        (
            {"pairs": "x", "source_language": "en", "target_language": "en"},
            ("en", "en", "by --source-language and --target-language"),
        ),
        (
            {"pairs": "en-de.tmx.gz", "source_language": "de", "target_language": "en"},
            ("de", "en", "by --source-language and --target-language"),
        ),
        (
            {"pairs": "en-de.txt.zip", "source_language": "de", "target_language": "en"},
            ("de", "en", "by --source-language and --target-language"),
        ),
        (
            {"source": "a.en", "target": "b.en", "source_language": "en", "target_language": "en"},
            ("en", "en", "by --source-language and --target-language"),
        ),
    ],
)
def test_languages_are_told_by_options_and_names(options, told):
    corpus = given(**options)
    assert (corpus.source_language, corpus.target_language, corpus.origin) == told
    assert corpus.run_name == f"{told[0]}-{told[1]}"
    assert all(path.startswith("/") for path in corpus.entry.values())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"config": "my.yaml", "pairs": "en-de.tsv"}, ["--config my.yaml", "--pairs", "--set"]),
        ({"config": "my.yaml", "source_language": "en"}, ["--config my.yaml", "go without it"]),
        ({"source": "a.en"}, ["--target is missing", "a.en", "--pairs"]),
        ({"target": "a.de"}, ["--source is missing", "a.de"]),
        ({"source": "a.en", "pairs": "en-de.tsv"}, ["--pairs", "leave out --source"]),
        ({"target_language": "de"}, ["--target-language", "--source and --target"]),
        ({"pairs": "pairs.tsv"}, ["pairs.tsv", "--source-language en --target-language de"]),
        ({"source": "a.txt", "target": "a.de"}, ["a.txt and a.de", "--source-language"]),
        ({"source": "a.en", "target": "b.en"}, ["do not tell two languages"]),
        ({"source": "a.en", "target": "b.eng"}, ["do not tell two languages"]),
        ({"pairs": "x.tsv", "source_language": "en"}, ["x.tsv", "--target-language"]),
        (
            {"pairs": "en-de.tsv", "source_language": "deu", "target_language": "eng"},
            ["by name en -> de, by the options deu -> eng", "source_column: 1, target_column: 0"],
        ),
        (
            {"pairs": "en-de.tsv", "source_language": "de", "target_language": "en"},
            ["by name en -> de, by the options de -> en", "source_column: 1, target_column: 0"],
        ),
        (
            {"pairs": "en-de.parquet", "source_language": "de", "target_language": "en"},
            ["by name en -> de, by the options de -> en", "source_column: de, target_column: en"],
        ),
        (
            {"source": "a.en", "target": "a.de", "source_language": "de", "target_language": "en"},
            ["by name en -> de", "swap --source and --target"],
        ),
        (
            {"pairs": "x", "source_language": "../x", "target_language": "de"},
            ["--source-language ../x", "such as en"],
        ),
        (
            {"pairs": "x", "source_language": "en", "target_language": "Japanese"},
            ["--target-language Japanese: expected a code such as", "; did you mean ja?"],
        ),
    ],
)
def test_what_does_not_go_together_is_refused(options, words):
    with pytest.raises(UserError) as caught:
        given(**options)
    assert caught.value.exit_code == 2
    assert len(str(caught.value).splitlines()) <= 5
    for word in words:
        assert word in str(caught.value)


def test_pairs_without_text_do_not_count_and_characters_do(tmp_path):
    lines = ["a b\tc", "\tx", "d\t ", "e\tä"]
    (tmp_path / "en-de.tsv").write_text("".join(f"{line}\n" for line in lines))
    corpus = given(pairs=tmp_path / "en-de.tsv")
    tree, chosen = settings_of(corpus, RunDirectory(tmp_path / "none"), begun=False)
    assert chosen.num_pairs == 2
    assert build_config(tree, place="chosen").data.source_language == "en"
    assert tree["tokenizer"]["vocab_size"] == 1000


def test_text_of_many_characters_gets_a_vocabulary_that_holds_them(tmp_path):
    text = "".join(f"{chr(0x4E00 + n)}\t{chr(0x3400 + n)}\n" for n in range(1_200))
    (tmp_path / "ja-zh.tsv").write_text(text, encoding="utf-8")
    corpus = given(pairs=tmp_path / "ja-zh.tsv")
    tree, _ = settings_of(corpus, RunDirectory(tmp_path / "none"), begun=False)
    assert tree["tokenizer"]["vocab_size"] == 261 + 2_400 + 500
    assert tree["tokenizer"]["character_coverage"] == 0.9995


def test_a_missing_file_is_named(tmp_path):
    corpus = given(pairs=tmp_path / "en-de.tsv")
    with pytest.raises(UserError, match=r"en-de\.tsv: no such file"):
        settings_of(corpus, RunDirectory(tmp_path / "none"), begun=False)


def test_a_run_can_be_gone_on_with_by_its_folder_alone(start, files, tmp_path):
    start(steps=1, **files)
    tree = read_tree(tmp_path / "runs" / "en-de" / "config.yaml")
    shown = start(steps=2, run=tmp_path / "runs" / "en-de")
    assert "resumed at step 1" in shown
    assert "Languages" not in shown
    assert read_tree(tmp_path / "runs" / "en-de" / "config.yaml")["model"] == tree["model"]
