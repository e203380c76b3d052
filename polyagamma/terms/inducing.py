"""Inducing points: how many, and which."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.arguments import as_array
from polyagamma._validation.memory import available_memory
from polyagamma._validation.optional import packages_for
from polyagamma.terms.features import Basis, BasisFunctions, HilbertBasis, InducingPoints
from polyagamma.terms.kernels import Kernel
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.processes import require_sparse_memory, sparse_doubles

FloatArray = NDArray[np.float64]
FEWEST_POINTS, MOST_POINTS = 64, 256  # that are chosen by themselves
AUTO_THREADS = 4  # that inducing="auto" leaves memory for: one for each chain of a run with the defaults


def make_basis(
    inducing: Any,
    kernel: Kernel,
    predictors: Predictors,
    *,
    independent: bool,
    jitter: float,
    fixed: bool,
    functions: int,
) -> Basis | None:
    """Return what makes the features of a sparse process, and None for the full one.

    Parameters
    ----------
    inducing : None, int, "auto", array_like of shape (m, p) or HilbertBasis
        As `PolyaGammaGP` takes it.
    kernel : Kernel
    predictors : Predictors
        Of the model: inducing points have its columns.
    independent : bool
        Whether rows keep the variance that inducing points leave them.
    jitter : float
    fixed : bool
        Whether the kernel's parameters are, which decides the memory of a run.
    functions : int
        Latent functions, which does so too.

    Raises
    ------
    TypeError, ValueError
        If `inducing` does not fit.
    MemoryError
        If not even so many points, or a few for "auto", do.
    """
    X = predictors.X
    if inducing is None:
        return None
    if isinstance(inducing, HilbertBasis):
        return BasisFunctions(inducing, kernel, X)
    if isinstance(inducing, str):
        checks.one_of("inducing", inducing, ("auto",))
        inducing = points_that_fit(len(X), X.shape[1], fixed, functions)
    if (
        as_array("inducing", inducing).ndim == 0
    ):  # a number of points: found to fit before they are looked for
        inducing = checks.integer("inducing", inducing, 1)
        require_sparse_memory(len(X), inducing, threads=1, fixed=fixed)
        return InducingPoints(choose_inducing(inducing, X), independent, jitter)
    return InducingPoints(predictors.check_new(inducing, "inducing"), independent, jitter)


def points_that_fit(n: int, dimensions: int, fixed: bool, functions: int) -> int:
    """Return how many inducing points to choose; MemoryError if not even a few fit."""
    enough = enough_points(n, dimensions)
    available = available_memory()
    few = min(enough, FEWEST_POINTS)
    for size in range(enough, few, -1):
        if available is None or 8 * sparse_doubles(n, size, AUTO_THREADS, fixed, functions) <= available:
            return size
    require_sparse_memory(n, few, AUTO_THREADS, fixed, functions)
    return few


def enough_points(n: int, dimensions: int) -> int:
    """Return how many inducing points do for n rows: log(n) to the power of their dimensions, within bounds.

    That order makes the error of a process with an RBF kernel vanish as n grows (Burt, Rasmussen and van der
    Wilk 2020, JMLR 21(131), 1-63); the constant depends on the length scales, hence the lower bound. The
    upper one keeps the time of a sweep within seven times that of 100 points.
    """
    power = max(np.log(n), 1.0) ** min(dimensions, 10)
    return min(n, int(np.clip(np.ceil(power), FEWEST_POINTS, MOST_POINTS)))


def choose_inducing(size: int, X: FloatArray) -> FloatArray:
    """Return as many rows of X as asked for, spread by k-means++."""
    with packages_for("the choice of inducing points", ", or pass the points themselves"):
        from sklearn.cluster import kmeans_plusplus

    if size > len(X):
        raise ValueError(f"inducing must be at most the number of rows, {len(X)}, got {size}: leave it out")
    return np.ascontiguousarray(kmeans_plusplus(X, size, random_state=0)[0])
