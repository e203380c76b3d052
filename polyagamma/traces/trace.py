"""Arrays with named dimensions become ArviZ's containers; the sole importer of ArviZ."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation.optional import packages_for

DRAWS = ("chain", "draw")
Variables = Mapping[str, tuple[tuple[str, ...], NDArray[Any]]]
Attributes = Mapping[str, str | int | float]
Trace = Any  # arviz.InferenceData (ArviZ before 1.0) or xarray.DataTree (since): they share no base class


def dataset(
    variables: Variables, coords: Mapping[str, Sequence[Any]], attrs: Attributes | None = None
) -> xr.Dataset:
    """Return the variables as a dataset.

    Parameters
    ----------
    variables : mapping of str to (dims, ndarray)
        Names, dimensions and values; nothing is copied.
    coords : mapping of str to sequence
        Labels of dimensions. Dimensions without are numbered from 0; labels of others are ignored.
    attrs : mapping, optional
        Strings and numbers, so that netCDF can hold them.
    """
    pairs = [pair for dims, values in variables.values() for pair in zip(dims, values.shape, strict=True)]
    labels = {dim: list(coords[dim]) if dim in coords else pd.RangeIndex(size) for dim, size in pairs}
    return xr.Dataset(dict(variables), coords=labels, attrs=dict(attrs or {}))


def to_trace(groups: Mapping[str, xr.Dataset], attrs: Attributes) -> Trace:
    """Return the groups as the container of the installed ArviZ.

    Returns
    -------
    arviz.InferenceData or xarray.DataTree
        The former on ArviZ 0.x, the latter on ArviZ 1.x.
    """
    inference_data = container()
    if inference_data is None:
        return to_datatree(groups, attrs)
    return inference_data(attrs=dict(attrs), warn_on_custom_groups=False, **groups)


@cache
def container() -> Any | None:
    """Return the InferenceData of ArviZ before 1.0, None since; the first call takes a second or more."""
    with packages_for("a trace"):
        if int(version("arviz").split(".")[0]) >= 1:
            return None
    with warnings.catch_warnings(), packages_for("a trace"):
        warnings.simplefilter("ignore", FutureWarning)  # ArviZ 0.23 announces 1.0 whenever it is imported
        import arviz
    return arviz.InferenceData


def to_datatree(groups: Mapping[str, xr.Dataset], attrs: Attributes) -> xr.DataTree:
    """Return the groups as a DataTree, the container of ArviZ 1.x."""
    return xr.DataTree.from_dict({"/": xr.Dataset(attrs=dict(attrs)), **groups})


def provenance() -> dict[str, str]:
    """Return when and with what a trace was made, by the names of ArviZ's schema."""
    try:
        ours = version("polyagamma-gibbs")
    except PackageNotFoundError:  # run from a source tree that is not installed
        ours = "unknown"
    return {
        "created_at": datetime.now(UTC).isoformat(),
        "creation_library": "polyagamma-gibbs",
        "creation_library_version": ours,
        "inference_library": "polyagamma-gibbs",
        "inference_library_version": ours,
        "numpy_version": np.__version__,
    }


def groups(trace: Trace) -> dict[str, xr.Dataset]:
    """Return the groups of a trace of either kind."""
    if isinstance(trace, xr.DataTree):
        return {name: node.to_dataset() for name, node in trace.children.items()}
    return {name: trace[name] for name in trace.groups()}


def posterior(trace: Trace, needed: str) -> xr.Dataset:
    """Return the posterior draws in a trace of either kind.

    Raises
    ------
    KeyError
        If the trace has no posterior, or it has no variable `needed`.
    """
    try:
        group = trace["posterior"]
        group[needed]
    except (KeyError, TypeError) as error:
        raise KeyError(
            f"idata has no {needed!r} in its posterior: pass what sample() returned, with it among var_names"
        ) from error
    return group.to_dataset() if isinstance(group, xr.DataTree) else group


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> xr.Dataset:
    """Return arrays of any shapes as a dataset, texts as attributes."""
    texts = {name: str(array) for name, array in arrays.items() if array.dtype.kind == "U"}
    variables = {
        name: (tuple(f"{name}_dim_{axis}" for axis in range(array.ndim)), array)
        for name, array in arrays.items()
        if name not in texts
    }
    return xr.Dataset(variables, attrs=texts)


def to_arrays(dataset: xr.Dataset) -> dict[str, NDArray[Any]]:
    """Return what `from_arrays` was given."""
    arrays = {str(name): array.to_numpy() for name, array in dataset.data_vars.items()}
    return arrays | {name: np.array(text) for name, text in dataset.attrs.items()}


def append(old: Mapping[str, xr.Dataset] | None, new: Mapping[str, xr.Dataset]) -> dict[str, xr.Dataset]:
    """Return the groups of `new`, those with draws after the draws of `old`, if there is an old trace.

    What `old` tells of its warm-up and of the prior holds for the whole; its predictions do not.
    """
    if old is None:
        return dict(new)
    kept = {name: group for name, group in old.items() if name.startswith(("warmup_", "prior"))}
    joined = {
        name: _append(old[name], group) if "draw" in group.dims else group for name, group in new.items()
    }
    return kept | joined


def _append(old: xr.Dataset, new: xr.Dataset) -> xr.Dataset:
    joined = xr.concat([old, new], dim="draw", combine_attrs="override", join="outer")
    return joined.assign_coords(draw=np.arange(joined.sizes["draw"])).assign_attrs(new.attrs)


def with_groups(trace: Trace, more: Mapping[str, xr.Dataset]) -> Trace:
    """Return a trace of the same kind with more groups, instead of those of the same name, if any."""
    joined = groups(trace) | dict(more)
    make = to_datatree if isinstance(trace, xr.DataTree) else to_trace
    return make(joined, trace.attrs)
