"""Checks of columns that hold categories: text, and the categorical types of data frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation.arguments import as_array, in_rows, shortened
from polyagamma._validation.rows import missing, no_missing, unmasked

FloatArray = NDArray[np.float64]


def is_categorical(name: str, column: Any) -> bool:
    """Return whether a column of a frame holds categories: by its type, or because all in it is text."""
    if _has_categories(column):
        return True
    array = as_array(name, column)
    if array.dtype.kind != "O" or array.ndim != 1:
        return array.dtype.kind in "UT"
    given = array[~missing(array)]
    return len(given) > 0 and all(isinstance(element, str) for element in given)


def _has_categories(column: Any) -> bool:
    return str(getattr(column, "dtype", "")) == "category"


def levels(name: str, column: Any, rows: Any) -> list[Any]:
    """Return the levels of a column that occur: in the order of its type, else sorted.

    Parameters
    ----------
    name : str
        What the column is called, for messages.
    column : array_like or series, shape (n,)
    rows : index of the data frame, or None

    Raises
    ------
    ValueError
        If a value is missing, all are equal, or all differ.
    """
    found = _complete(name, column, rows).tolist()
    occur = set(found)
    known = list(column.dtype.categories) if _has_categories(column) else []
    ordered = [level for level in known if level in occur] or sorted(occur)
    if len(ordered) < 2:
        raise ValueError(f"{name} must have two levels or more, got only {ordered[0]!r}: drop that column")
    if len(ordered) == len(found) > 2:
        raise ValueError(
            f"{name} must have levels that occur more than once, got {len(found)} values that all differ: "
            "drop that column if it names the rows, or make numbers of it"
        )
    return ordered


def indicators(name: str, column: Any, levels: Sequence[Any], rows: Any) -> FloatArray:
    """Return a column for each level but the first, (n, levels - 1): 1 in the rows that have it, else 0.

    Raises
    ------
    ValueError
        If a value is missing, or is none of the levels.
    """
    found = _complete(name, column, rows).tolist()
    place = {level: position for position, level in enumerate(levels)}
    positions = np.array([place.get(value, -1) for value in found])
    if (bad := positions < 0).any():
        first = int(np.argmax(bad))
        raise ValueError(
            f"{name} must have the levels of X, {shortened(str(list(levels)))}, got {name}[{first}] = "
            f"{found[first]!r}{in_rows(rows, (first,), int(bad.sum()))}: drop such rows, or fit the model to "
            "rows that have that level"
        )
    has = np.equal(positions[:, np.newaxis], np.arange(1, len(levels)))
    return np.asarray(has, dtype=np.float64)


def _complete(name: str, column: Any, rows: Any) -> NDArray[Any]:
    """Return the values of a column as an array, having checked that none is missing."""
    array = as_array(name, unmasked(name, column))
    if _has_categories(column):  # of any type: dates, of which NumPy makes numbers, and floats with NaN
        array = np.empty(len(array), dtype=object)
        array[:] = list(column)
    no_missing(name, array, rows)
    return array


def described(levels: Mapping[str, Sequence[Any]]) -> dict[str, str]:
    """Return what a trace says of categorical columns: all levels and the reference; nothing without."""
    told = [f"{name}: {', '.join(map(str, own))} (reference {own[0]})" for name, own in levels.items()]
    return {"levels": "; ".join(told)} if told else {}
