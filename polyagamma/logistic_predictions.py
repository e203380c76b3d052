"""Predictions of logistic models: class probabilities, simulated data before and after seeing data."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma import _model_checks as checks
from polyagamma import prediction, trace
from polyagamma.base import GibbsModel
from polyagamma.design import Predictors
from polyagamma.memory import require_memory
from polyagamma.priors import Gaussian
from polyagamma.response import BinomialResponse
from polyagamma.sampling import Seed, seed_sequence

FloatArray = NDArray[np.float64]


class LogisticPredictions(GibbsModel):
    """A model whose posterior has ``beta`` and, with an intercept, ``intercept``."""

    _predictors: Predictors
    _prior: Gaussian
    _response: BinomialResponse

    @abstractmethod
    def _parameters(self, coefficients: FloatArray) -> dict[str, tuple[tuple[str, ...], FloatArray]]:
        """Return the parameters for the predictors as given, in draws of the design's coefficients."""

    def predict_proba(
        self, idata: trace.Trace, X_new: ArrayLike, offset: ArrayLike | None = None
    ) -> FloatArray:
        """Return class probabilities of new rows, averaged over the posterior draws.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        X_new : array_like or data frame, shape (m, p)
            Predictors in the order of X. A data frame must have the same columns, if X was one.
        offset : float or array_like, shape (m,), optional

        Returns
        -------
        ndarray, shape (m, 2)
            Probabilities of ``classes_[0]`` and ``classes_[1]`` in one trial.

        Raises
        ------
        TypeError, ValueError
            If `X_new` or `offset` does not fit.
        KeyError
            If `idata` has no posterior of this model.
        """
        X, known = self._new_rows(X_new, offset)
        success, draws = np.zeros(len(X)), 0
        for _, intercept, beta in self._draw_blocks(self._posterior(idata)):
            for draw, row in prediction.blocks(len(beta), len(X)):
                values = prediction.probability(intercept[draw], beta[draw], X[row], known[row])
                success[row] += values.sum(axis=0)
            draws += len(beta)
        return np.column_stack([1.0 - success / draws, success / draws])

    def predict_draws(
        self, idata: trace.Trace, X_new: ArrayLike, offset: ArrayLike | None = None
    ) -> xr.DataArray:
        """Return the success probability of new rows for each posterior draw.

        Parameters
        ----------
        idata, X_new, offset
            As for `predict_proba`.

        Returns
        -------
        xarray.DataArray, dims (chain, draw, obs_id)
            Probability of ``classes_[1]`` in one trial; its mean over draws is what `predict_proba` gives.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_proba`.
        MemoryError
            If the result cannot fit into memory.
        """
        X, known = self._new_rows(X_new, offset)
        return self._probabilities(self._posterior(idata), X, known)

    def sample_prior_predictive(self, draws: int = 500, *, random_seed: Seed = None) -> trace.Trace:
        """Simulate coefficients from the prior, and data from them, for the rows of the model.

        Parameters
        ----------
        draws : int, default 500
        random_seed : None, int, sequence of int, SeedSequence or Generator

        Returns
        -------
        InferenceData or DataTree
            With the groups ``prior``, ``prior_predictive``, ``observed_data`` and ``constant_data``.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        MemoryError
            If the result cannot fit into memory.
        """
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        coefficients = self._prior.draw(rng, (1, checks.integer("draws", draws, 1)))
        prior = trace.dataset(self._parameters(coefficients), self._coords())
        simulated = self._simulate(
            prior, self._predictors.X, self._response.offset, self._response.trials, rng
        )
        groups = {"prior": prior, "prior_predictive": simulated, **self._data_groups()}
        return trace.to_trace(groups, trace.provenance() | self._description())

    def sample_posterior_predictive(
        self,
        idata: trace.Trace,
        X_new: ArrayLike | None = None,
        *,
        offset: ArrayLike | None = None,
        trials: ArrayLike = 1,
        random_seed: Seed = None,
    ) -> trace.Trace:
        """Simulate data from each posterior draw.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        X_new : array_like or data frame, shape (m, p), optional
            By default the rows of the model, with their trials and offsets.
        offset, trials : float or array_like, shape (m,), optional
            Of the new rows.
        random_seed : None, int, sequence of int, SeedSequence or Generator

        Returns
        -------
        InferenceData or DataTree
            The groups of `idata` and ``posterior_predictive``; for new rows instead ``predictions`` and
            ``predictions_constant_data``. Weights play no part: a row stands for its trials once.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_proba`.
        MemoryError
            If the result cannot fit into memory.
        """
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        posterior = self._posterior(idata)
        groups = trace.groups(idata)
        if X_new is None:
            rows = (self._predictors.X, self._response.offset, self._response.trials)
            groups["posterior_predictive"] = self._simulate(posterior, *rows, rng)
        else:
            X, known = self._new_rows(X_new, offset)
            n_trials = checks.trials(trials, len(X))
            groups["predictions"] = self._simulate(posterior, X, known, n_trials, rng)
            constant = {"X": (("obs_id", "feature"), X), "offset": (("obs_id",), known)}
            constant |= {"trials": (("obs_id",), n_trials)}
            groups["predictions_constant_data"] = trace.dataset(constant, self._coords())
        return trace.to_trace(groups, idata.attrs)

    def _posterior(self, idata: trace.Trace) -> xr.Dataset:
        """Return the posterior draws, having checked that they are of this model's predictors."""
        posterior = trace.posterior(idata, "beta")
        found = [str(name) for name in posterior["feature"].to_numpy()]
        if found != self._predictors.names:
            raise ValueError(
                f"idata must be of this model, got coefficients of {found}, "
                f"expected {self._predictors.names}: pass what its sample() returned"
            )
        return posterior

    def _new_rows(self, X_new: ArrayLike, offset: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
        X = self._predictors.check_new(X_new)
        return X, checks.offset(offset, len(X))

    def _simulate(
        self,
        draws: xr.Dataset,
        X: FloatArray,
        offset: FloatArray,
        trials: FloatArray,
        rng: np.random.Generator,
    ) -> xr.Dataset:
        """Return successes in the trials of rows, for each draw."""
        probabilities = self._probabilities(draws, X, offset)
        successes = rng.binomial(trials.astype(np.int64), probabilities.to_numpy())
        return probabilities.copy(data=successes).rename("y").to_dataset()

    def _probabilities(self, draws: xr.Dataset, X: FloatArray, offset: FloatArray) -> xr.DataArray:
        shape = (draws.sizes["chain"], draws.sizes["draw"], len(X))
        require_memory(8 * int(np.prod(shape)), "the result", "pass fewer rows, or use predict_proba")
        out = np.empty(shape)
        for some, intercept, beta in self._draw_blocks(draws):
            here = out[:, some].reshape(-1, len(X))
            for draw, row in prediction.blocks(*here.shape):
                here[draw, row] = prediction.probability(intercept[draw], beta[draw], X[row], offset[row])
            out[:, some] = here.reshape(shape[0], -1, len(X))
        coords = {"chain": draws["chain"], "draw": draws["draw"], "obs_id": np.arange(len(X))}
        return xr.DataArray(out, dims=(*trace.DRAWS, "obs_id"), coords=coords, name="probability")

    def _draw_blocks(self, draws: xr.Dataset) -> Iterator[tuple[slice, FloatArray, FloatArray]]:
        """Yield draws in blocks, read from disk one by one: slice, intercepts, coefficients."""
        size = max(1, prediction.BLOCK // (draws.sizes["chain"] * len(self._predictors.names)))
        for start in range(0, draws.sizes["draw"], size):
            some = slice(start, min(start + size, draws.sizes["draw"]))
            yield some, *self._flat(draws.isel(draw=some))

    def _flat(self, draws: xr.Dataset) -> tuple[FloatArray, FloatArray]:
        """Return intercepts (s,), zero if the model has none, and coefficients (s, p) of all chains."""
        beta = draws["beta"].transpose(*trace.DRAWS, "feature").to_numpy()
        beta = beta.reshape(-1, beta.shape[-1])
        if not self._predictors.intercept:
            return np.zeros(len(beta)), beta
        return draws["intercept"].transpose(*trace.DRAWS).to_numpy().ravel(), beta
