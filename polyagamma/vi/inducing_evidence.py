"""Kernel parameters and inducing points of a process, from the gradient of its collapsed bound.

References
----------
.. [1] F. Wenzel, T. Galy-Fajou, C. Donner, M. Kloft and M. Opper (2019), "Efficient Gaussian process
   classification using Pólya-Gamma data augmentation", AAAI 33, 5417-5424, section 3.
.. [2] M. K. Titsias (2009), "Variational learning of inducing variables in sparse Gaussian processes",
   AISTATS 12, 567-574, section 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.vi.feature_derivatives import Features, Gradient
from polyagamma.vi.inducing_rows import Batch, InducingModel
from polyagamma.vi.row_bounds import log_cosh, mean_weights

FloatArray = NDArray[np.float64]
INNER, INNER_TOLERANCE = 20, 1e-2  # renewals of omega for a kernel, and how far they still change it


class CollapsedBound:
    """The bound of the log evidence of two classes, or of trials, at log kernel parameters and points.

    With the features A of the rows, offsets o and ``c**2 = E[(o + f)**2]`` it is::

        log integral N(v; 0, I) exp(kappa eta - omega (eta**2 + d) / 2) dv + omega c**2 / 2 - b log 2cosh(c/2)

    summed over rows, ``eta = o + A v``, where d is what the points leave of a row's variance: v is at its
    optimum [2]_, and omega is brought near to its own [1]_, where the bound's derivative in it is zero. It
    goes on from the omega of the last call.
    """

    def __init__(self, given: InducingModel, rows: Batch) -> None:
        assert isinstance(rows.likelihood, BinomialLikelihood)
        self._given, self._rows = given, rows
        self._b, self._kappa = rows.likelihood.b, rows.likelihood.kappa[0]
        self._c = np.zeros(len(rows.X))

    def at(self, theta: FloatArray, points: FloatArray) -> tuple[float, list[Gradient]]:
        """Return the bound at log parameters (1, d) and points (m, p), and its gradient.

        LinAlgError if a matrix cannot be factored.
        """
        features = Features(self._given, self._rows.X, theta[0], points)
        for _ in range(INNER):
            c = self._c
            omega = mean_weights(self._b, c)
            inner = _Regression(features, omega, self._kappa, self._rows.known)
            self._c = inner.c
            if np.abs(self._c - c).max() < INNER_TOLERANCE:
                break
        value = inner.value + float(np.sum(0.5 * omega * c**2 - self._b * log_cosh(c)))
        return value, [Gradient(features, inner.slope(), -0.5 * omega)]


class _Regression:
    """The law of v given omega, and the logarithm of the integral."""

    def __init__(self, features: Features, omega: FloatArray, kappa: FloatArray, known: FloatArray) -> None:
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
