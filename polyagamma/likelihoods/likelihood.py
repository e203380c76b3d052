"""What a model asks of a likelihood, and what observed rows of any kind have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from polyagamma.traces.trace import Variables

FloatArray = NDArray[np.float64]


class CoreForm(NamedTuple):
    """What the core calls a likelihood or a prior, and the arrays that it asks for."""

    name: str
    arrays: dict[str, FloatArray]


class PolyaGammaForm(NamedTuple):
    """A likelihood that is Gaussian given Pólya-gamma variables.

    As a function of a linear predictor, the others given, a row has the log-likelihood
    ``kappa * eta - b * log(2 cosh(eta / 2))`` up to a constant (Polson, Scott and Windle 2013, JASA 108,
    1339-1349, section 2).
    """

    b: FloatArray  # (n,): first parameters of the Pólya-gamma variables
    kappa: FloatArray  # (functions, n): slopes at zero


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

    def log_constant(self) -> float:
        """See `Likelihood`: nothing is left out."""
        return 0.0

    def notices(self, predictor: Callable[[slice], FloatArray]) -> list[str]:  # noqa: ARG002
        """See `Likelihood`: there are none."""
        return []

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
        """Labels in sorted order; none where numbers are observed."""

    @property
    def y(self) -> FloatArray:
        """What was observed, (n,)."""

    @property
    def trials(self) -> FloatArray:
        """Numbers of trials, (n,): 1 where there is nothing to count them by."""

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

    def polya_gamma(self) -> PolyaGammaForm | None:
        """Return its Pólya-gamma form, if it has one; without it Hamiltonian trajectories alone are made."""

    def core(self) -> CoreForm | None:
        """Return the core's likelihood of the rows, which linear models need; None if there is none."""

    def log_constant(self) -> float:
        """Return what the core leaves out of the log-likelihood of all rows."""

    def log_likelihood(self, eta: FloatArray, rows: slice) -> FloatArray:
        """Return the weighted log-likelihood of some of the rows, (..., m), for eta (..., functions, m)."""

    def mean(self, eta: FloatArray) -> FloatArray:
        """Return the means of a trial that linear predictors stand for, of the same shape."""

    def class_probabilities(self, mean: FloatArray) -> FloatArray:
        """Return those of all classes, (classes, m), given an average of `mean`, (functions, m)."""

    def simulate(self, eta: FloatArray, trials: FloatArray, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return what might be observed, (..., m), in rows with so many trials."""

    def notices(self, predictor: Callable[[slice], FloatArray]) -> list[str]:
        """Return what the user should know, given a fitted linear predictor of rows, less the offsets."""
