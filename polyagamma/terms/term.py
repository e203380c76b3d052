"""What a model asks of a term of its linear predictor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.terms.conditional import Noise
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.priors import CoefficientPrior
from polyagamma.terms.processes import LatentProcess
from polyagamma.traces.trace import Variables

FloatArray = NDArray[np.float64]
Initial = Mapping[str, ArrayLike]
Raw = Mapping[str, NDArray[Any]]
# Pieces of an array of linear predictors: which draws, which rows, values (chains, draws, functions, rows).
Pieces = Iterable[tuple[slice, slice, FloatArray]]
BLOCK = 1 << 21  # numbers of a piece, or little more: 16 MB
MOST_DRAWS = 1000  # of a chain that are looked at for notices


NoiseSource = Callable[[], Noise]  # called for each piece of new rows


class LinearForm(NamedTuple):
    """A linear model, ``eta = offset + intercept + (X - centre) @ beta``.

    Attributes
    ----------
    X : ndarray or SparsePredictors, shape (n, p)
    centre : ndarray, shape (p,), or None
    intercept : bool
        Whether there is one: it is then the first coefficient.
    prior : CoefficientPrior
        Of all coefficients.
    coefficients : str
        What the output of chains that holds them is called.
    fitted : str or None
        What an output that holds ``X @ beta`` is called, if there may be one.
    predictors : int
        How many linear predictors a row has: each has such coefficients of its own, one after the other.
    """

    X: Any
    centre: FloatArray | None
    intercept: bool
    prior: CoefficientPrior
    coefficients: str
    fitted: str | None
    predictors: int = 1


class AdditiveForm(NamedTuple):
    """An additive model, ``eta = offset + A x`` with sparse A and blocks of coefficients x.

    Attributes
    ----------
    indptr, indices, values : ndarray
        A in compressed rows; indices are sorted.
    blocks : list of dict
        The core's; see `_gibbs.AdditiveModel`.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    values: FloatArray
    blocks: list[dict[str, Any]]


class Term(Protocol):
    """A part of the linear predictor whose prior is Gaussian given its hyperparameters.

    Chains tell of a term in outputs of their own; a posterior has its parameters. Here s or (chains, draws)
    are draws, n the rows of the model and m new ones.

    Attributes
    ----------
    new_rows : str
        What a trace calls the dimension of new rows.
    input_dim : str
        What it calls that of the columns of predictors.
    """

    new_rows: str
    input_dim: str

    @property
    def predictors(self) -> Predictors:
        """What the term keeps of the rows."""

    @property
    def parameters(self) -> list[str]:
        """Names of what a posterior has."""

    @property
    def on_request(self) -> list[str]:
        """Names of what a posterior has besides if it is asked for by name."""

    @property
    def coords(self) -> dict[str, list[Any]]:
        """Labels of dimensions."""

    @property
    def known(self) -> FloatArray:
        """The known part of the term at the rows, (n,): the core takes it for a part of their offsets."""

    def linear(self) -> LinearForm | None:
        """Return the linear model that the term is; None if it is none.

        Raises
        ------
        FloatingPointError
            If a matrix on the way cannot be factored.
        """

    def process(self) -> LatentProcess | None:
        """Return the Gaussian process that the term is; None if it is none."""

    def additive(self) -> AdditiveForm | None:
        """Return the additive model that the term is; None if it is one of the two above."""

    def outputs(self, kept: Collection[str], predictors: bool) -> dict[str, tuple[int, ...]]:
        """Return names and shapes of what chains have to tell of a draw.

        Parameters
        ----------
        kept : collection of str
            Variables of the posterior.
        predictors : bool
            Whether linear predictors of the rows are asked for too.
        """

    def variables(self, raw: Raw) -> Variables:
        """Return the variables of the posterior that outputs (chains, draws, ...) make."""

    def row_predictor(self, raw: Raw, offset: FloatArray) -> FloatArray:
        """Return the linear predictors of the rows, (n,), of a single draw: of its outputs."""

    def initial(self, initvals: Initial, chains: int) -> FloatArray:
        """Return where chains start, as the core takes it; TypeError or ValueError if it does not fit."""

    def draw_prior(self, draws: int, rng: np.random.Generator) -> Variables:
        """Return draws of the prior, (1, draws, ...), of all that `row_predictors` needs."""

    def row_predictors(self, draws: xr.Dataset) -> Pieces:
        """Return the term at the rows of the model, for draws of prior or posterior."""

    def needed(self, new_rows: bool) -> list[str]:
        """Return which variables of a posterior the linear predictors of old or new rows need."""

    def new_predictors(
        self, posterior: xr.Dataset, X: FloatArray, noise: NoiseSource, joint: bool = False
    ) -> Pieces:
        """Return the term at new rows, drawn where the posterior leaves it open.

        `joint` draws all rows jointly, not each by itself.
        """

    def log_normalizer(self) -> float | None:
        """Return the log of the prior density's constant; None if ``lp`` is only up to a constant."""

    def require_memory(self, threads: int, functions: int) -> None:
        """Raise MemoryError if the matrices of a run do not fit; `functions`: that move at once."""

    def identity(self) -> tuple[str, list[FloatArray]]:
        """Return what, besides X, tells the term from others: a text and arrays."""

    def structure(self) -> tuple[str, list[FloatArray]]:
        """Return what predictions for new rows depend on besides a posterior: a text and arrays.

        The same on all machines, so without the last digits of what is computed.
        """

    def description(self) -> dict[str, str]:
        """Return what a trace says of the term."""

    def notices(self, likelihood: Likelihood, posterior: xr.Dataset) -> list[str]:
        """Return what the user should know about the model, given its posterior."""


def slices(size: int, step: int) -> Iterator[slice]:
    """Cut `size` things into slices of at most `step`."""
    for start in range(0, size, step):
        yield slice(start, min(start + step, size))
