"""Latent functions at new inputs: their law given the values at the training inputs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from polyagamma.terms.kernels import Kernel, TrainingCovariance

FloatArray = NDArray[np.float64]


class Noise(Protocol):
    """Where standard normals come from, such as a Generator."""

    def standard_normal(self, size: tuple[int, int]) -> FloatArray:
        """Return standard normals for draws times new inputs."""


class CommonNoise:
    """Noise that is the same for all new inputs, so that what one has does not depend on the others.

    A mean over draws at each input by itself needs no more.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def standard_normal(self, size: tuple[int, int]) -> FloatArray:
        """Return one standard normal for each draw, for all new inputs."""
        return np.broadcast_to(self._rng.standard_normal((size[0], 1)), size)


def conditional_draws(
    covariance: TrainingCovariance,
    theta: FloatArray,
    g: FloatArray,
    X_new: FloatArray,
    rng: Noise,
    joint: bool,
) -> FloatArray:
    """Draw from ``N(K_*' inv(K) g, K_** - K_*' inv(K) K_*)`` (Rasmussen and Williams 2006, equation 2.19).

    Consecutive draws with the same kernel parameters share one factorisation of K.

    Parameters
    ----------
    covariance : TrainingCovariance
    theta : ndarray, shape (s, d)
    g : ndarray, shape (s, n)
        Latent function at the training inputs, less its mean.
    X_new : ndarray, shape (m, p)
    rng : Noise
    joint : bool
        Whether the new inputs are drawn jointly, which takes an m x m matrix, or each by itself.

    Returns
    -------
    ndarray, shape (s, m)
    """
    values = np.empty((len(theta), len(X_new)))
    matrix = np.empty((len(covariance.X), len(covariance.X)))
    for draws in runs(theta):
        at = theta[draws.start]
        covariance(at, matrix)
        factor = cholesky(matrix, lower=True, check_finite=False)
        whitened = solve_triangular(factor, g[draws].T, lower=True, check_finite=False)
        kernel = covariance.kernel.clone_with_theta(at)
        cross = solve_triangular(factor, kernel(covariance.X, X_new), lower=True, check_finite=False)
        noise = rng.standard_normal((len(whitened.T), len(X_new)))
        values[draws] = whitened.T @ cross
        values[draws] += _unexplained(kernel, X_new, cross, noise, joint, covariance.jitter)
    return values


def _unexplained(
    kernel: Kernel, X_new: FloatArray, cross: FloatArray, noise: FloatArray, joint: bool, jitter: float
) -> FloatArray:
    """Turn standard normals (s, m) into what the training inputs do not explain."""
    if not joint:
        variance = kernel.diag(X_new) - np.einsum("ij,ij->j", cross, cross)
        return np.asarray(noise * np.sqrt(np.maximum(variance, 0.0)))
    left = kernel(X_new) - cross.T @ cross
    left.flat[:: len(left) + 1] += jitter * kernel.diag(X_new)
    return np.asarray(noise @ cholesky(left, lower=True, check_finite=False).T)


def runs(theta: FloatArray) -> Iterator[slice]:
    """Cut draws into runs of equal parameters; draws without parameters are one run."""
    changes = np.flatnonzero((theta[1:] != theta[:-1]).any(axis=1)) + 1
    for start, stop in pairwise([0, *changes.tolist(), len(theta)]):
        yield slice(start, stop)
