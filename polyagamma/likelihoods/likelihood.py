"""Responses: what was observed in each row, and the arrays that the core takes for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, gammaln, logsumexp, softmax

from polyagamma._validation import models as checks
from polyagamma.traces.trace import Variables

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class ObservedRows:
    """What a trace tells, and a posterior depends on, of rows of any kind: labels; arrays (n,)."""

    classes: NDArray[Any]
    y: FloatArray
    trials: FloatArray
    weights: FloatArray
    offset: FloatArray

    def arrays(self) -> list[FloatArray]:
        """Return all of it."""
        return [self.y, self.trials, self.weights, self.offset]

    def data(self, X: FloatArray) -> dict[str, Variables]:
        """Return the groups ``observed_data`` and ``constant_data`` of a trace, X (n, p) among the latter."""
        rows = {"trials": self.trials, "weights": self.weights, "offset": self.offset}
        constant: Variables = {name: (("obs_id",), values) for name, values in rows.items()}
        inputs: Variables = {"X": (("obs_id", "feature"), X)}
        return {"observed_data": {"y": (("obs_id",), self.y)}, "constant_data": {**inputs, **constant}}


@dataclass(frozen=True)
class BinomialResponse(ObservedRows):
    """Checked successes, trials, weights and offsets, each (n,); labels of failure and success.

    It has one latent function.
    """

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
    def n_functions(self) -> int:
        """Number of latent functions."""
        return 1

    @property
    def shape(self) -> FloatArray:
        """Pólya-gamma shapes (n,), weight times trials."""
        return self.weights * self.trials

    @property
    def kappa(self) -> FloatArray:
        """Weight times (successes less half the trials), shape (1, n)."""
        return (self.weights * (self.y - self.trials / 2))[np.newaxis]

    @cached_property
    def log_binomial(self) -> FloatArray:
        """Log of the number of ways to choose the successes, (n,)."""
        y, trials = self.y, self.trials
        if (trials == 1).all():
            return np.broadcast_to(0.0, y.shape)
        return np.asarray(gammaln(trials + 1) - gammaln(y + 1) - gammaln(trials - y + 1))

    def log_density(self, eta: FloatArray, rows: slice = slice(None)) -> FloatArray:
        """Return the weighted log-likelihood of some rows, (..., m), for predictors of that shape."""
        value = np.logaddexp(0.0, eta)
        value *= -self.trials[rows]
        value += self.y[rows] * eta
        value += self.log_binomial[rows]
        value *= self.weights[rows]
        return np.asarray(value)

    def log_likelihood(self, f: FloatArray) -> FloatArray:
        """Return the log-likelihood of each row, (..., n), for f of shape (..., 1, n)."""
        return self.log_density(f[..., 0, :] + self.offset)

    def probability(self, eta: FloatArray) -> FloatArray:
        """Return the probabilities of the two classes, (..., 2, m), for predictors of shape (..., 1, m)."""
        return np.concatenate([expit(-eta), expit(eta)], axis=-2)

    def simulate(self, eta: FloatArray, trials: FloatArray, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return successes, (..., m), in m rows with predictors (..., 1, m)."""
        return np.asarray(rng.binomial(trials.astype(np.int64), expit(eta[..., 0, :])))


@dataclass(frozen=True)
class CategoricalResponse(ObservedRows):
    """Checked classes of the rows, as indices of labels (n,), and their weights (n,); one trial each.

    It has a latent function for each class; probabilities are their softmax.
    """

    @property
    def n_functions(self) -> int:
        """Number of latent functions."""
        return len(self.classes)

    @property
    def shape(self) -> FloatArray:
        """Pólya-gamma shapes (n,): the weights."""
        return self.weights

    @property
    def kappa(self) -> FloatArray:
        """Weight times (whether the row is of the class, less a half), shape (classes, n)."""
        is_class = self.y == np.arange(len(self.classes))[:, np.newaxis]
        return np.asarray(self.weights * (is_class - 0.5))

    def log_likelihood(self, f: FloatArray) -> FloatArray:
        """Return the weighted log-likelihood of each row, (..., n), for f of shape (..., classes, n)."""
        own = np.take_along_axis(f, self.y.astype(int).reshape((1,) * (f.ndim - 1) + (-1,)), axis=-2)
        return np.asarray(self.weights * (own[..., 0, :] - logsumexp(f, axis=-2)))

    def probability(self, eta: FloatArray) -> FloatArray:
        """Return the probabilities of the classes, (..., classes, m), for predictors of the same shape."""
        return np.asarray(softmax(eta, axis=-2))

    def simulate(self, eta: FloatArray, trials: FloatArray, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return classes, (..., m), as positions, of m rows with predictors (..., classes, m)."""
        if (trials != 1).any():
            raise ValueError(f"trials must be 1 for {len(self.classes)} classes, got {trials.max():g}")
        below = softmax(eta, axis=-2).cumsum(axis=-2)[..., :-1, :]
        return np.asarray((rng.random(eta[..., :1, :].shape) > below).sum(axis=-2))


Response = BinomialResponse | CategoricalResponse


def check_response(
    y: Any, trials: ArrayLike | None, weights: ArrayLike | None, offset: ArrayLike | None, n_rows: int
) -> Response:
    """Return the response that y is of: categorical if it has more than two labels and no trials.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit: the message names it.
    """
    if trials is None and (labels := checks.many_labels(y, n_rows)) is not None:
        if offset is not None:
            raise ValueError(
                f"offset needs two classes or trials, got {len(labels[0])} classes in y: an offset that all "
                "classes share has no effect"
            )
        return CategoricalResponse(
            *labels, np.ones(n_rows), checks.weights(weights, n_rows), np.zeros(n_rows)
        )
    return BinomialResponse.check(y, trials, weights, offset, n_rows)
