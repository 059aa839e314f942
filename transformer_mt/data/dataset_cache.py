"""The tokenised data on disk: a folder of parts, each an Arrow file that a JSON file vouches for.

A part is written under temporary names and renamed, its JSON file last, so that whatever kills
the process, the parts that are there are whole and tokenising goes on after them. When all are
there, `complete.json` says how many they are. What no JSON file vouches for is written again.
"""

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from transformer_mt.data.filtering import CorpusReport, total
from transformer_mt.data.hash_set import Hashes, Mask
from transformer_mt.data.mapped_table import MappedTable
from transformer_mt.data.reading_report import ReadingReport

if TYPE_CHECKING:  # so that a look at the counts loads no tokenizer
    import pyarrow

    from transformer_mt.data.tokenizing import TokenizedChunk, TokenizedTexts

_logger = logging.getLogger(__name__)

_TEMPORARY = ".tmp"


class DatasetCache:
    """One cached dataset, which may be there, or in part, or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._complete = folder / "complete.json"

    def load_report(self) -> CorpusReport | None:
        """Return the report of the intact dataset on disk; None where it has to be built."""
        try:
            report = self.read_report()
            with ThreadPoolExecutor() as threads:  # hashing leaves the interpreter to others
                intact = all(threads.map(self._is_intact, range(self._num_parts())))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _logger.warning("%s: unreadable (%s); building it again", self._complete, error)
            return None
        if not intact:
            _logger.warning("%s: damaged; building it again", self.folder)
            return None
        return report

    def read_report(self) -> CorpusReport:
        """Return the report of the complete dataset, whether its Arrow files are intact or not.

        Raises:
            OSError, ValueError, KeyError, TypeError: it is not complete, or damaged.
        """
        corpora = json.loads(self._complete.read_bytes())["corpora"]
        reports = [self._read_part(number)[0] for number in range(self._num_parts())]
        return replace(total(reports), corpora=tuple(ReadingReport(**each) for each in corpora))

    def _num_parts(self) -> int:
        return int(json.loads(self._complete.read_bytes())["parts"])

    def open_table(self) -> MappedTable:
        """Return the complete dataset, memory-mapped."""
        return MappedTable([self._arrow(number) for number in range(self._num_parts())])

    def begin(self, *, remember: Callable[[Hashes], None]) -> list[CorpusReport]:
        """Make room for the parts that are missing.

        Returns:
            The reports of the parts that an interrupted build has left intact, the first ones
            of the dataset. The hashes of the pairs in them are given to `remember`. All other
            files are removed.

        Raises:
            OSError: the folder cannot be made or emptied.
        """
        reports: list[CorpusReport] = []
        if self._complete.exists():  # and damaged
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        while (report := self._load_resumable_part(len(reports), remember)) is not None:
            reports.append(report)
        kept = {path.name for number in range(len(reports)) for path in self._files_of(number)}
        for path in self.folder.iterdir():
            if path.name not in kept:
                path.unlink()
        return reports

    def commit_part(
        self, number: int, *, temporary: Path, hashes: Hashes, report: CorpusReport
    ) -> None:
        """Make a written Arrow file the part of that number."""
        arrow, hashes_path, vouching = self._files_of(number)
        hashes_path.write_bytes(hashes.astype("<u8").tobytes())
        content = {
            "report": asdict(report),
            "arrow": _describe_file(temporary),
            "hashes": _describe_file(hashes_path),
        }
        temporary.replace(arrow)
        _write_json(vouching, content)

    def complete(self, *, num_parts: int, corpora: Sequence[ReadingReport]) -> None:
        """Say that all parts are there, and how the corpora were read; forget the hashes."""
        content = {"parts": num_parts, "corpora": [asdict(corpus) for corpus in corpora]}
        _write_json(self._complete, content)
        for number in range(num_parts):
            self._files_of(number)[1].unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def temporary(self, number: int) -> Path:
        """Return where the Arrow file of a part is written before it is committed."""
        return self.folder / (self._arrow(number).name + _TEMPORARY)

    def _arrow(self, number: int) -> Path:
        return self.folder / f"part-{number:05}.arrow"

    def _files_of(self, number: int) -> tuple[Path, Path, Path]:
        arrow = self._arrow(number)
        return arrow, arrow.with_suffix(".hashes"), arrow.with_suffix(".json")

    def _read_part(self, number: int) -> tuple[CorpusReport, dict[str, Any]]:
        """Return the report of a part, and what its files should be."""
        content = json.loads(self._files_of(number)[2].read_bytes())
        return CorpusReport.from_json(content["report"]), content

    def _is_intact(self, number: int) -> bool:
        return bool(self._read_part(number)[1]["arrow"] == _describe_file(self._arrow(number)))

    def _load_resumable_part(
        self, number: int, remember: Callable[[Hashes], None]
    ) -> CorpusReport | None:
        try:
            report, described = self._read_part(number)
            hashes_path = self._files_of(number)[1]
            if not self._is_intact(number) or described["hashes"] != _describe_file(hashes_path):
                return None
            remember(np.frombuffer(hashes_path.read_bytes(), dtype="<u8").astype(np.uint64))
        except (OSError, ValueError, KeyError, TypeError):
            return None  # it is tokenised again
        return report


class PartWriter:
    """Writes the Arrow file of one part, through `datasets`."""

    def __init__(self, path: Path, *, keep_text: bool) -> None:
        import pyarrow as pa
        from datasets import Features, List, Value
        from datasets.arrow_writer import ArrowWriter

        columns = {name: List(Value("int32")) for name in ("source_ids", "target_ids")}
        if keep_text:
            columns |= {name: Value("string") for name in ("source", "target")}
        self._path = path
        self._keep_text = keep_text
        self._stream = pa.OSFile(str(path), "wb")
        self._writer = ArrowWriter(features=Features(columns), stream=self._stream)

    def write(self, chunk: "TokenizedChunk", keep: Mask) -> None:
        """Write the pairs of a chunk that are kept."""
        import pyarrow as pa

        if not keep.any():
            return
        kept = pa.array(keep)
        columns = {
            "source_ids": _list_array(chunk.source).filter(kept),
            "target_ids": _list_array(chunk.target).filter(kept),
        }
        if self._keep_text:
            columns["source"] = pa.array(chunk.sources, type=pa.string()).filter(kept)
            columns["target"] = pa.array(chunk.targets, type=pa.string()).filter(kept)
        self._writer.write_table(pa.table(columns), writer_batch_size=len(keep))

    def finish(self) -> None:
        """Finish the file."""
        self._writer.finalize(close_stream=False)
        self._stream.close()

    def close(self) -> None:
        """Remove the file unless it was committed under its name."""
        self._writer.close()
        self._stream.close()
        self._path.unlink(missing_ok=True)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    temporary = path.with_name(path.name + _TEMPORARY)
    temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)


def _describe_file(path: Path) -> dict[str, int | str]:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return {"bytes": stream.tell(), "sha256": sha256}


def _list_array(texts: "TokenizedTexts") -> "pyarrow.Array":
    import pyarrow as pa

    offsets = np.zeros(len(texts.lengths) + 1, dtype=np.int32)
    np.cumsum(texts.lengths, out=offsets[1:])
    return pa.ListArray.from_arrays(offsets, texts.ids)
