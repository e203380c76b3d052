"""Draws on disk, as a Zarr store that ArviZ and xarray read; the sole importer of zarr.

Groups, variables and attributes are those of a trace. Each interval of draws is one chunk of every variable,
with a checksum. Zarr format 2, which keeps names in coordinates without extensions of the format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from polyagamma._validation.optional import packages_for
from polyagamma.traces.trace import Attributes, Variables


class DrawStore:
    """A Zarr store to which intervals of draws are appended.

    Parameters
    ----------
    path : Path
    sampled : list of str
        The groups that have draws.
    interval : int
        Draws in a chunk.
    """

    def __init__(self, path: Path, sampled: list[str], interval: int) -> None:
        self._path, self._sampled, self._interval = path, sampled, interval
        self._root: Any = None

    def create(self, templates: Mapping[str, xr.Dataset], data: Mapping[str, xr.Dataset]) -> None:
        """Make the store, without draws.

        Parameters
        ----------
        templates : mapping of str to Dataset
            The groups that have draws, with one interval of them: names, dimensions, shapes and dtypes.
        data : mapping of str to Dataset
            The groups that have none; written as they are.
        """
        self._root = _zarr().open_group(str(self._path), mode="w-", zarr_format=2)
        for group, dataset in templates.items():
            members = self._root.create_group(group)
            for name, array in dataset.data_vars.items():
                _create_array(members, str(name), array)
            self._write(group, dataset.coords.to_dataset())
        self.resize(0)
        for group, dataset in data.items():
            self._write(group, dataset)

    def open(self) -> None:
        """Open the store that is there."""
        self._root = _zarr().open_group(str(self._path), mode="r+", zarr_format=2)

    def append(self, groups: Mapping[str, Variables], start: int) -> None:
        """Write draws behind the first `start`; what may have been there is replaced."""
        end = start
        for group, variables in groups.items():
            for name, (_, values) in variables.items():
                array = self._opened(group, name)
                end = start + values.shape[1]
                array.resize((array.shape[0], end, *array.shape[2:]))
                array[:, start:end] = values
        self.resize(end)

    def resize(self, draws: int) -> None:
        """Keep the first `draws` draws."""
        (self._path / ".zmetadata").unlink(missing_ok=True)  # it tells of another number
        for array, dims in self._arrays():
            shape = [draws if dim == "draw" else size for dim, size in zip(dims, array.shape, strict=True)]
            array.resize(shape)
            if dims == ["draw"]:
                array[:] = np.arange(draws)

    def require_whole(self, draws: int) -> None:
        """Read the first `draws` draws, which checks their sums.

        Raises
        ------
        ValueError, RuntimeError, OSError
            If some are missing or damaged.
        """
        for array, dims in self._arrays():
            for start in range(0, draws, self._interval) if dims[:2] == ["chain", "draw"] else ():
                chunk = [0, start // self._interval, *[0] * (array.ndim - 2)]
                file = self._path / array.path / ".".join(map(str, chunk))
                if not file.is_file():
                    raise ValueError(f"{file} is missing")
                array[:, start : min(start + self._interval, draws)]

    def groups(self) -> dict[str, xr.Dataset]:
        """Return the groups that have draws; values are read when they are used."""
        return {
            group: xr.open_zarr(str(self._path), group=group, chunks=None, consolidated=False)
            for group in self._sampled
        }

    def finish(self, attrs: Attributes) -> None:
        """Note how the run went, and gather the metadata for quick opening."""
        for group in (self._root, *(self._root[name] for name in self._sampled)):
            group.attrs.update(dict(attrs))
        _zarr().consolidate_metadata(str(self._path), zarr_format=2)

    def _opened(self, group: str, name: str) -> Any:
        """Return an array that writes chunks of NaN alone too, as of a move that was not made."""
        with _zarr().config.set({"array.write_empty_chunks": True}):
            return self._root[group][name]

    def _arrays(self) -> Iterator[tuple[Any, list[str]]]:
        """Yield the arrays of groups that have draws, each with its dimensions."""
        for group in self._sampled:
            for _, array in self._root[group].arrays():
                yield array, list(array.attrs["_ARRAY_DIMENSIONS"])

    def _write(self, group: str, dataset: xr.Dataset) -> None:
        dataset.to_zarr(str(self._path), group=group, mode="a", zarr_format=2, consolidated=False)


def one_chunk_at_a_time() -> AbstractContextManager[Any]:
    """Return a context in which reading many draws takes the memory of one chunk, not of ten at once."""
    context: AbstractContextManager[Any] = _zarr().config.set({"async.concurrency": 1})
    return context


def _create_array(members: Any, name: str, array: xr.DataArray) -> None:
    from numcodecs import CRC32

    members.create_array(
        name,
        shape=array.shape,
        chunks=array.shape,
        dtype=array.dtype,
        fill_value=np.nan if array.dtype.kind == "f" else None,
        filters=[CRC32()],
        compressors=None,  # draws are noise
        attributes={"_ARRAY_DIMENSIONS": list(array.dims)},
    )


def _zarr() -> Any:
    with packages_for("a run on disk"):
        import zarr
    return zarr
