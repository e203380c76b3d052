"""The Gaussian process that every adapter samples: zero mean, squared-exponential kernel."""

import numpy as np

JITTER = 1e-6
"""Added to the diagonal, relative to the variance."""


def squared_distances(X):
    """Return the squared Euclidean distances between the rows of X, shape (n, n)."""
    squares = (X**2).sum(axis=1)
    return np.maximum(squares[:, None] + squares - 2 * X @ X.T, 0)


def cholesky(problem):
    """Return L with L Lᵀ = K for the fixed kernel of `problem`: f = Lz with z ~ N(0, I) whitens the prior."""
    K = problem.variance * np.exp(-squared_distances(problem.X) / (2 * problem.lengthscale**2))
    return np.linalg.cholesky(K + JITTER * problem.variance * np.eye(len(K)))
