"""Rows as scikit-learn's users have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse

from polyagamma._validation import predictors as checks
from polyagamma._validation.arguments import as_array
from polyagamma._validation.rows import unmasked

FloatArray = NDArray[np.float64]


def check_columns(X: ArrayLike) -> None:
    """Refuse what scikit-learn takes for numbers without a word: masks, and categories that are numbers.

    And what it cannot read, without saying what to do: tables, ragged lists.
    """
    if issparse(X):
        return
    unmasked("X", X)
    if isinstance(X, (Mapping, list, tuple)):
        as_array("X", X)
    if checks.column_names("X", X) is not None:
        checks.matrix("X", X)


def distinct(X: Any, values: FloatArray, weights: FloatArray) -> tuple[Any, FloatArray, FloatArray]:
    """Merge equal rows, in sorted order: so a weight of 2 and two copies give the same bits.

    Parameters
    ----------
    X : ndarray or csr_array, shape (n, p)
    values : ndarray, shape (n, m)
        What is known of each row besides: its response, and what else there is.
    weights : ndarray, shape (n,)

    Returns
    -------
    tuple
        X and values of the rows that differ, and the sums of their weights.
    """
    if issparse(X):
        first, where = _distinct_of_sparse(X, values)
        matrix: Any = X
        return matrix[first], values[first], np.bincount(where, weights).astype(np.float64)
    merged, where = np.unique(np.column_stack([X, values]), axis=0, return_inverse=True)
    p = X.shape[1]
    return merged[:, :p], merged[:, p:], np.bincount(where.ravel(), weights).astype(np.float64)


def _distinct_of_sparse(X: Any, values: FloatArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first of each kind of rows, and which kind each row is."""
    cuts = list(zip(X.indptr[:-1], X.indptr[1:], strict=True))
    keys = [
        X.indices[a:b].tobytes() + X.data[a:b].tobytes() + row.tobytes()
        for (a, b), row in zip(cuts, values, strict=True)
    ]
    kinds = {key: kind for kind, key in enumerate(sorted(set(keys)))}
    where = np.array([kinds[key] for key in keys], dtype=np.intp)
    return np.unique(where, return_index=True)[1], where
