"""The collapsed bound of the evidence of a process of several classes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from polyagamma.likelihoods.categorical import CategoricalLikelihood
from polyagamma.vi.feature_derivatives import Features, Gradient
from polyagamma.vi.inducing_rows import Batch, InducingModel
from polyagamma.vi.row_bounds import tilted_bound

FloatArray = NDArray[np.float64]
INNER, INNER_TOLERANCE = 20, 1e-3  # renewals of all laws for a kernel, and how far they still move means


class SoftmaxBound:
    """The bound of the log evidence at log kernel parameters, those of each class, and points.

    The laws of the functions are near those at which it is largest, where its derivatives in them vanish, so
    that those in kernels and points are partial ones. Classes take turns, as coordinate ascent does, each
    with the Gaussian sites that the others and itself make of rows; a call goes on from the moments of the
    last one.
    """

    def __init__(self, given: InducingModel, rows: Batch) -> None:
        assert isinstance(rows.likelihood, CategoricalLikelihood)
        self._given, self._rows, self._likelihood = given, rows, rows.likelihood
        shape = (given.likelihood.n_functions, len(rows.X))
        self._mean, self._variance = np.zeros(shape), np.ones(shape)

    def at(self, theta: FloatArray, points: FloatArray) -> tuple[float, list[Gradient]]:
        """Return the bound at log parameters (classes, d) and points (m, p), and the gradient of each class.

        LinAlgError if a matrix cannot be factored.
        """
        features = [Features(self._given, self._rows.X, own, points) for own in theta]
        for _ in range(INNER):
            before = self._mean.copy()
            laws = [self._renewed(k, own) for k, own in enumerate(features)]
            if np.abs(self._mean - before).max() < INNER_TOLERANCE:
                break
        bound = tilted_bound(self._likelihood, self._rows.known + self._mean, self._variance)
        value = bound.value - sum(law.divergence for law in laws)
        pairs = zip(features, laws, bound.slopes, bound.weights, strict=True)
        return value, [
            Gradient(own, law.slope(own.matrix, slopes, weights), -0.5 * weights)
            for own, law, slopes, weights in pairs
        ]

    def _renewed(self, k: int, features: Features) -> _Law:
        """Renew the law of one function, given the others, and its moments in rows."""
        bound = tilted_bound(self._likelihood, self._rows.known + self._mean, self._variance)
        slopes, weights, matrix = bound.slopes[k], bound.weights[k], features.matrix
        weighted = matrix * np.sqrt(weights)[:, np.newaxis]
        factor = cholesky(np.eye(matrix.shape[1]) + weighted.T @ weighted, lower=True, overwrite_a=True)
        root = solve_triangular(factor, np.eye(len(factor)), lower=True)
        mean = root.T @ (root @ (matrix.T @ (slopes + weights * self._mean[k])))
        white = matrix @ root.T
        self._mean[k] = matrix @ mean
        self._variance[k] = features.left + np.einsum("ij,ij->i", white, white)
        log_determinant = 2 * float(np.log(factor.diagonal()).sum())
        divergence = 0.5 * (float(np.sum(root**2) + mean @ mean) - len(mean) + log_determinant)
        return _Law(mean, root, divergence)


class _Law(NamedTuple):
    """A function's law: its mean, a root of its covariance, and its divergence from the prior."""

    mean: FloatArray  # (m,)
    root: FloatArray  # (m, m): the covariance is root.T @ root
    divergence: float

    def slope(self, matrix: FloatArray, slopes: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the bound's derivatives in the features, (n, m), what is left of variances fixed."""
        spread = (matrix @ self.root.T) @ self.root
        return np.asarray(np.outer(slopes, self.mean) - weights[:, np.newaxis] * spread)
