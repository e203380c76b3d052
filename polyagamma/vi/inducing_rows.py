"""Functions of a process that inducing points stand for, at their kernels: batches of rows, by the core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cholesky

from polyagamma import _gibbs
from polyagamma.likelihoods.classification import ClassLikelihood
from polyagamma.mcmc.specification import Specification
from polyagamma.terms.features import InducingPoints
from polyagamma.terms.gaussian_process import PriorMean
from polyagamma.terms.kernels import compiled
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.row_bounds import row_bound

FloatArray = NDArray[np.float64]
PREDICTED = 1 << 11  # rows at once: their features stay in the cache


@dataclass(frozen=True)
class InducingModel:
    """A process of two classes, of trials or of several classes, and the points that stand for it.

    Attributes
    ----------
    model : Specification
    kernel : Kernel
        At the parameters where the search for others starts, or that are fixed.
    basis : InducingPoints
    mean : PriorMean
    learned : bool
        Whether the kernel's parameters are to be found.
    """

    model: Specification
    kernel: Any
    basis: InducingPoints
    mean: PriorMean
    learned: bool

    @property
    def likelihood(self) -> ClassLikelihood:
        """What is observed in the rows of the model."""
        likelihood = self.model.likelihood
        assert isinstance(likelihood, ClassLikelihood)
        return likelihood

    def kernel_at(self, theta: FloatArray) -> Any:
        """Return the kernel with such log parameters, if they are to be found, else as it is."""
        return self.kernel.clone_with_theta(theta) if self.learned else self.kernel


@dataclass(frozen=True)
class Batch:
    """Checked rows: inputs (n, p), what is observed, and the known part of linear predictors (n,)."""

    X: FloatArray
    likelihood: ClassLikelihood
    known: FloatArray


class BatchSums(NamedTuple):
    """What a batch says of q functions at m points, given laws of their values.

    Attributes
    ----------
    bound : float
        That of its log-likelihood.
    linear : ndarray, shape (q, m)
    precision : ndarray, shape (q, m, m)
        What a step of coordinate ascent adds to the precision of the prior, and `linear` to the product of
        precision and mean.
    """

    bound: float
    linear: FloatArray
    precision: FloatArray


class InducingFunctions:
    """Functions at their kernels: their moments, and sums over batches.

    Parameters
    ----------
    basis : InducingPoints
    kernels : sequence of Kernel
        One for each function. Those of the same parameters share features.
    threads : int

    Raises
    ------
    FloatingPointError
        If a kernel matrix of the inducing points is not positive definite.
    """

    def __init__(self, basis: InducingPoints, kernels: Sequence[Any], threads: int) -> None:
        self._independent = basis.independent
        keys = [np.asarray(kernel.theta).tobytes() for kernel in kernels]
        made = {
            key: point_features(basis, kernel, threads) for key, kernel in zip(keys, kernels, strict=True)
        }
        self._features, self._which = list(made.values()), [list(made).index(key) for key in keys]

    def sums(self, batch: Batch, laws: Sequence[NormalLaw]) -> BatchSums:
        """Return what a batch says."""
        rows = self._rows(batch.X)
        mean, variance = moments(rows, laws, self._independent)
        bound = row_bound(batch.likelihood, batch.known + mean, variance)
        slopes = bound.slopes + bound.weights * mean
        each = [row.sums(*pair) for row, *pair in zip(rows, slopes, bound.weights, strict=True)]
        linear, precision = (stacked(parts) for parts in zip(*each, strict=True))
        return BatchSums(bound.value, linear, precision)

    def moments(self, X: FloatArray, laws: Sequence[NormalLaw]) -> tuple[FloatArray, FloatArray]:
        """Return means and variances, (q, n), of the functions at some inputs, without their prior mean."""
        parts = [moments(self._rows(some), laws, independent=True) for some in slices(X)]
        mean, variance = (np.concatenate(both, axis=1) for both in zip(*parts, strict=True))
        return mean, variance

    def _rows(self, X: FloatArray) -> list[_gibbs.InducingRows]:
        found = [features.of(X) for features in self._features]
        return [found[which] for which in self._which]


class PointFeatures:
    """Features of rows at one kernel; `lower`: from `point_factor`, other parameters: `InducingFunctions`."""

    def __init__(self, basis: InducingPoints, kernel: Any, lower: FloatArray, threads: int) -> None:
        self._kernel, self._points, self._jitter, self._threads = kernel, basis.points, basis.jitter, threads
        known = compiled(kernel)
        self._compiled, self._lower = None if known is None else known.fixed(), lower

    def of(self, X: FloatArray) -> _gibbs.InducingRows:
        """Return the features of rows."""
        return _gibbs.InducingRows(
            rows=self._covariances(X), lower=self._lower, jitter=self._jitter, threads=self._threads
        )

    def _covariances(self, X: FloatArray) -> _gibbs.CrossCovariances:
        known = self._compiled
        if known is None:
            covariances = np.ascontiguousarray(self._kernel(X, self._points), dtype=np.float64)
            variances = np.ascontiguousarray(self._kernel.diag(X), dtype=np.float64)
            return _gibbs.CrossCovariances.given(covariances, variances)
        scales = [value for _, value in known.length_scales]
        return _gibbs.CrossCovariances.stationary(
            family=known.family,
            inputs=X,
            points=self._points,
            variance=known.variance[1],
            length_scales=scales,
        )


def point_features(basis: InducingPoints, kernel: Any, threads: int) -> PointFeatures:
    """Return features at a kernel; FloatingPointError if the points' matrix has no factor."""
    try:
        lower = point_factor(kernel, basis)
    except LinAlgError as error:
        raise FloatingPointError(
            f"at the kernel {kernel} the kernel matrix of the inducing points is not positive definite: "
            "pass points that are farther apart, or a larger jitter"
        ) from error
    return PointFeatures(basis, kernel, lower, threads)


def moments(
    rows: Sequence[_gibbs.InducingRows], laws: Sequence[NormalLaw], independent: bool
) -> tuple[FloatArray, FloatArray]:
    """Return means and variances, (q, n), of functions with laws of their own."""
    pairs = zip(rows, laws, strict=True)
    mean, variance = zip(*(row.moments(law.mean, law.factor, independent) for row, law in pairs), strict=True)
    return stacked(mean), stacked(variance)


def stacked(arrays: Sequence[FloatArray]) -> FloatArray:
    """Return arrays in one, along a new first axis; no copy of a single one, which takes time."""
    return arrays[0][np.newaxis] if len(arrays) == 1 else np.stack(arrays)


def slices(X: FloatArray) -> Iterator[FloatArray]:
    """Yield some rows at a time; at least once."""
    for first in range(0, max(len(X), 1), PREDICTED):
        yield X[first : first + PREDICTED]


def point_factor(kernel: Any, basis: InducingPoints) -> FloatArray:
    """Return the lower factor of the kernel matrix of inducing points; LinAlgError if there is none."""
    matrix = basis.covariance(kernel)
    if not np.isfinite(matrix.sum()):
        raise LinAlgError("not finite")
    return np.ascontiguousarray(cholesky(matrix, lower=True, overwrite_a=True))
