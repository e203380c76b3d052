"""Whether a linear function separates the classes, so that the prior alone bounds its coefficients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from polyagamma.likelihoods.likelihood import Likelihood

FloatArray = NDArray[np.float64]
ROWS_AT_ONCE = 1 << 16  # where a temporary of the length of the data would be large


def is_separated(likelihood: Likelihood, predictor: Callable[[slice], FloatArray]) -> bool:
    """Whether a linear predictor, less the offsets, has each row on the side of its class.

    Parameters
    ----------
    likelihood : Likelihood
        Of two classes; rows with some successes and some failures are on neither side.
    predictor : callable
        Returns the linear predictors of some rows.
    """
    y, trials, offset = likelihood.y, likelihood.trials, likelihood.offset
    if ((y > 0) & (y < trials)).any():
        return False
    for first in range(0, len(y), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        if not ((offset[rows] + predictor(rows)) * (y[rows] - trials[rows] / 2) > 0).all():
            return False
    return True


def separation_notice(likelihood: Likelihood) -> str:
    """Return what to tell the user of separated classes."""
    occurring = np.unique(likelihood.y / likelihood.trials)
    found = "a linear function of the predictors perfectly separates the classes"
    if len(occurring) == 1:
        found = f"only one class ({likelihood.classes[int(occurring[0])]}) occurs"
    return (
        f"{found}: the likelihood keeps growing with the size of the coefficients, which is therefore "
        "decided by the prior; make sure that it says what you know"
    )
