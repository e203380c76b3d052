"""Checks of predictors: names of columns, kinds of numbers, missing values; and the words of their errors.

The rule for missing values, of predictors and responses alike: they are refused, never dropped or filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from polyagamma._validation.arguments import first_masked, require_finite

FloatArray = NDArray[np.float64]


def column_names(X: object) -> list[str] | None:
    """Return the column names of a data frame as strings; None if X is none.

    Raises
    ------
    ValueError
        If two columns have the same name.
    """
    columns = getattr(X, "columns", None)
    return None if columns is None else unique_names("the column names of X", list(columns))


def feature_names(names: Sequence[object], n_features: int) -> list[str]:
    """Return `names` as strings, having checked that there is one for each feature."""
    if len(names) != n_features:
        raise ValueError(
            f"feature_names must have one name for each of the {n_features} columns of X, got {len(names)}"
        )
    return unique_names("feature_names", names)


def unique_names(what: str, names: Sequence[object]) -> list[str]:
    """Return the names as strings, having checked that they differ."""
    strings = [str(name) for name in names]
    for name in strings:
        if name.endswith("\0"):  # which arrays of names drop, in memory and in files
            raise ValueError(f"{what} must not end in a NUL character, got {name!r}: rename that column")
    if len(set(strings)) < len(strings):
        twice = next(name for position, name in enumerate(strings) if name in strings[:position])
        raise ValueError(f"{what} must differ, got {twice!r} more than once: rename or drop one of them")
    return strings


def matrix(name: str, X: Any) -> FloatArray:
    """Return the predictors as a C-contiguous float64 array of shape (n, p) with n, p >= 1, all finite.

    Parameters
    ----------
    name : str
        The argument's name, for messages.
    X : array_like or data frame
        Real numbers; anything with ``columns`` is read column by column.

    Raises
    ------
    TypeError
        If X is sparse, complex, of objects or text, or has such a column, or one of categories.
    ValueError
        If X is not a matrix, has no rows or no columns, or a value is missing (None, NA, NaN, masked) or
        infinite.
    """
    if issparse(X):
        raise TypeError(f"{name} must be dense, got a {type(X).__name__}: pass {name}.toarray()")
    array = _from_frame(name, X) if hasattr(X, "columns") else _numeric(name, X)
    if array.ndim != 2:
        raise ValueError(
            f"{name} must be 2-D (rows: observations, columns: predictors), got shape {array.shape}: "
            f"reshape a single predictor with {name}.reshape(-1, 1)"
        )
    if 0 in array.shape:
        raise ValueError(f"{name} must have at least one row and one column, got shape {array.shape}")
    require_finite(name, array)
    return np.ascontiguousarray(array, dtype=np.float64)


def _from_frame(name: str, X: Any) -> FloatArray:
    array = np.empty(X.shape, dtype=np.float64)
    for position, column in enumerate(X.columns):
        label = f"{name}[{column!r}]"
        values = _numeric(label, X[column])
        require_finite(label, values)
        array[:, position] = values
    return array


def _numeric(name: str, value: Any) -> NDArray[Any]:
    array = np.asarray(unmasked(name, value))
    dtype = getattr(value, "dtype", array.dtype)  # of a data frame's column, which may be categorical
    if array.dtype.kind in "biuf" and str(dtype) != "category":
        return array
    no_missing_objects(name, array)
    raise TypeError(
        f"{name} must hold real numbers, got dtype {dtype}: encode categories as numbers "
        "(pandas.get_dummies), and convert numbers with .astype(float)"
    )


def no_second_constant(X: FloatArray, names: Sequence[str], intercept: bool) -> None:
    """Raise ValueError if two columns of the design are constant, the intercept's being one of them."""
    constant = np.flatnonzero(np.equal(X, X[0]).all(axis=0))
    if len(constant) + intercept < 2:
        return
    which = ", ".join(f"{names[j]!r} = {X[0, j]:g}" for j in constant[:5])
    cure = "drop it, or pass intercept=False" if intercept else "keep one of them"
    extra = " besides the intercept" if intercept else ""
    raise ValueError(f"X has a constant column{extra} ({which}), whose coefficient has no meaning: {cure}")


def unmasked(name: str, value: Any) -> Any:
    """Return `value`, having checked that nothing in it is masked; NumPy would forget the mask.

    Raises
    ------
    ValueError
        If it is a masked array with masked elements.
    """
    if (position := first_masked(value)) is not None:
        raise _missing(name, position, "masked")
    return value


def no_missing_objects(name: str, array: NDArray[Any]) -> None:
    """Raise ValueError if an element of an array of objects is None, NaN, NaT or NA."""
    if array.dtype.kind == "O":
        for position, element in np.ndenumerate(array):
            if _is_missing(element):
                raise _missing(name, position, repr(element))


def _missing(name: str, position: Sequence[int], found: str) -> ValueError:
    return ValueError(
        f"{name} must not have missing values, got {name}[{', '.join(map(str, position))}] = {found}: drop "
        "such rows, or fill them in"
    )


def _is_missing(label: Any) -> bool:
    """Whether `label` is None, NaN, NaT or pandas.NA (which refuses to be true or false)."""
    try:
        return label is None or bool(label != label)
    except TypeError:
        return True
