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
from scipy.linalg.lapack import dpstrf

FloatArray = NDArray[np.float64]


def kept_points(kernels: Sequence[Any], points: FloatArray, share: float) -> NDArray[np.int64]:
    """Return which points, in their order, leave the others no more than a share of the mean variance.

    They are the pivots of Cholesky's method: each is the point whose value has the largest variance given
    those at the points before it [1]_. With several kernels the matrix is the sum of theirs; what it leaves
    is at least the sum of what each of them does. All are kept if there is no variance, or none that is
    finite: whoever factors their matrix has the error to tell.

    Parameters
    ----------
    kernels : sequence of Kernel
    points : ndarray, shape (m, p)
    share : float
    """
    total = np.zeros((len(points), len(points)))
    for kernel in kernels:
        matrix = np.asarray(kernel(points), dtype=np.float64)
        total += matrix / max(float(matrix.trace()) / len(points), np.finfo(float).tiny)
    rank = 0
    if np.isfinite(total.sum()):
        _, order, rank, _ = dpstrf(total, tol=share, lower=1)
    kept = np.sort(order[:rank] - 1) if rank > 0 else np.arange(len(points))
    return kept.astype(np.int64)
