"""Rows as scikit-learn's users have them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import predictors as checks
from polyagamma._validation.arguments import as_array
from polyagamma._validation.rows import unmasked

FloatArray = NDArray[np.float64]


def check_columns(X: ArrayLike) -> None:
    """Refuse what scikit-learn takes for numbers without a word: masks, and categories that are numbers.

    And what it cannot read, without saying what to do: tables, ragged lists.
    """
    unmasked("X", X)
    if isinstance(X, (Mapping, list, tuple)):
        as_array("X", X)
    if checks.column_names("X", X) is not None:
        checks.matrix("X", X)


def distinct(rows: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Merge equal rows, in sorted order: so a weight of 2 and two copies give the same bits.

    Parameters
    ----------
    rows : ndarray, shape (n, m)
        All that is known of each row: predictors, response, and what else there is.
    weights : ndarray, shape (n,)

    Returns
    -------
    tuple of ndarray
        The rows that differ, and the sums of their weights.
    """
    merged, where = np.unique(rows, axis=0, return_inverse=True)
    return merged, np.bincount(where.ravel(), weights).astype(np.float64)
