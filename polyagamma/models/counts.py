"""What models of counts have besides what all models have: predictions of new rows, with their exposures."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.counts import exposure as checked_exposure
from polyagamma._validation.predictors import require_same_rows
from polyagamma.mcmc.settings import Seed, seed_sequence
from polyagamma.models.model import Model
from polyagamma.models.predict import NewRows, simulate_new_rows, simulate_rows
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


class CountModel(Model):
    """A model whose rows are counts, with a linear predictor of their log mean; see `Model`."""

    def sample_posterior_predictive(
        self,
        idata: trace.Trace,
        X_new: ArrayLike | None = None,
        *,
        exposure: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> trace.Trace:
        """Simulate counts from each posterior draw.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        X_new : array_like or data frame, shape (m, p), optional
            By default the rows of the model, with their exposures and offsets.
        exposure, offset : float or array_like, shape (m,), optional
            Of the new rows, by default 1 and 0; only with `X_new`.
        random_seed : None, int, sequence of int, SeedSequence or Generator
        other_data : bool, default False
            As for `predict`; needs `X_new`.

        Returns
        -------
        InferenceData or DataTree
            The groups of `idata`, whose arrays it shares, and ``posterior_predictive``; for new rows instead
            ``predictions`` and ``predictions_constant_data``. Weights play no part: a row
            stands for itself once. Counts of rates above ``2**62`` are those of that rate.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit: `idata` also if it is of another model, or has no draws.
        KeyError
            If `idata` has no posterior, or lacks a variable that is needed.
        MemoryError
            If the result cannot fit into memory.
        """
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        if X_new is None:
            checks.go_with("X_new", exposure=exposure, offset=offset, other_data=other_data or None)
            return simulate_rows(self._specification, idata, rng)
        new, given = self._new_rows(idata, X_new, exposure, offset, other_data)
        return simulate_new_rows(new, idata, np.ones(len(new.X)), given, rng)

    def predict(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        *,
        exposure: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        other_data: bool = False,
    ) -> FloatArray:
        """Return the mean counts of new rows, averaged over the posterior draws.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        X_new : array_like or data frame, shape (m, p)
            Predictors in the order of X. A data frame must have the same columns, if X was one.
        exposure, offset : float or array_like, shape (m,), optional
            Of the new rows.
        other_data : bool, default False
            Whether `idata` may be the trace of a model with the same predictors but other data or priors. By
            default it is refused, as is one that does not say which model it is of.

        Returns
        -------
        ndarray, shape (m,)

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        KeyError
            If `idata` has no posterior of this model.
        """
        new, _ = self._new_rows(idata, X_new, exposure, offset, other_data)
        return new.average_probabilities(np.random.default_rng)[:, 0]

    def predict_draws(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        *,
        exposure: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        other_data: bool = False,
    ) -> xr.DataArray:
        """Return the mean count of new rows for each posterior draw.

        Parameters
        ----------
        idata, X_new, exposure, offset, other_data
            As for `predict`.

        Returns
        -------
        xarray.DataArray, dims (chain, draw, obs_id)

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict`.
        MemoryError
            If the result cannot fit into memory.
        """
        new, _ = self._new_rows(idata, X_new, exposure, offset, other_data)
        return new.probability_draws(np.random.default_rng).rename("mean")

    def _new_rows(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        exposure: ArrayLike | None,
        offset: ArrayLike | None,
        other_data: bool,
    ) -> tuple[NewRows, dict[str, FloatArray]]:
        """Return checked rows, their exposures among the offsets, and exposures and offsets as given."""
        require_same_rows("X_new", X_new, exposure=exposure)
        new = NewRows.check(self._specification, idata, X_new, offset, other_data)
        return new, new.expose(checked_exposure(exposure, len(new.X)))
