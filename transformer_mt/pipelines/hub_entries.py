"""Datasets of the Hub in the settings: resolved when a run begins, and kept as they were then."""

from __future__ import annotations

import functools

from transformer_mt.config import Config
from transformer_mt.corpus_entries import CorpusEntry, CorpusSetting, HubEntry
from transformer_mt.data.hub import resolve
from transformer_mt.data.hub_loading import resolve_commit

_SPLITS = ("train", "validation", "test")


def resolve_hub_entries(config: Config) -> Config:
    """Return the settings with each dataset at a commit, downloaded, and all of it named.

    Raises:
        UserError: a dataset is not there, is not as the settings say, or cannot be reached.
    """
    data = config.data
    commit_of = functools.cache(resolve_commit)  # one for all, should a branch move meanwhile

    def resolved(entry: CorpusEntry) -> CorpusEntry:
        if not isinstance(entry, HubEntry):
            return entry
        return resolve(
            entry,
            commit=commit_of(entry.hub, entry.revision),
            source_language=data.source_language,
            target_language=data.target_language,
        )

    found = {}
    for split in _SPLITS:
        setting: CorpusSetting | None = getattr(data, split)
        if isinstance(setting, list):
            found[split] = [resolved(entry) for entry in setting]
    return _with_data(config, found)


def keep_hub_entries(config: Config, begun: Config) -> Config:
    """Return the settings with what they leave open of a dataset as it was when the run began.

    What they do name stays, and is compared with the run's settings like any other.
    """
    kept = {}
    for split in _SPLITS:
        now: CorpusSetting | None = getattr(config.data, split)
        then: CorpusSetting | None = getattr(begun.data, split)
        if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
            kept[split] = [_kept(*entries) for entries in zip(now, then, strict=True)]
    return _with_data(config, kept)


def _kept(now: CorpusEntry, then: CorpusEntry) -> CorpusEntry:
    if not (isinstance(now, HubEntry) and isinstance(then, HubEntry) and now.hub == then.hub):
        return now
    update = {key: getattr(then, key) for key, value in now if value is None}
    if now.revision in (None, then.revision, then.resolved_from):
        update |= {"revision": then.revision, "resolved_from": then.resolved_from}
    return now.model_copy(update=update)


def hub_commits(config: Config) -> list[str]:
    """Return `namespace/name at commit ...` for each dataset of the settings, once."""
    settings = [getattr(config.data, split) for split in _SPLITS]
    entries = [entry for setting in settings if isinstance(setting, list) for entry in setting]
    return list(
        dict.fromkeys(
            f"{entry.hub} at commit {entry.revision}"
            for entry in entries
            if isinstance(entry, HubEntry)
        )
    )


def _with_data(config: Config, entries: dict[str, list[CorpusEntry]]) -> Config:
    return config.model_copy(update={"data": config.data.model_copy(update=entries)})
