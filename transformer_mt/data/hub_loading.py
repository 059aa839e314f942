"""From the name of a dataset to its rows: out of the cache of `datasets`, or from the Hub first."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformer_mt.data.hub_errors import (
    at_the_hub,
    bad_split,
    reading_the_cache,
    several_splits,
    unknown_configuration,
)
from transformer_mt.errors import UserError

if TYPE_CHECKING:
    import datasets

_SECONDS_TO_ANSWER = 30
_COMMIT = re.compile("[0-9a-f]{40}")


def resolve_commit(hub: str, revision: str | None) -> str:
    """Return the commit that a branch, a tag or (None) the main branch is at now.

    Raises:
        UserError: there is no such dataset or revision, or the Hub cannot be reached.
    """
    if revision is not None and _COMMIT.fullmatch(revision):
        return revision
    with at_the_hub(hub, revision=revision, cached_commits=cached_commits):
        return _ask_for_commit(hub, revision)


def _ask_for_commit(hub: str, revision: str | None) -> str:
    from huggingface_hub import HfApi

    commit = HfApi().dataset_info(hub, revision=revision, timeout=_SECONDS_TO_ANSWER).sha
    assert commit is not None, "the Hub names the commit of every dataset"
    return commit


def cached_commits(hub: str) -> list[str]:
    """Return the commits of a dataset that are in the cache of `datasets`."""
    found = _cache_folder(hub).glob("*/*/*/dataset_info.json")
    return sorted({info.parent.name for info in found if _COMMIT.fullmatch(info.parent.name)})


def _cache_folder(hub: str) -> Path:
    from datasets import config
    from datasets.naming import camelcase_to_snakecase

    namespace, _, name = hub.partition("/")
    folder = f"{namespace}___{camelcase_to_snakecase(name)}"
    return Path(config.HF_DATASETS_CACHE).expanduser() / folder


def open_split(
    hub: str, name: str | None, commit: str, split: str | None
) -> tuple[str, str, datasets.Dataset]:
    """Return configuration, split and rows; from the cache, or else by way of the Hub.

    Raises:
        UserError: there is no such dataset, configuration or split, or it cannot be had.
    """
    with at_the_hub(hub, revision=commit):
        builder = _cached_builder(hub, name, commit) or _hub_builder(hub, name, commit)
        known = [str(each) for each in builder.config.data_files or builder.info.splits or ()]
        split = split or _only_split(hub, known)
        _check_split(hub, split, known)  # before gigabytes are downloaded for nothing
        builder.download_and_prepare()
        with reading_the_cache(hub, builder.cache_dir):
            return builder.config.name, split, builder.as_dataset(split=split)


def _cached_builder(hub: str, name: str | None, commit: str) -> Any:  # noqa: ANN401 - untyped
    """Return what reads this very commit from the cache, None where it is not there.

    `load_dataset` would ask the Hub first even for what it has.
    """
    from datasets.packaged_modules.cache.cache import Cache

    name = name or "default"  # what a configuration is called that has no name
    folder = _cache_folder(hub)
    for info in sorted((folder / name).glob(f"*/{commit}/dataset_info.json")):
        return Cache(
            dataset_name=folder.name.partition("___")[2],
            repo_id=hub,
            config_name=name,
            version=info.parent.parent.name,
            hash=commit,
        )
    return None


def _hub_builder(hub: str, name: str | None, commit: str) -> Any:  # noqa: ANN401 - untyped
    """Return what downloads and prepares a configuration of a dataset."""
    from datasets import get_dataset_config_names, load_dataset_builder

    if Path(hub).exists():  # `load_dataset` would read it, and not the Hub
        raise UserError(
            f"hub {hub}: a folder of this name lies in the current one and would be read in the "
            "dataset's place.\nRename it, or call tmt from another folder."
        )
    # Where the Hub does not answer, `load_dataset` is content with any commit that it has.
    _ask_for_commit(hub, commit)
    try:
        builder = load_dataset_builder(hub, name, revision=commit)
    except ValueError as error:
        if isinstance(error, OSError):
            raise
        names = get_dataset_config_names(hub, revision=commit)
        if name in names or (name is None and len(names) < 2):
            raise
        raise unknown_configuration(hub, name, names) from error
    if Path(builder.cache_dir).name != commit:
        raise ConnectionError(f"datasets offers {builder.cache_dir} for commit {commit}")
    return builder


def _only_split(hub: str, known: list[str]) -> str:
    if len(known) == 1:
        return known[0]
    raise several_splits(hub, known)


def _check_split(hub: str, split: str, known: list[str]) -> None:
    from datasets import ReadInstruction

    names = {part.strip().partition("[")[0] for part in split.split("+")}
    if known and not names <= {*known, "all"}:
        raise bad_split(hub, split, known)
    try:
        ReadInstruction.from_spec(split)
    except (ValueError, AssertionError) as error:
        raise bad_split(hub, split, known, problem=str(error)) from error
