"""What has a value for each draw and row, or for each of very many rows: written to disk, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation import models as checks
from polyagamma._validation.counts import exposure as checked_exposure
from polyagamma._validation.optional import packages_for
from polyagamma.likelihoods.elsewhere import Elsewhere
from polyagamma.mcmc.specification import ROWS, Specification
from polyagamma.models.predict import NewRows
from polyagamma.sources.given import table_of_new_rows
from polyagamma.sources.table import RowTable
from polyagamma.traces import trace

BLOCK = 1 << 22  # values at once: 32 MB
MOST_ROWS = 1 << 16  # of a block


class Output:
    """A new Zarr group, whose arrays have a dimension of rows.

    Parameters
    ----------
    path : Path
    n_rows, at_once : int
        Rows of all blocks, and of one.

    Raises
    ------
    FileExistsError
        If there is something at `path`.
    """

    def __init__(self, path: Path, n_rows: int, at_once: int) -> None:
        with packages_for("predictions and log-likelihoods on disk"):
            import zarr
        if path.exists():
            raise FileExistsError(
                f"path must be free, got {str(path)!r}, which exists: remove it, or pass another"
            )
        self._n_rows, self._at_once = n_rows, at_once
        self._group = zarr.create_group(path)

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the first row of each block, and the one after its last."""
        for first in range(0, self._n_rows, self._at_once):
            yield first, min(first + self._at_once, self._n_rows)

    def array(self, name: str, before: Mapping[str, int], after: Mapping[str, int], dtype: str = "f8") -> Any:
        """Return a new array with these dimensions before and after that of rows."""
        sizes = {**before, ROWS: self._n_rows, **after}
        return self._group.create_array(
            name,
            shape=tuple(sizes.values()),
            chunks=tuple({**sizes, ROWS: min(self._at_once, self._n_rows)}.values()),
            dtype=dtype,
            dimension_names=tuple(sizes),
        )

    def say(self, **attributes: Any) -> None:
        """Store attributes of the group."""
        self._group.attrs.update(attributes)


def rows_at_once(posterior: xr.Dataset, values: int) -> int:
    """Return how many rows with so many values for each draw are worked on at once."""
    return max(1, BLOCK // (posterior.sizes["chain"] * posterior.sizes["draw"] * values))


def draws_of(posterior: xr.Dataset) -> dict[str, int]:
    """Return the sizes of the dimensions of draws."""
    return {dim: posterior.sizes[dim] for dim in trace.DRAWS}


def write_log_likelihood(model: Specification, idata: trace.Trace, path: Path) -> None:
    """Write the log-likelihood of every draw and row to a new Zarr group with the array ``y``.

    Raises
    ------
    KeyError, ValueError
        If `idata` is not a trace of the model.
    FileExistsError
        If there is something at `path`.
    """
    posterior = model.posterior(idata, new_rows=False, other_data=False)
    assert isinstance(model.likelihood, Elsewhere)
    table: RowTable = model.term.predictors.X.table
    output = Output(path, table.n_rows, min(MOST_ROWS, rows_at_once(posterior, model.likelihood.n_means)))
    array = output.array("y", draws_of(posterior), {})
    for first, last in output.blocks():
        given = table.read(first, last)
        X = np.ascontiguousarray(given.pop("X"), dtype=np.float64)
        likelihood = model.likelihood.kind.observed(last - first, **given)
        for some, where, eta in model.term.new_predictors(posterior, X, np.random.default_rng):
            eta += likelihood.offset[..., where]
            own = likelihood.given(posterior.isel(draw=some)).log_likelihood(eta, where)
            array[:, some, first + where.start : first + min(where.stop, last - first)] = own


class NewTable:
    """New rows that are read block by block, to predict for.

    Parameters
    ----------
    model : Specification
    idata : InferenceData or DataTree
    X_new : array, Dask collection, or path of a Parquet file
    other_data : bool
    **rows
        Offset, and exposure or trials.

    Raises
    ------
    TypeError, ValueError, KeyError
        If an argument does not fit, as far as can be seen without reading.
    """

    def __init__(
        self, model: Specification, idata: trace.Trace, X_new: Any, other_data: bool, **rows: Any
    ) -> None:
        self.model, self.posterior = model, model.posterior(idata, True, other_data)
        self._table = table_of_new_rows(X_new, model.term.predictors.names, **rows)
        names, own = self._table.X.names, model.term.predictors.columns
        if None not in (names, own) and names != own:
            raise ValueError(
                f"X_new must have the columns of X in the same order, {own}, got {names}: pass them so"
            )

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return self._table.n_rows

    def read(self, first: int, last: int) -> tuple[NewRows, NDArray[np.float64]]:
        """Return checked rows, exposures among their offsets, and their trials.

        Raises
        ------
        TypeError, ValueError
            If one does not fit.
        """
        rows = self._table.read(first, last)
        try:
            X = self.model.term.predictors.check_new(rows["X"])
            known = self.model.likelihood.known_part(rows["offset"], len(X))
            new = NewRows(self.model, self.posterior, X, known, {})
            if rows.get("exposure") is not None:
                new.expose(checked_exposure(rows["exposure"], len(X)))
            trials = rows.get("trials")
            return new, checks.trials(1 if trials is None else trials, len(X))
        except (TypeError, ValueError) as error:
            raise type(error)(f"{error} (rows are counted from row {first} of all)") from error


def write_predictions(table: NewTable, path: Path) -> None:
    """Write averages over all draws to a new Zarr group: ``probability`` of the classes, or ``mean``."""
    likelihood = table.model.likelihood
    labels = [one if isinstance(one, int | float | str) else str(one) for one in likelihood.classes.tolist()]
    output = Output(path, table.n_rows, MOST_ROWS)
    array = output.array(*(("probability", {}, {"class": len(labels)}) if labels else ("mean", {}, {})))
    output.say(**({"class": labels} if labels else {}))
    for first, last in output.blocks():
        found = table.read(first, last)[0].average_probabilities(np.random.default_rng)
        array[first:last] = found if labels else found[:, 0]


def write_simulated(table: NewTable, path: Path, rng: np.random.Generator) -> None:
    """Write data simulated from every draw to a new Zarr group with the array ``y``."""
    likelihood, posterior = table.model.likelihood, table.posterior
    outcome = {dim: len(likelihood.coords["observed_data"][dim]) for dim in likelihood.outcome_dims}
    output = Output(path, table.n_rows, min(MOST_ROWS, rows_at_once(posterior, likelihood.n_means)))
    array = output.array("y", draws_of(posterior), outcome, "i8")
    for first, last in output.blocks():
        new, trials = table.read(first, last)
        for some, where, eta in new.linear_predictors(lambda: rng):
            own = likelihood.given(posterior.isel(draw=some)).simulate(eta, trials[where], rng)
            array[:, some, first + where.start : first + min(where.stop, last - first)] = own
