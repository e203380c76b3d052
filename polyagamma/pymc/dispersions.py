"""Dispersions of counts that PyMC models sample, with priors that models of this package know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pymc as pm
import xarray as xr
from pytensor.graph.basic import Variable

from polyagamma.likelihoods.dispersion import Gamma, InverseGamma
from polyagamma.pymc import links
from polyagamma.pymc.coefficients import Positions
from polyagamma.pymc.graphs import depends, values_of
from polyagamma.pymc.observed import is_logarithm
from polyagamma.pymc.structure import GaussianBlock

Prior = Gamma | InverseGamma | float


@dataclass(frozen=True)
class SampledDispersion:
    """A dispersion that is sampled with the coefficients: its value variable, and its prior."""

    value: Variable
    prior: Gamma | InverseGamma

    def positions(self, posterior: xr.Dataset) -> Positions:
        """Return draws of its logarithm, by the name of the value variable."""
        return {self.value.name: np.log(posterior["r"].transpose("chain", "draw").to_numpy())}


def sampled_dispersion(model: pm.Model, block: GaussianBlock, value: Variable) -> SampledDispersion | None:
    """Return a value as the dispersion of counts, if it is, with a gamma or inverse gamma prior."""
    if block.likelihood.dispersion is None:
        return None
    rv = model.values_to_rvs[value]
    parameter = block.likelihood.rv.owner.op.dist_params(block.likelihood.rv.owner)[0]
    if links.unbroadcast(parameter) is not rv or rv.ndim or not is_logarithm(model, value):
        return None
    parameters = model.replace_rvs_by_values(rv.owner.op.dist_params(rv.owner))
    if any(depends(one, model.value_vars) for one in parameters):
        return None
    numbers = [float(number) for number in values_of(parameters)]
    kind = type(rv.owner.op)
    if kind is type(pm.Gamma.rv_op):
        return SampledDispersion(value, Gamma(numbers[0], 1 / numbers[1]))
    if kind is type(pm.Exponential.rv_op):
        return SampledDispersion(value, Gamma(1.0, 1 / numbers[0]))
    if kind is type(pm.InverseGamma.rv_op):
        return SampledDispersion(value, InverseGamma(numbers[0], numbers[1]))
    return None
