"""Whole PyMC models as models of this package: coefficients, groups, scales of groups, dispersions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray
from pytensor.graph.basic import Variable

from polyagamma.models.logistic import PolyaGammaLogistic
from polyagamma.models.model import Model
from polyagamma.models.negative_binomial import PolyaGammaNegativeBinomial
from polyagamma.pymc.coefficients import Coefficients, Positions, quiet
from polyagamma.pymc.conditional import Conditional
from polyagamma.pymc.dispersions import Prior, SampledDispersion, sampled_dispersion
from polyagamma.pymc.grouped import Grouped, grouped
from polyagamma.pymc.observed import Observed
from polyagamma.pymc.scales import standard_form
from polyagamma.pymc.softmax import classes
from polyagamma.pymc.structure import GaussianBlock, Structure

FloatArray = NDArray[np.float64]


class Engine(Protocol):
    """A model of this package that stands for a PyMC model."""

    @property
    def model(self) -> Model:
        """What is sampled."""

    def positions(self, posterior: xr.Dataset, rng: np.random.Generator) -> tuple[FloatArray, Positions]:
        """Return draws of the block's coefficients (chains, draws, p), and of other value variables."""


@dataclass(frozen=True)
class OnePredictor:
    """Logistic and count models."""

    model: Model
    parts: Coefficients
    dispersion: SampledDispersion | None

    def positions(self, posterior: xr.Dataset, rng: np.random.Generator) -> tuple[FloatArray, Positions]:
        """See `Engine`."""
        beta = posterior["beta"].transpose("chain", "draw", "feature").to_numpy()
        others = {} if self.dispersion is None else self.dispersion.positions(posterior)
        return self.parts.completed(beta, rng), others


def engine(structure: Structure, block: GaussianBlock, conditional: Conditional) -> Engine | None:
    """Return a model of this package with the same posterior; None if there is none."""
    model = structure.model
    if structure.has_more_of(conditional.others, block.likelihood):
        return None
    if block.likelihood.n_classes is not None:
        return None if conditional.others else classes(block, conditional)
    found = {value: sampled_dispersion(model, block, value) for value in conditional.others}
    dispersion = next((one for one in found.values() if one is not None), None)
    prior: Prior | None = None
    if block.likelihood.trials is None:
        prior = _known_dispersion(conditional) if dispersion is None else dispersion.prior
        if prior is None or block.likelihood.relative:  # to a dispersion that may be sampled
            return None
    others = [value for value, one in found.items() if one is None]
    if others:
        return _with_scales(model, block, conditional, others, dispersion, prior)
    return _without_scales(block, conditional, dispersion, prior)


def positions(engine: Engine, posterior: xr.Dataset, conditional: Conditional, seed: Any) -> Positions:
    """Return draws as value variables of the PyMC model, by name: (chains, draws, ...)."""
    coefficients, others = engine.positions(posterior, np.random.default_rng(seed))
    shapes = {value.name: conditional.shape_of(value) for value in conditional.others}
    shaped = {name: array.reshape(array.shape[:2] + shapes[name]) for name, array in others.items()}
    return conditional.shaped(coefficients) | shaped


def _known_dispersion(conditional: Conditional) -> float | None:
    """Return the dispersion of counts if it is one known number."""
    if conditional.varies("dispersion"):
        return None
    dispersion = conditional.somewhere().dispersion
    return float(dispersion.flat[0]) if np.ptp(dispersion) == 0 else None


def _with_scales(
    model: pm.Model,
    block: GaussianBlock,
    conditional: Conditional,
    values: Sequence[Variable],
    dispersion: SampledDispersion | None,
    prior: Prior | None,
) -> Grouped | None:
    form = standard_form(model, conditional, values)
    return None if form is None else grouped(block.likelihood, form, dispersion, prior)


def _without_scales(
    block: GaussianBlock, conditional: Conditional, dispersion: SampledDispersion | None, prior: Prior | None
) -> OnePredictor | None:
    parts = Coefficients.of(conditional.somewhere())
    if not parts.active.size or parts.has_two_constants:
        return None
    likelihood = block.likelihood
    model = _logistic(likelihood, parts) if prior is None else _counts(likelihood, parts, prior)
    return OnePredictor(model, parts, dispersion)


def _logistic(likelihood: Observed, parts: Coefficients) -> Model:
    assert likelihood.trials is not None
    some = likelihood.trials > 0
    return quiet(
        PolyaGammaLogistic,
        np.ascontiguousarray(parts.design[:, some].T),
        likelihood.y[some].astype(np.int64),
        trials=likelihood.trials[some].astype(np.int64),
        offset=parts.factors.offset[some],
        prior=parts.prior(),
    )


def _counts(likelihood: Observed, parts: Coefficients, prior: Prior) -> Model:
    return quiet(
        PolyaGammaNegativeBinomial,
        np.ascontiguousarray(parts.design.T),
        likelihood.y.astype(np.int64),
        offset=parts.factors.offset,
        prior=parts.prior(),
        dispersion_prior=prior,
    )
