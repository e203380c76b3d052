"""The last check before a block is drawn: its numbers have PyMC's own log-density, at random points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray
from pytensor.graph.basic import Variable
from scipy.special import logsumexp

from polyagamma.pymc.conditional import Conditional, Factors
from polyagamma.pymc.graphs import values_of
from polyagamma.pymc.observed import Observed
from polyagamma.pymc.refusal import UnsupportedModelError
from polyagamma.pymc.structure import GaussianBlock

FloatArray = NDArray[np.float64]
WIDTHS = (0.5, 2.0)  # standard deviations of log odds, at which PyMC's own log(1 - p) keeps its digits
FAR = 1e3  # of coefficients, to see what only bends there
TOLERANCE = 1e-6


def require_density(model: pm.Model, block: GaussianBlock, conditional: Conditional) -> None:
    """Raise UnsupportedModelError if a block has not the log-density of the model.

    Linearity is derived from operations one by one. This check asks nothing of them: it compares numbers.
    """
    if not _has_density(model, block, conditional):
        names = ", ".join(repr(name) for name in conditional.names)
        raise UnsupportedModelError(
            f"the log-density of the model in {names} is not that of a Gaussian block of "
            f"{block.likelihood.rv.name!r}, as numbers at random points show: sample it with pymc.sample"
        )


def _has_density(model: pm.Model, block: GaussianBlock, conditional: Conditional) -> bool:
    rng = np.random.default_rng(2)
    point = conditional.point(rng)
    factors = conditional.at(point)
    directions = [rng.standard_normal(len(factors.shift)) for _ in WIDTHS]
    near = [b * width / _spread(factors, b) for b, width in zip(directions, WIDTHS, strict=True)]
    origin, far = np.zeros_like(near[0]), [FAR * b for b in directions]

    def theirs(graph: Variable, where: Sequence[FloatArray]) -> list[FloatArray]:
        return [values_of([graph], point | conditional.values(b))[0] for b in where]

    where = [origin, *near, *far]
    predictors = [np.tensordot(b, factors.design, 1) + factors.offset for b in where]
    priors = [factors.shift @ b - b @ factors.precision @ b / 2 for b in where]
    densities = [log_likelihood(block.likelihood, factors, eta) for eta in predictors[: 1 + len(near)]]
    of_rows = theirs(model.logp(vars=[block.likelihood.rv], sum=True), where[: len(densities)])
    return (
        _agree(predictors, theirs(block.likelihood.predictor, where))
        and _agree(_moves(priors), _moves(theirs(block.prior, where)))
        and (not np.isfinite(of_rows).all() or _agree(_moves(densities), _moves(of_rows)))
    )


def log_likelihood(likelihood: Observed, factors: Factors, eta: Any) -> float:
    """Return the log-likelihood at some predictors, but for what does not depend on them."""
    if likelihood.n_classes is not None:
        return float((likelihood.y * eta).sum() - likelihood.trials @ logsumexp(eta, axis=1))
    if likelihood.trials is not None:
        return float(likelihood.y @ eta - likelihood.trials @ np.logaddexp(0, eta))
    r = factors.dispersion
    psi = eta if likelihood.relative else eta - np.log(r)
    return float(likelihood.y @ psi - (likelihood.y + r) @ np.logaddexp(0, psi))


def _spread(factors: Factors, b: FloatArray) -> float:
    """Return how far predictors are from their offsets."""
    return float(np.abs(np.tensordot(b, factors.design, 1)).max(initial=1e-3))


def _moves(values: Sequence[Any]) -> list[FloatArray]:
    return [np.asarray(value) - values[0] for value in values[1:]]


def _agree(ours: Sequence[Any], theirs: Sequence[FloatArray]) -> bool:
    return all(
        np.allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE * (1 + np.abs(other).max()))
        for one, other in zip(ours, theirs, strict=True)
    )
