"""What linear predictors become: probabilities, averaged or for each draw, and simulated data.

Linear predictors come in pieces, so that memory is bounded; see `polyagamma.terms.term`.
"""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from polyagamma._validation.memory import require_memory
from polyagamma._validation.predictors import require_same_rows
from polyagamma._validation.rows import row_labels
from polyagamma.likelihoods.likelihood import KnownPart
from polyagamma.mcmc.specification import ROWS, Specification
from polyagamma.terms.term import NoiseSource, Pieces
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class NewRows:
    """Checked rows to predict for.

    Attributes
    ----------
    model : Specification
    posterior : Dataset
    X : ndarray or SparsePredictors, shape (m, p)
    known : KnownPart
        Their offsets.
    coords : dict
        Labels of their dimension, if they have some.
    """

    model: Specification
    posterior: xr.Dataset
    X: Any
    known: KnownPart
    coords: dict[str, trace.Labels]

    @classmethod
    def check(
        cls,
        model: Specification,
        idata: trace.Trace,
        X_new: ArrayLike,
        offset: ArrayLike | None,
        other_data: bool,
    ) -> NewRows:
        """Check what the user gave; TypeError, ValueError or KeyError name the argument."""
        if model.term.process() is not None:  # coefficients need no rows of the model
            model.require_unchanged()
        X = model.term.predictors.check_new(X_new)
        require_same_rows("X_new", X_new, offset=offset)
        known = model.likelihood.known_part(offset, len(X))
        coords = row_coords(model, X_new, len(X))
        return cls(model, model.posterior(idata, True, other_data), X, known, coords)

    @property
    def offset(self) -> FloatArray:
        """Known part of the linear predictors, (m,) or (functions, m)."""
        return self.known.offset

    def expose(self, exposure: FloatArray) -> dict[str, FloatArray]:
        """Let rows have so much exposure, (m,), among their offsets; return both as they were given."""
        given = {"exposure": exposure, "offset": self.offset.copy()}
        self.offset[:] += np.log(exposure)
        return given

    @property
    def n_draws(self) -> int:
        """Number of draws of all chains."""
        return self.posterior.sizes["chain"] * self.posterior.sizes["draw"]

    def term(self, noise: NoiseSource, joint: bool = False) -> Pieces:
        """Yield pieces of the term, which lack the offsets; ValueError if double precision does not do."""
        for some, rows, values in self.model.term.new_predictors(self.posterior, self.X, noise, joint):
            if (lost := np.isnan(values).any(axis=tuple(range(values.ndim - 1)))).any():
                row = range(len(self.X))[rows][int(np.argmax(lost))]
                one = self.X[row : row + 1]
                found = reprlib.repr((one if isinstance(one, np.ndarray) else one.toarray())[0].tolist())
                raise ValueError(
                    f"X_new must be near enough to X for double precision, got {found} in row {row}: "
                    "drop that row, or scale the column"
                )
            yield some, rows, values

    def linear_predictors(self, noise: NoiseSource, joint: bool = False) -> Pieces:
        """Yield pieces of the linear predictors."""
        for some, rows, values in self.term(noise, joint):
            values += self.offset[..., rows]  # in place: nobody else holds the piece
            yield some, rows, values

    def average_probabilities(self, noise: NoiseSource) -> FloatArray:
        """Return the probabilities of the classes, averaged over all draws, (m, classes)."""
        likelihood = self.model.likelihood
        sums = np.zeros((likelihood.n_means, len(self.X)))
        for _, rows, eta in self.linear_predictors(noise):
            probability = likelihood.mean(eta)
            with np.errstate(over="ignore"):  # of mean counts, which may be infinite
                sums[:, rows] += probability.reshape(-1, *probability.shape[2:]).sum(axis=0)
        return np.ascontiguousarray(likelihood.class_probabilities(sums / self.n_draws).T)

    def probability_draws(self, noise: NoiseSource, joint: bool = False) -> xr.DataArray:
        """Return the probabilities that linear predictors stand for, for each draw."""
        likelihood = self.model.likelihood
        pieces = (
            (some, rows, likelihood.mean(eta)) for some, rows, eta in self.linear_predictors(noise, joint)
        )
        return self.labelled(self.gathered(pieces, joint), "probability")

    def gathered(self, pieces: Pieces, joint: bool) -> FloatArray:
        """Return the array (chains, draws, means, m) that pieces make; MemoryError if it does not fit."""
        sizes, means = self.posterior.sizes, self.model.likelihood.n_means
        values_bytes = 8 * self.n_draws * means * len(self.X)
        joint_bytes = 8 * len(self.X) ** 2 if joint else 0
        require_memory(values_bytes + joint_bytes, "the result", "pass fewer rows, or use predict_proba")
        values = np.empty((sizes["chain"], sizes["draw"], means, len(self.X)))
        for some, rows, piece in pieces:
            values[:, some, :, rows] = piece
        return values

    def labelled(self, values: FloatArray, name: str) -> xr.DataArray:
        """Return an array (chains, draws, means, m) with the coordinates of the draws that made it.

        There is a dimension for classes only if a row has several means.
        """
        likelihood, rows = self.model.likelihood, self.model.term.new_rows
        coords: dict[str, Any] = {dim: self.posterior[dim] for dim in trace.DRAWS}
        if likelihood.n_means > 1:
            coords["class"] = trace.storable(likelihood.classes)
        else:
            values = values[:, :, 0]
        coords[rows] = self.coords.get(rows, np.arange(len(self.X)))
        return xr.DataArray(values, dims=tuple(coords), coords=coords, name=name)

    def constant_data(self, **more: FloatArray) -> xr.Dataset:
        """Return the group of a trace that holds the rows, with more arrays (m,)."""
        rows = self.model.term.new_rows
        arrays: trace.Variables = {name: ((rows,), values) for name, values in more.items()}
        inputs: dict[str, Any] = {"offset": ((rows, *self.known.dims), self.known.given)}
        if isinstance(self.X, np.ndarray):  # traces hold dense arrays only
            inputs["X"] = ((rows, self.model.term.input_dim), self.X.copy())  # it may be the caller's
        return self.model.dataset("constant_data", {**inputs, **arrays}, self.coords)


def row_coords(model: Specification, X_new: Any, n_rows: int) -> dict[str, trace.Labels]:
    """Return the labels of new rows by the name of their dimension, if they have some."""
    labels = trace.row_labels(row_labels(X_new), n_rows)
    return {} if labels is None else {model.term.new_rows: labels}


def simulate_rows(model: Specification, idata: trace.Trace, rng: np.random.Generator) -> trace.Trace:
    """Return `idata` with data simulated for the rows of its model."""
    model.require_unchanged()
    likelihood = model.likelihood
    posterior = model.posterior(idata, new_rows=False, other_data=False)
    pieces = model.row_predictors(posterior)
    y = simulated(model, pieces, likelihood.trials, posterior, (ROWS, model.rows), rng)
    return trace.with_groups(idata, {"posterior_predictive": y})


def simulate_new_rows(
    new: NewRows,
    idata: trace.Trace,
    trials: FloatArray,
    constant: dict[str, FloatArray],
    rng: np.random.Generator,
) -> trace.Trace:
    """Return `idata` with data simulated for new rows, and with the rows themselves."""
    pieces, rows = new.linear_predictors(lambda: rng), (new.model.term.new_rows, new.coords)
    y = simulated(new.model, pieces, trials, new.posterior, rows, rng)
    groups = {"predictions": y, "predictions_constant_data": new.constant_data(**constant)}
    return trace.with_groups(idata, groups)


def simulated(
    model: Specification,
    pieces: Pieces,
    trials: FloatArray,
    draws: xr.Dataset,
    rows: tuple[str, Mapping[str, trace.Labels]],
    rng: np.random.Generator,
) -> xr.Dataset:
    """Return simulated rows for each draw, as the dataset of a group; MemoryError if they do not fit.

    `rows` are what their dimension is called, and its labels, if it has some.
    """
    likelihood = model.likelihood
    outcome = tuple(len(likelihood.coords["observed_data"][dim]) for dim in likelihood.outcome_dims)
    shape = (draws.sizes["chain"], draws.sizes["draw"], len(trials), *outcome)
    require_memory(8 * int(np.prod(shape)), "the result", "pass fewer rows, or a part of the draws")
    y = np.empty(shape, dtype=np.int64)
    for some, where, eta in pieces:
        given = likelihood.given(draws.isel(draw=some))
        y[:, some, where] = given.simulate(eta, trials[where], rng)
    dims = (*trace.DRAWS, rows[0], *likelihood.outcome_dims)
    group = trace.dataset({"y": (dims, y)}, {**rows[1], **likelihood.coords.get("observed_data", {})})
    return group.assign_coords(chain=draws["chain"], draw=draws["draw"])
