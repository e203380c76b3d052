"""Values of a kernel between inducing points and rows, and derivatives of functions of these values.

Derivatives are exact for kernels that the core knows, and differences for all others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from polyagamma.terms.kernels import CompiledKernel, compiled

FloatArray = NDArray[np.float64]
STEP = 1e-4  # of differences of the kernel in a log parameter, or in a share of a column's range


class KernelValues(Protocol):
    """The values of a kernel between points and rows.

    Attributes
    ----------
    values : ndarray, shape (m, n)
    """

    values: FloatArray

    def in_theta(self, slopes: FloatArray, own: FloatArray) -> FloatArray:
        """Return a function's derivatives in the log parameters, (d,).

        Those in the values are `slopes` (m, n), those in the rows' variances are `own` (n,).
        """

    def in_points(self, slopes: FloatArray) -> FloatArray:
        """Return a function's derivatives in the points, (m, p), given those in the values."""


def kernel_values(kernel: Any) -> Callable[[FloatArray, FloatArray], KernelValues]:
    """Return what gives the values of a kernel between points Z (m, p) and rows X (n, p)."""
    known = compiled(kernel)
    if known is None:
        return partial(_AnyValues, kernel)
    return partial(_StationaryValues, known, len(kernel.theta))


class _StationaryValues:
    """Of ``variance * k(s)``, s the sum of squares of differences that are divided by length scales."""

    def __init__(self, known: CompiledKernel, n_theta: int, Z: FloatArray, X: FloatArray) -> None:
        self._known, self._n_theta = known, n_theta
        self._scales = np.exp([value for _, value in known.length_scales])
        middle = Z.mean(axis=0)  # about which sums of squares lose no digits
        self._Z, self._X = (Z - middle) / self._scales, (X - middle) / self._scales
        self._variance = float(np.exp(known.variance[1]))
        square = cdist(self._Z, self._X, "sqeuclidean")
        self.values, self._ratio = correlation_and_ratio(known.family, square)
        self.values *= self._variance

    def in_theta(self, slopes: FloatArray, own: FloatArray) -> FloatArray:
        """See `KernelValues`."""
        in_logs = slopes * self.values
        in_variance = float(in_logs.sum()) + self._variance * float(own.sum())
        of_scales = -2 * squares(in_logs * self._ratio, self._Z, self._X)
        if len(self._scales) == 1:
            of_scales = of_scales.sum(keepdims=True)
        gradient = np.zeros(self._n_theta)
        places = [self._known.variance, *self._known.length_scales]
        for (index, _), derivative in zip(places, (in_variance, *of_scales), strict=True):
            if index >= 0:
                gradient[index] = derivative
        return gradient

    def in_points(self, slopes: FloatArray) -> FloatArray:
        """See `KernelValues`."""
        pulls = differences(slopes * self.values * self._ratio, self._Z, self._X)
        return np.asarray(2 * pulls / self._scales)


def correlation_and_ratio(family: int, square: FloatArray) -> tuple[FloatArray, FloatArray | float]:
    """Return k (`CompiledKernel` has the families), and the derivative of log k in s, where k is not 0.

    Where s is 0, that of ``exp(-sqrt(s))`` is given as 0: it has none, and what multiplies it is 0.
    """
    if family == 0:
        return np.exp(-0.5 * square), -0.5
    root = np.sqrt((1.0, 3.0, 5.0)[family - 1] * square)
    decay = np.exp(-root)
    if family == 1:
        return decay, np.divide(-0.5, root, out=np.zeros_like(root), where=root > 0)
    if family == 2:
        return (1 + root) * decay, -1.5 / (1 + root)
    factor = 1 + root + root**2 / 3
    return factor * decay, -5 / 6 * (1 + root) / factor


def squares(weights: FloatArray, A: FloatArray, B: FloatArray) -> FloatArray:
    """Return ``sum_ij weights[i, j] (A[i] - B[j])**2``, (p,)."""
    ends = weights.sum(axis=1) @ A**2 + weights.sum(axis=0) @ B**2
    return np.asarray(ends - 2 * (A * (weights @ B)).sum(axis=0))


def differences(weights: FloatArray, A: FloatArray, B: FloatArray) -> FloatArray:
    """Return ``sum_j weights[i, j] (A[i] - B[j])``, (m, p)."""
    return np.asarray(weights.sum(axis=1)[:, np.newaxis] * A - weights @ B)


class _AnyValues:
    """Of a kernel about which nothing is known."""

    def __init__(self, kernel: Any, Z: FloatArray, X: FloatArray) -> None:
        self._kernel, self._Z, self._X = kernel, Z, X
        self.values = np.asarray(kernel(Z, X), dtype=np.float64)

    def in_theta(self, slopes: FloatArray, own: FloatArray) -> FloatArray:
        """See `KernelValues`."""

        def function(theta: FloatArray) -> float:
            """Return the linear function that has these derivatives."""
            kernel = self._kernel.clone_with_theta(theta)
            return float(np.vdot(slopes, kernel(self._Z, self._X)) + own @ kernel.diag(self._X))

        theta = np.array(self._kernel.theta, dtype=np.float64)
        steps = STEP * np.eye(len(theta))
        return np.array([function(theta + step) - function(theta - step) for step in steps]) / (2 * STEP)

    def in_points(self, slopes: FloatArray) -> FloatArray:
        """See `KernelValues`. A coordinate of all points moves at once: each has a row of its own."""
        gradient = np.empty(self._Z.shape)
        for d, extent in enumerate(np.ptp(self._Z, axis=0)):
            step = np.zeros(len(self._Z[0]))
            step[d] = STEP * (extent or 1.0)
            change = self._kernel(self._Z + step, self._X) - self._kernel(self._Z - step, self._X)
            gradient[:, d] = (slopes * change).sum(axis=1) / (2 * step[d])
        return gradient
