"""The core's form of Gaussian processes: its own covariance functions and features where it has them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError

from polyagamma import _gibbs
from polyagamma.terms.features import Basis, InducingPoints
from polyagamma.terms.kernel_priors import LogParameterPrior
from polyagamma.terms.kernels import CompiledKernel, TrainingCovariance, compiled

FloatArray = NDArray[np.float64]
CoreProcess = _gibbs.Process
CoreCovariance = _gibbs.Covariance


def full_process(covariance: TrainingCovariance, fixed: bool) -> CoreProcess:
    """Return the process itself; `fixed`: at the parameters of its kernel."""
    return _gibbs.FullProcess(
        n_rows=len(covariance.X),
        n_theta=_n_theta(covariance.kernel, fixed),
        covariance=core_covariance(covariance, fixed),
    )


def low_rank_process(kernel: Any, X: FloatArray, jitter: float, basis: Basis, fixed: bool) -> CoreProcess:
    """Return the process of low rank that a basis makes; `fixed`: at the parameters of its kernel."""
    features = _compiled_features(kernel, X, jitter, basis, fixed) or _python_features(
        kernel, X, basis, fixed
    )
    return _gibbs.SparseProcess(
        n_rows=len(X), n_features=basis.size, n_theta=_n_theta(kernel, fixed), features=features
    )


def extended_factor(lower: FloatArray, rows: FloatArray) -> FloatArray:
    """Return the factor of a matrix with k more rows (k, n + k); LinAlgError if it is not positive definite.

    It takes time n**2 for each row.
    """
    factor = _gibbs.GrowingCholesky(lower)
    if not factor.append(np.ascontiguousarray(rows)):
        raise LinAlgError("not positive definite")
    return factor.lower()


def _n_theta(kernel: Any, fixed: bool) -> int:
    """Return how many log parameters the core varies."""
    return 0 if fixed else len(kernel.theta)


def _compiled(kernel: Any, fixed: bool) -> CompiledKernel | None:
    """Return the core's form of the kernel, if it has one; `fixed`: with none of its parameters varied."""
    known = compiled(kernel)
    return known.fixed() if known is not None and fixed else known


def _compiled_features(
    kernel: Any, X: FloatArray, jitter: float, basis: Basis, fixed: bool
) -> _gibbs.Features | None:
    """Return the core's features, where it knows the kernel and these are of inducing points."""
    known = _compiled(kernel, fixed)
    if known is None or not isinstance(basis, InducingPoints):
        return None
    return _gibbs.StationaryFeatures(
        family=known.family,
        inputs=X,
        points=basis.points,
        variance=known.variance,
        length_scales=known.length_scales,
        jitter=jitter,
        independent=basis.independent,
    )


def _python_features(kernel: Any, X: FloatArray, basis: Basis, fixed: bool) -> _gibbs.Features:
    own = np.array(kernel.theta, dtype=np.float64)

    def fill(theta: FloatArray, matrix: FloatArray, variance: FloatArray) -> bool:
        try:
            at = kernel.clone_with_theta(own if fixed else theta.copy())
            matrix[...], variance[...] = basis.training(at, X)
        except (LinAlgError, ValueError):  # not positive definite; not finite
            return False
        return bool(np.isfinite(matrix.sum() + variance.sum()))

    return _gibbs.CallbackFeatures(
        n_rows=len(X), n_features=basis.size, n_theta=_n_theta(kernel, fixed), function=fill
    )


def core_log_prior(prior: LogParameterPrior, n_theta: int) -> _gibbs.LogPrior:
    """Return the prior that the core calls: its own unless distributions have been given, else Python's."""
    if (normal := prior.normal) is None:
        return _gibbs.CallbackLogPrior(n_theta=n_theta, function=prior)
    mean, bounds = normal
    low, high = np.ascontiguousarray(bounds.T)
    return _gibbs.NormalLogPrior(mean=mean, low=low, high=high)


def core_covariance(covariance: TrainingCovariance, fixed: bool) -> CoreCovariance:
    """Return the covariance function that the core calls: its own if it knows the kernel, else Python's."""
    kernel, X = covariance.kernel, covariance.X
    if (known := _compiled(kernel, fixed)) is not None:
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
        n_rows=len(X), n_theta=_n_theta(kernel, fixed), function=constant if fixed else covariance
    )
