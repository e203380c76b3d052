"""Whole PyMC models as models of this package, where nothing but Gaussian coefficients is sampled."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray
from pytensor import Variable

from polyagamma.likelihoods.dispersion import Gamma, InverseGamma
from polyagamma.mcmc.settings import SamplingWarning
from polyagamma.models.logistic import PolyaGammaLogistic
from polyagamma.models.model import Model
from polyagamma.models.multinomial import PolyaGammaMultinomial
from polyagamma.models.negative_binomial import PolyaGammaNegativeBinomial
from polyagamma.pymc import links
from polyagamma.pymc.conditional import Conditional, Factors
from polyagamma.pymc.draws import members_of_classes
from polyagamma.pymc.graphs import depends, values_of
from polyagamma.pymc.observed import Observed
from polyagamma.pymc.structure import GaussianBlock
from polyagamma.terms.priors import MvNormal, Normal

FloatArray = NDArray[np.float64]
Positions = dict[str, FloatArray]


class Engine(Protocol):
    """A model of this package that stands for a PyMC model."""

    @property
    def model(self) -> Model:
        """What is sampled."""

    def coefficients(self, posterior: xr.Dataset, rng: np.random.Generator) -> FloatArray:
        """Return the block's coefficients from its draws, (chains, draws, p)."""


@dataclass(frozen=True)
class Coefficients:
    """Coefficients of which some are in a predictor, and others are parents of those."""

    factors: Factors
    active: NDArray[np.intp]
    passive: NDArray[np.intp]

    @classmethod
    def of(cls, factors: Factors) -> Coefficients:
        """Tell them apart by the design."""
        used = factors.design.any(axis=1)
        return cls(factors, np.flatnonzero(used), np.flatnonzero(~used))

    def prior(self) -> Normal | MvNormal:
        """Return the prior of those in the predictor, the others integrated out."""
        precision = self.factors.precision
        mean = np.linalg.solve(precision, self.factors.shift)[self.active]
        if not np.any(precision - np.diag(np.diag(precision))):
            return Normal(mean, np.diag(precision)[self.active] ** -0.5)
        if not self.passive.size:
            return MvNormal(mean, tau=symmetric(precision))
        cov = np.asarray(np.linalg.inv(precision), np.float64)
        return MvNormal(mean, cov=symmetric(cov[np.ix_(self.active, self.active)]))

    def completed(self, drawn: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Return all coefficients from draws (..., active), the others drawn given them."""
        b = np.zeros((*drawn.shape[:-1], len(self.factors.shift)))
        b[..., self.active] = drawn
        if self.passive.size:
            rows = self.factors.precision[self.passive]
            shift = self.factors.shift[self.passive] - b @ rows.T
            root = np.linalg.inv(np.linalg.cholesky(rows[:, self.passive]))  # root.T @ root inverts it
            b[..., self.passive] = (shift @ root.T + rng.standard_normal(shift.shape)) @ root
        return b


@dataclass(frozen=True)
class OnePredictor:
    """Logistic and count models."""

    model: Model
    parts: Coefficients

    def coefficients(self, posterior: xr.Dataset, rng: np.random.Generator) -> FloatArray:
        """See `Engine`."""
        beta = posterior["beta"].transpose("chain", "draw", "feature").to_numpy()
        return self.parts.completed(beta, rng)


@dataclass(frozen=True)
class Classes:
    """Softmax models whose classes have coefficients of their own, with the same design and prior.

    With a class without coefficients these are the coefficients of the baseline form. Without, only
    deviations from the classes' mean enter the likelihood; the mean, which is independent of them, has its
    prior: ``N(m, V / K)``.
    """

    model: Model
    members: list[NDArray[np.intp]]
    common: tuple[FloatArray, FloatArray] | None  # mean m, precision K V^-1 of the classes' mean

    def coefficients(self, posterior: xr.Dataset, rng: np.random.Generator) -> FloatArray:
        """See `Engine`."""
        beta = posterior["beta"].transpose("chain", "draw", "class", "feature").to_numpy()
        if self.common is not None:
            mean, precision = self.common
            noise = rng.standard_normal((*beta.shape[:2], 1, beta.shape[3]))
            beta = beta + mean + noise @ np.linalg.inv(np.linalg.cholesky(precision))
        own = [member for member in self.members if member.size]
        b = np.empty((*beta.shape[:2], sum(map(len, own))))
        for k, member in enumerate(own):
            b[..., member] = beta[:, :, k]
        return b


@dataclass(frozen=True)
class SampledDispersion:
    """A dispersion that is sampled with the coefficients: its value variable, and its prior."""

    value: Variable
    prior: Gamma | InverseGamma


def engine(model: pm.Model, block: GaussianBlock, conditional: Conditional) -> Engine | None:
    """Return a model of this package with the same posterior; None if there is none."""
    if not conditional.is_constant:
        return None
    if block.likelihood.n_classes is not None:
        return None if conditional.others else _classes(block, conditional)
    parts = Coefficients.of(conditional.somewhere())
    if _indistinct(parts):
        return None
    if block.likelihood.trials is not None:
        return None if conditional.others else OnePredictor(_logistic(block.likelihood, parts), parts)
    if block.likelihood.relative:  # to a dispersion that may be sampled
        return None
    dispersion = sampled_dispersion(model, block, conditional)
    known = None if conditional.others else _one_value(parts.factors.dispersion)
    prior = known if dispersion is None else dispersion.prior
    return None if prior is None else OnePredictor(_counts(block.likelihood, parts, prior), parts)


def sampled_dispersion(
    model: pm.Model, block: GaussianBlock, conditional: Conditional
) -> SampledDispersion | None:
    """Return the dispersion if it is the one other variable, with a gamma or inverse gamma prior."""
    if block.likelihood.dispersion is None or len(conditional.others) != 1:
        return None
    value = conditional.others[0]
    rv = model.values_to_rvs[value]
    parameter = block.likelihood.rv.owner.op.dist_params(block.likelihood.rv.owner)[0]
    if links.unbroadcast(parameter) is not rv or rv.ndim or not value.name.endswith("_log__"):
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


def positions(engine: Engine, posterior: xr.Dataset, conditional: Conditional, seed: Any) -> Positions:
    """Return draws as value variables of the PyMC model, by name: (chains, draws, ...)."""
    drawn = conditional.shaped(engine.coefficients(posterior, np.random.default_rng(seed)))
    for value in conditional.others:  # a dispersion, or none
        drawn[value.name] = np.log(posterior["r"].transpose("chain", "draw").to_numpy())
    return drawn


def symmetric(matrix: FloatArray) -> FloatArray:
    """Return a matrix without the rounding errors that make it unsymmetric."""
    return 0.5 * (matrix + matrix.T)


def _indistinct(parts: Coefficients) -> bool:
    """Whether two columns are constant, which models of this package refuse, or there is none at all."""
    design = parts.factors.design[parts.active]
    return len(design) == 0 or int((np.ptp(design, axis=1) == 0).sum()) > 1


def _one_value(dispersion: FloatArray) -> float | None:
    return float(dispersion.flat[0]) if np.ptp(dispersion) == 0 else None


def _quiet(make: Any, *arguments: Any, **options: Any) -> Model:
    """Make a model without advice on the scale of priors, which speaks of this package's own arguments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        model: Model = make(*arguments, **options, intercept=False)
    return model


def _logistic(likelihood: Observed, parts: Coefficients) -> Model:
    assert likelihood.trials is not None
    some = likelihood.trials > 0
    return _quiet(
        PolyaGammaLogistic,
        np.ascontiguousarray(parts.factors.design[parts.active][:, some].T),
        likelihood.y[some].astype(np.int64),
        trials=likelihood.trials[some].astype(np.int64),
        offset=parts.factors.offset[some],
        prior=parts.prior(),
    )


def _counts(likelihood: Observed, parts: Coefficients, prior: Gamma | InverseGamma | float) -> Model:
    return _quiet(
        PolyaGammaNegativeBinomial,
        np.ascontiguousarray(parts.factors.design[parts.active].T),
        likelihood.y.astype(np.int64),
        offset=parts.factors.offset,
        prior=parts.prior(),
        dispersion_prior=prior,
    )


def _classes(block: GaussianBlock, conditional: Conditional) -> Engine | None:
    likelihood, factors = block.likelihood, conditional.somewhere()
    members = members_of_classes(factors.design, conditional.names_of_coefficients(), str(likelihood.rv.name))
    own = [member for member in members if member.size]
    if not _alike(factors, members, own):
        return None
    assert likelihood.trials is not None
    some = likelihood.trials > 0
    first = own[0]
    mean, precision = _prior_of_class(factors, first)
    whole = len(own) == len(members)
    spread = symmetric(precision)
    model = _quiet(
        PolyaGammaMultinomial,
        np.ascontiguousarray(factors.design[first][:, some, _class_of(members, first)].T),
        likelihood.y[some].astype(np.int64),
        offset=factors.offset[some],
        prior=MvNormal(np.zeros_like(mean) if whole else mean, tau=spread),
        parametrization="symmetric" if whole else "baseline",
        baseline=None if whole else next(k for k, member in enumerate(members) if not member.size),
    )
    return Classes(model, members, (mean, len(own) * spread) if whole else None)


def _class_of(members: list[NDArray[np.intp]], wanted: NDArray[np.intp]) -> int:
    return next(k for k, member in enumerate(members) if member is wanted)


def _prior_of_class(factors: Factors, own: NDArray[np.intp]) -> tuple[FloatArray, FloatArray]:
    precision = factors.precision[np.ix_(own, own)]
    return np.asarray(np.linalg.solve(precision, factors.shift[own]), np.float64), precision


def _alike(factors: Factors, members: list[NDArray[np.intp]], own: list[NDArray[np.intp]]) -> bool:
    """Whether all classes but at most one have coefficients, with one design and one prior."""
    if len(members) - len(own) > 1 or sum(map(len, own)) != len(factors.shift):
        return False
    if len({len(member) for member in own}) != 1:
        return False
    first, k = own[0], _class_of(members, own[0])
    design = factors.design[first, :, k]
    if int((np.ptp(design, axis=1) == 0).sum()) > 1:
        return False
    among = np.zeros_like(factors.precision, dtype=bool)
    for member in own:
        among[np.ix_(member, member)] = True
    if np.any(factors.precision[~among]):
        return False
    return all(
        np.array_equal(factors.design[member, :, _class_of(members, member)], design)
        and np.allclose(factors.shift[member], factors.shift[first], rtol=1e-12)
        and np.allclose(
            factors.precision[np.ix_(member, member)], factors.precision[np.ix_(first, first)], rtol=1e-12
        )
        for member in own
    )
