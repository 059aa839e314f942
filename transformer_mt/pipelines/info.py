"""`tmt info`: what a run is, from its folder alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from transformer_mt.errors import UserError
from transformer_mt.pipelines.layout import columns, labelled, terminal_width
from transformer_mt.pipelines.parameters import ParameterCounts
from transformer_mt.pipelines.run_contents import RunContents, contents_of
from transformer_mt.pipelines.runs import as_record
from transformer_mt.run_directory import RunDirectory, find_run


def info(run: Path | None, *, as_json: bool) -> str:
    """Return what a run is: a folder, a name in runs/, or the run trained last.

    Raises:
        UserError: there is no such run, or its settings cannot be read.
    """
    found = contents_of(_find(run))
    if as_json:
        return json.dumps(_as_record(found), indent=1, ensure_ascii=False)
    return labelled(list(_as_rows(found)), width=terminal_width())


def _find(run: Path | None) -> RunDirectory:
    found = find_run(run)
    if not found.path.is_dir():
        raise UserError(f"{run}: there is no such folder, and no run of that name. See tmt runs.")
    return found


def _as_rows(found: RunContents) -> Iterator[tuple[str, str]]:
    """Yield label and text of each part."""
    status, data = found.status, found.config.data
    used = " (used where no --run is given)" if status.is_default else ""
    yield "Run", f"{status.run.path}{used}"
    yield "State", _state(found)
    yield "Languages", f"{data.source_language} -> {data.target_language}"
    yield "Data", "\n".join(_data(found))
    settings = [f"{key}: {_value(value)}" for key, value in found.settings.items()]
    yield "Settings", "\n".join(settings) or "the defaults"
    yield "Parameters", _parameters(found.parameters)
    scores = [
        (name, f"BLEU {figures['bleu']:.2f}", f"loss {figures['loss']:.3f}", f"{figures['step']:,}")
        for name, figures in found.validations.items()
    ]
    header = ("", "", "", "step")
    yield "Validation", "\n".join(columns([header, *scores], right=(3,))) if scores else "none yet"
    yield "Weights", found.weights
    yield "Made with", _machine(found.machine)


def _state(found: RunContents) -> str:
    status = found.status
    lines = [f"{status.state}, step {status.step:,} of {found.config.training.max_steps:,}"]
    if status.holder:
        who = "process {pid} on {host}, since {started}"
        known = {key: status.holder.get(key, "?") for key in ("pid", "host", "started")}
        lines.append(who.format(**known))
    return "\n".join([*lines, *([status.problem] if status.problem else [])])


def _data(found: RunContents) -> Iterator[str]:
    for split, setting in found.corpora.items():
        if setting is None and split in found.held_out:
            yield f"{split}: {found.held_out[split]:,} pairs held out of train"
        elif setting is None:
            yield f"{split}: " + (
                "phrasebook" if found.corpora["train"] == "phrasebook" else "held out of train"
            )
        else:
            entries = setting if isinstance(setting, list) else [setting]
            yield f"{split}: " + "; ".join(_value(entry) for entry in entries)
        if split == "train":
            report = found.report
            yield "  " + (report.describe() if report else "not counted: cache/ is not there")


def _value(value: object) -> str:
    """Return a setting as its config file would have it, nearly."""
    if isinstance(value, dict):
        return ", ".join(
            f"{key}: {_value(part)}" for key, part in value.items() if part is not None
        )
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _parameters(parameters: ParameterCounts | None) -> str:
    if parameters is None:
        return "not known: no checkpoint can be read"
    rows = [(part, f"{count:,}") for part, count in parameters.parts.items()]
    lines = columns([("in all", f"{parameters.total:,}"), *rows], right=(1,))
    shared = [f"{part}: that of the {other}" for part, other in parameters.shared.items()]
    return "\n".join([*lines, *shared])


def _machine(machine: dict[str, Any] | None) -> str:
    if machine is None:
        return "not known: run.json is not there"
    commit = f" (commit {machine['commit'][:7]})" if machine.get("commit") else ""
    names = ("python", "torch", "sentencepiece", "datasets", "sacrebleu", "safetensors", "numpy")
    threads = machine.get("threads", "?")
    versions = [f"{name} {machine[name]}" for name in names if name in machine]
    return "\n".join(
        [
            f"transformer_mt {machine.get('transformer_mt', '?')}{commit}",
            ", ".join(versions),
            f"{machine.get('platform', '?')}, {machine.get('device', '?')}, "
            f"{threads} thread{'' if threads == 1 else 's'}, begun {machine.get('started', '?')}",
        ]
    )


def _as_record(found: RunContents) -> dict[str, Any]:
    """Return what `--format json` says."""
    return {
        **as_record(found.status),
        "data": {
            **found.corpora,
            "pairs": asdict(found.report) if found.report else None,
            "held_out": found.held_out,
        },
        "settings": found.settings,
        "parameters": _parameter_record(found.parameters),
        "validations": found.validations,
        "weights": found.weights,
        "made_with": found.machine,
    }


def _parameter_record(parameters: ParameterCounts | None) -> dict[str, Any] | None:
    if parameters is None:
        return None

    def key(part: str) -> str:
        return part.replace(" ", "_")

    return {
        "total": parameters.total,
        **{key(part): count for part, count in parameters.parts.items()},
        "shared": {key(part): key(other) for part, other in parameters.shared.items()},
    }
