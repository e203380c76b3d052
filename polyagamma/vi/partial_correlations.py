"""Correlation matrices R of q columns in coordinates on the whole line: atanh of partial correlations.

The partial correlation p_ij is that of columns i > j given the columns before j; the coordinates z are their
atanh row by row, ``z_10, z_20, z_21, ...``, as in the core (csrc/terms/effect_scales.hpp) [1]_.

References
----------
.. [1] D. Lewandowski, D. Kurowicka and H. Joe (2009), "Generating random correlation matrices based on vines
   and extended onion method", Journal of Multivariate Analysis 100, 1989-2001.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def log_left(z: FloatArray) -> FloatArray:
    """Return ``log(1 - tanh(z)**2)``, without cancellation where p is close to 1."""
    size = np.abs(z)
    return np.asarray(-2 * (size + np.log1p(np.exp(-2 * size)) - np.log(2.0)))


def factor_of_partials(z: FloatArray, q: int) -> FloatArray:
    """Return the lower factor C of R, (..., q, q): ``C_ij = p_ij prod_{k<j} sqrt(1 - p_ik**2)``, p_ii = 1."""
    rows, columns = np.tril_indices(q, -1)
    partials, logs = np.zeros((*z.shape[:-1], q, q)), np.zeros((*z.shape[:-1], q, q))
    partials[..., rows, columns] = np.tanh(z)
    logs[..., rows, columns + 1] = log_left(z) / 2
    return np.asarray((partials + np.eye(q)) * np.exp(np.cumsum(logs, axis=-1)))


def correlations_of(factor: FloatArray) -> FloatArray:
    """Return what is below the diagonal of R, row by row."""
    rows, columns = np.tril_indices(factor.shape[-1], -1)
    return np.asarray(np.einsum("...ik,...ik->...i", factor[..., rows, :], factor[..., columns, :]))


def inverse_of_lower(factor: FloatArray) -> FloatArray:
    """Return inverses of lower triangles (..., q, q), by forward substitution."""
    inverse = np.zeros_like(factor)
    for i in range(factor.shape[-1]):
        row = -np.einsum("...k,...kj->...j", factor[..., i, :i], inverse[..., :i, :])
        row[..., i] = 1
        inverse[..., i, :] = row / factor[..., i, i, np.newaxis]
    return inverse


def lkj_powers(eta: float, q: int) -> FloatArray:
    """Return the powers of ``1 - tanh(z)**2`` whose product LKJ(eta) is in these coordinates.

    Partial correlations of column j (from 0) have the density ``(1 - p**2)**(beta - 1)``,
    ``beta = eta + (q - 2 - j) / 2`` ([1]_, of the C-vine); the derivative of tanh is the one more.
    """
    return np.asarray(eta + (q - 2 - np.tril_indices(q, -1)[1]) / 2)
