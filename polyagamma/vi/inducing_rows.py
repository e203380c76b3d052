"""Rows of a process that inducing points stand for, at a kernel: batches of them, by the compiled core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cholesky

from polyagamma import _gibbs
from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.mcmc.specification import Specification
from polyagamma.terms.features import InducingPoints
from polyagamma.terms.gaussian_process import PriorMean
from polyagamma.terms.kernels import compiled
from polyagamma.vi.law import NormalLaw

FloatArray = NDArray[np.float64]
PREDICTED = 1 << 13  # rows at once: their covariances with the points may be Python's


@dataclass(frozen=True)
class InducingModel:
    """A process of two classes or of trials, and the inducing points that stand for it.

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
    def likelihood(self) -> BinomialLikelihood:
        """What is observed in the rows of the model."""
        likelihood = self.model.likelihood
        assert isinstance(likelihood, BinomialLikelihood)
        return likelihood


@dataclass(frozen=True)
class Batch:
    """Checked rows: inputs (n, p), what is observed, and the known part of the linear predictor (n,)."""

    X: FloatArray
    likelihood: BinomialLikelihood
    known: FloatArray


class InducingRows:
    """Sums over batches, and moments of the process, at a kernel.

    Parameters
    ----------
    given : InducingModel
    kernel : Kernel
    threads : int

    Raises
    ------
    FloatingPointError
        If the kernel matrix of the inducing points is not positive definite.
    """

    def __init__(self, given: InducingModel, kernel: Any, threads: int) -> None:
        self.kernel, self._points, self._independent = kernel, given.basis.points, given.basis.independent
        known = compiled(kernel)
        self._compiled = None if known is None else known.fixed()
        try:
            lower = point_factor(kernel, given.basis)
        except LinAlgError as error:
            raise FloatingPointError(
                f"at the kernel {kernel} the kernel matrix of the inducing points is not positive definite: "
                "pass points that are farther apart, or a larger jitter"
            ) from error
        self._core = _gibbs.InducingRows(lower=lower, jitter=given.basis.jitter, threads=threads)

    def polya_gamma(self, batch: Batch, law: NormalLaw) -> tuple[float, FloatArray, FloatArray]:
        """Return the bound of a batch's log-likelihood, its slope, and means of weighted products."""
        core = batch.likelihood.core()
        rows = _gibbs.Likelihood(core.name, core.arrays)
        return self._core.polya_gamma(
            self._covariances(batch.X), rows, batch.known, law.mean, law.factor, self._independent
        )

    def moments(self, X: FloatArray, law: NormalLaw) -> tuple[FloatArray, FloatArray]:
        """Return means and variances, (n,), of the process at some inputs, without its prior mean."""
        parts = [
            self._core.moments(self._covariances(X[first : first + PREDICTED]), law.mean, law.factor)
            for first in range(0, len(X), PREDICTED)
        ]
        mean, variance = (np.concatenate(both) for both in zip(*parts, strict=True))
        return mean, variance

    def _covariances(self, X: FloatArray) -> _gibbs.CrossCovariances:
        known = self._compiled
        if known is None:
            covariances = np.ascontiguousarray(self.kernel(X, self._points), dtype=np.float64)
            variances = np.ascontiguousarray(self.kernel.diag(X), dtype=np.float64)
            return _gibbs.CrossCovariances.given(covariances, variances)
        scales = [value for _, value in known.length_scales]
        return _gibbs.CrossCovariances.stationary(
            family=known.family,
            inputs=X,
            points=self._points,
            variance=known.variance[1],
            length_scales=scales,
        )


def point_factor(kernel: Any, basis: InducingPoints) -> FloatArray:
    """Return the lower factor of the kernel matrix of inducing points; LinAlgError if there is none."""
    matrix = basis.covariance(kernel)
    if not np.isfinite(matrix.sum()):
        raise LinAlgError("not finite")
    return np.ascontiguousarray(cholesky(matrix, lower=True, overwrite_a=True))
