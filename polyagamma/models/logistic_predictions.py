"""Predictions of logistic models: class probabilities, simulated data before and after seeing data."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.memory import require_memory
from polyagamma.likelihoods.likelihood import BinomialResponse
from polyagamma.models import predict
from polyagamma.models.predictive import Pieces, PredictiveModel
from polyagamma.terms.priors import Gaussian
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


class LogisticPredictions(PredictiveModel):
    """A model whose posterior has ``beta`` and, with an intercept, ``intercept``."""

    _prior: Gaussian
    _response: BinomialResponse
    _new_rows_dim = "obs_id"

    @abstractmethod
    def _coefficients(self, coefficients: FloatArray) -> dict[str, tuple[tuple[str, ...], FloatArray]]:
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
            for draw, row in predict.blocks(len(beta), len(X)):
                values = predict.probability(intercept[draw], beta[draw], X[row], known[row])
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

    def _checked_posterior(self, idata: trace.Trace, _new_rows: bool) -> xr.Dataset:
        return self._posterior(idata)

    def _new_rows(self, X_new: ArrayLike, offset: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
        X = self._predictors.check_new(X_new)
        return X, checks.offset(offset, len(X))

    def _draw_prior(self, draws: int, rng: np.random.Generator) -> trace.Variables:
        return self._coefficients(self._prior.draw(rng, (1, draws)))

    def _row_predictors(self, draws: xr.Dataset) -> Pieces:
        return self._pieces(draws, self._predictors.X, self._response.offset)

    def _new_predictors(
        self, posterior: xr.Dataset, X: FloatArray, offset: FloatArray, _rng: np.random.Generator
    ) -> Pieces:
        return self._pieces(posterior, X, offset)

    def _pieces(self, draws: xr.Dataset, X: FloatArray, offset: FloatArray) -> Pieces:
        chains = draws.sizes["chain"]
        for some, intercept, beta in self._draw_blocks(draws, len(X)):
            eta = predict.predictor(intercept, beta, X, offset)
            yield some, slice(0, len(X)), eta.reshape(chains, -1, 1, len(X))

    def _probabilities(self, draws: xr.Dataset, X: FloatArray, offset: FloatArray) -> xr.DataArray:
        shape = (draws.sizes["chain"], draws.sizes["draw"], len(X))
        require_memory(8 * int(np.prod(shape)), "the result", "pass fewer rows, or use predict_proba")
        out = np.empty(shape)
        for some, intercept, beta in self._draw_blocks(draws):
            here = out[:, some].reshape(-1, len(X))
            for draw, row in predict.blocks(*here.shape):
                here[draw, row] = predict.probability(intercept[draw], beta[draw], X[row], offset[row])
            out[:, some] = here.reshape(shape[0], -1, len(X))
        coords = {"chain": draws["chain"], "draw": draws["draw"], "obs_id": np.arange(len(X))}
        return xr.DataArray(out, dims=(*trace.DRAWS, "obs_id"), coords=coords, name="probability")

    def _draw_blocks(
        self, draws: xr.Dataset, n_rows: int = 1
    ) -> Iterator[tuple[slice, FloatArray, FloatArray]]:
        """Yield draws in blocks, read from disk one by one: slice, intercepts, coefficients.

        A block has about `predict.BLOCK` numbers at most, and so have `n_rows` rows for each of its draws.
        """
        width = max(n_rows, len(self._predictors.names))
        size = max(1, predict.BLOCK // (draws.sizes["chain"] * width))
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
