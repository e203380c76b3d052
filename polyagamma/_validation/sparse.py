"""Checks of sparse predictors: kinds of numbers, missing values, sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array, issparse

LARGEST_INDEX = np.iinfo(np.int32).max  # of what the core's indices can hold


def is_sparse_frame(X: Any) -> bool:
    """Return whether X is a data frame of pandas whose columns are all sparse."""
    kinds = list(X.dtypes) if hasattr(type(X), "columns") and hasattr(X, "sparse") else []
    return bool(kinds) and all(type(kind).__name__ == "SparseDtype" for kind in kinds)


def is_sparse(X: Any) -> bool:
    """Return whether X is a sparse array or matrix of SciPy, or such a data frame."""
    return issparse(X) or is_sparse_frame(X)


def compressed_rows(name: str, X: Any) -> csr_array:
    """Return X as a matrix of float64 in canonical compressed rows, with indices of 32 bits.

    The arrays are those of X if they are that already; X itself never changes.

    Parameters
    ----------
    name : str
        The argument's name, for messages.
    X : sparse array, sparse matrix, or data frame of sparse columns, shape (n, p)
        Entries that are given twice are added, as SciPy has it; explicit zeros are dropped.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If X is not a matrix, has no rows or no columns or more than 2**31 - 1, or a value is not finite.
    """
    if is_sparse_frame(X):
        X = _of_frame(name, X)
    if X.ndim != 2 or 0 in X.shape:
        raise ValueError(
            f"{name} must be 2-D with at least one row and one column, got a {type(X).__name__} of shape "
            f"{X.shape}: pass one row for each observation"
        )
    if X.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} must hold real numbers, got a {type(X).__name__} of dtype {X.dtype}: convert it with "
            ".astype(float)"
        )
    if max(X.shape) > LARGEST_INDEX:
        raise ValueError(
            f"{name} must have at most {LARGEST_INDEX} rows and columns, got shape {X.shape}: pass fewer"
        )
    rows = csr_array(X, dtype=np.float64)
    if not rows.has_canonical_format or not rows.data.all():
        rows = csr_array(rows, copy=True)
        rows.sum_duplicates()
        rows.eliminate_zeros()
    _require_finite(name, rows)
    return rows


def _of_frame(name: str, X: Any) -> Any:
    fills = {kind.fill_value for kind in X.dtypes}
    if fills - {0}:
        raise ValueError(
            f"{name} must have sparse columns whose fill value is 0, got {sorted(map(str, fills))}: convert "
            f"them with pandas.SparseDtype(float, 0), or pass {name}.sparse.to_dense()"
        )
    of_numbers = type(X.dtypes.iloc[0])(np.float64, 0.0)
    return X.astype(of_numbers).sparse.to_coo()


def _require_finite(name: str, rows: csr_array) -> None:
    bad = np.flatnonzero(~np.isfinite(rows.data))
    if not len(bad):
        return
    entries: coo_array = rows.tocoo()
    i, j = int(entries.row[bad[0]]), int(entries.col[bad[0]])
    more = f" ({len(bad)} in all)" if len(bad) > 1 else ""
    raise ValueError(
        f"{name} must be finite, got {name}[{i}, {j}] = {rows.data[bad[0]]}{more}: drop such rows, or fill "
        "them in"
    )
