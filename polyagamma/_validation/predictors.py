"""Checks of predictors: names of columns, kinds of numbers, row labels; and the words of their errors.

The rule for labels of rows (an index): what has a value for each row has the labels of X, in their order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from polyagamma._validation import categories
from polyagamma._validation.arguments import as_array, describe, refuse_tables, require_finite
from polyagamma._validation.rows import no_missing, row_labels, unmasked

FloatArray = NDArray[np.float64]
LARGEST, SMALLEST = 1e150, 1e-150  # of values that are squared


def column_names(name: str, X: object) -> list[str] | None:
    """Return the column names of a data frame as strings; None if X is none.

    Raises
    ------
    TypeError
        If it is no frame in memory.
    ValueError
        If two columns have the same name.
    """
    if hasattr(type(X), "columns"):
        refuse_tables(name, X)
    columns = None if isinstance(X, type) else getattr(X, "columns", None)
    return None if columns is None else unique_names(f"the column names of {name}", list(columns))


def feature_names(names: Sequence[object], n_features: int) -> list[str]:
    """Return `names` as strings, having checked that there is one for each feature."""
    if isinstance(names, (str, bytes, Set)) or not hasattr(names, "__iter__"):
        raise TypeError(f"feature_names must be a list of names, got {describe(names)}: pass a list")
    names = list(names)
    if len(names) != n_features:
        raise ValueError(
            f"feature_names must have one name for each of the {n_features} columns of X, got {len(names)}: "
            "pass as many, or leave feature_names out"
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


def require_moderate(name: str, size: FloatArray, names: Sequence[str]) -> None:
    """Raise ValueError if the values of a column are so large or so small that their squares are lost.

    Parameters
    ----------
    name : str
        The argument's name, for messages.
    size : ndarray, shape (p,)
        The largest absolute value of each column.
    names : sequence of str, length p
    """
    bad = (size > LARGEST) | ((size > 0) & (size < SMALLEST))
    if bad.any():
        worst = int(np.argmax(bad))
        raise ValueError(
            f"{name} must have columns with values of at most {LARGEST:g} and at least {SMALLEST:g} in size, "
            f"got {size[worst]:.3g} as the largest of {names[worst]!r}: scale that column"
        )


def levels(name: str, X: Any) -> dict[str, list[Any]]:
    """Return the levels of the categorical columns of a data frame; none of what is no frame."""
    if column_names(name, X) is None:
        return {}
    columns = {label(name, column): (str(column), X[column]) for column in X.columns}
    return {
        own: categories.levels(called, values, row_labels(X))
        for called, (own, values) in columns.items()
        if categories.is_categorical(called, values)
    }


def label(name: str, column: object) -> str:
    """Return what messages call a column."""
    return f"{name}[{column!r}]"


def matrix(name: str, X: Any, levels: Mapping[str, Sequence[Any]] = MappingProxyType({})) -> FloatArray:
    """Return the predictors as a C-contiguous float64 array of shape (n, p) with n, p >= 1, all finite.

    Parameters
    ----------
    name : str
        The argument's name, for messages.
    X : array_like or data frame
        Real numbers; anything with ``columns`` is read column by column.
    levels : mapping of str to sequence, optional
        Those of categorical columns, which become a column of 0 and 1 for each level but the first.

    Raises
    ------
    TypeError
        If X is sparse, ragged, complex, of objects or text, or has such a column, or one of categories; or is
        a table that is not in memory.
    ValueError
        If X is not a matrix, has no rows or no columns, or a value is missing (None, NA, NaN, masked),
        infinite, or none of the levels.
    """
    is_frame = column_names(name, X) is not None
    if issparse(X):
        raise TypeError(f"{name} must be dense, got a {type(X).__name__}: pass {name}.toarray()")
    array = _from_frame(name, X, levels) if is_frame else _numeric(name, X)
    if array.ndim != 2:
        array_text = f"numpy.asarray({name})"
        one = f"pass {array_text}.reshape(-1, 1) for one predictor, {array_text}.reshape(1, -1) for one row"
        many = "pass one row for each observation"
        raise ValueError(
            f"{name} must be 2-D (rows: observations, columns: predictors), got shape {array.shape}: "
            f"{one if array.ndim == 1 else many}"
        )
    if 0 in array.shape:
        raise ValueError(
            f"{name} must have at least one row and one column, got shape {array.shape}: pass those that you "
            "have, and see what selects them"
        )
    require_finite(name, array)
    return np.ascontiguousarray(array, dtype=np.float64)


def _from_frame(name: str, X: Any, levels: Mapping[str, Sequence[Any]]) -> FloatArray:
    rows, size = row_labels(X), X.shape[1] + sum(len(own) - 2 for own in levels.values())
    array, filled = np.empty((X.shape[0], size), dtype=np.float64), 0
    for column in X.columns:
        called = label(name, column)
        if str(column) in levels:
            values = categories.indicators(called, X[column], levels[str(column)], rows)
        else:
            values = _numeric(called, X[column], rows)
            require_finite(called, values, rows)
            values = values[:, np.newaxis]
        array[:, filled : filled + values.shape[1]] = values
        filled += values.shape[1]
    return array


def _numeric(name: str, value: Any, rows: Any = None) -> NDArray[Any]:
    if isinstance(value, Mapping):
        refuse_tables(name, value)
        raise TypeError(
            f"{name} must be an array or a data frame, got a {type(value).__name__}: pass "
            f"pandas.DataFrame({name})"
        )
    array = as_array(name, unmasked(name, value))
    dtype = getattr(value, "dtype", array.dtype)  # of a data frame's column, which may be categorical
    if array.dtype.kind in "biuf" and str(dtype) != "category":
        return array
    no_missing(name, array, rows)
    raise TypeError(
        f"{name} must hold real numbers, got dtype {dtype}: convert numbers with .astype(float); "
        "categories are encoded by the linear models, from data frames, and in pipelines by scikit-learn's "
        "OneHotEncoder(drop='first')"
    )


def no_second_constant(constant: Mapping[str, float], intercept: bool) -> None:
    """Raise ValueError if two columns of the design are constant, the intercept's being one of them.

    `constant`: the values of those that X has, by name.
    """
    if len(constant) + intercept < 2:
        return
    listed = list(constant.items())
    which = ", ".join(f"{name!r} = {value:g}" for name, value in listed[:5])
    which += f", and {len(listed) - 5} more" if len(listed) > 5 else ""
    cure = "drop it, or pass intercept=False" if intercept else "keep one of them"
    extra = " besides the intercept" if intercept else ""
    raise ValueError(f"X has a constant column{extra} ({which}), whose coefficient has no meaning: {cure}")


def require_same_rows(name: str, X: Any, **arguments: Any) -> None:
    """Raise ValueError if something with a value for each row has other row labels than X.

    What has no labels is taken in the order of its values, as all of it is if X has none. Another number of
    rows is left to the checks of shapes.

    Parameters
    ----------
    name : str
        What X is called, for the message.
    X : array_like or data frame
    **arguments : array_like or series
        By their names.
    """
    rows = row_labels(X)
    for argument, value in arguments.items():
        own = row_labels(value)
        if rows is None or own is None or len(rows) != len(own) or rows.equals(own):
            continue
        row = bisect_left(range(len(rows)), True, key=lambda i: not rows[: i + 1].equals(own[: i + 1]))
        (found,), (expected,) = own[[row]].tolist(), rows[[row]].tolist()
        raise ValueError(
            f"{argument} must have the row labels of {name} in the same order, got {found!r} in row {row}, "
            f"where {name} has {expected!r}: pass {argument}.loc[{name}.index], or numpy.asarray({argument}) "
            f"if its order is that of {name}"
        )
