"""What a model asks of a likelihood, and what observed rows of any kind have."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma.traces.trace import Variables

FloatArray = NDArray[np.float64]
Start = Mapping[str, ArrayLike]
Raw = Mapping[str, NDArray[Any]]  # what chains tell, by name


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

    @property
    def parameters(self) -> list[str]:
        """See `Likelihood`: there are none."""
        return []

    @property
    def needed(self) -> list[str]:
        """See `Likelihood`: there are none."""
        return []

    def outputs(self) -> dict[str, tuple[int, ...]]:
        """See `Likelihood`: there are none."""
        return {}

    def variables(self, raw: Raw) -> Variables:  # noqa: ARG002
        """See `Likelihood`: there are none."""
        return {}

    def draw_prior(self, draws: int, rng: np.random.Generator) -> Variables:  # noqa: ARG002
        """See `Likelihood`: there is nothing to draw."""
        return {}

    def initial(self, initvals: Start, chains: int) -> tuple[Start, FloatArray]:
        """See `Likelihood`: nothing of it starts anywhere."""
        return initvals, np.empty((chains, 0))

    def given(self, draws: xr.Dataset) -> Self:  # noqa: ARG002
        """See `Likelihood`: it is the same for all draws."""
        return self

    @property
    def augments(self) -> bool:
        """See `Likelihood`."""
        return self.polya_gamma() is not None

    @abstractmethod
    def polya_gamma(self) -> PolyaGammaForm | None:
        """See `Likelihood`."""

    def augmented(self, eta: FloatArray, raw: Raw) -> tuple[FloatArray, FloatArray]:  # noqa: ARG002
        """See `Likelihood`: those of a logistic form."""
        rows = self.polya_gamma()
        assert rows is not None
        return rows.b, eta

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
    def weights(self) -> FloatArray:
        """Weights of the rows, (n,)."""

    @property
    def trials(self) -> FloatArray:
        """Numbers of trials, (n,): 1 where there is nothing to count them by."""

    @property
    def offset(self) -> FloatArray:
        """Known part of the linear predictors, (n,)."""

    @property
    def n_functions(self) -> int:
        """Number of linear predictors of a row."""

    @property
    def parameters(self) -> list[str]:
        """Names of what a posterior has of the likelihood itself: a dispersion, say."""

    @property
    def needed(self) -> list[str]:
        """Names of those of its parameters that predictions need."""

    def outputs(self) -> dict[str, tuple[int, ...]]:
        """Return names and shapes of what chains tell of them: ``"extras"``, as the core has them."""

    def variables(self, raw: Raw) -> Variables:
        """Return the parameters that outputs (chains, draws, ...) stand for."""

    def draw_prior(self, draws: int, rng: np.random.Generator) -> Variables:
        """Return draws of the parameters from their prior."""

    def initial(self, initvals: Start, chains: int) -> tuple[Start, FloatArray]:
        """Return the initial values that are not its own, and its own for the core, (chains, extras)."""

    def given(self, draws: xr.Dataset) -> Likelihood:
        """Return it at the parameters of some draws, for what follows but the checks."""

    def arrays(self) -> list[FloatArray]:
        """Return the arrays that tell these rows from others."""

    def data(self, X: FloatArray) -> dict[str, Variables]:
        """Return the groups ``observed_data`` and ``constant_data`` of a trace, with predictors X (n, p)."""

    def polya_gamma(self) -> PolyaGammaForm | None:
        """Return its Pólya-gamma form, if it has one; without it Hamiltonian trajectories alone are made."""

    @property
    def augments(self) -> bool:
        """Whether rows have Pólya-gamma variables."""

    def augmented(self, eta: FloatArray, raw: Raw) -> tuple[FloatArray, FloatArray]:
        """Return b and z of the rows' variables ``PG(b, z)``, (n,), given eta (n,) and what a draw tells."""

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
