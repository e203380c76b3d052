"""Kernel parameters of a process with inducing points, from the gradient of its collapsed bound.

References
----------
.. [1] F. Wenzel, T. Galy-Fajou, C. Donner, M. Kloft and M. Opper (2019), "Efficient Gaussian process
   classification using Pólya-Gamma data augmentation", AAAI 33, 5417-5424, section 3.
.. [2] M. K. Titsias (2009), "Variational learning of inducing variables in sparse Gaussian processes",
   AISTATS 12, 567-574, section 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cholesky, solve_triangular
from scipy.optimize import Bounds, minimize

from polyagamma.vi.inducing_rows import Batch, InducingModel, point_factor

FloatArray = NDArray[np.float64]
INNER, INNER_TOLERANCE = 20, 1e-3  # renewals of omega for a kernel, and how far they still change it
STEP = 1e-4  # of differences of the kernel in a log parameter: errors of 1e-9 of it
MOST_STEPS, FLAT = 100, 1e-6  # of the search, which ends at such a relative change of the bound
IMPOSSIBLE = 1e25  # minus the bound at a kernel that is not positive definite


def learned(given: InducingModel, rows: Batch) -> Any:
    """Return the kernel that maximises the collapsed bound of some rows."""
    bound = CollapsedBound(given, rows)

    def minus(theta: FloatArray) -> tuple[float, FloatArray]:
        try:
            value, slope = bound.at(theta)
        except LinAlgError:
            return IMPOSSIBLE, np.zeros(len(theta))
        return -value, -slope

    start = np.array(given.kernel.theta, dtype=np.float64)
    options: Any = {"maxiter": MOST_STEPS, "ftol": FLAT}
    limits = Bounds(*given.kernel.bounds.T)
    found = minimize(minus, start, jac=True, method="L-BFGS-B", bounds=limits, options=options)
    return given.kernel.clone_with_theta(np.asarray(found.x, dtype=np.float64))


class CollapsedBound:
    """The bound of the log evidence as a function of log kernel parameters alone.

    With the features A of the rows, offsets o and ``c**2 = E[(o + f)**2]`` it is::

        log integral N(v; 0, I) exp(kappa eta - omega (eta**2 + d) / 2) dv + omega c**2 / 2 - b log 2cosh(c/2)

    summed over rows, ``eta = o + A v``, where d is what the points leave of a row's variance: v is at its
    optimum [2]_, and omega is brought near to its own [1]_, where the bound's derivative in it is zero. It
    goes on from the omega of the last call.
    """

    def __init__(self, given: InducingModel, rows: Batch) -> None:
        self._given, self._rows = given, rows
        self._b, self._kappa = rows.likelihood.b, rows.likelihood.kappa[0]
        self._c = np.zeros(len(rows.X))

    def at(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Return the bound, and its gradient; LinAlgError if a matrix cannot be factored."""
        features = _Features(self._given, self._rows.X, theta)
        for _ in range(INNER):
            c = self._c
            omega = mean_weights(self._b, c)
            inner = _Regression(features, omega, self._kappa, self._rows.known)
            self._c = inner.c
            if np.abs(self._c - c).max() < INNER_TOLERANCE:
                break
        value = inner.value + float(np.sum(0.5 * omega * c**2 - self._b * log_cosh(c)))
        return value, features.contracted(inner.slope(), -0.5 * omega)


class _Regression:
    """The law of v given omega, and the logarithm of the integral."""

    def __init__(self, features: _Features, omega: FloatArray, kappa: FloatArray, known: FloatArray) -> None:
        self.omega, self._matrix = omega, features.matrix
        self._residual = kappa - omega * known
        weighted = self._matrix * np.sqrt(omega)[:, np.newaxis]
        precision = np.eye(weighted.shape[1]) + weighted.T @ weighted
        factor = cholesky(precision, lower=True, overwrite_a=True)
        white = solve_triangular(factor, self._matrix.T @ self._residual, lower=True)
        self._root = solve_triangular(factor, np.eye(len(white)), lower=True)
        self._mean = white @ self._root
        self.value = float(
            0.5 * white @ white
            - np.log(factor.diagonal()).sum()
            + np.sum(kappa * known - 0.5 * omega * (known**2 + features.left))
        )
        eta = known + self._matrix @ self._mean
        spread = self._matrix @ self._root.T
        self.c = np.sqrt(eta**2 + features.left + np.einsum("ij,ij->i", spread, spread))

    def slope(self) -> FloatArray:
        """Return the derivatives in the features, (n, m), what is left of variances fixed."""
        second = self._root.T @ self._root + np.outer(self._mean, self._mean)
        return np.asarray(
            np.outer(self._residual, self._mean) - (self._matrix * self.omega[:, np.newaxis]) @ second
        )


class _Features:
    """Features ``A = K inv(L).T`` of rows, ``L @ L.T`` the kernel matrix of the points, and derivatives."""

    def __init__(self, given: InducingModel, X: FloatArray, theta: FloatArray) -> None:
        self._given, self._X, self._theta = given, X, theta
        basis = given.basis
        kernel = given.kernel.clone_with_theta(theta)
        self._lower = point_factor(kernel, basis)
        self.matrix, left = basis.by_factor(self._lower, kernel, X)
        self.left = left if basis.independent else np.zeros(len(X))

    def contracted(self, of_matrix: FloatArray, of_left: FloatArray) -> FloatArray:
        """Return a function's derivatives in theta from those in the features and in what they leave.

        The function is one of ``A @ A.T`` and of what is left, so that ``A.T @ slope`` is symmetric, and half
        of its product with the derivative of the points' matrix is the factor's part.
        """
        jitter = self._given.basis.jitter
        if self._given.basis.independent:
            of_matrix = of_matrix - 2 * of_left[:, np.newaxis] * self.matrix
        of_cross = solve_triangular(self._lower, of_matrix.T, lower=True, trans=1)
        products = solve_triangular(self._lower, of_matrix.T @ self.matrix, lower=True, trans=1)
        of_points = -0.5 * solve_triangular(self._lower, products.T, lower=True, trans=1)
        of_points.flat[:: len(of_points) + 1] *= 1.0 + jitter
        gradient = np.empty(len(self._theta))
        for j in range(len(gradient)):
            cross, points, own = self._differences(j)
            gradient[j] = np.vdot(of_cross, cross) + np.vdot(of_points, points)
            if self._given.basis.independent:
                gradient[j] += (1.0 + jitter) * of_left @ own
        return gradient

    def _differences(self, j: int) -> list[FloatArray]:
        """Return derivatives of the kernel between points and rows, of points, and of rows by themselves."""
        Z, values = self._given.basis.points, []
        for step in (STEP, -STEP):
            theta = self._theta.copy()
            theta[j] += step
            kernel = self._given.kernel.clone_with_theta(theta)
            values.append((kernel(Z, self._X), kernel(Z), kernel.diag(self._X)))
        return [(up - down) / (2 * STEP) for up, down in zip(*values, strict=True)]


def mean_weights(b: FloatArray, c: FloatArray) -> FloatArray:
    """Return the mean ``b tanh(c / 2) / (2 c)`` of omega, to 1e-16 by its series below 1e-4."""
    small = c < 1e-4
    safe = np.where(small, 1.0, c)
    return np.asarray(np.where(small, b * (0.25 - c**2 / 48), b * np.tanh(safe / 2) / (2 * safe)))


def log_cosh(c: FloatArray) -> FloatArray:
    """Return ``log(2 cosh(c / 2))`` of c >= 0."""
    return np.asarray(c / 2 + np.log1p(np.exp(-c)))
