"""The sources of rows, from what users write."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from polyagamma.sources.arrays import ArraySource
from polyagamma.sources.dask_arrays import DaskSource, is_dask
from polyagamma.sources.parquet import ParquetSource, ParquetTable
from polyagamma.sources.source import RowSource
from polyagamma.sources.table import RowTable

SUFFIXES = (".parquet", ".pq")


def is_elsewhere(X: Any) -> bool:
    """Whether predictors are in a collection of Dask or in Parquet files."""
    return is_dask(X) or is_parquet(X)


def row_table(
    X: Any,
    y: Any,
    feature_names: Sequence[str] | None = None,
    tables: Collection[str] = (),
    **rows: Any,
) -> RowTable:
    """Return the rows of a model, having checked that they are as many of everything.

    `tables` are the names of what may have several columns.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.
    """
    table = parquet_table(X, y, feature_names, rows) if is_parquet(X) else array_table(X, y, rows)
    table.require_one_length(tables)
    return table


def table_of_new_rows(X_new: Any, names: Sequence[str], **rows: Any) -> RowTable:
    """Return rows to predict for, of which nothing was observed, having checked that they are as many.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.
    """
    if is_parquet(X_new):
        table = parquet_table(X_new, None, names, rows)
    else:
        table = RowTable(
            array_source("X_new", X_new),
            None,
            **{name: column_source(name, one) for name, one in rows.items()},
        )
    table.require_one_length(("offset",))
    return table


def is_parquet(X: Any) -> bool:
    """Whether predictors are in Parquet files."""
    if isinstance(X, ParquetTable):
        return True
    many = list(X) if isinstance(X, (list, tuple)) else [X]
    return bool(many) and all(
        isinstance(one, (str, os.PathLike)) and Path(one).suffix in SUFFIXES for one in many
    )


def parquet_table(X: Any, y: Any, feature_names: Sequence[str] | None, rows: dict[str, Any]) -> RowTable:
    """Return the rows of Parquet files: y, weights and so on are columns, lists of columns, or arrays."""
    table = X if isinstance(X, ParquetTable) else ParquetTable(X)
    given = {"y": y, **rows}
    named = {name: value for name, value in given.items() if names_columns(value, table)}
    listed = {name: [value] if isinstance(value, str) else value for name, value in named.items()}
    for name, own in listed.items():
        for column in own:
            table.require(name, column)
    if feature_names is None:
        columns = table.numbers([column for own in listed.values() for column in own])
    else:
        columns = [str(name) for name in feature_names]
        for column in columns:
            table.require("feature_names", column)
    sources: dict[str, Any] = {name: ParquetSource(table, column) for name, column in named.items()}
    arrays = {name: column_source(name, value) for name, value in given.items() if name not in named}
    return RowTable(ParquetSource(table, columns), **(sources | arrays))


def names_columns(value: Any, table: ParquetTable) -> bool:
    """Whether a value is the name of a column, or a list of such names."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(one, str) and one in table.schema for one in value)
    return isinstance(value, str)


def array_table(X: Any, y: Any, rows: dict[str, Any]) -> RowTable:
    """Return the rows of arrays, on disk, of Dask or in memory."""
    sources = {name: column_source(name, value) for name, value in {"y": y, **rows}.items()}
    return RowTable(array_source("X", X), **sources)


def array_source(name: str, value: Any) -> RowSource:
    """Return the source that an array is; TypeError if it is none."""
    if is_dask(value):
        return DaskSource(name, value)
    if not hasattr(value, "shape") or not hasattr(value, "dtype"):
        raise TypeError(
            f"{name} must be an array, of NumPy, Zarr or Dask, or the path of a Parquet file where rows are "
            f"read block by block, got a {type(value).__name__}: pass one of these, or drop memory_limit"
        )
    return ArraySource(name, value)


def column_source(name: str, value: ArrayLike | None) -> Any:
    """Return the source of a column; a number for all rows, or None, as it is."""
    if value is None or (np.isscalar(value) and not isinstance(value, str)):
        return value
    if is_dask(value):
        return DaskSource(name, value)
    lazy = hasattr(value, "shape") and not hasattr(value, "index")
    source = ArraySource(name, value if lazy else np.asarray(value))
    if (columns := getattr(value, "columns", None)) is not None:
        source.names = [str(column) for column in columns]
    return source
