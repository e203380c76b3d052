"""Cholesky factors of precisions, by LAPACK without SciPy's checks, which take longer than small ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs, dtrtrs

FloatArray = NDArray[np.float64]


def factored(precision: FloatArray) -> FloatArray | None:
    """Return the lower factor L, ``precision = L @ L.T``; None if the matrix is not positive definite."""
    factor, info = dpotrf(precision.T, lower=1, clean=1)
    return np.ascontiguousarray(factor) if info == 0 else None


def solve(factor: FloatArray, x: FloatArray) -> FloatArray:
    """Return ``inv(factor @ factor.T) @ x``."""
    return np.asarray(dpotrs(factor.T, x, lower=0)[0])


def inverse(factor: FloatArray) -> FloatArray:
    """Return ``inv(factor @ factor.T)``."""
    upper = np.triu(dpotri(factor.T, lower=0)[0])
    return np.asarray(upper + np.triu(upper, 1).T)


def back_from_white(factor: FloatArray, z: FloatArray) -> FloatArray:
    """Return ``inv(factor).T @ z`` for rows z (s, k): draws of precision ``factor @ factor.T``."""
    return np.ascontiguousarray(dtrtrs(factor.T, z.T, lower=0)[0].T)
