"""What likelihoods of several classes share: rows of labels or of counts, and the softmax."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp, softmax

from polyagamma.likelihoods.likelihood import CoreForm, FloatArray, ObservedRows
from polyagamma.traces.trace import Variables, storable


@dataclass(frozen=True)
class ClassRows(ObservedRows):
    """Checked classes of the rows, as positions of labels (n,), or counts of all classes (n, K)."""

    @property
    def is_table(self) -> bool:
        """Whether rows are counts of all classes."""
        return self.y.ndim == 2

    @property
    def labels(self) -> list[Any]:
        """The classes, as a trace has them."""
        return storable(self.classes)

    @property
    def n_means(self) -> int:
        """See `Likelihood`: a probability for each class."""
        return len(self.classes)

    @property
    def outcome_dims(self) -> tuple[str, ...]:
        """See `Likelihood`."""
        return ("class",) if self.is_table else ()

    @property
    def coords(self) -> dict[str, dict[str, list[Any]]]:
        """See `Likelihood`."""
        return {"observed_data": {"class": self.labels}}

    @property
    def row_weights(self) -> FloatArray:
        """How much rows count, (n,): weight times trials."""
        return self.weights * self.trials

    def counts(self, positions: NDArray[np.intp]) -> FloatArray:
        """Return how often rows have some classes, (classes, n)."""
        if self.is_table:
            return self.y.T[positions]
        return np.equal(self.y, positions[:, np.newaxis]).astype(np.float64)

    def core_of(self, name: str, positions: NDArray[np.intp]) -> CoreForm:
        """Return the core's likelihood of that name, given which classes have a linear predictor in turn.

        A single one, of two classes, makes it a binomial likelihood.
        """
        trials, counts = self.row_weights, self.weights * self.counts(positions)
        if len(positions) == 1:
            return CoreForm("binomial", {"b": trials, "kappa": counts[0] - trials / 2})
        return CoreForm(name, {"trials": trials, "counts": counts})

    @abstractmethod
    def log_probabilities(self, eta: FloatArray) -> FloatArray:
        """Return those of all classes, (..., K, m), given linear predictors (..., functions, m)."""

    @abstractmethod
    def mean(self, eta: FloatArray) -> FloatArray:
        """See `Likelihood`: the probability of each class."""

    @cached_property
    def log_multinomial(self) -> FloatArray:
        """Log of the number of ways to choose the counts, (n,)."""
        if not self.is_table:
            return np.broadcast_to(0.0, self.y.shape)
        return np.asarray(gammaln(self.trials + 1) - gammaln(self.y + 1).sum(axis=1))

    def log_constant(self) -> float:
        """See `Likelihood`: the multinomial coefficients."""
        return float(self.log_multinomial @ self.weights)

    def log_likelihood(self, eta: FloatArray, rows: slice) -> FloatArray:
        """See `Likelihood`."""
        log_probability = self.log_probabilities(eta)
        if self.is_table:
            value = (self.y[rows].T * log_probability).sum(axis=-2) + self.log_multinomial[rows]
        else:
            own_class = self.y[rows].astype(int).reshape((1,) * (eta.ndim - 1) + (-1,))
            value = np.take_along_axis(log_probability, own_class, axis=-2)[..., 0, :]
        return np.asarray(self.weights[rows] * value)

    def class_probabilities(self, mean: FloatArray) -> FloatArray:
        """See `Likelihood`."""
        return mean

    def simulate(self, eta: FloatArray, trials: FloatArray, rng: np.random.Generator) -> NDArray[np.int64]:
        """See `Likelihood`: positions of classes, or counts of all of them."""
        probability = self.mean(eta)
        if self.is_table:
            return rng.multinomial(trials.astype(np.int64), np.moveaxis(probability, -2, -1))
        if (trials != 1).any():
            raise ValueError(
                f"trials must be 1 for {len(self.classes)} classes, got {trials.max():g}: leave trials out"
            )
        below = probability.cumsum(axis=-2)[..., :-1, :]
        return np.asarray((rng.random(eta[..., :1, :].shape) > below).sum(axis=-2))

    def data(self, X: FloatArray | None) -> dict[str, Variables]:
        """See `ObservedRows`: counts with their classes."""
        groups = super().data(X)
        return groups | {"observed_data": {"y": (("obs_id", *self.outcome_dims), self.y)}}

    def never_observed(self) -> list[Any]:
        """Return the labels of classes that no row has."""
        positions = np.flatnonzero(self.y.any(axis=0)) if self.is_table else self.y
        return list(np.delete(self.classes, np.unique(positions).astype(int)))

    def only_classes(self, rows: slice) -> FloatArray | None:
        """Return the one class of each of some rows, (m,); None if a row has several."""
        if not self.is_table:
            return self.y[rows]
        counts = self.y[rows]
        return counts.argmax(axis=1) if (np.count_nonzero(counts, axis=1) == 1).all() else None


@dataclass(frozen=True)
class SoftmaxRows(ClassRows):
    """Rows whose classes have probabilities in proportion to the exponentials of logits."""

    @abstractmethod
    def logits(self, eta: FloatArray) -> FloatArray:
        """Return those of all classes, (..., K, m), given linear predictors (..., functions, m)."""

    def log_probabilities(self, eta: FloatArray) -> FloatArray:
        """See `ClassRows`."""
        logits = self.logits(eta)
        return np.asarray(logits - logsumexp(logits, axis=-2, keepdims=True))

    def mean(self, eta: FloatArray) -> FloatArray:
        """See `Likelihood`: the probability of each class."""
        return np.asarray(softmax(self.logits(eta), axis=-2))
