"""The design of a regression: a column of ones before the predictors, and the scales of its priors."""

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def with_intercept(problem: SimpleNamespace) -> tuple[Array, Array]:
    """Return the design (n, p + 1) and the standard deviations of its coefficients (p + 1,)."""
    n, p = problem.X.shape
    scales = np.repeat([problem.intercept_scale, problem.scale], [1, p])
    return np.column_stack([np.ones(n), problem.X]), scales
