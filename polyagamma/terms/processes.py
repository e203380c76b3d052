"""Gaussian processes on training inputs, full and sparse: what the core samples, the law at new inputs."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cholesky

from polyagamma._validation.memory import available_memory, require_memory
from polyagamma.terms.conditional import Noise, conditional_draws, runs
from polyagamma.terms.core_processes import (
    CoreProcess,
    extended_factor,
    full_process,
    low_rank_process,
)
from polyagamma.terms.features import Basis
from polyagamma.terms.kernel_priors import LogParameterPrior
from polyagamma.terms.kernels import Kernel, TrainingCovariance, compiled, parameter_groups

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
    covariance : TrainingCovariance or None
        That of g, where the process is sampled through it.
    name : str
        What traces and fingerprints call it.
    """

    kernel: Any
    jitter: float
    variable: str
    name: str

    @property
    def covariance(self) -> TrainingCovariance | None: ...  # noqa: D102

    @property
    def size(self) -> int: ...  # noqa: D102

    def design(self) -> FloatArray | None:
        """Return T at the parameters of `kernel`, (n, size), if it has so few columns; else None.

        Raises
        ------
        numpy.linalg.LinAlgError
            If a matrix on the way is not positive definite.
        """

    def core(self, fixed: bool) -> CoreProcess:
        """Return the core's process; `fixed`: at the parameters of `kernel`, else at those it asks for."""

    def predict(
        self, theta: FloatArray, stored: FloatArray, X_new: FloatArray, rng: Noise, joint: bool
    ) -> FloatArray:
        """Draw g at new inputs, (s, m), for log parameters (s, d) and stored values (s, size)."""

    def draw_prior(self, theta: FloatArray, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Draw what a trace stores, and g at the training inputs as ``"f"``, for log parameters (s, d)."""

    def doubles(self, threads: int, fixed: bool, functions: int = 1) -> int:
        """Return how many numbers the matrices of a run hold at most; `functions`: that move at once."""

    def require_memory(self, threads: int, fixed: bool, functions: int = 1) -> None:
        """Raise MemoryError if they do not fit."""

    def identity(self) -> list[FloatArray]:
        """Return what tells the process from others of its type with the same kernel and inputs."""


class FullProcess:
    """The process itself: n x n matrices."""

    variable, name = "f", "FullProcess"

    def __init__(self, kernel: Kernel, X: FloatArray, jitter: float) -> None:
        self.kernel = kernel
        self.jitter = jitter
        self.covariance = TrainingCovariance(kernel, X, jitter)
        self._factor: FloatArray | None = None

    def factor(self) -> FloatArray:
        """Return the lower factor of the covariance at the training inputs, which is kept.

        Raises
        ------
        numpy.linalg.LinAlgError
            If that is not positive definite, or not finite.
        """
        if self._factor is None:
            matrix = np.empty((self.size, self.size))
            if not self.covariance(np.array(self.kernel.theta, dtype=np.float64), matrix):
                raise LinAlgError("not finite")
            self._factor = np.ascontiguousarray(cholesky(matrix, lower=True, overwrite_a=True))
        return self._factor

    def with_more(self, kernel: Kernel, X: FloatArray) -> FullProcess:
        """Return the process at more inputs, these ones the first; a factor that is there is extended.

        Raises
        ------
        numpy.linalg.LinAlgError
            If the covariance is not positive definite with them.
        """
        more = FullProcess(kernel, X, self.jitter)
        if self._factor is not None and np.array_equal(kernel.theta, self.kernel.theta):
            new = X[self.size :]
            rows = np.array(kernel(new, X), dtype=np.float64)
            rows[:, self.size :].flat[:: len(new) + 1] *= 1.0 + self.jitter
            more._factor = extended_factor(self._factor, rows)
        return more

    @property
    def size(self) -> int:
        """Number of training inputs."""
        return len(self.covariance.X)

    def core(self, fixed: bool) -> CoreProcess:
        """See `Process`."""
        return full_process(self.covariance, fixed)

    def design(self) -> FloatArray | None:
        """See `Process`: it has none."""
        return None

    def predict(
        self, theta: FloatArray, stored: FloatArray, X_new: FloatArray, rng: Noise, joint: bool
    ) -> FloatArray:
        """See `Process`."""
        return conditional_draws(self.covariance, theta, stored, X_new, rng, joint)

    def draw_prior(self, theta: FloatArray, rng: np.random.Generator) -> dict[str, FloatArray]:
        """See `Process`; LinAlgError if a kernel matrix is not positive definite."""
        values, matrix = np.empty((len(theta), self.size)), np.empty((self.size, self.size))
        for draws in runs(theta):
            if not self.covariance(theta[draws.start], matrix):
                raise LinAlgError("not finite")
            values[draws] = rng.standard_normal(values[draws].shape) @ cholesky(matrix, lower=True).T
        return {"f": values}

    def doubles(self, threads: int, fixed: bool, functions: int = 1) -> int:
        """See `Process`: up to four matrices while Python evaluates a kernel, besides those of the core.

        These are four for each thread; three with a fixed kernel, whatever the threads. Several functions at
        once take six each, two with a fixed kernel, and two in common, for each thread.
        """
        if functions == 1:
            matrices = 3 if fixed else 4 * threads
        else:
            matrices = threads * ((2 if fixed else 6) * functions + 2) + fixed
        matrices += 0 if compiled(self.kernel) else 4
        return matrices * self.size**2

    def require_memory(self, threads: int, fixed: bool, functions: int = 1) -> None:
        """See `Process`."""
        require_memory(
            8 * self.doubles(threads, fixed, functions),
            f"the full Gaussian process of n = {self.size} rows",
            "pass inducing=100 or so for a sparse process, whose memory is proportional to n",
        )

    def identity(self) -> list[FloatArray]:
        """See `Process`."""
        return []


class SparseProcess:
    """A process of low rank: n x m matrices, m the number of features."""

    variable, name, covariance = "v", "SparseProcess", None

    def __init__(self, kernel: Kernel, X: FloatArray, jitter: float, basis: Basis) -> None:
        self.kernel = kernel
        self.jitter = jitter
        self._X = X
        self._basis = basis

    @property
    def size(self) -> int:
        """Number of features."""
        return self._basis.size

    def core(self, fixed: bool) -> CoreProcess:
        """See `Process`."""
        return low_rank_process(self.kernel, self._X, self.jitter, self._basis, fixed)

    def design(self) -> FloatArray | None:
        """See `Process`."""
        features = self._basis.training(self.kernel, self._X)
        return None if features.variance.any() else features.matrix

    def predict(
        self, theta: FloatArray, stored: FloatArray, X_new: FloatArray, rng: Noise, _: bool
    ) -> FloatArray:
        """See `Process`; new inputs are independent given the features."""
        values = np.empty((len(theta), len(X_new)))
        for draws in runs(theta):
            kernel = self.kernel.clone_with_theta(theta[draws.start])
            matrix, variance = self._basis.new(kernel, X_new)
            values[draws] = stored[draws] @ matrix.T
            values[draws] += np.sqrt(variance) * rng.standard_normal(values[draws].shape)
        return values

    def draw_prior(self, theta: FloatArray, rng: np.random.Generator) -> dict[str, FloatArray]:
        """See `Process`; LinAlgError if a kernel matrix is not positive definite."""
        v, f = rng.standard_normal((len(theta), self.size)), np.empty((len(theta), len(self._X)))
        for draws in runs(theta):
            features = self._basis.training(self.kernel.clone_with_theta(theta[draws.start]), self._X)
            f[draws] = v[draws] @ features.matrix.T
            f[draws] += np.sqrt(features.variance) * rng.standard_normal(f[draws].shape)
        return {"v": v, "f": f}

    def doubles(self, threads: int, fixed: bool, functions: int = 1) -> int:
        """See `Process`."""
        return sparse_doubles(len(self._X), self.size, threads, fixed, functions)

    def require_memory(self, threads: int, fixed: bool, functions: int = 1) -> None:
        """See `Process`; says how many features would fit."""
        require_sparse_memory(len(self._X), self.size, threads, fixed, functions)

    def identity(self) -> list[FloatArray]:
        """See `Process`."""
        return self._basis.identity()


def sparse_doubles(n: int, m: int, threads: int, fixed: bool, functions: int = 1) -> int:
    """Return how many numbers a sparse process of n rows and m features needs.

    Two n x m matrices for each thread, three while Python makes the features, and two m x m for each thread;
    functions that move at once take as many each, and two matrices of all their features together or, if
    that is less, the n x n matrices of a full process.
    """
    blocks = threads * functions
    own = (4 if fixed else 2 * blocks + 3) * n * m + 2 * (blocks + 1) * m * m
    if functions == 1:
        return own
    dense = (2 * functions + 2) * n * n + n * m
    return own + threads * (2 * (functions * m) ** 2 if functions * m < n else dense)


def require_sparse_memory(n: int, m: int, threads: int, fixed: bool, functions: int = 1) -> None:
    """Raise MemoryError, saying how many features would fit, if m do not."""
    needed = 8 * sparse_doubles(n, m, threads, fixed, functions)
    fit = int(m * min(1.0, (available_memory() or needed) / needed))
    cure = f"pass at most {fit} of them" if fit else "pass fewer rows"
    require_memory(needed, f"a sparse process of {n} rows and {m} features", cure)


class LatentProcess(NamedTuple):
    """A Gaussian process as a term of a model; without a prior the kernel's parameters are fixed."""

    process: Process
    prior: LogParameterPrior | None


def not_positive_definite(process: Process, theta: FloatArray | None) -> FloatingPointError:
    """Return the error of a kernel matrix that cannot be factored, at its own parameters or at others."""
    kernel = process.kernel
    theta = np.array(kernel.theta) if theta is None else theta
    values = ", ".join(
        f"{group.name} = {np.array2string(np.exp(theta[group.where]), precision=4, separator=', ')}"
        for group in parameter_groups(kernel)
    )
    return FloatingPointError(
        f"the kernel matrix is not positive definite, or not finite, at {values or kernel} with "
        f"jitter = {process.jitter:g}: pass a larger jitter, a kernel_prior or bounds that keep away "
        "from there, or inputs of like scale"
    )
