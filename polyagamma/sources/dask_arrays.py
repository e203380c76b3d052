"""Rows of Dask arrays and data frames."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_dask(value: Any) -> bool:
    """Whether a value is a collection of Dask."""
    own = type(value).__module__.partition(".")[0] in ("dask", "dask_expr")  # xarray has the method too
    return own and hasattr(type(value), "__dask_graph__")


class DaskSource:
    """A Dask array, or columns of a data frame, whose partitions have known lengths or are counted once.

    Parameters
    ----------
    name : str
        What messages call it.
    collection : dask array, data frame or series
    """

    def __init__(self, name: str, collection: Any) -> None:
        self.names: list[str] | None = None
        if hasattr(collection, "to_dask_array"):
            columns = getattr(collection, "columns", None)
            self.names = None if columns is None or collection.ndim == 1 else [str(one) for one in columns]
            collection = collection.to_dask_array(lengths=True)
        if any(np.isnan(size) for size in collection.shape):
            raise ValueError(
                f"{name} must have chunks of known sizes, got shape {collection.shape}: call "
                f"{name}.compute_chunk_sizes() first"
            )
        if collection.ndim == 2 and len(collection.chunks[1]) > 1:
            collection = collection.rechunk({1: -1})
        self._array = collection
        self.shape: tuple[int, ...] = tuple(int(size) for size in collection.shape)
        self._first = [0, *accumulate(collection.chunks[0])]

    def read(self, first: int, last: int) -> NDArray[Any]:
        """See `RowSource`."""
        return np.asarray(self._array[first:last].compute())

    def lazy(self, first: int, last: int) -> Any:
        """See `RowSource`."""
        return self._array[first:last]

    def block_of(self, row: int) -> int:
        """See `RowSource`."""
        return bisect_right(self._first, row) - 1

    def require_unchanged(self) -> None:
        """See `RowSource`: a graph does not change; what it reads is looked at where it is read."""
