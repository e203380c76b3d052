"""Standard deviations of effects among the variables of a PyMC model, by the numbers of a Gaussian block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pymc as pm
from numpy.typing import NDArray
from pytensor import Variable

from polyagamma.likelihoods.dispersion import HalfNormal
from polyagamma.pymc.conditional import Conditional, Factors
from polyagamma.pymc.graphs import depends, values_of
from polyagamma.terms.scale_priors import Exponential, HalfT

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
PRIORS: dict[type, Callable[..., HalfNormal | HalfT | Exponential]] = {
    pm.HalfNormal.rv_type: lambda _, sigma: HalfNormal(sigma),
    pm.Exponential.rv_type: lambda mean: Exponential(1 / mean),
    pm.HalfStudentT.rv_type: HalfT,
    pm.HalfCauchy.rv_type: lambda beta: HalfT(1, beta),
}
TOLERANCE = 1e-8  # of numbers that are the same but for rounding
CHECKS = 3  # points at which they have to be


@dataclass(frozen=True)
class Scale:
    """One standard deviation s: an element of a variable that PyMC samples as its logarithm.

    Attributes
    ----------
    value : Variable
    element : int
    prior : HalfNormal, HalfT or Exponential
    members : ndarray
        The block's coefficients that it scales.
    centred : bool
        Whether they are N(mean, s**2); otherwise they are standard normal, and s enters predictors.
    """

    value: Variable
    element: int
    prior: HalfNormal | HalfT | Exponential
    members: IntArray
    centred: bool


class StandardForm(NamedTuple):
    """A block as coefficients m of a fixed prior, and effects u_j ~ N(0, s_j**2), independent of m.

    The block's fixed members are m, centred ones ``mean_of_fixed @ m + mean + u``, and others ``u / s``.
    """

    fixed: Factors
    effects: FloatArray  # the design of u, (members, n)
    mean_of_fixed: FloatArray  # (members, fixed)
    mean: FloatArray  # (members,)


def scales(model: pm.Model, conditional: Conditional, values: Sequence[Variable]) -> list[Scale] | None:
    """Return the scale of effects that each element of some values is; None if one is something else."""
    found: list[Scale] = []
    point = conditional.point(np.random.default_rng(0))
    here = conditional.at(point)
    for value in values:
        priors = _priors(model, value, np.shape(point[value]))
        if priors is None:
            return None
        for element, prior in enumerate(priors):
            doubled = point[value].copy()
            doubled.flat[element] += np.log(2)
            there = conditional.at({**point, value: doubled})
            scaled = _scaled(here, there)
            if scaled is None:
                return None
            found.append(Scale(value, element, prior, *scaled))
    members = np.concatenate([scale.members for scale in found])
    return found if len(np.unique(members)) == len(members) else None


def standard_form(conditional: Conditional, found: Sequence[Scale]) -> StandardForm | None:
    """Return the block in standard form; None if that depends on the scales, as far as some points tell."""
    rng = np.random.default_rng(1)
    forms = []
    for _ in range(CHECKS):
        point = conditional.point(rng)
        form = _standardized(conditional.at(point), found, point)
        if form is None:
            return None
        forms.append(form)
    return forms[0] if all(_same(forms[0], form) for form in forms[1:]) else None


def _priors(
    model: pm.Model, value: Variable, shape: tuple[int, ...]
) -> list[HalfNormal | HalfT | Exponential] | None:
    rv = model.values_to_rvs[value]
    kind = type(rv.owner.op)
    parameters = model.replace_rvs_by_values(rv.owner.op.dist_params(rv.owner))
    if kind not in PRIORS or not value.name.endswith("_log__"):
        return None
    if any(depends(parameter, model.value_vars) for parameter in parameters):
        return None
    numbers = [np.broadcast_to(number, shape).ravel() for number in values_of(parameters)]
    return [PRIORS[kind](*map(float, of_element)) for of_element in zip(*numbers, strict=True)]


def _scaled(here: Factors, there: Factors) -> tuple[IntArray, bool] | None:
    """Return which coefficients a standard deviation scales, now doubled, and whether they are centred."""
    if here.design.ndim > 2:
        return None
    centred = np.isclose(4 * np.diag(there.precision), np.diag(here.precision), rtol=TOLERANCE, atol=0)
    used = here.design.any(axis=1)
    others = used & np.isclose(there.design, 2 * here.design, rtol=TOLERANCE, atol=0).all(axis=1)
    if centred.any() == others.any():
        return None
    return np.flatnonzero(centred | others), bool(centred.any())


def _standardized(
    factors: Factors, found: Sequence[Scale], point: dict[Variable, FloatArray]
) -> StandardForm | None:
    """Return the form of a block at a point: centred effects less their means, others times their scale."""
    members = np.concatenate([scale.members for scale in found])
    fixed = np.setdiff1d(np.arange(len(factors.shift)), members)
    sd = _by_member([np.exp(point[scale.value].flat[scale.element]) for scale in found], found)
    centred = _by_member([scale.centred for scale in found], found).astype(bool)
    variance = np.where(centred, sd**2, 1.0)
    if not np.allclose(
        factors.precision[np.ix_(members, members)] * variance, np.eye(len(members)), atol=TOLERANCE
    ):
        return None
    coupling = -factors.precision[np.ix_(members, fixed)]  # of centred effects with their means, over s**2
    mean_of_fixed = variance[:, np.newaxis] * coupling
    mean = variance * factors.shift[members]
    if np.any(mean_of_fixed[~centred]) or np.any(mean[~centred]):
        return None
    design = factors.design[members]
    of_fixed = Factors(
        factors.design[fixed] + mean_of_fixed.T @ design,
        factors.offset + mean @ design,
        factors.precision[np.ix_(fixed, fixed)] - coupling.T @ mean_of_fixed,
        factors.shift[fixed] + coupling.T @ mean,
        factors.dispersion,
    )
    effects = design / np.where(centred, 1.0, sd)[:, np.newaxis]
    return StandardForm(of_fixed, effects, mean_of_fixed, mean)


def _by_member(numbers: Sequence[float], found: Sequence[Scale]) -> FloatArray:
    """Return a number for each member, given one for each scale."""
    return np.repeat(np.asarray(numbers, np.float64), [len(scale.members) for scale in found])


def _same(one: StandardForm, other: StandardForm) -> bool:
    left = [*one.fixed[:-1], *one[1:]]  # dispersions may differ
    right = [*other.fixed[:-1], *other[1:]]
    return all(
        np.allclose(a, b, rtol=TOLERANCE, atol=TOLERANCE * (1 + np.abs(a).max(initial=0)))
        for a, b in zip(left, right, strict=True)
    )
