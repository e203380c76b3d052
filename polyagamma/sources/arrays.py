"""Rows of arrays that are read by slices: in memory, memory maps, Zarr."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma.sources.source import Lazy, changed


class ArraySource:
    """An array of numbers or labels, of which slices are read.

    Parameters
    ----------
    name : str
        What messages call it.
    array : ndarray, memmap or Zarr array, shape (n, p) or (n,)
    """

    def __init__(self, name: str, array: Any) -> None:
        self._name, self._array = name, array
        self.shape: tuple[int, ...] = tuple(array.shape)
        self.names: list[str] | None = None
        chunks = getattr(array, "chunks", None)
        self._block = int(chunks[0]) if chunks else max(1, self.shape[0])
        self._bytes = self._file_size()

    def read(self, first: int, last: int) -> NDArray[Any]:
        """See `RowSource`; a memory map of a file that has been cut would end the process."""
        self.require_unchanged()
        return np.asarray(self._array[first:last])

    def lazy(self, first: int, last: int) -> Any:
        """See `RowSource`: a memory map is opened where the task is, any other array read here."""
        in_file = not isinstance(self._array, np.ndarray) or self._file() is not None
        return Lazy(self, first, last) if in_file else self.read(first, last)

    def block_of(self, row: int) -> int:
        """See `RowSource`."""
        return row // self._block

    def require_unchanged(self) -> None:
        """See `RowSource`: by shape, and the size of the file."""
        if tuple(self._array.shape) != self.shape:
            raise changed(self._name, f"shape {tuple(self._array.shape)}", f"shape {self.shape}")
        if self._file_size() != self._bytes:
            raise changed(self._name, f"a file of {self._file_size()} bytes", f"one of {self._bytes}")

    def _file(self) -> str | None:
        return getattr(self._array, "filename", None)

    def _file_size(self) -> int | None:
        file = self._file()
        return None if file is None else os.stat(file).st_size

    def __getstate__(self) -> dict[str, Any]:
        state = dict(vars(self))
        if isinstance(self._array, np.memmap) and self._file() is not None:
            array = self._array
            state["_array"] = (self._file(), array.dtype, array.offset, array.shape)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if isinstance(state["_array"], tuple):
            file, dtype, offset, shape = state["_array"]
            state["_array"] = np.memmap(file, dtype=dtype, mode="r", offset=offset, shape=shape)
        vars(self).update(state)
