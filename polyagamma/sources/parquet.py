"""Rows of Parquet files: the columns of a table, read by row groups."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation.optional import packages_for
from polyagamma.sources.source import Lazy, changed

NUMBERS = ("int", "uint", "float", "double", "halffloat", "bool")
ROWS_AT_ONCE, BUFFER = 1 << 13, 1 << 18  # rows of a column that are decoded, bytes that are read


class ParquetTable:
    """One Parquet file, or several one after the other.

    Parameters
    ----------
    paths : path or sequence of paths
    """

    def __init__(self, paths: Any) -> None:
        given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
        if not given:
            raise ValueError("a Parquet table must have files, got none: pass one path at least")
        self.paths = [os.fspath(path) for path in given]
        self.schema = {field.name: str(field.type) for field in self._footers[0].schema.to_arrow_schema()}
        self._groups = [
            (file, group) for file, data in enumerate(self._footers) for group in range(data.num_row_groups)
        ]
        sizes = [self._footers[file].row_group(group).num_rows for file, group in self._groups]
        self._first = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).tolist()
        self.n_rows: int = self._first[-1]
        self._sizes = self._file_sizes()

    @cached_property
    def _footers(self) -> list[Any]:
        with packages_for("PolyaGammaLogistic of Parquet files"):
            from pyarrow.parquet import read_metadata
        return [read_metadata(path) for path in self.paths]

    def numbers(self, but: Sequence[str]) -> list[str]:
        """Return the names of all columns but some; ValueError if one is not of numbers."""
        names = [name for name in self.schema if name not in but]
        other = [name for name in names if not self.schema[name].startswith(NUMBERS)]
        if other:
            raise ValueError(
                f"a Parquet file must have columns of numbers, got {self.schema[other[0]]} in {other[0]!r}: "
                "name the columns that are predictors by feature_names, or encode it"
            )
        return names

    def require(self, argument: str, column: str) -> None:
        """Raise ValueError if there is no such column."""
        if column not in self.schema:
            raise ValueError(
                f"{argument} must name a column of the Parquet file, got {column!r}: it has "
                f"{list(self.schema)}"
            )

    def read(self, columns: Sequence[str], first: int, last: int) -> NDArray[Any]:
        """Return rows of some columns, (rows, columns), a few thousand rows of a column at a time.

        So that a row group, which may be all rows, is never in memory.
        """
        parts: list[list[NDArray[Any]]] = [[] for _ in columns]
        for group in range(self.group_of(first), self.group_of(max(first, last - 1)) + 1):
            start = self._first[group]
            with self._opened(group) as (file, own):
                for column, found in zip(columns, parts, strict=True):
                    found.extend(_rows_of(file, own, column, max(0, first - start), last - start))
        return np.column_stack([np.concatenate(found) for found in parts])

    def group_of(self, row: int) -> int:
        """Return the row group that has a row."""
        return bisect_right(self._first, row) - 1

    @contextmanager
    def _opened(self, group: int) -> Iterator[tuple[Any, int]]:
        """Open the file of a row group, by a reader of its own, for it is for one thread."""
        from pyarrow.parquet import ParquetFile

        file, own = self._groups[group]
        with ParquetFile(self.paths[file], metadata=self._footers[file], buffer_size=BUFFER) as reader:
            yield reader, own

    def _file_sizes(self) -> list[int]:
        return [os.stat(path).st_size for path in self.paths]

    def require_unchanged(self) -> None:
        """Raise ValueError if a file has another size."""
        if (now := self._file_sizes()) != self._sizes:
            raise changed("a Parquet file", f"{now} bytes", f"{self._sizes} bytes")

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key != "_footers"}


def _rows_of(file: Any, group: int, column: str, first: int, last: int) -> Iterator[NDArray[Any]]:
    """Yield the rows of a column from `first` to before `last` of a row group, in pieces."""
    start = 0
    for batch in file.iter_batches(ROWS_AT_ONCE, row_groups=[group], columns=[column], use_threads=False):
        end = start + len(batch)
        if end > first:
            yield batch.column(column).to_numpy(zero_copy_only=False)[max(0, first - start) : last - start]
        if end >= last:
            return
        start = end


class ParquetSource:
    """Columns of a Parquet table: a matrix, or one column.

    Parameters
    ----------
    table : ParquetTable
    columns : sequence of str, or str
        Of one name: a column, (n,).
    """

    def __init__(self, table: ParquetTable, columns: Sequence[str] | str) -> None:
        self._table, self._single = table, isinstance(columns, str)
        self._columns = [columns] if isinstance(columns, str) else list(columns)
        self.shape: tuple[int, ...] = (table.n_rows,) if self._single else (table.n_rows, len(self._columns))
        self.names: list[str] | None = None if self._single else self._columns

    def read(self, first: int, last: int) -> NDArray[Any]:
        """See `RowSource`."""
        self.require_unchanged()
        rows = self._table.read(self._columns, first, last)
        return rows[:, 0] if self._single else rows

    def lazy(self, first: int, last: int) -> Any:
        """See `RowSource`."""
        return Lazy(self, first, last)

    def block_of(self, row: int) -> int:
        """See `RowSource`."""
        return self._table.group_of(row)

    def require_unchanged(self) -> None:
        """See `RowSource`."""
        self._table.require_unchanged()
