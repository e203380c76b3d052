"""Kernel parameters and inducing points at the maximum of a collapsed bound."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from scipy.linalg import LinAlgError
from scipy.optimize import minimize

from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.vi.feature_derivatives import Gradient
from polyagamma.vi.inducing_evidence import CollapsedBound
from polyagamma.vi.inducing_rows import Batch, InducingModel
from polyagamma.vi.softmax_evidence import SoftmaxBound

FloatArray = NDArray[np.float64]
MOST_STEPS, FLAT = 100, 1e-5  # of the search, which ends at such a relative change of the bound
IMPOSSIBLE = 1e25  # minus the bound at a kernel that is not positive definite
ROUNDS = 10  # of k-means


class Evidence(Protocol):
    """A bound of the log evidence."""

    def at(self, theta: FloatArray, points: FloatArray) -> tuple[float, list[Gradient]]:
        """Return it at log parameters (functions, d) and points (m, p), and the gradient of each function."""


def collapsed_bound(given: InducingModel, rows: Batch, move: bool) -> Evidence:
    """Return the bound of some rows; `move`: whether derivatives in points are asked for."""
    binomial = isinstance(rows.likelihood, BinomialLikelihood)
    return CollapsedBound(given, rows, move) if binomial else SoftmaxBound(given, rows)


def learned(given: InducingModel, rows: Batch, move: bool) -> tuple[tuple[Any, ...], FloatArray]:
    """Return the kernels of all functions, and the points, that maximise the bound of some rows.

    Kernels that are fixed stay, and so do points unless they are to `move`: these start at the centres of
    k-means, itself started at the points of the model.
    """
    search = _Search(given, rows, move)
    first = search.minus(search.start)
    unit = max(1.0, float(np.linalg.norm(first[1])))

    def scaled(x: FloatArray) -> tuple[float, FloatArray]:
        """Return minus the bound over its first slope, as long as which the first step is in a box."""
        value, slope = first if np.array_equal(x, search.start) else search.minus(x)
        return value / unit, slope / unit

    options: Any = {"maxiter": MOST_STEPS, "ftol": FLAT}
    found = minimize(scaled, search.start, jac=True, method="L-BFGS-B", bounds=search.limits, options=options)
    theta, points = search.parts(np.asarray(found.x, dtype=np.float64))
    if not given.learned:
        return (given.kernel,) * len(theta), points
    return tuple(given.kernel.clone_with_theta(own) for own in theta), points


class _Search:
    """A bound as a function of one vector: log parameters of all functions, and points that move."""

    def __init__(self, given: InducingModel, rows: Batch, move: bool) -> None:
        self._bound, self._move, self._learned = collapsed_bound(given, rows, move), move, given.learned
        q, own = given.likelihood.n_functions, np.array(given.kernel.theta, dtype=np.float64)
        self._theta, self._points = np.tile(own, (q, 1)), given.basis.points
        limits = [*map(tuple, given.kernel.bounds)] * q if given.learned else []
        if move:
            centres = kmeans2(rows.X, self._points, iter=ROUNDS, minit="matrix", missing="warn")[0]
            self._points = np.ascontiguousarray(centres)
            limits += [(None, None)] * self._points.size
        self.start, self.limits = self._joined(self._theta, self._points), limits

    def parts(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return log parameters (functions, d), and points."""
        size = self._theta.size if self._learned else 0
        theta = x[:size].reshape(self._theta.shape) if self._learned else self._theta
        return theta, x[size:].reshape(self._points.shape) if self._move else self._points

    def minus(self, x: FloatArray) -> tuple[float, FloatArray]:
        """Return minus the bound, and its gradient."""
        try:
            value, gradients = self._bound.at(*self.parts(x))
        except LinAlgError:
            return IMPOSSIBLE, np.zeros(len(x))
        of_theta = np.array([one.in_theta() for one in gradients]) if self._learned else self._theta
        of_points = sum(one.in_points() for one in gradients) if self._move else self._points
        return -value, -self._joined(of_theta, np.asarray(of_points))

    def _joined(self, theta: FloatArray, points: FloatArray) -> FloatArray:
        parts = [theta] * self._learned + [points] * self._move
        return np.concatenate([part.ravel() for part in parts])
