"""What linear models write to disk, for rows that do not fit into memory."""

from __future__ import annotations

from os import PathLike
from typing import Any

import numpy as np

from polyagamma._validation import models as checks
from polyagamma.mcmc.settings import Seed, seed_sequence
from polyagamma.models.distant_output import (
    NewTable,
    write_log_likelihood,
    write_predictions,
    write_simulated,
)
from polyagamma.models.model import Model
from polyagamma.sources.distant import is_distant
from polyagamma.traces import trace


class WritesToDisk(Model):
    """A linear model, whose predictions and log-likelihood may have more values than fit; see `Model`."""

    def log_likelihood_to(self, idata: trace.Trace, path: str | PathLike[str]) -> None:
        """Write the log-likelihood of each draw and row to disk, for rows that are not in memory.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned.
        path : path
            A folder to make: a Zarr group with an array ``y`` (chain, draw, obs_id), which `xarray.open_zarr`
            opens without reading it.

        Raises
        ------
        ValueError
            If the rows are in memory, or `idata` is of another model.
        KeyError
            If `idata` has no posterior, or lacks a variable that is needed.
        FileExistsError
            If there is something at `path`.
        """
        model = self._unchanged()
        if not is_distant(model.term.predictors.X):
            raise ValueError(
                "log_likelihood_to is for rows that are not in memory, got a model whose rows are: pass "
                "compute_log_likelihood=True to sample"
            )
        write_log_likelihood(model, idata, checks.folder("path", path))

    def predictions_to(
        self,
        idata: trace.Trace,
        path: str | PathLike[str],
        X_new: Any,
        *,
        offset: Any = None,
        exposure: Any = None,
        other_data: bool = False,
    ) -> None:
        """Write predictions of new rows, averaged over the posterior draws, to disk block by block.

        Parameters
        ----------
        idata : InferenceData or DataTree
            What `sample` returned; where the rows of the model are does not matter.
        path : path
            A folder to make: a Zarr group, which `xarray.open_zarr` opens without reading it, with an array
            ``probability`` (obs_id, class), what `predict_proba` returns, and the labels in the attribute
            ``class``; of counts with ``mean`` (obs_id), what `predict` returns.
        X_new : array, Dask collection, or path of a Parquet file, shape (m, p)
            An array of NumPy (a memory map, say) or Zarr. Of a Parquet file the columns with the names of the
            predictors.
        offset : array or str, optional
            Of the new rows, an array of any kind or the name of a column, as for `predict`.
        exposure : array or str, optional
            The same, of counts.
        other_data : bool, default False
            As for `predict`.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit: `idata` also if it is of another model, or has no draws.
        KeyError
            If `idata` has no posterior, or lacks a variable that is needed.
        FileExistsError
            If there is something at `path`.
        """
        rows = {"offset": offset, **self._counted(exposure=exposure)}
        table = NewTable(self._specification, idata, X_new, other_data, **rows)
        write_predictions(table, checks.folder("path", path))

    def posterior_predictive_to(
        self,
        idata: trace.Trace,
        path: str | PathLike[str],
        X_new: Any,
        *,
        offset: Any = None,
        exposure: Any = None,
        trials: Any = None,
        random_seed: Seed = None,
        other_data: bool = False,
    ) -> None:
        """Write data simulated from each posterior draw for new rows to disk block by block.

        Parameters
        ----------
        idata, X_new, offset, exposure, other_data
            As for `predictions_to`.
        path : path
            A folder to make: a Zarr group with an array ``y`` (chain, draw, obs_id), or (chain, draw, obs_id,
            class) of counts of classes.
        trials : int, array or str, optional
            Of the new rows, by default 1.
        random_seed : None, int, sequence of int, SeedSequence or Generator

        Raises
        ------
        TypeError, ValueError, KeyError, FileExistsError
            As for `predictions_to`.
        """
        rows = {"offset": offset, **self._counted(exposure=exposure, trials=trials)}
        table = NewTable(self._specification, idata, X_new, other_data, **rows)
        rng = np.random.default_rng(seed_sequence(random_seed, 1))
        write_simulated(table, checks.folder("path", path), rng)

    def _counted(self, **given: Any) -> dict[str, Any]:
        """Return what rows are counted by; ValueError if it is not of this likelihood."""
        other = "exposure" if len(self._specification.likelihood.classes) else "trials"
        if given.get(other) is not None:
            raise ValueError(f"{other} does not go with {self._name}, got some: drop it")
        return {name: value for name, value in given.items() if name != other}
