"""Settings from YAML files and `--set`, strictly; and back to YAML.

An unknown key, a duplicate key, a wrong type or an impossible value is an error that names the
key, the value and the choices.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from transformer_mt.config import Config, TrainingConfig
from transformer_mt.config_section import Section
from transformer_mt.corpus_entries import FilesEntry, HubEntry, PairsEntry
from transformer_mt.errors import UserError, may_not_be_read

Tree = dict[str, Any]

_ENTRIES = {entry.__name__: entry for entry in (FilesEntry, PairsEntry, HubEntry)}

MAY_CHANGE = frozenset(
    {
        "training.max_steps",
        "training.decay_steps",
        "training.max_epochs",
        "training.log_every_steps",
        "training.validate_every_steps",
        "training.save_every_steps",
        "training.keep_checkpoints",
        "training.select_by",
        "training.patience",
        "training.average_checkpoints",
        "training.average_from",
        "training.activation_checkpointing",
    }
)
"""What a run that has begun may change, and with them every key of `decoding`; but not where its
rates of learning would have been others."""


_WRITTEN_BY_A_RUN = {"data_sha256", "resolved_from"}

DEPENDS_ON_MAX_STEPS = ("cosine", "linear")
"""Schedules whose every rate follows from `training.max_steps`."""


class _StrictLoader(yaml.SafeLoader):
    """YAML with the booleans and numbers of version 1.2, and without duplicate keys.

    YAML 1.1, PyYAML's dialect, reads the language code `no` as false, `1e-3` as a string and
    `0100` as 64.
    """

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """Return the decimal number of a scalar."""
        return int(self.construct_scalar(node))

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return the node's keys and values; refuse a key that is no word or stands twice."""
        mapping: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            problem = None
            if not isinstance(key, str):
                problem = "is not a word"
            elif key in mapping:
                problem = "stands here twice"
            if problem:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} {problem}", key_node.start_mark
                )
            mapping[key] = self.construct_object(value_node, deep=deep)
        return mapping


_StrictLoader.add_constructor("tag:yaml.org,2002:int", _StrictLoader.construct_yaml_int)
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag == "tag:yaml.org,2002:null"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile("^[-+]?[0-9]+$"), list("-+0123456789")
)
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


def _parse_yaml(text: str, place: str) -> Any:  # noqa: ANN401 - YAML holds anything
    try:
        return yaml.load(text, _StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise UserError(f"{place}{line}: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise UserError(f"{place}: not readable as YAML ({error}).") from error


def read_tree(path: Path) -> Tree:
    """Return the mapping that a config file holds, its data paths made absolute.

    Raises:
        UserError: the file is missing, not UTF-8, not YAML, or not a mapping of sections.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such config file.") from None
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path}: byte {error.start} is not UTF-8. Save the config as UTF-8."
        ) from None
    except PermissionError:
        raise may_not_be_read(path) from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from None
    tree = _parse_yaml(text, str(path))
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise UserError(
            f"{path}: expected sections such as 'data:' and 'training:', found {tree!r}."
        )
    for name, section in tree.items():
        if section is None:
            tree[name] = {}
    data = tree.get("data")
    if isinstance(data, dict):
        for split in ("train", "validation", "test"):
            _make_absolute(data.get(split), path.resolve().parent)
    return tree


def _make_absolute(entries: object, folder: Path) -> None:
    """Rewrite the paths of corpus entries, which are relative to the config file's folder."""
    for entry in entries if isinstance(entries, list) else []:
        for key in ("source", "target", "pairs") if isinstance(entry, dict) else ():
            if isinstance(entry.get(key), str):
                entry[key] = str(folder / Path(entry[key]).expanduser())


def apply_overrides(tree: Tree, overrides: Sequence[str]) -> Tree:
    """Return the tree with each `section.key=value` of `--set` put in; values are read as YAML.

    `data.train.0.key` is a key of the first corpus listed.

    Raises:
        UserError: an override has no `=` or no dot, its value is not YAML, or there is no such
            corpus.
    """
    merged = copy.deepcopy(tree)
    for override in overrides:
        name, equals, text = override.partition("=")
        section, dot, key = name.strip().partition(".")
        if not (equals and dot and section and key):
            raise UserError(f"--set {override}: write it as --set section.key=value.")
        value = _parse_yaml(text, f"--set {override}")
        held = merged.setdefault(section, {})
        entry = re.fullmatch(r"data\.(train|validation|test)\.([0-9]+)\.(\w+)", name.strip())
        if entry is not None:
            held = _entry(held, entry[1], int(entry[2]), override=override)
            key = entry[3]
        if isinstance(held, dict):
            held[key] = value
        if section == "data":
            _make_absolute(value if entry is None else [held], Path.cwd())
    return merged


def _entry(section: object, split: str, number: int, *, override: str) -> object:
    """Return the corpus of that number, from 0, in the list of a split."""
    listed = section.get(split) if isinstance(section, dict) else None
    count = len(listed) if isinstance(listed, list) else 0
    if not isinstance(listed, list) or number >= count:
        raise UserError(
            f"--set {override}: data.{split} lists {count} corpora, counted from 0; "
            f"there is no data.{split}.{number}."
        )
    return listed[number]


def build_config(tree: Mapping[str, Any], *, place: str) -> Config:
    """Return the validated config of a tree; `place` (a file name) begins the error message.

    Raises:
        UserError: an unknown key, a wrong type or an impossible value.
    """
    try:
        return Config.model_validate(tree)
    except ValidationError as error:
        problems = [_describe(problem) for problem in error.errors()]
        raise UserError("\n".join(f"{place}: {problem}" for problem in problems[:4])) from None


def _key(location: Sequence[int | str]) -> str:
    """Return `data.train.0.source` for pydantic's location, without the names of union members."""
    members = (*_ENTRIES, "word", "list")
    return ".".join(str(part) for part in location if part not in members)


def _describe(problem: Mapping[str, Any]) -> str:
    key, value, kind = _key(problem["loc"]), problem["input"], problem["type"]
    if kind == "extra_forbidden":
        return _describe_unknown(key, problem["loc"])
    if kind == "missing":
        return f"{key}: is missing."
    if kind == "value_error":
        return f"{key + ': ' if key else ''}{problem['ctx']['error']}."
    message = str(problem["msg"]).replace("Input should be", "expected").rstrip(".")
    if re.fullmatch(r"data\.(train|validation|test)(\.\d+)?", key):
        entry = "{source: a.en, target: a.de}, {pairs: b.tsv} or {hub: owner/name, split: train}"
        message = f"expected 'phrasebook', or a list of corpora such as {entry}"
    return f"{key}: {message}, found {value!r}."


def _describe_unknown(key: str, location: Sequence[int | str]) -> str:
    known = _known_keys(location[:-1])
    name = str(location[-1])
    everywhere = {
        k: f"{s}.{k}" for s, f in Config.model_fields.items() for k in _fields(f.annotation)
    }
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        hint = f"did you mean '{close[0]}'?"
    elif name in everywhere and everywhere[name] != key:
        hint = f"did you mean '{everywhere[name]}'?"
    elif close := difflib.get_close_matches(name, everywhere, n=1):
        hint = f"did you mean '{everywhere[close[0]]}'?"
    else:
        hint = f"known here: {', '.join(known)}."
    return f"{key}: there is no such key; {hint}"


def _fields(annotation: object) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return list(annotation.model_fields)
    return []


def _known_keys(location: Sequence[int | str]) -> list[str]:
    """Return the keys of the section, or of the corpus entry, that a location leads to."""
    if not location:
        return list(Config.model_fields)
    if location[-1] in _ENTRIES:
        return _fields(_ENTRIES[str(location[-1])])
    return _fields(Config.model_fields[str(location[0])].annotation)


def to_yaml(config: Config) -> str:
    """Return the full config as YAML that `read_tree` and `build_config` turn into the same."""
    return yaml.safe_dump(
        config.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=1000
    )


def differences(old: Config, new: Config) -> list[tuple[str, Any, Any]]:
    """Return (key, old value, new value) for each key in which two configs differ."""
    changed = []
    for section, keys in old.model_dump(exclude=_WRITTEN_BY_A_RUN).items():
        for key, value in keys.items():
            other = new.model_dump()[section][key]
            if other != value:
                changed.append((f"{section}.{key}", value, other))
    return changed


def _notes_on_the_end(old: TrainingConfig, new: TrainingConfig, *, step: int) -> dict[str, str]:
    """Return why the keys that say where the rate falls may not change now, if they may not."""
    if old.schedule in DEPENDS_ON_MAX_STEPS:
        return {"training.max_steps": f" (schedule {old.schedule} depends on it)"}
    start = min(old.decay_start(), new.decay_start())
    if old.schedule != "warmup_stable_decay" or step <= start:
        return {}
    note = f" (step {step} is done, and the rate falls from step {start} on)"
    return dict.fromkeys(("training.max_steps", "training.decay_steps"), note)


def check_changes(old: Config, new: Config, *, run: Path, step: int = 0) -> None:
    """Refuse changes that would make a begun run another run.

    `step` is the last one that is saved: until its rate falls, `warmup_stable_decay` may be made
    longer and shorter.

    Raises:
        UserError: with the keys, their old and new values.
    """
    notes = _notes_on_the_end(old.training, new.training, step=step)
    refused = [
        f"  {key}: {before!r} -> {after!r}{notes.get(key, '')}"
        for key, before, after in differences(old, new)
        if key in notes or (key not in MAY_CHANGE and not key.startswith("decoding."))
    ]
    if refused:
        shown = refused[:3] + ([f"  and {len(refused) - 3} more"] if len(refused) > 3 else [])
        raise UserError(
            f"{run}: this run has begun with other settings:\n"
            + "\n".join(shown[:3])
            + "\nTrain another run with --run DIR, or begin this one anew with --overwrite."
        )
