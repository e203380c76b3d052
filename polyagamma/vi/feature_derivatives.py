"""Features of rows as functions of kernel parameters and inducing points, and derivatives through them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from polyagamma.terms.features import InducingPoints
from polyagamma.vi.inducing_rows import PointFeatures, point_factor
from polyagamma.vi.kernel_derivatives import KernelValues, kernel_values

FloatArray = NDArray[np.float64]
BLOCK = 512  # rows whose derivatives are taken at once: what they need stays in the second cache


class Features:
    """Features ``A = K inv(L).T`` of rows X for a kernel and points; ``L @ L.T`` is the points' matrix.

    LinAlgError if there is no L.
    """

    def __init__(self, basis: InducingPoints, X: FloatArray, kernel: Any) -> None:
        self.basis, self.X, self.kernel = basis, X, kernel
        self.lower = point_factor(kernel, basis)

    def in_core(self) -> PointFeatures:
        """Return what makes them in the core."""
        return PointFeatures(self.basis, self.kernel, self.lower, threads=1)

    def arrays(self) -> tuple[FloatArray, FloatArray]:
        """Return A, and what the points leave of the rows' variances, (n,)."""
        matrix, left = self.basis.by_factor(self.lower, self.kernel, self.X)
        return matrix, left if self.basis.independent else np.zeros(len(left))


class Sites(NamedTuple):
    """A function of the moments of ``f = A v + e``, v of a normal law and e what the points leave, if kept.

    Attributes
    ----------
    slopes, weights : ndarray, shape (n,)
        Its derivatives in means, and minus twice those in variances.
    slope_sum : ndarray, shape (m,)
        ``A.T @ slopes``.
    weight_sum : ndarray, shape (m, m)
        ``A.T @ diag(weights) @ A``.
    """

    slopes: FloatArray
    weights: FloatArray
    slope_sum: FloatArray
    weight_sum: FloatArray


class Gradient:
    """Derivatives of such a function, the law of v fixed, in kernel parameters and points.

    With the law's mean m and covariance S those in A are ``slopes m.T - diag(weights) A D``, where D is
    ``S - I`` if e is kept, else S. At a law that is optimal ``A.T`` times them is symmetric, and half of its
    product with the derivative of the points' matrix is the part of L.
    """

    def __init__(self, features: Features, mean: FloatArray, covariance: FloatArray, sites: Sites) -> None:
        self._features, self._sites, lower = features, sites, features.lower
        basis, self._values = features.basis, kernel_values(features.kernel)
        inner = covariance - np.eye(len(mean)) if basis.independent else covariance
        self._of_mean = solve_triangular(lower, mean, lower=True, trans=1)
        self._of_spread = _between_inverses(lower, inner)
        products = np.outer(sites.slope_sum, mean) - sites.weight_sum @ inner
        self._of_matrix = -0.25 * _between_inverses(lower, products + products.T)
        self._of_matrix.flat[:: len(lower) + 1] *= 1.0 + basis.jitter

    def in_theta(self) -> FloatArray:
        """Return derivatives in the log parameters, (d,)."""
        points = self._features.basis.points
        among = self._values(points, points)
        gradient = among.in_theta(self._of_matrix, np.zeros(len(points)))
        for values, slopes, own in self._blocks():
            gradient += values.in_theta(slopes, own)
        return gradient

    def in_points(self) -> FloatArray:
        """Return derivatives in the points, (m, p).

        A point moves its row of the points' matrix and, as that is symmetric, its column.
        """
        points = self._features.basis.points
        gradient = 2 * self._values(points, points).in_points(self._of_matrix)
        for values, slopes, _ in self._blocks():
            gradient += values.in_points(slopes)
        return gradient

    def _blocks(self) -> Iterator[tuple[KernelValues, FloatArray, FloatArray]]:
        """Yield values of the kernel at some rows, and derivatives in them and in these rows' variances."""
        features, basis = self._features, self._features.basis
        for first in range(0, len(features.X), BLOCK):
            rows = slice(first, first + BLOCK)
            values = self._values(basis.points, features.X[rows])
            weights = self._sites.weights[rows]
            slopes = np.outer(self._of_mean, self._sites.slopes[rows])
            slopes -= (self._of_spread @ values.values) * weights
            yield values, slopes, (-0.5 * (1.0 + basis.jitter) * basis.independent) * weights


def _between_inverses(lower: FloatArray, symmetric: FloatArray) -> FloatArray:
    """Return ``inv(lower).T @ symmetric @ inv(lower)``."""
    half = solve_triangular(lower, symmetric, lower=True, trans=1)
    return np.asarray(solve_triangular(lower, half.T, lower=True, trans=1))
