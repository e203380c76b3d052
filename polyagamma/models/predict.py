"""What pieces of linear predictors become: probabilities, averaged or for each draw, and simulated data."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation.memory import require_memory
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.terms.term import Pieces
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


def with_offset(pieces: Pieces, offset: FloatArray) -> Pieces:
    """Yield pieces that nobody else holds with offsets, (m,), added to them in place."""
    for some, rows, values in pieces:
        values += offset[rows]
        yield some, rows, values


def average_probabilities(likelihood: Likelihood, pieces: Pieces, n_rows: int, n_draws: int) -> FloatArray:
    """Return the probabilities of the classes, averaged over all draws, (m, classes)."""
    sums = np.zeros((likelihood.n_functions, n_rows))
    for _, rows, probability in probabilities(likelihood, pieces):
        sums[:, rows] += probability.reshape(-1, *probability.shape[2:]).sum(axis=0)
    return np.ascontiguousarray(likelihood.class_probabilities(sums / n_draws).T)


def probabilities(likelihood: Likelihood, pieces: Pieces) -> Pieces:
    """Yield the probabilities that linear predictors stand for."""
    for some, rows, eta in pieces:
        yield some, rows, likelihood.probability(eta)


def gather(pieces: Pieces, shape: tuple[int, int, int, int]) -> FloatArray:
    """Return the array (chains, draws, functions, m) that pieces make."""
    values = np.empty(shape)
    for some, rows, piece in pieces:
        values[:, some, :, rows] = piece
    return values


def labelled(
    values: FloatArray, draws: xr.Dataset, likelihood: Likelihood, rows_dim: str, name: str
) -> xr.DataArray:
    """Return an array (chains, draws, functions, m) with the coordinates of the draws that made it.

    There is a dimension for linear predictors only if a row has several.
    """
    dims = trace.DRAWS if likelihood.n_functions == 1 else (*trace.DRAWS, "class")
    coords = {dim: draws[dim] for dim in dims} | {rows_dim: np.arange(values.shape[-1])}
    array = values[:, :, 0] if likelihood.n_functions == 1 else values
    return xr.DataArray(array, dims=(*dims, rows_dim), coords=coords, name=name)


def simulated(
    likelihood: Likelihood,
    pieces: Pieces,
    trials: FloatArray,
    draws: xr.Dataset,
    rows_dim: str,
    rng: np.random.Generator,
) -> xr.Dataset:
    """Return simulated rows for each draw, as the dataset of a group; MemoryError if they do not fit."""
    shape = (draws.sizes["chain"], draws.sizes["draw"], len(trials))
    require_memory(8 * int(np.prod(shape)), "the result", "pass fewer rows, or a part of the draws")
    y = np.empty(shape, dtype=np.int64)
    for some, rows, eta in pieces:
        y[:, some, rows] = likelihood.simulate(eta, trials[rows], rng)
    group = trace.dataset({"y": ((*trace.DRAWS, rows_dim), y)}, {})
    return group.assign_coords(chain=draws["chain"], draw=draws["draw"])
