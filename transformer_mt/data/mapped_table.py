"""Arrow files read through memory maps, whose pages do not pile up in memory."""

import mmap
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow


class MappedTable:
    """The rows of some Arrow files, one file after the other.

    The files are those of `datasets`, read with pyarrow: that keeps the maps in our hands, and
    spares a resumed training the second that importing `datasets` takes.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        """Map the files, of equal columns."""
        self._maps = [_map(path) for path in paths]
        self._tables = [_open(mapping) for mapping in self._maps]
        self.num_rows: int = sum(table.num_rows for table in self._tables)
        self.column_names: list[str] = self._tables[0].column_names
        self._release()

    def take(self, column: str, indices: npt.NDArray[np.integer]) -> "pyarrow.Array":
        """Return copies of the rows of a column, in the order asked for.

        They are read chunk by chunk: Arrow's own `take` first makes one array of all chunks of a
        column of lists, a copy of the whole corpus in memory for each call.
        """
        import pyarrow as pa

        order = np.argsort(indices, kind="stable")
        rows = indices[order].astype(np.int64)
        pieces, start = [], 0
        for table, mapping in zip(self._tables, self._maps, strict=True):
            chunks = table.column(column).chunks
            starts = start + np.cumsum([0, *map(len, chunks)])
            bounds = np.searchsorted(rows, starts).tolist()
            pieces += [
                chunk.take(pa.array(rows[low:high] - first))
                for chunk, first, (low, high) in zip(
                    chunks, starts[:-1], pairwise(bounds), strict=True
                )
                if low < high
            ]
            # Pages read once count as this process's memory until they are given up; they stay
            # in the system's cache. A part at a time, this is never much.
            mapping.madvise(mmap.MADV_DONTNEED)
            start = int(starts[-1])
        places = np.empty(len(order), dtype=np.int64)
        places[order] = np.arange(len(order))
        return pa.concat_arrays(pieces).take(pa.array(places))

    def _release(self) -> None:
        for mapping in self._maps:
            mapping.madvise(mmap.MADV_DONTNEED)


def _map(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _open(mapping: mmap.mmap) -> "pyarrow.Table":
    import pyarrow as pa

    return pa.ipc.open_stream(pa.BufferReader(pa.py_buffer(mapping))).read_all()
