"""Inducing points that are worth their time: those that the others do not determine.

References
----------
.. [1] H. Harbrecht, M. Peters and R. Schneider (2012), "On the low-rank approximation by the pivoted Cholesky
   decomposition", Applied Numerical Mathematics 62, 428-440.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError
from scipy.linalg.lapack import dpstrf

FloatArray = NDArray[np.float64]
DETERMINED = 1e-5  # variance that is left of a value, as a share of the mean one, below which it adds nothing


def kept_points(kernels: Sequence[Any], points: FloatArray) -> NDArray[np.int64]:
    """Return which points, in their order, leave next to no variance to the others.

    They are the pivots of Cholesky's method: each is the point whose value has the largest variance given
    those at the points before it [1]_. With several kernels the matrix is the sum of theirs; what it leaves
    is at least the sum of what each of them does.

    Parameters
    ----------
    kernels : sequence of Kernel
    points : ndarray, shape (m, p)

    Raises
    ------
    numpy.linalg.LinAlgError
        If there is no variance, or if it is not finite.
    """
    total = sum(_scaled(np.asarray(kernel(points), dtype=np.float64)) for kernel in kernels)
    _, order, rank, _ = dpstrf(total, tol=DETERMINED, lower=1)
    return np.sort(order[:rank] - 1).astype(np.int64)


def _scaled(matrix: FloatArray) -> FloatArray:
    """Return a kernel matrix whose mean variance is one."""
    mean = float(np.mean(matrix.diagonal()))
    if not (np.isfinite(matrix.sum()) and mean > 0):
        raise LinAlgError("no variance, or not finite")
    return matrix / mean
