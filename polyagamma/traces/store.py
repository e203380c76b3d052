"""Draws on disk, as a Zarr store that ArviZ and xarray read; the sole importer of zarr, with `whole_store`.

Groups, variables and attributes are those of a trace. Each interval of draws is one chunk of every variable,
with a checksum. Zarr format 2, which keeps names in coordinates without extensions of the format.
"""

from __future__ import annotations

import re
import shutil
import zlib
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation.optional import packages_for
from polyagamma.traces.durable import sync
from polyagamma.traces.trace import Attributes, Variables

DIMENSIONS = "_ARRAY_DIMENSIONS"  # the attribute in which xarray keeps them
ROWS_AT_ONCE = 1 << 12  # of data that are compared, so that no copy of large data is made
Sums = dict[str, list[int]]  # by variable: a checksum of the draws of each chain


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
        sync(*self._path.rglob("*"), self._path)

    def open(
        self, templates: Mapping[str, xr.Dataset], data: Mapping[str, xr.Dataset], draws: int, sums: Sums
    ) -> None:
        """Open the store that is there, having checked it; nothing is changed.

        Parameters
        ----------
        templates, data : mapping of str to Dataset
            What it was made with.
        draws : int
            So many are read, to see that they are whole.
        sums : dict of str to list of int
            Their checksums.

        Raises
        ------
        Exception
            Of any type, if something is missing, damaged or of another run: the libraries that read it have
            many.
        """
        whole = _opened(_whole(self._path), "r")
        for group, dataset in {**templates, **data}.items():
            self._require_like(whole[group], group, dataset, draws)
        for group, dataset in templates.items():
            for name in dataset.data_vars:
                self._require_whole(whole[group][str(name)], draws, sums)
        self._root = _opened(str(self._path), "r+")

    def append(self, groups: Mapping[str, Variables], start: int, sums: Sums) -> Sums:
        """Write draws behind the first `start`, to the disk itself; what may have been there is replaced.

        Parameters
        ----------
        groups : mapping
            The variables of each group.
        start : int
        sums : dict of str to list of int
            Checksums of the first `start` draws.

        Returns
        -------
        dict of str to list of int
            Those of all draws, by which a checkpoint knows the draws that it counts.
        """
        self._forget_metadata()
        longer, end = {}, start
        for group, variables in groups.items():
            for name, (_, values) in variables.items():
                array = self._put(group, name, values, start)
                end = start + values.shape[1]
                longer[array.path] = summed(sums.get(array.path), values)
            self._put(group, "draw", np.arange(start, end), start)
        return longer

    def resize(self, draws: int) -> None:
        """Keep the first `draws` draws."""
        self._forget_metadata()
        for group in self._sampled:
            for _, array in self._root[group].arrays():
                dims = array.attrs[DIMENSIONS]
                sizes = zip(dims, array.shape, strict=True)
                array.resize([draws if dim == "draw" else size for dim, size in sizes])
                if dims == ["draw"]:
                    array[:] = np.arange(draws)

    def drop(self, groups: Collection[str]) -> None:
        """Remove groups that `finish` wrote, if they are there."""
        self._forget_metadata()
        for group in groups:
            shutil.rmtree(self._path / group, ignore_errors=True)

    def groups(self) -> dict[str, xr.Dataset]:
        """Return the groups that have draws; values are read when they are used."""
        store = _whole(self._path)
        return {
            group: xr.open_zarr(store, group=group, chunks=None, consolidated=False, zarr_format=2)
            for group in self._sampled
        }

    def read(self, draws: int) -> dict[str, Variables]:
        """Return the first `draws` draws in memory, also where those behind are not whole."""
        found: dict[str, Variables] = {}
        for group in self._sampled:
            arrays = {name: array for name, array in self._root[group].arrays() if array.ndim > 1}
            found[group] = {
                name: (tuple(array.attrs[DIMENSIONS]), array[:, :draws]) for name, array in arrays.items()
            }
        return found

    def finish(self, attrs: Attributes, summaries: Mapping[str, xr.Dataset]) -> None:
        """Note how the run went, write groups about all draws, and gather the metadata for quick opening."""
        self.drop(summaries)
        for group, dataset in summaries.items():
            self._write(group, dataset.assign_attrs(attrs))
        for group in (self._root, *(self._root[name] for name in self._sampled)):
            group.attrs.put(dict(attrs))
        _zarr().consolidate_metadata(str(self._path), zarr_format=2)

    def _forget_metadata(self) -> None:
        """Remove what tells of all groups, and of the number of draws, at once: both are about to change."""
        (self._path / ".zmetadata").unlink(missing_ok=True)

    def _put(self, group: str, name: str, values: NDArray[Any], start: int) -> Any:
        """Write values behind the first `start` of an array and return it; all chunks, those of NaN too."""
        with _zarr().config.set({"array.write_empty_chunks": True}):
            array = self._root[group][name]
        axis = min(array.ndim - 1, 1)  # that of draws: the only one of their numbers, else the second
        end = start + values.shape[axis]
        array.resize([end if dim == axis else size for dim, size in enumerate(array.shape)])
        array[(slice(None),) * axis + (slice(start, end),)] = values
        chunks = range(start // self._interval, -(-end // self._interval))
        folder = self._path / array.path
        sync(*(folder / chunk_name(array, chunk) for chunk in chunks), folder / ".zarray", folder)
        return array

    def _write(self, group: str, dataset: xr.Dataset) -> None:
        from numcodecs import CRC32

        encoding = {name: {"filters": [CRC32()], "compressors": None} for name in dataset.variables}
        with _zarr().config.set({"array.write_empty_chunks": True}):
            dataset.to_zarr(
                str(self._path), group=group, mode="a", zarr_format=2, consolidated=False, encoding=encoding
            )

    def _require_like(self, members: Any, group: str, dataset: xr.Dataset, draws: int) -> None:
        """Raise ValueError unless a group has the variables of `dataset`, and its labels and data.

        Of draws those are looked at that the checkpoint counts: a process that is killed may have made arrays
        longer, and not written what is to be there.
        """
        place, names = self._path / group, sorted(map(str, dataset.variables))
        if (folders := sorted(file.name for file in place.iterdir() if file.is_dir())) != names:
            raise ValueError(f"{place} has the variables {folders}, not {names}")
        for name, expected in dataset.variables.items():
            array = members[str(name)]
            if (found := _form(array)) != (form := _expected_form(expected, self._interval)):
                raise ValueError(f"{place / str(name)} is stored as {found}, not {form}")
            if expected.dims == ("draw",):
                _require_equal(place / str(name), array, np.arange(draws))
            elif "draw" not in expected.dims:
                _require_equal(place / str(name), array, expected)

    def _require_whole(self, array: Any, draws: int, sums: Sums) -> None:
        """Raise ValueError unless the first `draws` draws of a variable are those of the checksums."""
        folder = self._path / array.path
        if array.shape[1] < draws:
            raise ValueError(f"{folder} has {array.shape[1]} draws, the checkpoint counts {draws}")
        found = summed(None, array[:, :0])
        for start in range(0, draws, self._interval):
            values = array[:, start : min(start + self._interval, draws)]
            found = summed(found, values)
        if draws and found != sums.get(array.path):
            raise ValueError(f"{folder} has other draws than the checkpoint counts")


def has_draws(path: Path) -> bool:
    """Return whether there are draws in the store at `path`."""
    files = chain(path.glob("posterior/*/*"), path.glob("sample_stats/*/*"))
    return any(re.fullmatch(r"\d+(\.\d+)+", file.name) for file in files)


def one_chunk_at_a_time() -> AbstractContextManager[Any]:
    """Return a context in which reading many draws takes the memory of one chunk, not of ten at once."""
    context: AbstractContextManager[Any] = _zarr().config.set({"async.concurrency": 1})
    return context


def require_zarr() -> None:
    """Raise ImportError, which says what to install, unless zarr is there."""
    _zarr()


def summed(sums: list[int] | None, values: NDArray[Any]) -> list[int]:
    """Return checksums of draws (chains, draws, ...), behind those whose checksums are `sums`, if any.

    They do not depend on how the draws are divided into calls.
    """
    chains = zip(values, sums or [0] * len(values), strict=True)
    return [zlib.crc32(np.ascontiguousarray(draws).data, sum_) for draws, sum_ in chains]


def chunk_name(array: Any, position: int) -> str:
    """Return the name of the file with the `position`-th interval of draws."""
    indices = [0] * array.ndim
    indices[min(array.ndim - 1, 1)] = position
    return ".".join(map(str, indices))


def _form(array: Any) -> dict[str, Any]:
    """Return what a stored array is like, except its length along draws."""
    dims = list(array.attrs.get(DIMENSIONS, []))
    return {
        "dims": dims,
        "sizes": [size for dim, size in zip(dims, array.shape, strict=False) if dim != "draw"],
        "draws in a chunk": [size for dim, size in zip(dims, array.chunks, strict=False) if dim == "draw"],
        "dtype": array.dtype.str if array.dtype.kind in "biuf" else "text",
        "missing": str(array.metadata.fill_value),
        "attributes": list(array.attrs),
    }


def _expected_form(variable: xr.Variable, interval: int) -> dict[str, Any]:
    dtype = variable.dtype
    return {
        "dims": list(variable.dims),
        "sizes": [size for dim, size in variable.sizes.items() if dim != "draw"],
        "draws in a chunk": [interval] * ("draw" in variable.dims),
        "dtype": dtype.str if dtype.kind in "biuf" else "text",
        "missing": str(np.nan if dtype.kind == "f" else None),
        "attributes": [DIMENSIONS],
    }


def _require_equal(place: Path, array: Any, expected: xr.Variable | NDArray[Any]) -> None:
    """Raise ValueError unless a stored array begins with the expected values."""
    for start in range(0, len(expected), ROWS_AT_ONCE):
        end = min(start + ROWS_AT_ONCE, len(expected))
        if not np.array_equal(array[start:end], np.asarray(expected[start:end])):
            raise ValueError(f"{place} has other values than the run")


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
        attributes={DIMENSIONS: list(array.dims)},
    )


def _opened(place: Any, mode: str) -> Any:
    """Return the root of a store with the metadata of each array, not those gathered when a run ended."""
    return _zarr().open_group(place, mode=mode, zarr_format=2, use_consolidated=False)


def _whole(path: Path) -> Any:
    """Return the store at `path`, to read from."""
    from polyagamma.traces.whole_store import WholeStore

    return WholeStore(path, read_only=True)


def _zarr() -> Any:
    with packages_for("a run on disk"):
        import zarr
    return zarr
