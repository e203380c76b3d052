"""The Gaussian process that every adapter samples: zero mean, squared-exponential kernel."""

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

JITTER = 1e-6
"""Added to the diagonal, relative to the variance."""

Array = NDArray[np.float64]


def squared_distances(X: Array) -> Array:
    """Return the squared Euclidean distances between the rows of X, shape (n, n)."""
    squares = (X**2).sum(axis=1)
    return np.maximum(squares[:, None] + squares - 2 * X @ X.T, 0)


def correlation(squared, lengthscale, xp=np):
    """Return the kernel matrix for variance 1, by the array module `xp`."""
    return xp.exp(-squared / (2 * lengthscale**2)) + JITTER * xp.eye(len(squared))


def cholesky(problem: SimpleNamespace) -> Array:
    """Return L with L Lᵀ = K for the fixed kernel of `problem`: f = Lz with z ~ N(0, I)."""
    R = correlation(squared_distances(problem.X), problem.lengthscale)
    return np.sqrt(problem.variance) * np.linalg.cholesky(R)
