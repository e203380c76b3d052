"""The additive term of a model, from what the user wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyagamma._validation import additive as checks
from polyagamma._validation.predictors import unique_names
from polyagamma._validation.rows import row_labels
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.mcmc.notices import notice
from polyagamma.models.linear import with_intercept
from polyagamma.terms.additive import AdditiveInputs, AdditiveTerm
from polyagamma.terms.additive_design import AdditiveDesign
from polyagamma.terms.additive_notices import notices
from polyagamma.terms.component import Component
from polyagamma.terms.group_columns import Group
from polyagamma.terms.linear_columns import Linear
from polyagamma.terms.membership_columns import MultiMembership
from polyagamma.terms.predictors import Encode, Predictors
from polyagamma.terms.priors import Gaussian, Normal, extreme_scale, join
from polyagamma.terms.process_columns import Process
from polyagamma.terms.smooth_columns import Smooth
from polyagamma.traces import trace

FloatArray = NDArray[np.float64]
AdditivePart = Linear | Group | Smooth | Process | MultiMembership
PARTS = (Linear, Group, Smooth, Process, MultiMembership)


@dataclass(frozen=True)
class AdditiveTerms:
    """What the user wrote of the linear predictor.

    Attributes
    ----------
    parts : sequence of Linear, Group, Smooth, Process and MultiMembership
    intercept : bool
    intercept_prior : Normal
    encode : callable, optional
        What makes inputs of new data frames; see `AdditiveInputs`.
    words : dict of str to str
        What a trace says besides: the formula.
    """

    parts: Sequence[AdditivePart]
    intercept: bool
    intercept_prior: Normal
    encode: Encode | None
    words: dict[str, str]

    @property
    def n_rows(self) -> int:
        """Number of rows, by the first part."""
        return len(self.parts[0].rows)

    def term(self, likelihood: Likelihood, weights: FloatArray) -> AdditiveTerm:
        """Return the term of rows that weigh so much, (n,), in means and standard deviations."""
        components = [part.component(weights) for part in self.parts]
        for component in components:
            checks.require_rows(component.name, len(component.inputs), len(weights))
        centre, prior = self._fixed(components, weights)
        design = AdditiveDesign(components, self.intercept, centre)
        inputs = AdditiveInputs(
            np.ascontiguousarray(np.concatenate([component.inputs for component in components], axis=1)),
            [name for component in components for name in component.input_names],
            None,
            self.intercept,
            {},
            trace.row_labels(row_labels(self.parts[0].rows), len(weights)),
            self.encode,
            components,
        )
        term = AdditiveTerm(inputs, design, prior, self._description(components))
        checks.require_names(term.parameters, [block.effects.coords for block in design.blocks])
        for text in notices(design, likelihood):
            notice(text)
        return term

    def _fixed(self, components: Sequence[Component], weights: FloatArray) -> tuple[FloatArray, Gaussian]:
        """Return the centre of the columns of fixed effects, and the prior of all fixed effects."""
        parts = [found for component in components if (found := component.fixed()) is not None]
        names = unique_names("the names of fixed effects", [name for part in parts for name in part.names])
        columns = np.concatenate([np.empty((len(weights), 0)), *(part.X for part in parts)], axis=1)
        predictors = Predictors(columns, names, None, self.intercept, {}, None)
        predictors.require_distinct_constants()
        mean, sd = predictors.moments(weights)
        ends = np.cumsum([len(part.names) for part in parts])[:-1]
        of_each = np.split(sd, ends) if parts else []
        priors = [part.prior.gaussian("prior", scale) for part, scale in zip(parts, of_each, strict=True)]
        joint = reduce(join, priors, Gaussian(np.empty(0), np.empty(0)))
        if names and (scale := extreme_scale(joint, sd, names)) is not None:
            cure = "standardize its predictors, or pass Normal(..., standardized=True)"
            notice(f"{scale}: {cure}")
        if not self.intercept:
            return np.zeros_like(mean), joint
        return with_intercept(self.intercept_prior, mean, joint)

    def _description(self, components: Sequence[Component]) -> dict[str, str]:
        priors = "; ".join(f"{component.name}: {component.description()}" for component in components)
        of_intercept = str(self.intercept_prior) if self.intercept else "none"
        return {**self.words, "prior": priors, "intercept_prior": of_intercept}


def checked_parts(terms: Any) -> list[AdditivePart]:
    """Return the parts that the user wrote; TypeError or ValueError if they are none."""
    found = [terms] if isinstance(terms, PARTS) else terms
    return checks.parts(found, PARTS)
