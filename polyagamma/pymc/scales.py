"""Standard deviations of effects among the variables of a PyMC model, by the numbers of a Gaussian block."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pymc as pm
from numpy.typing import NDArray
from pytensor.graph.basic import Variable

from polyagamma.likelihoods.dispersion import HalfNormal
from polyagamma.pymc.conditional import Conditional, Factors
from polyagamma.pymc.graphs import depends, values_of
from polyagamma.pymc.observed import is_logarithm
from polyagamma.terms.scale_priors import Exponential, HalfT

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Prior = HalfNormal | HalfT | Exponential
PRIORS: dict[type, Callable[..., Prior]] = {
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
    prior: Prior
    members: IntArray
    centred: bool


class Population(NamedTuple):
    """Effects u ~ N(0, s**2), independent of each other and of the rest, and what a block has of them.

    Centred members of the block are ``mean_of_rest @ b + mean + u``, others ``u / s``.
    """

    scale: Scale
    effects: FloatArray  # the design of u, (members, n)
    mean_of_rest: FloatArray  # (members, p)
    mean: FloatArray  # (members,)


class StandardForm(NamedTuple):
    """A block as coefficients of a fixed prior and populations of effects, each given those behind it."""

    fixed: Factors  # of the coefficients of no population
    populations: list[Population]


def standard_form(
    model: pm.Model, conditional: Conditional, values: Sequence[Variable]
) -> StandardForm | None:
    """Return the form of a block in which some values are the scales of effects; None if they are not."""
    found = _scales(model, conditional, values)
    if found is None:
        return None
    rng = np.random.default_rng(1)
    points = [conditional.point(rng) for _ in range(CHECKS)]
    forms = [_at(conditional.at(point), found, point) for point in points]
    if any(form is None or not _same(forms[0], form) for form in forms):
        return None
    return forms[0]


def _scales(model: pm.Model, conditional: Conditional, values: Sequence[Variable]) -> list[Scale] | None:
    """Return the scales of effects that elements of values are, those of children before those of parents."""
    point = conditional.point(np.random.default_rng(0))
    ahead: dict[tuple[Variable, int], Prior] = {}
    for value in values:
        priors = _priors(model, value, np.shape(point[value]))
        if priors is None:
            return None
        ahead |= {(value, element): prior for element, prior in enumerate(priors)}
    here = Elimination(conditional.at(point))
    doubled = {key: _doubled(point, *key) for key in ahead}
    there = {key: Elimination(conditional.at(other)) for key, other in doubled.items()}
    found: list[Scale] = []
    while ahead:
        candidates = ((key, here.scaled(there[key])) for key in ahead)
        key, members = next(((key, one) for key, one in candidates if one is not None), (None, None))
        if key is None or members is None:
            return None
        scale = Scale(*key, ahead.pop(key), *members)
        found.append(scale)
        for form, where in [(here, point), *((there[other], doubled[other]) for other in ahead)]:
            if form.without(scale, where) is None:
                return None
    return found


class Elimination:
    """A block from which populations of effects are taken, one after the other."""

    def __init__(self, factors: Factors) -> None:
        self._factors = Factors(*(np.array(array) for array in factors))
        self._left = np.arange(len(factors.shift))

    def scaled(self, there: Elimination) -> tuple[IntArray, bool] | None:
        """Return which members a standard deviation scales, doubled there, and whether they are centred."""
        one, other = self._factors, there._factors
        if one.design.ndim > 2:
            return None
        left = np.isin(np.arange(len(one.shift)), self._left)
        centred = left & _equal(4 * np.diag(other.precision), np.diag(one.precision))
        used = left & one.design.any(axis=1)
        products = used & ~centred & _equal(other.design, 2 * one.design).all(axis=1)
        if centred.any() == products.any():
            return None
        return np.flatnonzero(centred | products), bool(centred.any())

    def without(self, scale: Scale, point: Mapping[Variable, FloatArray]) -> Population | None:
        """Take a population away, whose means are then those of what is left; None if it is none."""
        design, offset, precision, shift, _ = self._factors
        of, rest = scale.members, np.setdiff1d(self._left, scale.members)
        sd = float(np.exp(np.ravel(point[scale.value])[scale.element]))
        variance = sd**2 if scale.centred else 1.0
        if not np.allclose(variance * precision[np.ix_(of, of)], np.eye(len(of)), atol=TOLERANCE):
            return None
        coupling = -precision[np.ix_(of, rest)]
        mean_of_rest = np.zeros((len(of), len(shift)))
        mean_of_rest[:, rest] = variance * coupling
        mean = variance * shift[of]
        if not scale.centred and (np.any(coupling) or np.any(mean)):
            return None
        precision[np.ix_(rest, rest)] -= coupling.T @ mean_of_rest[:, rest]
        shift[rest] += coupling.T @ mean
        design[rest] += mean_of_rest[:, rest].T @ design[of]
        offset += mean @ design[of]
        self._left = rest
        return Population(scale, design[of] / (1.0 if scale.centred else sd), mean_of_rest, mean)

    def left(self) -> Factors:
        """Return the factors of what is left."""
        design, offset, precision, shift, dispersion = self._factors
        left = self._left
        return Factors(design[left], offset, precision[np.ix_(left, left)], shift[left], dispersion)


def _priors(model: pm.Model, value: Variable, shape: tuple[int, ...]) -> list[Prior] | None:
    rv = model.values_to_rvs[value]
    kind = type(rv.owner.op)
    parameters = model.replace_rvs_by_values(rv.owner.op.dist_params(rv.owner))
    if kind not in PRIORS or not is_logarithm(model, value):
        return None
    if any(depends(parameter, model.value_vars) for parameter in parameters):
        return None
    numbers = [np.broadcast_to(number, shape).ravel() for number in values_of(parameters)]
    return [PRIORS[kind](*map(float, of_element)) for of_element in zip(*numbers, strict=True)]


def _doubled(
    point: Mapping[Variable, FloatArray], value: Variable, element: int
) -> dict[Variable, FloatArray]:
    moved = point[value].copy()
    moved.flat[element] += np.log(2)
    return {**point, value: moved}


def _equal(one: FloatArray, other: FloatArray) -> NDArray[np.bool_]:
    return np.isclose(one, other, rtol=TOLERANCE, atol=0)


def _at(
    factors: Factors, found: Sequence[Scale], point: Mapping[Variable, FloatArray]
) -> StandardForm | None:
    form = Elimination(factors)
    populations = []
    for scale in found:
        population = form.without(scale, point)
        if population is None:
            return None
        populations.append(population)
    return StandardForm(form.left(), populations)


def _same(one: StandardForm | None, other: StandardForm) -> bool:
    """Whether forms have the same numbers, but for dispersions, which may differ."""
    assert one is not None
    pairs = list(zip(one.fixed[:-1], other.fixed[:-1], strict=True))
    for left, right in zip(one.populations, other.populations, strict=True):
        pairs += zip(left[1:], right[1:], strict=True)
    return all(
        np.allclose(a, b, rtol=TOLERANCE, atol=TOLERANCE * (1 + np.abs(a).max(initial=0))) for a, b in pairs
    )
