"""Laplace's approximation of linear models: Newton's method, and a mean that is right to the third order.

References
----------
.. [1] L. Tierney and J. B. Kadane (1986), "Accurate approximations for posterior moments and marginal
   densities", JASA 81, 82-86.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from polyagamma.vi.core_rows import CoreRows, Sums
from polyagamma.vi.factors import factored, solve
from polyagamma.vi.iterates import Iterate
from polyagamma.vi.law import NormalLaw

FloatArray = NDArray[np.float64]
NEAR = 1e-2  # squared length of a step in standard deviations, after which none is needed
ARMIJO = 1e-4  # share of the promised gain that a step must yield
HALVINGS = 50
SAMPLED_ROWS, PART = 1 << 14, 8  # from so many rows on, first steps look at one row of so many
LEAST_CURVATURE = 1e-2  # in an extra, where the posterior is not concave


def newton(rows: CoreRows, x: FloatArray) -> Iterator[Iterate]:
    """Yield steps from x to the mode, each halved until it is uphill, with the curvature where it began."""
    if rows.n >= SAMPLED_ROWS:
        for sampled in _climb(rows, x, PART):
            x = sampled.law.mean
    yield from _climb(rows, x, 1)


def _climb(rows: CoreRows, x: FloatArray, part: int) -> Iterator[Iterate]:
    here = rows.at_point(x, part)
    while True:
        factor = concave_factor(here.precision, rows.extras)
        step = solve(factor, here.slope)
        length = float(step @ here.slope)
        if length < NEAR:
            yield Iterate(NormalLaw(x + step, factor), here.value + 0.5 * length, length, converged=True)
            return
        scale, there = _uphill(rows, x, step, here.value, length, part)
        if there is None:
            yield Iterate(NormalLaw(x, factor), here.value, np.sqrt(length), converged=True)
            return
        x, here = x + scale * step, there
        yield Iterate(NormalLaw(x, factor), here.value, np.sqrt(length))


def _uphill(
    rows: CoreRows, x: FloatArray, step: FloatArray, value: float, length: float, part: int
) -> tuple[float, Sums | None]:
    """Return the largest share of a step, of halves of halves, that yields enough; none if none does."""
    scale = 1.0
    for _ in range(HALVINGS):
        there = rows.at_point(x + scale * step, part)
        if there.value >= value + ARMIJO * scale * length:
            return scale, there
        scale /= 2
    return scale, None


def concave_factor(precision: FloatArray, extras: int) -> FloatArray:
    """Return the factor of the curvature, without what extras make indefinite.

    Raises
    ------
    FloatingPointError
        If the coefficients alone make it so, or it is not finite.
    """
    factor = factored(precision)
    if factor is not None:
        return factor
    coefficients = len(precision) - extras
    apart = precision.copy()
    apart[coefficients:], apart[:, coefficients:] = 0.0, 0.0
    for last in range(coefficients, len(precision)):
        apart[last, last] = max(abs(precision[last, last]), LEAST_CURVATURE)
    factor = factored(apart)
    if factor is None:
        raise FloatingPointError(
            "the posterior precision is not positive definite. The scales of predictors or priors are too "
            "far apart for double precision: centre and scale X, or use a narrower prior"
        )
    return factor


def third_order_mean(rows: CoreRows, law: NormalLaw) -> FloatArray:
    """Return the posterior mean to the third order, from a law at the mode [1]_.

    It is ``x + S g`` with g the mean of the gradient under the law to that order, which at the mode is half
    the contraction of the third derivatives with S; what gradient is left there is made good at once.
    """
    return np.asarray(law.mean + solve(law.factor, rows.third_order(law.mean, law.factor)))
