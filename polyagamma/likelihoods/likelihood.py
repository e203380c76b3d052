"""What a model asks of a likelihood, and what observed rows of any kind have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

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
        """Return all of it but the labels."""
        return [self.y, self.trials, self.weights, self.offset]

    def data(self, X: FloatArray) -> dict[str, Variables]:
        """Return the groups ``observed_data`` and ``constant_data`` of a trace, X (n, p) among the latter."""
        rows = {"trials": self.trials, "weights": self.weights, "offset": self.offset}
        constant: Variables = {name: (("obs_id",), values) for name, values in rows.items()}
        inputs: Variables = {"X": (("obs_id", "feature"), X)}
        return {"observed_data": {"y": (("obs_id",), self.y)}, "constant_data": {**inputs, **constant}}


class Likelihood(Protocol):
    """The law of what is observed in each row, given its linear predictors eta (..., functions, rows)."""

    @property
    def classes(self) -> NDArray[Any]:
        """Labels in sorted order."""

    @property
    def y(self) -> FloatArray:
        """What was observed, (n,)."""

    @property
    def trials(self) -> FloatArray:
        """Numbers of trials, (n,)."""

    @property
    def offset(self) -> FloatArray:
        """Known part of the linear predictors, (n,)."""

    @property
    def n_functions(self) -> int:
        """Number of linear predictors of a row."""

    def arrays(self) -> list[FloatArray]:
        """Return the arrays that tell these rows from others."""

    def data(self, X: FloatArray) -> dict[str, Variables]:
        """Return the groups ``observed_data`` and ``constant_data`` of a trace, with predictors X (n, p)."""

    def log_likelihood(self, eta: FloatArray, rows: slice) -> FloatArray:
        """Return the weighted log-likelihood of some of the rows, (..., m), for eta (..., functions, m)."""

    def probability(self, eta: FloatArray) -> FloatArray:
        """Return the probabilities that linear predictors stand for, of the same shape."""

    def class_probabilities(self, probability: FloatArray) -> FloatArray:
        """Return those of all classes, (classes, m), given an average of `probability`, (functions, m)."""

    def simulate(self, eta: FloatArray, trials: FloatArray, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return what might be observed, (..., m), in rows with so many trials."""


class PolyaGammaLikelihood(Likelihood, Protocol):
    """A likelihood that is Gaussian given Pólya-gamma variables.

    As a function of a linear predictor, the others given, a row has the log-likelihood
    ``kappa * eta - b * log(2 cosh(eta / 2))`` up to a constant (Polson, Scott and Windle 2013, JASA 108,
    1339-1349, section 2).
    """

    @property
    def b(self) -> FloatArray:
        """First parameters of the Pólya-gamma variables, (n,)."""

    @property
    def kappa(self) -> FloatArray:
        """Slopes at zero, (functions, n)."""

    def log_constant(self) -> float:
        """Return what the form above leaves out of the log-likelihood of all rows."""
