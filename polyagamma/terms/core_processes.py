"""The core's form of Gaussian processes: its own covariance functions and features where it has them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError

from polyagamma import _gibbs
from polyagamma.terms.features import Basis, InducingPoints
from polyagamma.terms.kernels import TrainingCovariance, compiled

FloatArray = NDArray[np.float64]
CoreProcess = _gibbs.Process
CoreCovariance = _gibbs.Covariance


def full_process(covariance: TrainingCovariance, fixed: bool) -> CoreProcess:
    """Return the process itself; `fixed`: at the parameters of its kernel."""
    return _gibbs.FullProcess(
        n_rows=len(covariance.X),
        n_theta=0 if fixed else len(covariance.kernel.theta),
        covariance=core_covariance(covariance, fixed),
    )


def low_rank_process(kernel: Any, X: FloatArray, jitter: float, basis: Basis, fixed: bool) -> CoreProcess:
    """Return the process of low rank that a basis makes; `fixed`: at the parameters of its kernel."""
    features = _compiled_features(kernel, X, jitter, basis, fixed) or _python_features(
        kernel, X, basis, fixed
    )
    n_theta = 0 if fixed else len(kernel.theta)
    return _gibbs.SparseProcess(n_rows=len(X), n_features=basis.size, n_theta=n_theta, features=features)


def _compiled_features(
    kernel: Any, X: FloatArray, jitter: float, basis: Basis, fixed: bool
) -> _gibbs.Features | None:
    """Return the core's features, where it knows the kernel and these are of inducing points."""
    known = compiled(kernel)
    if known is None or not isinstance(basis, InducingPoints):
        return None
    known = known.fixed() if fixed else known
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
        n_rows=len(X), n_features=basis.size, n_theta=0 if fixed else len(own), function=fill
    )


def core_covariance(covariance: TrainingCovariance, fixed: bool) -> CoreCovariance:
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
