"""Latent functions at new inputs: their law given the draws at the training inputs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from polyagamma.kernels import Kernel, TrainingCovariance

FloatArray = NDArray[np.float64]
BATCH = 1024  # new inputs at a time


class Piece(NamedTuple):
    """Draws of the latent function, less its mean, for some posterior draws and some new inputs."""

    draws: slice
    rows: slice
    values: FloatArray  # (draws, rows)


def conditional_draws(
    covariance: TrainingCovariance,
    theta: FloatArray,
    g: FloatArray,
    X_new: FloatArray,
    rng: np.random.Generator,
    joint: bool,
) -> Iterator[Piece]:
    """Draw from ``N(K_*' inv(K) g, K_** - K_*' inv(K) K_*)`` (Rasmussen and Williams 2006, equation 2.19).

    Consecutive draws with the same kernel parameters share one factorisation of K.

    Parameters
    ----------
    covariance : TrainingCovariance
    theta : ndarray, shape (s, d)
    g : ndarray, shape (s, n)
        Latent function at the training inputs, less its mean.
    X_new : ndarray, shape (m, p)
    rng : Generator
    joint : bool
        Whether the new inputs are drawn jointly, which takes an m x m matrix, or each by itself.
    """
    n, m = len(covariance.X), len(X_new)
    matrix = np.empty((n, n))
    for draws in runs(theta):
        at = theta[draws.start]
        covariance(at, matrix)
        factor = cholesky(matrix, lower=True, overwrite_a=False, check_finite=False)
        whitened = solve_triangular(factor, g[draws].T, lower=True, check_finite=False)
        kernel = covariance.kernel.clone_with_theta(at)
        for first in range(0, m, m if joint else BATCH):
            rows = slice(first, m if joint else min(first + BATCH, m))
            cross = solve_triangular(
                factor, kernel(covariance.X, X_new[rows]), lower=True, check_finite=False
            )
            noise = _residual(kernel, X_new[rows], cross, len(whitened.T), rng, joint, covariance.jitter)
            yield Piece(draws, rows, whitened.T @ cross + noise)


def _residual(
    kernel: Kernel,
    X_new: FloatArray,
    cross: FloatArray,
    size: int,
    rng: np.random.Generator,
    joint: bool,
    jitter: float,
) -> FloatArray:
    """Draw what the training inputs do not explain, shape (size, m)."""
    noise = rng.standard_normal((size, len(X_new)))
    if not joint:
        variance = kernel.diag(X_new) - np.einsum("ij,ij->j", cross, cross)
        return np.asarray(noise * np.sqrt(np.maximum(variance, 0.0)))
    left = kernel(X_new) - cross.T @ cross
    left.flat[:: len(left) + 1] += jitter * kernel.diag(X_new)
    return np.asarray(noise @ cholesky(left, lower=True, check_finite=False).T)


def runs(theta: FloatArray) -> Iterator[slice]:
    """Cut draws into runs of equal parameters; draws without parameters are one run."""
    changes = np.flatnonzero((theta[1:] != theta[:-1]).any(axis=1)) + 1
    edges = [0, *changes.tolist(), len(theta)]
    for start, stop in pairwise(edges):
        yield slice(start, stop)
