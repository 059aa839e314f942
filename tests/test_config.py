"""Settings: strict in, complete out, and what a begun run may change."""

from pathlib import Path

import pytest
import yaml

from transformer_mt.config import Config
from transformer_mt.config_file import (
    apply_overrides,
    build_config,
    check_changes,
    differences,
    read_tree,
    to_yaml,
)
from transformer_mt.errors import UserError

CONFIGS = Path(__file__).parents[1] / "configs"


def problem(tree) -> str:
    with pytest.raises(UserError) as error:
        build_config(tree, place="my.yaml")
    message = str(error.value)
    assert message.startswith("my.yaml: ")
    assert len(message.splitlines()) <= 5
    return message


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"data": {"trian": 1}}, ["data.trian", "did you mean 'train'"]),
        ({"training": {"lerning_rate": 3}}, ["training.lerning_rate", "'learning_rate'"]),
        ({"training": {"d_model": 64}}, ["training.d_model", "did you mean 'model.d_model'"]),
        ({"modle": {}}, ["modle", "did you mean 'model'"]),
        ({"xyz": {}}, ["xyz", "known here: data, tokenizer, model, training, decoding"]),
        ({"data": {"train": [{"paris": "a.tsv"}]}}, ["data.train.0.paris", "'pairs'"]),
        ({"data": {"train": [{"source": "a", "targt": "b"}]}}, ["data.train.0.targt", "'target'"]),
        ({"data": {"train": [{"source": "a"}]}}, ["data.train.0.target: is missing"]),
        ({"data": {"train": [{"pairs": "a.tsv", "formt": "csv"}]}}, ["0.formt", "'format'"]),
        (
            {"data": {"train": [{"pairs": "a.xml", "format": "xml"}]}},
            ["data.train.0.format: expected 'tsv', 'csv', 'jsonl', 'parquet', 'tmx' or", "'xml'"],
        ),
        ({"data": {"train": [{"format": "csv"}]}}, ["data.train.0.pairs: is missing"]),
        (
            {"data": {"train": [{"pairs": "a.tsv", "source_column": -1}]}},
            ["data.train.0.source_column: expected the name of a column, or its number", "-1"],
        ),
        (
            {"data": {"train": [{"pairs": "a.tsv", "target_column": 1.5}]}},
            ["data.train.0.target_column: expected the name", "found 1.5"],
        ),
        (
            {"data": {"train": [{"pairs": "a.tsv", "source_column": 1}]}},
            ["data.train.0: target_column is 1 too where it is not given; give both"],
        ),
        (
            {"data": {"train": [{"pairs": "a.tsv", "source_column": True}]}},
            ["data.train.0.source_column: expected the name of a column", "found True"],
        ),
        (
            {"data": {"train": [{"pairs": "a.csv", "target_column": "de", "header": False}]}},
            ["data.train.0: column 'de' is a name, which needs a header: true"],
        ),
        ({"data": {"train": [{"pairs": "a.csv", "header": 1}]}}, ["0.header", "boolean", "1"]),
        (
            {"data": {"train": [{"pairs": "a.jsonl", "header": True}]}},
            ["data.train.0: format jsonl has no header line; leave header out"],
        ),
        (
            {"data": {"train": [{"pairs": "a.parquet", "source_column": "en"}]}},
            ["data.train.0: source_column and target_column belong together"],
        ),
        (
            {"data": {"train": [{"pairs": "a.jsonl", "source_column": 0, "target_column": 1}]}},
            ["data.train.0: format jsonl has columns with names, not with numbers"],
        ),
        (
            {"data": {"train": [{"pairs": "a.tmx.gz", "source_column": "en"}]}},
            ["data.train.0: format tmx has no columns; leave source_column out"],
        ),
        (
            {"data": {"train": [{"pairs": "a.zip", "header": False}]}},
            ["data.train.0: format zip has no header line"],
        ),
        (
            {"data": {"train": [{"pairs": "a.parquet.gz"}]}},
            ["data.train.0: a.parquet.gz: format parquet is not read from gzip; unpack"],
        ),
        ({"data": {"train": [{"hub": "a/b", "splt": "x"}]}}, ["data.train.0.splt", "'split'"]),
        ({"data": {"train": [{"hub": "wmt14"}]}}, ["data.train.0", "'wmt14'", "namespace/name"]),
        ({"data": {"train": [{"hub": "../a"}]}}, ["data.train.0", "'../a'", "namespace/name"]),
        (
            {"data": {"train": [{"hub": "a/b", "source_column": "en"}]}},
            ["data.train.0", "source_column and target_column belong together"],
        ),
        ({"data": {"train": [{"hub": "a/b", "source_column": 0}]}}, ["source_column", "string"]),
        (
            {"data": {"train": [{"pairs": "a.tsv", "weight": 0}]}},
            ["data.train.0.weight: expected greater than 0, found 0"],
        ),
        (
            {"data": {"train": [{"pairs": "a.tsv", "weight": 1}, {"pairs": "b.tsv"}]}},
            ["data: train.1 without a weight; give one to each corpus, or to none"],
        ),
        (
            {"data": {"train": [{"pairs": "a.tsv", "weight": 1}], "temperature": 5}},
            ["data: temperature 5 and the weights in train both say how much is drawn"],
        ),
        (
            {"data": {"validation": [{"pairs": "a.tsv", "weight": 1}]}},
            ["data: validation has a weight; only training data is mixed"],
        ),
        ({"data": {"temperature": 0.5}}, ["data.temperature", "greater than or equal to 1", "0.5"]),
        ({"data": {"train": "frasebook"}}, ["data.train", "'phrasebook'", "'frasebook'"]),
        ({"data": {"train": {"pairs": "a.tsv"}}}, ["data.train: expected", "a list", "{pairs: b"]),
        ({"data": {"test": ["a.tsv"]}}, ["data.test.0: expected", "{source: a.en", "'a.tsv'"]),
        ({"data": {"validation": []}}, ["data.validation: expected", "a list of corpora", "[]"]),
        ({"training": {"max_steps": "12"}}, ["training.max_steps", "integer", "'12'"]),
        ({"training": {"max_steps": 1.5}}, ["training.max_steps", "1.5"]),
        ({"training": {"learning_rate": -1.0}}, ["training.learning_rate", "-1.0"]),
        ({"training": {"deterministic": 1}}, ["training.deterministic", "boolean", "1"]),
        ({"model": {"norm": "Pre"}}, ["model.norm", "'post' or 'pre'", "'Pre'"]),
        ({"model": {"d_model": 100, "num_heads": 8}}, ["d_model 100", "num_heads 8"]),
        ({"model": {"d_model": 9, "num_heads": 3}}, ["d_model 9 is odd"]),
        ({"data": {"learning_rat": 1}}, ["data.learning_rat", "'training.learning_rate'"]),
        ({"model": {"dropout": 1.0}}, ["model.dropout", "1.0"]),
        ({"training": {"average_checkpoints": 20}}, ["average_checkpoints 20", "keep_checkpoints"]),
        ({"training": {"weight_decay": 0.1}}, ["weight_decay 0.1", "adamw or muon"]),
        ({"training": {"decay_steps": 9}}, ["decay_steps 9 needs schedule: warmup_stable_decay"]),
        ({"training": {"max_tokens_per_batch": 100}}, ["max_tokens_per_batch 100", "256"]),
        ({"training": {"max_tokens_per_batch": 0}}, ["max_tokens_per_batch", "or auto", "found 0"]),
        ({"training": {"max_tokens_per_batch": True}}, ["or auto", "found True"]),
        ({"training": {"max_tokens_per_batch": "all"}}, ["or auto", "found 'all'"]),
        ({"data": [1, 2]}, ["data", "[1, 2]"]),
        ({"data": {"train": []}}, ["data.train", "a list of corpora", "[]"]),
        ({"training": {"seed": 2**64}}, ["training.seed", "less than"]),
    ],
)
def test_wrong_settings_are_named(tree, expected):
    message = problem(tree)
    for words in expected:
        assert words in message


def test_every_problem_of_a_config_is_named():
    message = problem({"data": {"trian": 1}, "model": {"norm": "Pre"}})
    assert "data.trian" in message
    assert "model.norm" in message


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data: {train: phrasebook", ["line 1"]),
        ("training:\n  seed: 1\n  seed: 2\n", ["line 3", "'seed'", "twice"]),
        ("data: {}\ndata: {}\n", ["line 2", "'data'", "twice"]),
        ("- a\n- b\n", ["sections"]),
        ("just words\n", ["sections"]),
        ("1: 2\n", ["line 1", "not a word"]),
        ("[a]: b\n", ["line 1", "not a word"]),
        ("data: !!python/object:os.system {}\n", ["line 1", "python/object"]),
    ],
)
def test_unreadable_yaml_is_named_with_its_line(tmp_path, text, expected):
    path = write(tmp_path / "my.yaml", text)
    with pytest.raises(UserError) as error:
        read_tree(path)
    for words in (str(path), *expected):
        assert words in str(error.value)


def test_a_missing_config_is_named(tmp_path):
    with pytest.raises(UserError, match="no such config file"):
        read_tree(tmp_path / "nowhere.yaml")


def test_a_config_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_bytes("# für\n".encode("latin-1"))
    with pytest.raises(UserError, match="byte 3 is not UTF-8"):
        read_tree(path)


def test_yaml_is_read_as_people_mean_it(tmp_path):
    text = (
        "data: {source_language: no, target_language: on}\n"
        "training: {learning_rate: 1e-3, deterministic: true, adam_epsilon: 1.0e-9, seed: 08}\n"
    )
    config = build_config(read_tree(write(tmp_path / "c.yaml", text)), place="c.yaml")
    assert config.data.source_language == "no"
    assert config.data.target_language == "on"
    assert config.training.learning_rate == 0.001
    assert config.training.seed == 8
    assert config.training.adam_epsilon == 1e-9
    assert config.training.deterministic is True


def test_an_empty_section_has_its_defaults(tmp_path):
    tree = read_tree(write(tmp_path / "c.yaml", "data:\ntraining:\n"))
    assert build_config(tree, place="c.yaml") == Config()


def test_paths_are_relative_to_the_config(tmp_path):
    folder = tmp_path / "configs"
    folder.mkdir()
    text = "data: {train: [{source: ../a.en, target: /b.de}, {pairs: c.tsv}]}\n"
    config = build_config(read_tree(write(folder / "c.yaml", text)), place="c.yaml")
    files, pairs = config.data.train
    assert Path(files.source).resolve() == (tmp_path / "a.en").resolve()
    assert files.target == "/b.de"
    assert Path(pairs.pairs) == folder / "c.tsv"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({}, ("tsv", 0, 1, None)),
        ({"pairs": "a.csv.xz"}, ("csv", 0, 1, None)),
        ({"pairs": "a.csv", "format": "tsv"}, ("tsv", 0, 1, None)),
        ({"format": None, "header": True}, ("tsv", 0, 1, True)),
        ({"source_column": 1, "target_column": 0}, ("tsv", 1, 0, None)),
        ({"source_column": 0, "target_column": 0}, ("tsv", 0, 0, None)),
        ({"source_column": "en"}, ("tsv", "en", 1, None)),
        ({"target_column": 2, "header": False}, ("tsv", 0, 2, False)),
        ({"pairs": "a.jsonl"}, ("jsonl", None, None, None)),
        (
            {"pairs": "a.pq", "source_column": "t.en", "target_column": "t.de"},
            ("parquet", "t.en", "t.de", None),
        ),
        ({"pairs": "de-en.tmx.gz"}, ("tmx", None, None, None)),
        ({"pairs": "de-en.txt.zip", "source_column": None}, ("zip", None, None, None)),
    ],
)
def test_an_entry_is_resolved_once_and_reads_back_the_same(entry, expected):
    config = build_config({"data": {"train": [{"pairs": "a", **entry}]}}, place="here")
    (pairs,) = config.data.train
    assert (pairs.format, pairs.source_column, pairs.target_column, pairs.header) == expected
    assert build_config(yaml.safe_load(to_yaml(config)), place="there") == config


def test_the_entry_of_an_earlier_run_is_the_one_that_says_no_more_than_its_file():
    entries = {"pairs": "a.tsv.gz", "source_column": 0, "target_column": 1}, {"pairs": "a.tsv.gz"}
    old, new = (change(data={"train": [entry]}) for entry in entries)
    check_changes(old, new, run=Path("runs/x"))


@pytest.mark.parametrize(
    "key", [{"format": "csv"}, {"header": False}, {"source_column": "en"}, {"weight": 2.0}]
)
def test_a_begun_run_refuses_to_read_its_data_otherwise(key):
    old, new = (change(data={"train": [{"pairs": "a.tsv", **more}]}) for more in ({}, key))
    with pytest.raises(UserError, match=r"begun with other settings:\n  data\.train: "):
        check_changes(old, new, run=Path("runs/x"))


def test_overrides_reach_any_key_and_are_read_as_yaml(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tree = apply_overrides(
        {"training": {"seed": 3}},
        ["training.max_steps=200", "model.norm=pre", "data.train=[{pairs: a.tsv}]"],
    )
    config = build_config(tree, place="--set")
    assert config.training.max_steps == 200
    assert config.training.seed == 3
    assert config.model.norm == "pre"
    assert Path(config.data.train[0].pairs) == tmp_path / "a.tsv"


def test_overrides_reach_a_corpus_by_its_number(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tree = {"data": {"train": [{"pairs": "/x/a.tsv"}, {"pairs": "/x/b.tsv", "weight": 1.0}]}}
    changes = ["data.train.0.weight=2.5", "data.train.1.pairs=c.tsv", "data.train.1.weight=3"]
    config = build_config(apply_overrides(tree, changes), place="--set")
    assert config.data.weights("train") == [2.5, 3.0]
    paths = [Path(entry.pairs) for entry in config.data.train]
    assert paths == [Path("/x/a.tsv"), tmp_path / "c.tsv"]
    assert "weight" not in tree["data"]["train"][0]  # the tree that was given stays as it is


@pytest.mark.parametrize(
    ("tree", "count"),
    [
        ({}, 0),
        ({"data": {"train": "phrasebook"}}, 0),
        ({"data": {"train": [{"pairs": "a.tsv"}, {"pairs": "b.tsv"}]}}, 2),
    ],
)
def test_an_override_for_a_corpus_that_is_not_listed_is_refused(tree, count):
    with pytest.raises(UserError) as caught:
        apply_overrides(tree, ["data.train.2.weight=1"])
    assert str(caught.value) == (
        f"--set data.train.2.weight=1: data.train lists {count} corpora, counted from 0; "
        "there is no data.train.2."
    )


@pytest.mark.parametrize("override", ["max_steps=3", "training.max_steps", "=3", "training.=3"])
def test_overrides_without_section_key_or_value_are_refused(override):
    with pytest.raises(UserError, match=r"--set section\.key=value"):
        apply_overrides({}, [override])


def test_a_config_survives_its_way_through_yaml():
    config = build_config(
        {
            "data": {"train": [{"source": "ü.en", "target": "a b.de"}, {"pairs": "x.tsv"}]},
            "training": {"learning_rate": 1e-5, "patience": 3},
            "data_sha256": {"x.tsv": "00"},
        },
        place="here",
    )
    assert build_config(yaml.safe_load(to_yaml(config)), place="there") == config


def test_yaml_output_is_what_our_own_reader_reads(tmp_path):
    config = build_config({"data": {"source_language": "no"}}, place="here")
    path = write(tmp_path / "config.yaml", to_yaml(config))
    assert build_config(read_tree(path), place="there") == config


def change(**sections) -> Config:
    return build_config(sections, place="here")


def test_differences_name_key_and_both_values():
    found = differences(Config(), change(training={"seed": 5}, model={"norm": "pre"}))
    assert found == [("model.norm", "post", "pre"), ("training.seed", 1, 5)]


@pytest.mark.parametrize(
    "sections",
    [
        {"training": {"max_steps": 7}},
        {"training": {"patience": 3, "validate_every_steps": 10, "save_every_steps": 5}},
        {"training": {"keep_checkpoints": 20}},
        {"decoding": {"beam_size": 2}},
    ],
)
def test_a_begun_run_may_change_what_is_safe(sections):
    check_changes(Config(), change(**sections), run=Path("runs/x"))


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"training": {"seed": 2}}, "training.seed: 1 -> 2"),
        ({"model": {"d_model": 256}}, "model.d_model: 512 -> 256"),
        ({"tokenizer": {"vocab_size": 100}}, "tokenizer.vocab_size: 8000 -> 100"),
        ({"data": {"validation": "phrasebook"}}, "data.validation: None -> 'phrasebook'"),
        ({"data": {"drop_duplicates": False}}, "data.drop_duplicates: True -> False"),
        ({"data": {"temperature": 5}}, "data.temperature: None -> 5.0"),
    ],
)
def test_a_begun_run_refuses_other_changes_with_a_diff(sections, words):
    with pytest.raises(UserError) as error:
        check_changes(Config(), change(**sections), run=Path("runs/x"))
    message = str(error.value)
    assert words in message
    assert "runs/x" in message
    assert "--run" in message
    assert "--overwrite" in message
    assert len(message.splitlines()) <= 5


@pytest.mark.parametrize("schedule", ["cosine", "linear"])
def test_more_steps_are_refused_where_the_schedule_depends_on_them(schedule):
    old = change(training={"schedule": schedule, "max_steps": 10})
    new = change(training={"schedule": schedule, "max_steps": 20})
    with pytest.raises(UserError, match=f"schedule {schedule}"):
        check_changes(old, new, run=Path("runs/x"))


STABLE = {"schedule": "warmup_stable_decay", "warmup_steps": 5, "max_steps": 100}


@pytest.mark.parametrize(
    ("step", "change_of_the_end", "start"),
    [
        (80, {"max_steps": 200}, None),
        (80, {"decay_steps": 20, "max_steps": 100}, None),
        (30, {"max_steps": 40, "decay_steps": 10}, None),
        (81, {"max_steps": 200}, 80),
        (100, {"max_steps": 200}, 80),
        (70, {"max_steps": 75}, 60),  # shorter: it would have fallen already
        (70, {"decay_steps": 50}, 50),
    ],
)
def test_the_end_may_change_until_the_rate_falls(step, change_of_the_end, start):
    old, new = change(training=STABLE), change(training=STABLE | change_of_the_end)
    if start is None:
        check_changes(old, new, run=Path("runs/x"), step=step)
        return
    key = next(iter(change_of_the_end))
    expected = (
        rf"training\.{key}: .* \(step {step} is done, and the rate falls from step {start} on"
    )
    with pytest.raises(UserError, match=expected):
        check_changes(old, new, run=Path("runs/x"), step=step)
    check_changes(old, change(training=STABLE | {"patience": 3}), run=Path("runs/x"), step=step)


def test_every_setting_is_read_somewhere():
    package = Path(__file__).parents[1] / "transformer_mt"
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in package.rglob("*.py") if path.stem != "config"
    )
    for section, field in Config.model_fields.items():
        for key in getattr(field.annotation, "model_fields", {}):
            assert f".{key}" in text or f'"{key}"' in text, f"{section}.{key} is read by nobody"


# Parameters with as many tokens as the config asks for. The paper's table 3 has 65 and 213
# million for base and big; biases and the size of the vocabulary make the difference.
SIZES = {
    "multi30k_en_de": 2_349_056,
    "multi30k_en_de_quick": 2_349_056,
    "tatoeba_en_de": 7_577_600,
    "kyoto_ja_en": 60_522_496,
    "wmt14_en_de_paper_base": 63_082_496,
    "wmt14_en_de_paper_big": 214_245_376,
}


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.name)
def test_the_shipped_configs_are_valid_and_build(path):
    import torch

    from transformer_mt.model.transformer import Transformer

    config = build_config(read_tree(path), place=str(path))
    with torch.device("meta"):  # sizes only
        model = Transformer(
            config.model,
            source_vocab_size=config.tokenizer.vocab_size,
            target_vocab_size=config.tokenizer.vocab_size,
            shared_vocabulary=config.tokenizer.shared,
            max_positions=config.data.max_source_length,
            pad_id=0,
        )
    parameters = sum(parameter.numel() for parameter in model.parameters())
    assert parameters == pytest.approx(SIZES[path.stem], rel=0.01)


@pytest.mark.parametrize("size", ["base", "big"])
def test_the_rates_of_the_paper_are_those_of_its_formula(size):
    path = CONFIGS / f"wmt14_en_de_paper_{size}.yaml"
    config = build_config(read_tree(path), place=str(path))
    peak = (config.model.d_model * config.training.warmup_steps) ** -0.5
    assert config.training.learning_rate == pytest.approx(peak, rel=1e-4)
