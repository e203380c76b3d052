"""Simulated data of all models: before data are seen, of the rows of the model, and of new rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.memory import require_memory
from polyagamma.likelihoods.likelihood import Response
from polyagamma.mcmc.settings import Seed, seed_sequence
from polyagamma.models.model import GibbsModel
from polyagamma.terms.predictors import Predictors
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]
# Pieces of an array of linear predictors: which draws, which rows, values (chains, draws, functions, rows).
Pieces = Iterable[tuple[slice, slice, FloatArray]]


class PredictiveModel(GibbsModel):
    """A model whose rows are simulated, given linear predictors, piece by piece so that memory is bounded."""

    _predictors: Predictors
    _response: Response
    _new_rows_dim: str

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels in sorted order."""
        return self._response.classes

    @property
    def feature_names(self) -> list[str]:
        """Names of the predictors."""
        return list(self._predictors.names)

    @abstractmethod
    def _draw_prior(self, draws: int, rng: np.random.Generator) -> trace.Variables:
        """Return draws of the prior, (1, draws, ...), of all that `_row_predictors` needs."""

    @abstractmethod
    def _row_predictors(self, draws: xr.Dataset) -> Pieces:
        """Return the linear predictors of the model's rows for draws of prior or posterior."""

    @abstractmethod
    def _checked_posterior(self, idata: trace.Trace, new_rows: bool) -> xr.Dataset:
        """Return the posterior of a trace of this model; KeyError or ValueError if it is none."""

    @abstractmethod
    def _new_predictors(
        self, posterior: xr.Dataset, X: FloatArray, offset: FloatArray, rng: np.random.Generator
    ) -> Pieces:
        """Return linear predictors of new rows."""

    def sample_prior_predictive(self, draws: int = 500, *, random_seed: Seed = None) -> trace.Trace:
        """Simulate parameters from the prior, and data from them, for the rows of the model.

        Parameters
        ----------
        draws : int, default 500
        random_seed : None, int, sequence of int, SeedSequence or Generator

        Returns
        -------
        InferenceData or DataTree
            With the groups ``prior``, ``prior_predictive``, ``observed_data`` and ``constant_data``; a trace
            takes them over by ``idata.extend(...)`` (InferenceData) or ``idata.update(...)`` (DataTree).

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        MemoryError
            If the result cannot fit into memory.
        """
        draws = checks.integer("draws", draws, 1)
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        require_memory(16 * draws * len(self._response.trials), "the result", "ask for fewer draws")
        prior = trace.dataset(self._draw_prior(draws, rng), self._coords())
        simulated = self._simulated(prior, self._row_predictors(prior), self._response.trials, "obs_id", rng)
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
            ``predictions_constant_data``. Their ``y`` is what that in ``observed_data`` is: successes, or
            positions in ``classes_``. Weights play no part: a row stands for its trials once.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        KeyError
            If `idata` has no posterior of this model, or lacks a variable that is needed.
        MemoryError
            If the result cannot fit into memory.

        Notes
        -----
        A full Gaussian process draws f at new rows each by itself given f at the training rows; joint draws
        are what ``predict_f(joint=True)`` is for. A sparse one needs ``f`` among the `var_names` of its run
        to simulate the rows of the model.
        """
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        posterior = self._checked_posterior(idata, X_new is not None)
        if X_new is None:
            pieces = self._row_predictors(posterior)
            simulated = self._simulated(posterior, pieces, self._response.trials, "obs_id", rng)
            return trace.with_groups(idata, {"posterior_predictive": simulated})
        X, dim = self._predictors.check_new(X_new), self._new_rows_dim
        known, n_trials = checks.offset(offset, len(X)), checks.trials(trials, len(X))
        pieces = self._new_predictors(posterior, X, known, rng)
        simulated = self._simulated(posterior, pieces, n_trials, dim, rng)
        inputs = {"X": ((dim, "feature"), X), "offset": ((dim,), known), "trials": ((dim,), n_trials)}
        constant = trace.dataset(inputs, self._coords())
        return trace.with_groups(idata, {"predictions": simulated, "predictions_constant_data": constant})

    def _simulated(
        self, draws: xr.Dataset, pieces: Pieces, trials: FloatArray, dim: str, rng: np.random.Generator
    ) -> xr.Dataset:
        """Return simulated rows for each draw, as the dataset of a group."""
        shape = (draws.sizes["chain"], draws.sizes["draw"], len(trials))
        require_memory(8 * int(np.prod(shape)), "the result", "pass fewer rows, or a part of the draws")
        y = np.empty(shape, dtype=np.int64)
        for some, rows, eta in pieces:
            y[:, some, rows] = self._response.simulate(eta, trials[rows], rng)
        group = trace.dataset({"y": ((*trace.DRAWS, dim), y)}, {})
        return group.assign_coords(chain=draws["chain"], draw=draws["draw"])
