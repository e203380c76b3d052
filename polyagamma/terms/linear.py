"""The linear term: an intercept and coefficients of predictors, with a Gaussian prior."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.sources.distant import is_distant
from polyagamma.terms import term
from polyagamma.terms.class_coding import ONE_PREDICTOR, Coding
from polyagamma.terms.predictors import Predictors
from polyagamma.terms.priors import CoefficientPrior
from polyagamma.terms.processes import LatentProcess
from polyagamma.terms.term import AdditiveForm, Initial, LinearForm, NoiseSource, Pieces, Raw, slices
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


class LinearTerm:
    """An intercept and coefficients of predictors, perhaps of several classes; see `Term`.

    Chains tell of the coefficients of the design, ``X - centre`` after a column of ones, one linear predictor
    after the other; a posterior has those of X as given.

    Parameters
    ----------
    predictors : Predictors
    centre : ndarray, shape (p,)
    prior : CoefficientPrior
        Of the coefficients of the design.
    description : dict of str to str
        What a trace says of the prior.
    coding : Coding, optional
        By default there is one linear predictor.
    """

    new_rows = "obs_id"
    input_dim = "feature"

    def __init__(
        self,
        predictors: Predictors,
        centre: FloatArray,
        prior: CoefficientPrior,
        description: dict[str, str],
        coding: Coding = ONE_PREDICTOR,
    ) -> None:
        self.predictors = predictors
        self._centre, self._prior, self._description = centre, prior, description
        self._coding = coding

    @property
    def parameters(self) -> list[str]:
        """See `Term`."""
        return [*self._coefficients, *self._prior.scales]

    @property
    def _coefficients(self) -> list[str]:
        return ["intercept", "beta"] if self.predictors.intercept else ["beta"]

    @property
    def on_request(self) -> list[str]:
        """See `Term`."""
        return []

    @property
    def coords(self) -> dict[str, list[Any]]:
        """See `Term`."""
        return {"feature": list(self.predictors.names)} | self._coding.coords | self._prior.coords

    @property
    def _dims(self) -> tuple[str, ...]:
        """Dimensions of the intercept."""
        return (*trace.DRAWS, *self._coding.coords)

    @property
    def known(self) -> FloatArray:
        """See `Term`: nothing is."""
        return np.zeros(len(self.predictors.X))

    def linear(self) -> LinearForm:
        """See `Term`."""
        return LinearForm(
            X=self.predictors.X,
            centre=self._centre if self.predictors.intercept else None,
            intercept=self.predictors.intercept,
            prior=self._prior,
            coefficients="beta",
            fitted=None,
            predictors=self._coding.predictors,
        )

    def process(self) -> LatentProcess | None:
        """See `Term`."""
        return None

    def additive(self) -> AdditiveForm | None:
        """See `Term`."""
        return None

    def outputs(self, kept: Collection[str], predictors: bool) -> dict[str, tuple[int, ...]]:  # noqa: ARG002
        """See `Term`: the coefficients, whatever is kept."""
        outputs: dict[str, tuple[int, ...]] = {"beta": self._prior.mean.shape}
        if self._prior.scales:
            outputs["parameters"] = (self._prior.n_parameters,)
        return outputs

    def variables(self, raw: Raw) -> trace.Variables:
        """See `Term`."""
        scales = self._prior.named(raw["parameters"]) if self._prior.scales else {}
        return {**self.as_given(raw["beta"]), **self._with_dims(scales)}

    @property
    def prior(self) -> CoefficientPrior:
        """Of the coefficients of the design."""
        return self._prior

    def _with_dims(self, scales: dict[str, FloatArray]) -> trace.Variables:
        dims = self._prior.scales
        return {name: ((*trace.DRAWS, *dims[name]), values) for name, values in scales.items()}

    def as_given(self, flat: FloatArray) -> trace.Variables:
        """Return coefficients of X, (chains, draws, ...), given those of the design, (chains, draws, k)."""
        coefficients, dims = self._coding.named(flat), self._dims
        if not self.predictors.intercept:
            return {"beta": ((*dims, "feature"), coefficients)}
        beta = coefficients[..., 1:]
        shift = (beta * self._centre).sum(axis=-1)  # not a BLAS product: its bits depend on how many draws
        intercept = coefficients[..., 0] - shift
        return {"intercept": (dims, intercept), "beta": ((*dims, "feature"), beta)}

    def row_predictor(self, raw: Raw, offset: FloatArray) -> FloatArray:
        """See `Term`."""
        coefficients = raw["beta"]
        beta = np.array(coefficients[-len(self._centre) :])
        intercept = coefficients[0] - beta @ self._centre if self.predictors.intercept else 0.0
        return np.asarray(self.predictors.X @ beta + (offset + intercept))

    def initial(self, initvals: Initial, chains: int) -> FloatArray:
        """See `Term`: coefficients of the design, (chains, k)."""
        checks.same_keys("initvals", initvals, self._coefficients)
        size = (chains, *map(len, self._coding.coords.values()))
        named = checks.per_chain("initvals['beta']", initvals["beta"], (*size, len(self._centre)))
        if self.predictors.intercept:
            intercept = checks.per_chain("initvals['intercept']", initvals["intercept"], size)
            of_design = (intercept + named @ self._centre)[..., np.newaxis]
            named = np.concatenate([of_design, named], axis=-1)
        return np.ascontiguousarray(self._coding.flat(named))

    def draw_prior(self, draws: int, rng: np.random.Generator) -> trace.Variables:
        """See `Term`."""
        drawn = self._prior.draw(rng, (1, draws))
        return {**self.as_given(drawn.coefficients), **self._with_dims(drawn.scales)}

    def row_predictors(self, draws: xr.Dataset) -> Pieces:
        """See `Term`."""
        return self._pieces(draws, self.predictors.X, len(self.predictors.X))

    def needed(self, new_rows: bool) -> list[str]:  # noqa: ARG002
        """See `Term`: the coefficients, not the scales of their prior."""
        return sorted(self._coefficients)

    def new_predictors(
        self,
        posterior: xr.Dataset,
        X: FloatArray,
        noise: NoiseSource,  # noqa: ARG002
        joint: bool = False,  # noqa: ARG002
    ) -> Pieces:
        """See `Term`: the posterior leaves nothing open."""
        most_rows = term.BLOCK // (posterior.sizes["chain"] * self._coding.predictors)
        return self._pieces(posterior, X, max(1, most_rows))

    def _pieces(self, draws: xr.Dataset, X: FloatArray, most_rows: int) -> Pieces:
        """Yield linear predictors of some draws, read from disk piece by piece, and some rows."""
        chains, functions = draws.sizes["chain"], self._coding.predictors
        step = max(1, term.BLOCK // (chains * functions * max(X.shape)))
        for some in slices(draws.sizes["draw"], step):
            intercept, beta = self._of_each(draws.isel(draw=some))
            for rows in slices(len(X), most_rows):
                eta = beta @ X[rows].T
                eta += intercept[:, np.newaxis]
                yield some, rows, eta.reshape(chains, -1, functions, eta.shape[-1])

    def _of_each(self, draws: xr.Dataset) -> tuple[FloatArray, FloatArray]:
        """Return intercepts (s,), zero if the model has none, and coefficients (s, p) of linear predictors.

        Those of each draw follow one another; s is all of them.
        """
        beta = self._coding.flat(trace.values(draws, "beta", (*self._dims, "feature")))
        beta = beta.reshape(-1, len(self._centre))
        if not self.predictors.intercept:
            return np.zeros(len(beta)), beta
        intercept = trace.values(draws, "intercept", self._dims)[..., np.newaxis]
        return self._coding.flat(intercept).ravel(), beta

    def log_normalizer(self) -> float | None:
        """See `Term`."""
        return self._prior.log_normalizer()

    def require_memory(self, threads: int, functions: int) -> None:
        """See `Term`: there are no matrices besides those that the core tells of."""

    def identity(self) -> tuple[str, list[FloatArray]]:
        """See `Term`."""
        return "", [self._centre, *self._prior.arrays()]

    def structure(self) -> tuple[str, list[FloatArray]]:
        """See `Term`."""
        return f"intercept {self.predictors.intercept}", []

    def description(self) -> dict[str, str]:
        """See `Term`."""
        return self._description

    def notices(self, likelihood: Likelihood, posterior: xr.Dataset) -> list[str]:
        """See `Term`: what the likelihood has to say of the fit, where one is no matter of course (p < n)."""
        n, p = self.predictors.X.shape
        if p + self.predictors.intercept >= n or is_distant(self.predictors.X):
            return []
        step = -(-posterior.sizes["draw"] // term.MOST_DRAWS)
        intercept, beta = self._of_each(posterior.isel(draw=slice(None, None, step)))
        functions = self._coding.predictors
        middle = intercept.reshape(-1, functions, 1).mean(axis=0)
        slopes = beta.reshape(-1, functions, p).mean(axis=0)
        return likelihood.notices(lambda rows: middle + slopes @ self.predictors.X[rows].T)
