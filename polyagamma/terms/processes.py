"""Gaussian processes on training inputs, full and sparse: what the core samples, the law at new inputs."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cholesky

from polyagamma import _gibbs
from polyagamma.terms import conditional
from polyagamma.terms.features import Basis, InducingPoints
from polyagamma.terms.kernels import Kernel, TrainingCovariance, compiled

FloatArray = NDArray[np.float64]


class Process(Protocol):
    """A Gaussian process on training inputs, ``g = T @ nu`` with standard normal nu.

    Attributes
    ----------
    kernel : Kernel
        With the parameters that a fixed kernel has.
    jitter : float
        Share of diagonal elements that is added to them.
    variable : str
        What a trace stores of it: ``"f"``, g at the training inputs, or ``"v"``, the first coordinates of nu.
    size : int
        How many numbers this is.
    """

    kernel: Any
    jitter: float
    variable: str

    @property
    def size(self) -> int: ...  # noqa: D102

    def core(self, fixed: bool) -> _gibbs.Process:
        """Return the core's process; `fixed`: at the parameters of `kernel`, else at those it asks for."""

    def predict(
        self, theta: FloatArray, stored: FloatArray, X_new: FloatArray, rng: conditional.Noise, joint: bool
    ) -> FloatArray:
        """Draw g at new inputs, (s, m), for log parameters (s, d) and stored values (s, size)."""

    def draw_prior(self, theta: FloatArray, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Draw what a trace stores, and g at the training inputs as ``"f"``, for log parameters (s, d)."""

    def doubles(self, threads: int, fixed: bool) -> int:
        """Return how many numbers the matrices of a run hold at most."""

    def identity(self) -> list[FloatArray]:
        """Return what tells the process from others of its type with the same kernel and inputs."""


class FullProcess:
    """The process itself: n x n matrices."""

    variable = "f"

    def __init__(self, kernel: Kernel, X: FloatArray, jitter: float) -> None:
        self.kernel = kernel
        self.jitter = jitter
        self._covariance = TrainingCovariance(kernel, X, jitter)

    @property
    def size(self) -> int:
        """Number of training inputs."""
        return len(self._covariance.X)

    def core(self, fixed: bool) -> _gibbs.Process:
        """See `Process`."""
        return _gibbs.FullProcess(
            n_rows=self.size,
            n_theta=0 if fixed else len(self.kernel.theta),
            covariance=self.core_covariance(fixed),
        )

    def core_covariance(self, fixed: bool) -> _gibbs.Covariance:
        """Return the core's covariance function of the training inputs."""
        return core_covariance(self._covariance, fixed)

    def predict(
        self, theta: FloatArray, stored: FloatArray, X_new: FloatArray, rng: conditional.Noise, joint: bool
    ) -> FloatArray:
        """See `Process`."""
        return conditional.conditional_draws(self._covariance, theta, stored, X_new, rng, joint)

    def draw_prior(self, theta: FloatArray, rng: np.random.Generator) -> dict[str, FloatArray]:
        """See `Process`; LinAlgError if a kernel matrix is not positive definite."""
        values, matrix = np.empty((len(theta), self.size)), np.empty((self.size, self.size))
        for draws in conditional.runs(theta):
            if not self._covariance(theta[draws.start], matrix):
                raise LinAlgError("not finite")
            values[draws] = rng.standard_normal(values[draws].shape) @ cholesky(matrix, lower=True).T
        return {"f": values}

    def doubles(self, threads: int, fixed: bool) -> int:
        """See `Process`: up to four matrices while Python evaluates a kernel, besides those of the core.

        These are four for each thread; three with a fixed kernel, whatever the threads.
        """
        matrices = (3 if fixed else 4 * threads) + (0 if compiled(self.kernel) else 4)
        return matrices * self.size**2

    def identity(self) -> list[FloatArray]:
        """See `Process`."""
        return []


class SparseProcess:
    """A process of low rank: n x m matrices, m the number of features."""

    variable = "v"

    def __init__(self, kernel: Kernel, X: FloatArray, jitter: float, basis: Basis) -> None:
        self.kernel = kernel
        self.jitter = jitter
        self._X = X
        self._basis = basis

    @property
    def size(self) -> int:
        """Number of features."""
        return self._basis.size

    def core(self, fixed: bool) -> _gibbs.Process:
        """See `Process`."""
        n_theta = 0 if fixed else len(self.kernel.theta)
        features = self._compiled_features(fixed) or self._python_features(fixed)
        return _gibbs.SparseProcess(
            n_rows=len(self._X), n_features=self.size, n_theta=n_theta, features=features
        )

    def _compiled_features(self, fixed: bool) -> _gibbs.Features | None:
        """Return the core's features, where it knows the kernel and these are of inducing points."""
        known, basis = compiled(self.kernel), self._basis
        if known is None or not isinstance(basis, InducingPoints):
            return None
        known = known.fixed() if fixed else known
        return _gibbs.StationaryFeatures(
            family=known.family,
            inputs=self._X,
            points=basis.points,
            variance=known.variance,
            length_scales=known.length_scales,
            jitter=self.jitter,
            independent=basis.independent,
        )

    def _python_features(self, fixed: bool) -> _gibbs.Features:
        own = np.array(self.kernel.theta, dtype=np.float64)

        def fill(theta: FloatArray, matrix: FloatArray, variance: FloatArray) -> bool:
            try:
                kernel = self.kernel.clone_with_theta(own if fixed else theta.copy())
                matrix[...], variance[...] = self._basis.training(kernel, self._X)
            except (LinAlgError, ValueError):  # not positive definite; not finite
                return False
            return bool(np.isfinite(matrix.sum() + variance.sum()))

        return _gibbs.CallbackFeatures(
            n_rows=len(self._X), n_features=self.size, n_theta=0 if fixed else len(own), function=fill
        )

    def design(self) -> FloatArray | None:
        """Return T at the parameters of `kernel`; None if it has more columns than features.

        Raises
        ------
        numpy.linalg.LinAlgError
            If the matrix of the inducing points is not positive definite.
        """
        features = self._basis.training(self.kernel, self._X)
        return None if features.variance.any() else features.matrix

    def predict(
        self, theta: FloatArray, stored: FloatArray, X_new: FloatArray, rng: conditional.Noise, _: bool
    ) -> FloatArray:
        """See `Process`; new inputs are independent given the features."""
        values = np.empty((len(theta), len(X_new)))
        for draws in conditional.runs(theta):
            kernel = self.kernel.clone_with_theta(theta[draws.start])
            matrix, variance = self._basis.new(kernel, X_new)
            values[draws] = stored[draws] @ matrix.T
            values[draws] += np.sqrt(variance) * rng.standard_normal(values[draws].shape)
        return values

    def draw_prior(self, theta: FloatArray, rng: np.random.Generator) -> dict[str, FloatArray]:
        """See `Process`; LinAlgError if a kernel matrix is not positive definite."""
        v, f = rng.standard_normal((len(theta), self.size)), np.empty((len(theta), len(self._X)))
        for draws in conditional.runs(theta):
            features = self._basis.training(self.kernel.clone_with_theta(theta[draws.start]), self._X)
            f[draws] = v[draws] @ features.matrix.T
            f[draws] += np.sqrt(features.variance) * rng.standard_normal(f[draws].shape)
        return {"v": v, "f": f}

    def doubles(self, threads: int, fixed: bool) -> int:
        """See `Process`."""
        return sparse_doubles(len(self._X), self.size, threads, fixed)

    def identity(self) -> list[FloatArray]:
        """See `Process`."""
        return self._basis.identity()


def sparse_doubles(n: int, m: int, threads: int, fixed: bool) -> int:
    """Return how many numbers a sparse process of n rows and m features needs.

    Two n x m matrices for each thread, three while Python makes the features, and two m x m for each thread.
    """
    return (4 if fixed else 2 * threads + 3) * n * m + 2 * (threads + 1) * m * m


def core_covariance(covariance: TrainingCovariance, fixed: bool) -> _gibbs.Covariance:
    """Return the covariance function that the core calls: its own if it knows the kernel, else Python's."""
    kernel, X = covariance.kernel, covariance.X
    known = compiled(kernel)
    if known is not None:
        known = known.fixed() if fixed else known
        return _gibbs.StationaryCovariance(
            family=known.family,
            inputs=X,
            variance=known.variance,
            length_scales=known.length_scales,
            jitter=covariance.jitter,
        )
    theta = np.array(kernel.theta, dtype=np.float64)

    def constant(_: FloatArray, out: FloatArray) -> bool:
        return covariance(theta, out)

    return _gibbs.CallbackCovariance(
        n_rows=len(X), n_theta=0 if fixed else len(theta), function=constant if fixed else covariance
    )
