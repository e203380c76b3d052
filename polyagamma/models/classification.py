"""What models of classes have besides what all models have: labels, and predictions of new rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.predictors import require_same_rows
from polyagamma.mcmc.settings import Seed, seed_sequence
from polyagamma.models.model import Model
from polyagamma.models.predict import NewRows, simulate_new_rows, simulate_rows
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


class ClassificationModel(Model):
    """A model whose rows are of classes, or successes in a number of trials; see `Model`."""

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels in their order; of two, failure and success."""
        return self._specification.likelihood.classes.copy()

    def sample_posterior_predictive(
        self,
        idata: trace.Trace,
        X_new: ArrayLike | None = None,
        *,
        offset: ArrayLike | None = None,
        trials: ArrayLike | None = None,
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> trace.Trace:
        """Simulate data from each posterior draw.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        X_new : array_like or data frame, shape (m, p), optional
            By default the rows of the model, with their trials and offsets.
        offset, trials : float or array_like, shape (m,), optional
            Of the new rows, by default 0 and 1; only with `X_new`. Offsets have the columns that the model's
            own may have.
        random_seed : None, int, sequence of int, SeedSequence or Generator
        other_data : bool, default False
            As for `predict_proba`; needs `X_new`.

        Returns
        -------
        InferenceData or DataTree
            The groups of `idata`, whose arrays it shares, and ``posterior_predictive``; for new rows instead
            ``predictions`` and ``predictions_constant_data``. Their ``y`` is what that in ``observed_data``
            is: successes, positions in ``classes_``, or counts of all classes. Weights play no part: a row
            stands for its trials once.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit: `idata` also if it is of another model, or has no draws.
        KeyError
            If `idata` has no posterior, or lacks a variable that is needed.
        MemoryError
            If the result cannot fit into memory.

        Notes
        -----
        A full Gaussian process draws f at new rows each by itself given f at the training rows; joint draws
        are what ``predict_f(joint=True)`` is for. A sparse one needs ``f`` among the `var_names` of its run
        to simulate the rows of the model.
        """
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        if X_new is None:
            checks.go_with("X_new", offset=offset, trials=trials, other_data=other_data or None)
            return simulate_rows(self._specification, idata, rng)
        new = NewRows.check(self._specification, idata, X_new, offset, other_data)
        require_same_rows("X_new", X_new, trials=trials)
        n_trials = checks.trials(1 if trials is None else trials, len(new.X))
        return simulate_new_rows(new, idata, n_trials, {"trials": n_trials}, rng)

    def predict_proba(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        other_data: bool = False,
    ) -> FloatArray:
        """Return class probabilities of new rows, averaged over the posterior draws.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned, or some of its chains and draws.
        X_new : array_like or data frame, shape (m, p)
            Predictors in the order of X. A data frame must have the same columns, if X was one.
        offset : float or array_like, shape (m,), optional
            With the columns that the model's own may have.
        other_data : bool, default False
            Whether `idata` may be the trace of a model with the same predictors but other data or priors. By
            default it is refused, as is one that does not say which model it is of.

        Returns
        -------
        ndarray, shape (m, classes)
            Probabilities of ``classes_`` in one trial.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit: `idata` also if it is of another model, or has no draws.
        KeyError
            If `idata` has no posterior, or lacks a variable that is needed.
        """
        new = NewRows.check(self._specification, idata, X_new, offset, other_data)
        return new.average_probabilities(np.random.default_rng)

    def predict_log_proba(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        other_data: bool = False,
    ) -> FloatArray:
        """Return the logarithms of what `predict_proba` returns.

        Parameters
        ----------
        idata, X_new, offset, other_data
            As for `predict_proba`.

        Returns
        -------
        ndarray, shape (m, classes)
            Minus infinity where a probability is 0.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_proba`.
        """
        return logarithm(self.predict_proba(idata, X_new, offset, other_data=other_data))

    def predict(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        other_data: bool = False,
    ) -> NDArray[Any]:
        """Return the most probable class of new rows in one trial.

        Parameters
        ----------
        idata, X_new, offset, other_data
            As for `predict_proba`.

        Returns
        -------
        ndarray, shape (m,)
            Members of ``classes_``.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_proba`.
        """
        return self._most_probable(self.predict_proba(idata, X_new, offset, other_data=other_data))

    def _most_probable(self, probability: FloatArray) -> NDArray[Any]:
        return np.asarray(self.classes_[probability.argmax(axis=1)])

    def predict_draws(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        other_data: bool = False,
    ) -> xr.DataArray:
        """Return the success probability of new rows, or those of several classes, for each posterior draw.

        Parameters
        ----------
        idata, X_new, offset, other_data
            As for `predict_proba`.

        Returns
        -------
        xarray.DataArray, dims (chain, draw, obs_id) or (chain, draw, class, obs_id)
            Probability of ``classes_[1]``, or of each class, in one trial; its mean over draws is what
            `predict_proba` gives.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_proba`.
        MemoryError
            If the result cannot fit into memory.
        """
        new = NewRows.check(self._specification, idata, X_new, offset, other_data)
        return new.probability_draws(np.random.default_rng)


def logarithm(probability: FloatArray) -> FloatArray:
    """Return the natural logarithm, minus infinity of 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(probability))
