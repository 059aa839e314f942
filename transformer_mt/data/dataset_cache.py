"""The tokenised data on disk: an Arrow file, and beside it a small JSON file that vouches for it.

Both are written under temporary names and renamed, the JSON file last. It holds the report of
the filters and the size and SHA-256 of the Arrow file; what it does not vouch for is rebuilt.
"""

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from transformer_mt.data.filtering import CorpusReport
from transformer_mt.data.tokenizer import TokenIds

if TYPE_CHECKING:
    import pyarrow

PAIRS_PER_CHUNK = 10_000  # read, tokenised and written at a time

_logger = logging.getLogger(__name__)


class CacheFiles:
    """The two files of one cached dataset, which may or may not be there."""

    def __init__(self, cache_dir: Path, *, key: str) -> None:
        self.arrow_path = cache_dir / f"{key}.arrow"
        self.report_path = cache_dir / f"{key}.json"

    def load_report(self) -> CorpusReport | None:
        """Return the report of the intact dataset on disk; None where it has to be built."""
        try:
            saved = json.loads(self.report_path.read_bytes())
            intact = saved["arrow"] == _describe_file(self.arrow_path)
            report = CorpusReport(**saved["report"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _logger.warning("%s: unreadable (%s); building it again", self.report_path, error)
            return None
        if not intact:
            _logger.warning("%s: damaged; building it again", self.arrow_path)
            return None
        return report

    def open_table(self) -> "pyarrow.Table":
        """Return the dataset, memory-mapped."""
        from datasets import Dataset

        return Dataset.from_file(str(self.arrow_path)).data.table


class DatasetWriter:
    """Writes a dataset chunk by chunk under a temporary name, until it is committed."""

    def __init__(self, files: CacheFiles, *, keep_text: bool) -> None:
        import pyarrow as pa
        from datasets import Features, List, Value
        from datasets.arrow_writer import ArrowWriter

        columns = {name: List(Value("int32")) for name in ("source_ids", "target_ids")}
        if keep_text:
            columns |= {name: Value("string") for name in ("source", "target")}
        self._files = files
        self._keep_text = keep_text
        self._temporary = files.arrow_path.with_suffix(f".{os.getpid()}.tmp")
        self._stream = pa.OSFile(str(self._temporary), "wb")
        self._writer = ArrowWriter(features=Features(columns), stream=self._stream)

    def write(
        self,
        source_ids: Sequence[TokenIds],
        target_ids: Sequence[TokenIds],
        *,
        sources: Sequence[str],
        targets: Sequence[str],
        kept: Sequence[int],
    ) -> None:
        """Write the pairs of a chunk whose places in it are `kept`."""
        import pyarrow as pa

        if not kept:
            return
        columns = {
            "source_ids": _list_array([source_ids[i] for i in kept]),
            "target_ids": _list_array([target_ids[i] for i in kept]),
        }
        if self._keep_text:
            columns["source"] = pa.array([sources[i] for i in kept], type=pa.string())
            columns["target"] = pa.array([targets[i] for i in kept], type=pa.string())
        self._writer.write_table(pa.table(columns), writer_batch_size=PAIRS_PER_CHUNK)

    def commit(self, report: CorpusReport) -> None:
        """Finish the file and make it, with the report, the dataset on disk."""
        self._writer.finalize(close_stream=False)
        self._stream.close()
        content = {"arrow": _describe_file(self._temporary), "report": asdict(report)}
        self._temporary.replace(self._files.arrow_path)
        self._temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        self._temporary.replace(self._files.report_path)

    def close(self) -> None:
        """Leave nothing behind that was not committed."""
        self._writer.close()
        self._stream.close()
        self._temporary.unlink(missing_ok=True)


def _describe_file(path: Path) -> dict[str, int | str]:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return {"bytes": stream.tell(), "sha256": sha256}


def _list_array(rows: Sequence[TokenIds]) -> "pyarrow.Array":
    import pyarrow as pa

    offsets = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    return pa.ListArray.from_arrays(offsets, np.concatenate(rows))
