"""What a model asks of a likelihood, and what observed rows of any kind have."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks
from polyagamma.traces.trace import Variables

FloatArray = NDArray[np.float64]
Start = Mapping[str, ArrayLike]
Raw = Mapping[str, NDArray[Any]]  # what chains tell, by name
ROW_ARRAYS = ("y", "trials", "weights", "offset")
ROWS_AT_ONCE = 1 << 16  # where a temporary of the length of the data would be large


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


class KnownPart(NamedTuple):
    """The known part of the linear predictors of some rows, and what a trace tells of it."""

    offset: FloatArray  # (m,), or (functions, m)
    given: FloatArray  # (m, ...), as the user gave it
    dims: tuple[str, ...] = ()  # of the latter, besides rows


@dataclass(frozen=True)
class ObservedRows:
    """What a trace tells, and a posterior depends on, of rows of any kind: labels; arrays (n,)."""

    classes: NDArray[Any]
    y: FloatArray
    trials: FloatArray
    weights: FloatArray
    offset: FloatArray

    def rows(self, rows: slice | NDArray[np.int64]) -> Self:
        """Return some of the rows."""
        return replace(self, **{name: getattr(self, name)[rows] for name in ROW_ARRAYS})

    def joined(self, more: ObservedRows) -> Self:
        """Return these rows and more of the same classes."""
        pairs = {name: (getattr(self, name), getattr(more, name)) for name in ROW_ARRAYS}
        return replace(self, **{name: np.concatenate(pair) for name, pair in pairs.items()})

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

    def description(self) -> dict[str, str]:
        """See `Likelihood`: nothing."""
        return {}

    @property
    def outcome_dims(self) -> tuple[str, ...]:
        """See `Likelihood`: what is observed in a row is a number."""
        return ()

    @property
    def coords(self) -> dict[str, dict[str, list[Any]]]:
        """See `Likelihood`: there are none."""
        return {}

    def known_part(self, offset: ArrayLike | None, n_rows: int) -> KnownPart:
        """See `Likelihood`: one number for each row."""
        checked = checks.offset(offset, n_rows)
        return KnownPart(checked, checked)

    def given(self, draws: xr.Dataset) -> Self:  # noqa: ARG002
        """See `Likelihood`: it is the same for all draws."""
        return self

    @property
    @abstractmethod
    def n_functions(self) -> int:
        """See `Likelihood`."""

    @property
    def n_means(self) -> int:
        """See `Likelihood`: a mean for each linear predictor."""
        return self.n_functions

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

    def data(self, X: FloatArray | None) -> dict[str, Variables]:
        """Return the groups ``observed_data`` and ``constant_data`` of a trace, X (n, p) among the latter.

        Without X if there is none to be stored.
        """
        rows = {"trials": self.trials, "weights": self.weights, "offset": self.offset}
        constant: Variables = {name: (("obs_id",), values) for name, values in rows.items()}
        inputs: Variables = {} if X is None else {"X": (("obs_id", "feature"), X)}
        return {"observed_data": {"y": (("obs_id",), self.y)}, "constant_data": {**inputs, **constant}}


class Likelihood(Protocol):
    """The law of what is observed in each row, given its linear predictors eta (..., functions, rows)."""

    @property
    def classes(self) -> NDArray[Any]:
        """Labels in their order; none where numbers are observed."""

    def description(self) -> dict[str, str]:
        """Return what a trace says of it, besides the classes."""

    @property
    def y(self) -> FloatArray:
        """What was observed, (n,), or (n, classes)."""

    @property
    def weights(self) -> FloatArray:
        """Weights of the rows, (n,)."""

    @property
    def trials(self) -> FloatArray:
        """Numbers of trials, (n,): 1 where there is nothing to count them by."""

    @property
    def offset(self) -> FloatArray:
        """Known part of the linear predictors, (n,) or (functions, n)."""

    @property
    def n_functions(self) -> int:
        """Number of linear predictors of a row."""

    @property
    def n_means(self) -> int:
        """How many means they stand for."""

    @property
    def outcome_dims(self) -> tuple[str, ...]:
        """Dimensions of what is observed in a row."""

    @property
    def coords(self) -> dict[str, dict[str, list[Any]]]:
        """Labels of dimensions in the groups ``observed_data`` and ``constant_data`` of a trace."""

    def known_part(self, offset: ArrayLike | None, n_rows: int) -> KnownPart:
        """Check offsets of other rows; TypeError or ValueError name the argument."""

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

    def data(self, X: FloatArray | None) -> dict[str, Variables]:
        """Return the groups ``observed_data`` and ``constant_data`` of a trace, with predictors X (n, p).

        None: those are not stored.
        """

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
        """Return the means of a trial, (..., means, m), for linear predictors (..., functions, m)."""

    def class_probabilities(self, mean: FloatArray) -> FloatArray:
        """Return those of all classes, (classes, m), given an average of `mean`, (means, m)."""

    def simulate(self, eta: FloatArray, trials: FloatArray, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return what might be observed, (..., m) and `outcome_dims`, in rows with so many trials."""

    def notices(self, predictor: Callable[[slice], FloatArray]) -> list[str]:
        """Return what the user should know, given fitted linear predictors of rows, less the offsets.

        `predictor` returns them for some rows, (m,), or (functions, m) where there may be several.
        """


def decided_by_the_prior(found: str) -> str:
    """Return a notice of what lets the likelihood grow without end."""
    return (
        f"{found}: the likelihood keeps growing with the size of the coefficients, which is therefore "
        "decided by the prior; make sure that it says what you know"
    )
