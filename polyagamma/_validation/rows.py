"""Checks of rows: their labels, and missing values.

The rule for missing values, of predictors and responses alike: they are refused, never dropped or filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation.arguments import as_array, first_masked, in_rows

MISSING_TEXTS = ("nan", "NaT", "<NA>")  # what NumPy and pandas make of missing values in arrays of text


def unmasked(name: str, value: Any) -> Any:
    """Return `value`, having checked that nothing in it is masked; NumPy would forget the mask.

    Raises
    ------
    ValueError
        If it is a masked array with masked elements.
    """
    if (position := first_masked(value)) is not None:
        raise _missing(name, position, "masked", int(np.ma.getmaskarray(value).sum()), None)
    return value


def complete_labels(name: str, value: Any) -> NDArray[Any]:
    """Return labels as an array, having checked that it is one and that none is missing.

    Raises
    ------
    TypeError
        If NumPy makes no array of them.
    ValueError
        If one is missing; NaN among floats is left to the check that they are finite.
    """
    array = as_array(name, unmasked(name, value))
    if array.ndim > 0:
        no_missing(name, array, row_labels(value))
    return array


def no_missing(name: str, array: NDArray[Any], rows: Any = None) -> None:
    """Raise ValueError if an element is None, NaN, NaT or NA, or a text that such a value has become.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : ndarray
        Of objects, text, dates or times; other kinds are left alone.
    rows : index of a data frame or series, optional
        Whose label of the row is named too.
    """
    bad = missing(array)
    if not bad.any():
        return
    position = tuple(np.argwhere(bad)[0].tolist())
    element = array[position]
    found = {"M": "NaT", "m": "NaT"}.get(array.dtype.kind, repr(element))
    if array.dtype.kind in "US":
        found = f"{str(element)!r}, which stands for such a value"
    raise _missing(name, position, found, int(bad.sum()), rows)


def missing(array: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which elements of objects, text, dates or times are missing; those of other kinds are not."""
    kind = array.dtype.kind
    if kind in "OT":
        elements = array.astype(object, copy=False)
        return np.fromiter(map(_is_missing, elements.ravel()), bool, array.size).reshape(array.shape)
    if kind in "Mm":
        return np.asarray(np.isnat(array))
    if kind in "US":
        return np.isin(array, np.array(MISSING_TEXTS, dtype=kind))
    return np.zeros(array.shape, bool)


def row_labels(value: Any) -> Any:
    """Return the index of a frame or series of pandas, or of the rows of an array of xarray; else None."""
    index = getattr(value, "index", None)
    if index is None and hasattr(value, "indexes") and value.sizes:
        index = value.indexes.get(next(iter(value.sizes)))
    return index if hasattr(index, "equals") else None  # lists have a method of that name


def _missing(name: str, position: Sequence[int], found: str, count: int, rows: Any) -> ValueError:
    place = f"{name}[{', '.join(map(str, position))}]"
    return ValueError(
        f"{name} must not have missing values, got {place} = {found}{in_rows(rows, position, count)}: drop "
        "such rows, or fill them in"
    )


def _is_missing(label: Any) -> bool:
    """Whether `label` is None, NaN, NaT or pandas.NA (which refuses to be true or false)."""
    try:
        return label is None or bool(label != label)
    except (TypeError, ArithmeticError):  # the latter of a decimal's signalling NaN
        return True
    except ValueError:  # of an array
        return False
