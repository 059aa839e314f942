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
        ({"data": {"train": "frasebook"}}, ["data.train", "'phrasebook'", "'frasebook'"]),
        ({"training": {"max_steps": "12"}}, ["training.max_steps", "integer", "'12'"]),
        ({"training": {"max_steps": 1.5}}, ["training.max_steps", "1.5"]),
        ({"training": {"learning_rate": -1.0}}, ["training.learning_rate", "-1.0"]),
        ({"training": {"deterministic": 1}}, ["training.deterministic", "boolean", "1"]),
        ({"model": {"norm": "Pre"}}, ["model.norm", "'post' or 'pre'", "'Pre'"]),
        ({"model": {"d_model": 100, "num_heads": 8}}, ["d_model 100", "num_heads 8"]),
        ({"model": {"dropout": 1.0}}, ["model.dropout", "1.0"]),
        ({"training": {"average_checkpoints": 20}}, ["average_checkpoints 20", "keep_checkpoints"]),
        ({"training": {"weight_decay": 0.1}}, ["weight_decay 0.1", "adamw"]),
        ({"training": {"max_tokens_per_batch": 100}}, ["max_tokens_per_batch 100", "256"]),
        ({"data": [1, 2]}, ["data", "[1, 2]"]),
        ({"data": {"train": []}}, ["data.train", "at least 1 item", "[]"]),
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


def test_every_setting_is_read_somewhere():
    package = Path(__file__).parents[1] / "transformer_mt"
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in package.rglob("*.py") if path.stem != "config"
    )
    for section, field in Config.model_fields.items():
        for key in getattr(field.annotation, "model_fields", {}):
            assert f".{key}" in text or f'"{key}"' in text, f"{section}.{key} is read by nobody"


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.name)
def test_the_shipped_configs_are_valid(path):
    build_config(read_tree(path), place=str(path))
