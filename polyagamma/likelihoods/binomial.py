"""The binomial likelihood: successes in a number of trials, with a logit link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, gammaln

from polyagamma._validation import models as checks
from polyagamma._validation.arguments import shown
from polyagamma.likelihoods.likelihood import (
    ROWS_AT_ONCE,
    CoreForm,
    FloatArray,
    ObservedRows,
    PolyaGammaForm,
    decided_by_the_prior,
)


@dataclass(frozen=True)
class BinomialLikelihood(ObservedRows):
    """Checked successes, trials, weights and offsets, each (n,); labels of failure and success.

    It has one linear predictor.
    """

    @classmethod
    def check(
        cls,
        y: Any,
        trials: ArrayLike | None,
        weights: ArrayLike | None,
        offset: ArrayLike | None,
        n_rows: int,
        success: Any = None,
    ) -> BinomialLikelihood:
        """Check what the user gave; TypeError or ValueError name the argument."""
        if trials is None:
            classes, successes = checks.two_labels(y, n_rows, success)
            n_trials = np.ones(n_rows)
        else:
            if success is not None:
                raise ValueError(
                    "success goes with labels, got trials too, where y counts the successes: drop one of them"
                )
            n_trials = checks.trials(trials, n_rows)
            classes, successes = np.array([0, 1]), checks.successes(y, n_trials)
        return cls(
            classes,
            successes,
            n_trials,
            checks.weights(weights, n_rows, n_trials),
            checks.offset(offset, n_rows),
        )

    @property
    def n_functions(self) -> int:
        """See `Likelihood`."""
        return 1

    def description(self) -> dict[str, str]:
        """See `Likelihood`: which label counts as the success."""
        return {"success": str(self.classes[1])}

    @property
    def b(self) -> FloatArray:
        """First parameters of the Pólya-gamma variables, (n,): weight times trials."""
        return self.weights * self.trials

    @property
    def kappa(self) -> FloatArray:
        """Weight times (successes less half the trials), (1, n)."""
        return (self.weights * (self.y - self.trials / 2))[np.newaxis]

    def polya_gamma(self) -> PolyaGammaForm:
        """See `Likelihood`."""
        return PolyaGammaForm(self.b, self.kappa)

    def core(self) -> CoreForm:
        """See `Likelihood`."""
        return CoreForm("binomial", {"b": self.b, "kappa": self.kappa[0]})

    @cached_property
    def log_binomial(self) -> FloatArray:
        """Log of the number of ways to choose the successes, (n,)."""
        y, trials = self.y, self.trials
        if (trials == 1).all():
            return np.broadcast_to(0.0, y.shape)
        return np.asarray(gammaln(trials + 1) - gammaln(y + 1) - gammaln(trials - y + 1))

    def log_constant(self) -> float:
        """See `Likelihood`: the binomial coefficients."""
        if (self.trials == 1).all():
            return 0.0
        blocks = range(0, len(self.y), ROWS_AT_ONCE)
        each = (slice(first, first + ROWS_AT_ONCE) for first in blocks)
        return float(sum(self.log_binomial[rows] @ self.weights[rows] for rows in each))

    def log_likelihood(self, eta: FloatArray, rows: slice) -> FloatArray:
        """See `Likelihood`."""
        eta = eta[..., 0, :]
        value = np.logaddexp(0.0, eta)
        value *= -self.trials[rows]
        value += self.y[rows] * eta
        value += self.log_binomial[rows]
        value *= self.weights[rows]
        return np.asarray(value)

    def mean(self, eta: FloatArray) -> FloatArray:
        """See `Likelihood`: that of success."""
        return np.asarray(expit(eta))

    def class_probabilities(self, mean: FloatArray) -> FloatArray:
        """See `Likelihood`: those of failure and success."""
        return np.concatenate([1.0 - mean, mean])

    def simulate(self, eta: FloatArray, trials: FloatArray, rng: np.random.Generator) -> NDArray[np.int64]:
        """See `Likelihood`: successes."""
        return np.asarray(rng.binomial(trials.astype(np.int64), expit(eta[..., 0, :])))

    def notices(self, predictor: Callable[[slice], FloatArray]) -> list[str]:
        """See `Likelihood`: an explanation if the classes are separated, so that the prior alone decides."""
        if not self._is_separated(predictor):
            return []
        occurring = np.unique(self.y / self.trials)
        found = "a linear function of the predictors perfectly separates the classes"
        if len(occurring) == 1:
            found = f"only one class ({self.classes[int(occurring[0])]}) occurs"
        return [decided_by_the_prior(found)]

    def _is_separated(self, predictor: Callable[[slice], FloatArray]) -> bool:
        """Whether each row is on the side of its class; with successes and failures it is on neither."""
        y, trials = self.y, self.trials
        if ((y > 0) & (y < trials)).any():
            return False
        for first in range(0, len(y), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            eta = self.offset[rows] + predictor(rows)
            if not (eta * (y[rows] - trials[rows] / 2) > 0).all():
                return False
        return True


def observed_binomial(
    classes: NDArray[Any], n: int, *, y: Any, trials: Any = None, weights: Any = None, offset: Any = None
) -> BinomialLikelihood:
    """Return some of the rows of a model with these labels; TypeError or ValueError if one does not fit."""
    if trials is None:
        n_trials, successes = np.ones(n), is_second(y, classes, n)
    else:
        n_trials = checks.trials(trials, n)
        successes = checks.successes(y, n_trials)
    given = np.ones(n) if weights is None else checks.weights(weights, n, n_trials)
    known = np.zeros(n) if offset is None else checks.offset(offset, n)
    return BinomialLikelihood(classes, successes, n_trials, given, known)


def is_second(y: Any, classes: NDArray[Any], n: int) -> FloatArray:
    """Return labels as 1.0 where they are the second class; ValueError if one is neither."""
    labels = np.asarray(y)
    if labels.shape != (n,):
        raise ValueError(f"y must have shape ({n},), one label for each row of X, got {labels.shape}")
    second = labels == classes[1]
    other = ~(second | (labels == classes[0]))
    if other.any():
        row = int(np.argmax(other))
        raise ValueError(
            f"y must be one of {classes.tolist()}, got {shown(labels[row])} in row {row}: correct y, or make "
            "the model with these classes"
        )
    return np.asarray(second, dtype=np.float64)
