"""New rows of additive models: which groups they are of, and averages over them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from polyagamma._validation.additive import require_seen
from polyagamma._validation.memory import require_memory
from polyagamma._validation.predictors import require_same_rows
from polyagamma.mcmc.specification import Specification
from polyagamma.models.predict import NewRows, row_coords
from polyagamma.terms.additive import AdditiveTerm
from polyagamma.terms.component import NO_GROUP, Component, split_inputs
from polyagamma.terms.term import NoiseSource
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class AdditiveNewRows:
    """Checked rows to predict for, and what a trace tells of them besides their inputs."""

    rows: NewRows
    constant: dict[str, FloatArray]

    @classmethod
    def check(
        cls,
        model: Specification,
        idata: trace.Trace,
        X_new: Any,
        offset: ArrayLike | None,
        groups: str,
        unseen: str,
        other_data: bool,
    ) -> AdditiveNewRows:
        """Check what the user gave; TypeError, ValueError or KeyError name the argument."""
        assert isinstance(model.term, AdditiveTerm)
        X = model.term.predictors.check_new(X_new)
        require_same_rows("X_new", X_new, offset=offset)
        components = model.term.predictors.components
        for component, inputs in zip(components, split_inputs(components, X), strict=True):
            if component.code_columns:
                _place(component, inputs, groups, unseen)
        if groups != "conditional":
            model = replace(
                model, term=model.term.without_effects_of_groups(keep_scales=groups == "marginal")
            )
        known = model.likelihood.known_part(offset, len(X))
        coords = row_coords(model, X_new, len(X))
        return cls(NewRows(model, model.posterior(idata, True, other_data), X, known, coords), {})

    def exposed(self, exposure: FloatArray) -> AdditiveNewRows:
        """Return rows with so much exposure, (m,)."""
        return replace(self, constant=self.rows.expose(exposure))


def _place(component: Component, inputs: FloatArray, groups: str, unseen: str) -> None:
    """Write into the inputs of new rows, (m, k), which groups they are of."""
    assert component.effects is not None
    levels, codes = component.effects.levels, inputs[:, component.code_columns]
    if groups == "zero":
        codes[:] = NO_GROUP
    elif groups == "marginal":  # others than the model's, as many as there are labels
        codes[:] = levels + np.unique(codes, return_inverse=True)[1].reshape(codes.shape)
    elif unseen == "error":
        require_seen(component.name, codes, levels)
    inputs[:, component.code_columns] = codes


def averages(rows: NewRows, weights: csr_array, noise: NoiseSource) -> FloatArray:
    """Return weighted sums of the means of rows, with weights (groups, m), for each draw: (..., groups)."""
    posterior, likelihood = rows.posterior, rows.model.likelihood
    shape = (posterior.sizes["chain"], posterior.sizes["draw"], weights.shape[0])
    require_memory(8 * int(np.prod(shape)), "the result", "pass fewer groups, or a part of the draws")
    sums, by_row = np.zeros(shape), csr_array(weights.T)
    for some, part, eta in rows.linear_predictors(noise):
        means = likelihood.mean(eta)[:, :, 0]
        flat = means.reshape(-1, means.shape[-1]) @ by_row[part.start : part.stop]
        sums[:, some] += flat.reshape(*means.shape[:2], -1)
    return sums
