"""Arrays with named dimensions become ArviZ's containers; the sole importer of ArviZ."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from polyagamma._public import package_version
from polyagamma._validation.optional import packages_for

DRAWS = ("chain", "draw")
WHOLE = ("summary", "summarized_draws", "summary_state")
"""Groups about all draws, the older ones included."""
Variables = Mapping[str, tuple[tuple[str, ...], NDArray[Any]]]
Attributes = Mapping[str, str | int | float]
Labels = Sequence[Any] | NDArray[Any]  # of a dimension
MOST_LISTED = 10  # labels in a message
Trace = Any  # arviz.InferenceData (ArviZ before 1.0) or xarray.DataTree (since): they share no base class


def dataset(
    variables: Variables, coords: Mapping[str, Labels], attrs: Attributes | None = None
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
    labels = {dim: _labels(coords[dim]) if dim in coords else pd.RangeIndex(size) for dim, size in pairs}
    return xr.Dataset(dict(variables), coords=labels, attrs=dict(attrs or {}))


def _labels(given: Labels) -> Labels:
    return given if isinstance(given, np.ndarray) else list(given)


def row_labels(index: Any, n_rows: int) -> NDArray[Any] | None:
    """Return the labels of an index of rows as files can hold them: numbers, else text.

    None if there is no index, or it numbers the rows from 0, or does not tell all of them apart.
    """
    if index is None or len(index) != n_rows or pd.RangeIndex(n_rows).equals(index):
        return None
    labels = np.asarray(index)
    if labels.dtype.kind not in "iuf":
        labels = np.array([str(label) for label in index])
    return labels if len(np.unique(labels)) == n_rows and (labels == labels).all() else None


def storable(labels: NDArray[Any]) -> list[Any]:
    """Return labels of classes as files can hold them: as text, unless they are numbers or text."""
    simple = np.array(labels.tolist()) if labels.dtype.kind == "O" else labels
    return list(simple) if simple.dtype.kind in "biufUS" else [str(label) for label in labels]


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
    ours = package_version()
    return {
        "created_at": datetime.now(UTC).isoformat(),
        "creation_library": "polyagamma-gibbs",
        "creation_library_version": ours,
        "inference_library": "polyagamma-gibbs",
        "inference_library_version": ours,
        "numpy_version": np.__version__,
    }


def groups(trace: Trace) -> dict[str, xr.Dataset]:
    """Return the groups of a trace of either kind, whose arrays they share; TypeError if it is no trace."""
    if isinstance(trace, xr.DataTree):
        return {name: node.to_dataset() for name, node in trace.children.items()}
    if not callable(getattr(trace, "groups", None)):
        raise TypeError(
            f"idata must be an InferenceData or a DataTree, got {type(trace).__name__}: pass what sample() "
            "returned"
        )
    return {name: trace[name].copy() for name in trace.groups()}


def posterior(trace: Trace, needed: Variables, coords: Mapping[str, Labels]) -> xr.Dataset:
    """Return the posterior draws in a trace of either kind, having checked the variables that are needed.

    Their values are as yet unread: `values` checks them. To its attributes come those of the trace.

    Parameters
    ----------
    trace : InferenceData or DataTree
    needed : mapping of str to (dims, ndarray)
        With the dimensions, and all sizes but the numbers of chains and draws.
    coords : mapping
        Labels of dimensions; others are numbered from 0.

    Raises
    ------
    KeyError
        If the trace has no posterior, or lacks a variable.
    ValueError
        If it has no draws, or a variable has other dimensions or labels, or is not of real numbers.
    """
    group = _posterior(trace, list(needed))
    for name, (dims, template) in needed.items():
        array = group[name]
        _require_dimensions(name, array, dims)
        for dim, size in zip(dims[2:], template.shape[2:], strict=True):
            _require_labels(name, array, dim, pd.Index(coords[dim]) if dim in coords else pd.RangeIndex(size))
        found = f"got posterior[{name!r}] of shape {array.shape} and dtype {array.dtype}"
        if 0 in array.shape:
            raise ValueError(f"idata must have draws, {found}: select some, or sample anew")
        if array.dtype.kind not in "fiu":
            raise ValueError(f"idata must have real numbers, {found}: pass what sample() returned")
    return group.assign_attrs({**getattr(trace, "attrs", {}), **group.attrs})


def _posterior(trace: Trace, needed: Sequence[str]) -> xr.Dataset:
    """Return the group, having checked that it has the variables."""
    try:
        group = trace["posterior"]
    except (KeyError, TypeError, IndexError):
        group = None  # there is none in what may be anything
    draws = group.to_dataset() if isinstance(group, xr.DataTree) else group
    found = draws.data_vars if isinstance(draws, xr.Dataset) else ()
    for name in needed:
        if name not in found:
            raise KeyError(
                f"idata has no {name!r} in its posterior: pass what sample() returned, with it among "
                "var_names"
            )
    return draws


def _require_dimensions(name: str, array: xr.DataArray, dims: Sequence[Any]) -> None:
    """Raise ValueError unless the array has just these dimensions, in any order."""
    if set(array.dims) != set(dims):
        raise ValueError(
            f"idata must have {name!r} with the dimensions {tuple(dims)}, got {array.dims}: select one "
            "chain or draw by a list, as in idata.isel(chain=[0]), and unstack what is stacked"
        )


def _require_labels(name: str, array: xr.DataArray, dim: Any, expected: pd.Index) -> None:
    """Raise ValueError unless the dimension has these labels in this order."""
    found = pd.Index(array[dim].to_numpy())
    if not found.equals(expected):
        raise ValueError(
            f"idata must be of this model, got {name!r} whose {dim} is one of {_listed(found)}, expected "
            f"{_listed(expected)}: pass what its sample() returned"
        )


def _listed(labels: pd.Index) -> str:
    shown = ", ".join(map(repr, labels[:MOST_LISTED].tolist()))
    return f"[{shown}]" if len(labels) <= MOST_LISTED else f"[{shown}, ...] ({len(labels)} in all)"


def values(draws: xr.Dataset, name: str, dims: Sequence[Any]) -> NDArray[Any]:
    """Read a variable of draws, with these dimensions first; ValueError if a value is not finite."""
    array = draws[name].transpose(*dims, ...).to_numpy()
    finite = np.isfinite(array)
    if not finite.all():
        where = np.unravel_index(int(np.argmin(finite)), array.shape)
        raise ValueError(
            f"idata must have finite draws, got {name}[{', '.join(map(str, where))}] = {array[where]}: leave "
            "that chain or draw out, or sample anew"
        )
    return array


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


def require_whole(old: Mapping[str, xr.Dataset], template: Mapping[str, xr.Dataset]) -> None:
    """Raise ValueError unless draws like those in `template` can follow those of an old trace.

    It must have the same chains, variables and labels, and a posterior of finite draws; some may have been
    left out. Statistics may be NaN, in sweeps without the move that they are of.
    """
    for group, expected in template.items():
        found = old.get(group, xr.Dataset())
        names = sorted(map(str, found.data_vars)), sorted(map(str, expected.data_vars))
        if names[0] != names[1]:
            raise ValueError(
                f"idata must have in its group {group} the variables of its run, {names[1]}, got {names[0]}: "
                "pass what sample() returned, and keep others in a group of their own"
            )
        for name in names[1]:
            array = expected[name]
            _require_dimensions(name, found[name], array.dims)
            for dim in [dim for dim in array.dims if dim != "draw"]:
                _require_labels(name, found[name], dim, array.get_index(dim))
            if group == "posterior":
                values(found, name, DRAWS)


def append(old: Mapping[str, xr.Dataset] | None, new: Mapping[str, xr.Dataset]) -> dict[str, xr.Dataset]:
    """Return the groups of `new`, those with draws after the draws of `old`, if there is an old trace.

    What `old` tells of its warm-up and of the prior holds for the whole; its predictions do not.
    """
    if old is None:
        return dict(new)
    kept = {name: group for name, group in old.items() if name.startswith(("warmup_", "prior"))}
    joined = {
        name: _append(old[name], group) if "draw" in group.dims and name not in WHOLE else group
        for name, group in new.items()
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
