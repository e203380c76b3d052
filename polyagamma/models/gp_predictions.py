"""Predictions of Gaussian-process models at new inputs."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import LinAlgError

from polyagamma._validation import models as checks
from polyagamma._validation.memory import require_memory
from polyagamma.mcmc.chains import not_positive_definite
from polyagamma.mcmc.settings import Seed, seed_sequence
from polyagamma.models.predict import BLOCK
from polyagamma.models.predictive import Pieces, PredictiveModel
from polyagamma.terms import conditional
from polyagamma.terms.draw_names import Names
from polyagamma.terms.kernels import LogParameterPrior
from polyagamma.terms.processes import Process
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


class GaussianProcessPredictions(PredictiveModel):
    """A model whose posterior has what its process stores, and the parameters of its kernel."""

    _process: Process
    _names: Names
    _mean: FloatArray
    _prior: LogParameterPrior
    _new_rows_dim = "pred_id"

    @abstractmethod
    def _prior_mean(self, X: FloatArray) -> FloatArray:
        """Return the prior mean of f at some inputs."""

    def predict_f(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        *,
        joint: bool = False,
        random_seed: Seed = None,
    ) -> xr.DataArray:
        """Draw the latent function at new inputs, once for each posterior draw.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned, or a part of its draws (each kernel takes a Cholesky factor).
        X_new : array_like or data frame, shape (m, p)
            Inputs with the columns of X.
        joint : bool, default False
            True draws the m values jointly, as curves or surfaces need it (an m x m matrix for each kernel);
            False each by itself given f at the training inputs, which is enough for means and quantiles. A
            sparse process needs no such matrix, and both are the same.
        random_seed : None, int, sequence of int, SeedSequence or Generator

        Returns
        -------
        xarray.DataArray, dims (chain, draw, pred_id), or (chain, draw, class, pred_id) for more than two
        classes
            f, prior mean included.

        Raises
        ------
        TypeError, ValueError
            If `X_new` does not fit.
        KeyError
            If `idata` has no posterior of this model.
        MemoryError
            If the result cannot fit into memory.
        FloatingPointError
            If a kernel matrix is not positive definite.
        """
        X = self._predictors.check_new(X_new)
        posterior = self._draws(idata)
        shape = (posterior.sizes["chain"], posterior.sizes["draw"], self._response.n_functions, len(X))
        extra = 8 * len(X) ** 2 if joint else 0
        require_memory(8 * int(np.prod(shape)) + extra, "the result", "pass fewer rows, or use predict_proba")
        rng = self._generator(random_seed)
        values = np.empty((shape[0] * shape[1], *shape[2:]))
        for rows in [slice(0, len(X))] if joint else conditional.batches(values[..., 0].size, len(X)):
            values[..., rows] = self._predict(posterior, X[rows], rng, joint)
        return self._names.predictions(posterior, values.reshape(shape), "f")

    def predict_draws(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        joint: bool = False,
        random_seed: Seed = None,
    ) -> xr.DataArray:
        """Draw probabilities at new inputs, once for each posterior draw.

        Parameters
        ----------
        idata, X_new, joint, random_seed
            As for `predict_f`.
        offset : float or array_like, shape (m,), optional
            For two classes.

        Returns
        -------
        xarray.DataArray, dims (chain, draw, pred_id), or (chain, draw, class, pred_id) for more than two
        classes
            Probability of ``classes_[1]`` in one trial, or of each of more than two classes.

        Raises
        ------
        TypeError, ValueError, KeyError, MemoryError
            As for `predict_f`.
        """
        f = self.predict_f(idata, X_new, joint=joint, random_seed=random_seed)
        return self._probability(f, offset)

    def predict_proba(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        random_seed: Seed = None,
    ) -> FloatArray:
        """Return class probabilities of new inputs, averaged over posterior draws of f and of the kernel.

        The same seed gives a row the same probabilities, whatever the other rows.

        Parameters
        ----------
        idata, X_new, offset, random_seed
            As for `predict_draws`.

        Returns
        -------
        ndarray, shape (m, classes)
            Probabilities of ``classes_`` in one trial.

        Raises
        ------
        TypeError, ValueError, KeyError
            As for `predict_f`.
        """
        X = self._predictors.check_new(X_new)
        posterior = self._draws(idata)
        new_offset = checks.offset(offset, len(X))
        seed = seed_sequence(random_seed, 0)
        size = posterior.sizes["chain"] * posterior.sizes["draw"] * self._response.n_functions
        result = np.empty((len(X), len(self._response.classes)))
        for rows in conditional.batches(size, len(X)):
            noise = conditional.CommonNoise(self._generator(seed))
            eta = self._predict(posterior, X[rows], noise, joint=False) + new_offset[rows]
            result[rows] = self._response.probability(eta).mean(axis=0).T
        return result

    def add_predictions(
        self,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None = None,
        *,
        joint: bool = False,
        random_seed: Seed = None,
    ) -> trace.Trace:
        """Return the trace with draws of f and of probabilities at new inputs.

        Parameters
        ----------
        idata, X_new, offset, joint, random_seed
            As for `predict_draws`.

        Returns
        -------
        InferenceData or DataTree
            A copy of `idata` that has, besides, the groups ``predictions`` (``f`` and ``probability``) and
            ``predictions_constant_data`` (``X`` and ``offset``).

        Raises
        ------
        TypeError, ValueError, KeyError, MemoryError
            As for `predict_f`.
        """
        X = self._predictors.check_new(X_new)
        f = self.predict_f(idata, X_new, joint=joint, random_seed=random_seed)
        inputs = {"X": (("pred_id", "feature"), X), "offset": (("pred_id",), checks.offset(offset, len(X)))}
        return trace.with_groups(
            idata,
            {
                "predictions": xr.Dataset({"f": f, "probability": self._probability(f, offset)}),
                "predictions_constant_data": trace.dataset(inputs, {"feature": self._predictors.names}),
            },
        )

    def _draws(self, idata: trace.Trace) -> xr.Dataset:
        """Return the posterior; KeyError unless it has what predictions need."""
        posterior = trace.posterior(idata, self._process.variable)
        for group in self._names.groups:
            trace.posterior(idata, group.name)
        return posterior

    def _predict(
        self, posterior: xr.Dataset, X_new: FloatArray, rng: conditional.Noise, joint: bool
    ) -> FloatArray:
        """Draw f at new inputs for all draws of all chains, shape (s, functions, m)."""
        stored, theta = self._names.flat_draws(posterior)
        if self._process.variable == "f":
            stored -= self._mean
        values = np.empty((len(stored), self._response.n_functions, len(X_new)))
        for j in range(self._response.n_functions):
            try:
                values[:, j] = self._process.predict(theta[:, j], stored[:, j], X_new, rng, joint)
            except LinAlgError as error:
                raise FloatingPointError(
                    f"the kernel matrix of the training inputs{' or of X_new' * joint} is not positive "
                    f"definite at a draw of the kernel with jitter = {self._process.jitter:g}: pass a larger "
                    "jitter to the model"
                ) from error
        values += self._prior_mean(X_new)
        return values

    def _draw_prior(self, draws: int, rng: np.random.Generator) -> trace.Variables:
        functions, fixed = self._response.n_functions, np.array(self._process.kernel.theta, dtype=np.float64)
        theta = np.tile(fixed, (draws, functions, 1))
        if self._names.groups:
            theta = self._prior.draw(rng, (draws, functions))
        try:
            parts = [self._process.draw_prior(theta[:, j], rng) for j in range(functions)]
        except LinAlgError as error:
            raise not_positive_definite(self._process, None) from error
        values = {name: np.stack([part[name] for part in parts], axis=1)[np.newaxis] for name in parts[0]}
        values["f"] += self._mean
        return self._names.parameters(values | {"theta": theta[np.newaxis]})

    def _checked_posterior(self, idata: trace.Trace, new_rows: bool) -> xr.Dataset:
        return trace.posterior(idata, self._process.variable if new_rows else "f")

    def _row_predictors(self, draws: xr.Dataset) -> Pieces:
        f, offset = draws["f"].transpose(*self._names.dims, "obs_id"), self._response.offset
        step = max(1, BLOCK // (f.size // f.sizes["draw"]))
        for start in range(0, f.sizes["draw"], step):
            some = slice(start, min(start + step, f.sizes["draw"]))
            values = f.isel(draw=some).to_numpy() + offset
            yield some, slice(None), values if values.ndim == 4 else values[:, :, np.newaxis]

    def _new_predictors(
        self, posterior: xr.Dataset, X: FloatArray, offset: FloatArray, rng: np.random.Generator
    ) -> Pieces:
        shape = (posterior.sizes["chain"], posterior.sizes["draw"], self._response.n_functions)
        for rows in conditional.batches(int(np.prod(shape)), len(X)):
            f = self._predict(posterior, X[rows], rng, joint=False)
            yield slice(None), rows, f.reshape(*shape, -1) + offset[rows]

    def _probability(self, f: xr.DataArray, offset: ArrayLike | None) -> xr.DataArray:
        """Return that of the second of two classes, or of each of more, of the shape of f."""
        values = f.to_numpy() + checks.offset(offset, f.sizes["pred_id"])
        if self._response.n_functions > 1:
            return f.copy(data=self._response.probability(values)).rename("probability")
        probability = self._response.probability(values[..., np.newaxis, :])[..., 1, :]
        return f.copy(data=probability).rename("probability")

    def _generator(self, random_seed: Seed) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64DXSM(seed_sequence(random_seed, 0)))
