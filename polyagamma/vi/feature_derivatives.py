"""Features of rows as functions of kernel parameters and inducing points, and derivatives through them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from polyagamma.vi.inducing_rows import InducingModel, point_factor

FloatArray = NDArray[np.float64]
STEP = 1e-4  # of differences of the kernel in a log parameter, or in a share of a column's range


class Features:
    """Features ``A = K inv(L).T`` of rows, ``L @ L.T`` the kernel matrix of the points.

    Attributes
    ----------
    matrix : ndarray, shape (n, m)
        A.
    left : ndarray, shape (n,)
        What the points leave of the rows' variances.
    """

    def __init__(self, given: InducingModel, X: FloatArray, theta: FloatArray, points: FloatArray) -> None:
        self.basis = given.basis.at(points)
        self.kernel = given.kernel.clone_with_theta(theta) if given.learned else given.kernel
        self.X, self.theta = X, theta
        self.lower = point_factor(self.kernel, self.basis)
        self.matrix, left = self.basis.by_factor(self.lower, self.kernel, X)
        self.left = left if self.basis.independent else np.zeros(len(X))


class Gradient:
    """Derivatives of a function of ``A @ A.T`` and of what is left, given those in A and in what is left.

    ``A.T @ of_matrix`` is then symmetric, and half of its product with the derivative of the points' matrix
    is the factor's part.
    """

    def __init__(self, features: Features, of_matrix: FloatArray, of_left: FloatArray) -> None:
        self._features, self._of_left = features, of_left
        basis, lower = features.basis, features.lower
        if basis.independent:
            of_matrix = of_matrix - 2 * of_left[:, np.newaxis] * features.matrix
        self._of_cross = solve_triangular(lower, of_matrix.T, lower=True, trans=1)
        products = solve_triangular(lower, of_matrix.T @ features.matrix, lower=True, trans=1)
        self._of_points = -0.5 * solve_triangular(lower, products.T, lower=True, trans=1)
        self._of_points.flat[:: len(lower) + 1] *= 1.0 + basis.jitter

    def in_theta(self) -> FloatArray:
        """Return derivatives in the log parameters, (d,)."""
        features, gradient = self._features, np.empty(len(self._features.theta))
        for j in range(len(gradient)):
            cross, points, own = self._differences(j)
            gradient[j] = np.vdot(self._of_cross, cross) + np.vdot(self._of_points, points)
            if features.basis.independent:
                gradient[j] += (1.0 + features.basis.jitter) * self._of_left @ own
        return gradient

    def in_points(self) -> FloatArray:
        """Return derivatives in the points, (m, p).

        A coordinate of all points is moved at once: a row of kernel values is that of one point alone. The
        points' own matrix changes by what a point moves in its row and, as it is symmetric, in its column.
        """
        features = self._features
        kernel, Z, X = features.kernel, features.basis.points, features.X
        gradient = np.empty(Z.shape)
        for d in range(Z.shape[1]):
            step = np.zeros(Z.shape[1])
            step[d] = STEP * (np.ptp(X[:, d]) or 1.0)
            cross = kernel(Z + step, X) - kernel(Z - step, X)
            own = kernel(Z + step, Z) - kernel(Z - step, Z)
            moved = (self._of_cross * cross).sum(axis=1) + 2 * (self._of_points * own).sum(axis=1)
            gradient[:, d] = moved / (2 * step[d])
        return gradient

    def _differences(self, j: int) -> list[FloatArray]:
        """Return derivatives of the kernel between points and rows, of points, and of rows by themselves."""
        features = self._features
        Z, values = features.basis.points, []
        for step in (STEP, -STEP):
            theta = features.theta.copy()
            theta[j] += step
            kernel: Any = features.kernel.clone_with_theta(theta)
            values.append((kernel(Z, features.X), kernel(Z), kernel.diag(features.X)))
        return [(up - down) / (2 * STEP) for up, down in zip(*values, strict=True)]
