"""What models of classes have besides what all models have: labels, and probabilities of new rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma.models.model import Model
from polyagamma.models.predict import NewRows
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


class ClassificationModel(Model):
    """A model whose rows are of classes, or successes in a number of trials; see `Model`."""

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels in sorted order."""
        return self._specification.likelihood.classes

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
        ndarray, shape (m, classes)
            Probabilities of ``classes_`` in one trial.

        Raises
        ------
        TypeError, ValueError
            If `X_new` or `offset` does not fit.
        KeyError
            If `idata` has no posterior of this model.
        """
        new = NewRows.check(self._specification, idata, X_new, offset)
        return new.average_probabilities(np.random.default_rng)

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
        new = NewRows.check(self._specification, idata, X_new, offset)
        return new.probability_draws(np.random.default_rng)
