"""Responses: what was observed in each row, and the arrays that the core takes for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma import _model_checks as checks
from polyagamma.prediction import log_binomial

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class BinomialResponse:
    """Checked successes, trials, weights and offsets, each of shape (n,); labels of failure and success."""

    classes: NDArray[Any]
    y: FloatArray
    trials: FloatArray
    weights: FloatArray
    offset: FloatArray

    @classmethod
    def check(
        cls,
        y: Any,
        trials: ArrayLike | None,
        weights: ArrayLike | None,
        offset: ArrayLike | None,
        n_rows: int,
    ) -> BinomialResponse:
        """Check what the user gave; TypeError or ValueError name the argument."""
        if trials is None:
            classes, successes = checks.two_labels(y, n_rows)
            n_trials = np.ones(n_rows)
        else:
            n_trials = checks.trials(trials, n_rows)
            classes, successes = np.array([0, 1]), checks.successes(y, n_trials)
        return cls(
            classes, successes, n_trials, checks.weights(weights, n_rows), checks.offset(offset, n_rows)
        )

    @property
    def shape(self) -> FloatArray:
        """Pólya-gamma shapes, weight times trials."""
        return self.weights * self.trials

    @property
    def kappa(self) -> FloatArray:
        """Weight times (successes less half the trials)."""
        return self.weights * (self.y - self.trials / 2)

    def log_likelihood(self, eta: FloatArray) -> FloatArray:
        """Return the weighted binomial log-likelihood of each row, for predictors of shape (..., n)."""
        value = np.logaddexp(0.0, eta)
        value *= -self.trials
        value += self.y * eta
        value += log_binomial(self.y, self.trials)
        value *= self.weights
        return np.asarray(value)
