"""PyMC models with effects of groups, whose scales are sampled, as additive models of this package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma.models.additive import PolyaGammaAdditive
from polyagamma.pymc.coefficients import Coefficients, Positions, quiet
from polyagamma.pymc.dispersions import Prior, SampledDispersion
from polyagamma.pymc.observed import Observed
from polyagamma.pymc.scales import Population, Scale, StandardForm
from polyagamma.terms.group_columns import Group
from polyagamma.terms.linear_columns import Linear

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True)
class Effects:
    """The effects of one scale: each row has that of one level, times a number.

    Attributes
    ----------
    population : Population
    name : str
        That of the group in the additive model.
    levels : ndarray, shape (n,)
        Which of the population's members each row has.
    slopes : ndarray, shape (n,)
    """

    population: Population
    name: str
    levels: IntArray
    slopes: FloatArray

    @classmethod
    def of(cls, population: Population, name: str, rows: NDArray[np.bool_]) -> Effects | None:
        """Return the effects in some rows; None if rows have several of them."""
        design = population.effects[:, rows]
        if (np.count_nonzero(design, axis=0) > 1).any() or not design.any():
            return None
        levels = np.argmax(design != 0, axis=0)
        return cls(population, name, levels, design[levels, np.arange(design.shape[1])])

    @property
    def scale(self) -> Scale:
        """Their standard deviation."""
        return self.population.scale

    def group(self) -> Group:
        """Return the part of an additive model."""
        if (self.slopes == 1).all():
            return Group(self.levels, prior_sd=self.scale.prior, name=self.name)
        slopes = self.slopes[:, np.newaxis]
        return Group(self.levels, slopes, intercept=False, prior_sd=self.scale.prior, name=self.name)

    def drawn(self, posterior: xr.Dataset, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Return draws of all effects (chains, draws, members), and of their scale (chains, draws)."""
        [sigma] = [name for name in posterior.data_vars if str(name).endswith(f"|{self.name}_sigma")]
        observed = posterior[str(sigma).removesuffix("_sigma")].transpose("chain", "draw", self.name)
        sd = posterior[sigma].transpose("chain", "draw").to_numpy()
        effects = sd[..., np.newaxis] * rng.standard_normal((*sd.shape, len(self.scale.members)))
        effects[..., observed[self.name].to_numpy().astype(np.intp)] = observed.to_numpy()
        return effects, sd


@dataclass(frozen=True)
class Grouped:
    """A model with effects of groups; see `Engine`."""

    model: PolyaGammaAdditive
    parts: Coefficients
    effects: Sequence[Effects]
    dispersion: SampledDispersion | None

    def positions(self, posterior: xr.Dataset, rng: np.random.Generator) -> tuple[FloatArray, Positions]:
        """See `Engine`."""
        fixed = self.parts.completed(self._active(posterior), rng)
        members = np.concatenate([one.scale.members for one in self.effects])
        b = np.zeros((*fixed.shape[:-1], fixed.shape[-1] + len(members)))
        b[..., np.setdiff1d(np.arange(b.shape[-1]), members)] = fixed
        drawn = [one.drawn(posterior, rng) for one in self.effects]
        for one, (effects, sd) in reversed(list(zip(self.effects, drawn, strict=True))):  # parents first
            mean = b @ one.population.mean_of_rest.T + one.population.mean
            b[..., one.scale.members] = mean + effects if one.scale.centred else effects / sd[..., np.newaxis]
        others = {} if self.dispersion is None else self.dispersion.positions(posterior)
        return b, others | self._log_scales([sd for _, sd in drawn])

    def _active(self, posterior: xr.Dataset) -> FloatArray:
        if not self.parts.active.size:  # and so no linear part
            return np.empty((posterior.sizes["chain"], posterior.sizes["draw"], 0))
        return posterior["beta"].transpose("chain", "draw", "feature").to_numpy()

    def _log_scales(self, sds: Sequence[FloatArray]) -> Positions:
        by_value: dict[str, dict[int, FloatArray]] = {}
        for one, sd in zip(self.effects, sds, strict=True):
            by_value.setdefault(one.scale.value.name, {})[one.scale.element] = np.log(sd)
        return {
            name: np.stack([elements[k] for k in sorted(elements)], axis=-1)
            for name, elements in by_value.items()
        }


def grouped(
    likelihood: Observed, form: StandardForm, dispersion: SampledDispersion | None, prior: Prior | None
) -> Grouped | None:
    """Return an additive model; None if effects are no groups, or columns those of several intercepts."""
    some = np.ones(len(likelihood.y), bool) if likelihood.trials is None else likelihood.trials > 0
    effects = []
    for k, population in enumerate(form.populations):
        of_population = Effects.of(population, f"group{k}", some)
        if of_population is None:
            return None
        effects.append(of_population)
    parts = Coefficients.of(form.fixed)
    if parts.has_two_constants:
        return None
    return Grouped(_model(likelihood, parts, effects, some, prior), parts, effects, dispersion)


def _model(
    likelihood: Observed,
    parts: Coefficients,
    effects: Sequence[Effects],
    some: NDArray[np.bool_],
    prior: Prior | None,
) -> PolyaGammaAdditive:
    terms: list[Linear | Group] = [one.group() for one in effects]
    if parts.active.size:
        terms.append(Linear(np.ascontiguousarray(parts.design[:, some].T), parts.prior()))
    y, offset = likelihood.y[some].astype(np.int64), parts.factors.offset[some]
    if likelihood.trials is None:
        family: dict[str, Any] = {"family": "negative_binomial", "dispersion_prior": prior}
    else:
        family = {"family": "binomial", "trials": likelihood.trials[some].astype(np.int64)}
    return quiet(PolyaGammaAdditive, terms, y, offset=offset, **family)
