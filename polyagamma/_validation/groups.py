"""Checks of labels of groups, slopes and smooths, and the words of their errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polyagamma._validation.arguments import require_finite, shown
from polyagamma._validation.predictors import column_names
from polyagamma._validation.rows import complete_labels

FloatArray = NDArray[np.float64]
LEAST_DISTINCT = 4  # values of a column that is smoothed: fewer make a polynomial at most
SEPARATOR = ":"  # between labels of several columns
KINDS = {"U": "text", "S": "bytes", "b": "numbers", "i": "numbers", "u": "numbers", "f": "numbers"}


def labels(name: str, value: Any) -> NDArray[Any]:
    """Return a label for each row, (n,); those of several columns are joined, as "a:b".

    Raises
    ------
    TypeError
        If they are of several types, or are no labels.
    ValueError
        If one is missing, or there is none.
    """
    if (columns := column_names(name, value)) is not None:
        parts = [labels(f"{name}[{column!r}]", value[column]) for column in value.columns]
        return parts[0] if len(columns) == 1 else joined(name, parts)
    array = complete_labels(name, value)
    if array.ndim != 1 or len(array) == 0:
        raise ValueError(
            f"{name} must be 1-D, with one label for each row, got shape {array.shape}: pass a column, or a "
            "data frame with the columns whose combinations are the groups"
        )
    if array.dtype.kind == "f":
        require_finite(name, array)
    if array.dtype.kind == "c" or array.dtype.kind == "V":
        raise TypeError(f"{name} must hold labels, got dtype {array.dtype}: pass numbers or text")
    if array.dtype.kind == "O":
        _require_one_kind(name, array)
    if array.dtype.kind in "OU":
        _require_storable(name, array)
    return array


def _require_storable(name: str, array: NDArray[Any]) -> None:
    for label in pd.unique(array):
        if isinstance(label, str) and label.endswith("\0"):  # which files drop
            raise ValueError(f"{name} must not end in a NUL character, got {label!r}: rename that label")


def _require_one_kind(name: str, array: NDArray[Any]) -> None:
    """Raise TypeError if objects are not all text, or all something else of one type."""
    kinds = {_kind(kind) for kind in set(map(type, array))}
    if len(kinds) > 1:
        first = _kind(type(array[0]))
        other = next(i for i, label in enumerate(array) if _kind(type(label)) != first)
        raise TypeError(
            f"{name} must have labels of one type, got {shown(array[0])} in row 0 and {shown(array[other])} "
            f"in row {other}: convert them, for example with .astype(str)"
        )


def _kind(kind: type) -> str:
    if issubclass(kind, str):
        return "text"
    return "numbers" if issubclass(kind, (int, float, np.number, np.bool_)) else kind.__name__


def categories(value: Any) -> list[Any] | None:
    """Return the categories of a categorical column in their order; None if it is none."""
    dtype: Any = getattr(value, "dtype", None)
    return list(dtype.categories) if str(dtype) == "category" else None


def joined(name: str, columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return the combinations of labels as text, (n,).

    Raises
    ------
    ValueError
        If two combinations have the same text.
    """
    codes, texts = zip(*(pd.factorize(column) for column in columns), strict=True)
    row_codes = np.column_stack(codes)
    unique, inverse = np.unique(row_codes, axis=0, return_inverse=True)
    words = [SEPARATOR.join(str(text[code]) for text, code in zip(texts, row, strict=True)) for row in unique]
    if len(set(words)) < len(words):
        twice = next(word for word in words if words.count(word) > 1)
        raise ValueError(
            f"{name} must have combinations of labels that differ as text, got {twice!r} twice: rename "
            f"labels that contain {SEPARATOR!r}"
        )
    return np.array(words, dtype=object)[inverse.ravel()]


def require_same_kind(name: str, value: NDArray[Any], known: NDArray[Any]) -> None:
    """Raise TypeError if new labels are numbers and known ones text, or the other way round."""
    found, expected = (_kind_of_all(array) for array in (value, known))
    if "text" in (found, expected) and found != expected:
        raise TypeError(
            f"{name} must have labels of the type of the model's, {expected} such as {shown(known[0])}, got "
            f"{shown(value[0])}: convert them"
        )


def _kind_of_all(array: NDArray[Any]) -> str:
    return _kind(type(array[0])) if array.dtype.kind == "O" else KINDS.get(array.dtype.kind, "others")


def require_length(name: str, found: int, expected: int, of_what: str) -> None:
    """Raise ValueError unless there are as many rows as expected."""
    if found != expected:
        raise ValueError(
            f"{name} must have a value for each row of {of_what}, {expected}, got {found}: pass as many"
        )


def require_slopes(name: str, slopes: FloatArray, columns: Sequence[str], intercept: bool) -> None:
    """Raise ValueError if a slope is that of a constant, which the groups' intercepts are."""
    for column, values in zip(columns, slopes.T, strict=True):
        if intercept and (values == values[0]).all():
            raise ValueError(
                f"slopes of {name} must vary, got the constant {column!r} = {values[0]:g}, whose effects are "
                "those of the intercept: drop it, or pass intercept=False"
            )


def require_distinct(name: str, values: FloatArray) -> int:
    """Return the number of distinct values of a column that is smoothed; ValueError if it is small."""
    distinct = len(np.unique(values))
    if distinct < LEAST_DISTINCT:
        raise ValueError(
            f"{name} must have at least {LEAST_DISTINCT} distinct values to be smoothed, got {distinct}: "
            "pass it to Linear, as a category if it is one"
        )
    return distinct
