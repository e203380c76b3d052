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
NEAR = 1e-2  # standard deviations from where a step is thought to lead to the mode
ARMIJO = 1e-4  # share of the promised gain that a step must yield
HALVINGS = 50
SAMPLED_ROWS, PART = 1 << 13, 8  # from so many rows on, first steps look at one row of so many
MANY = 1000  # rows for each coordinate: their log-likelihood is nearly quadratic
LEAST_CURVATURE = 1e-2  # in an extra, where the posterior is not concave


def newton(rows: CoreRows, x: FloatArray, third: bool = True) -> Iterator[Iterate]:
    """Yield steps from x to the mode, each halved until it is uphill.

    The law has its mean where a step leads, and the curvature of where it began: the last step is short. The
    last iterate has the posterior mean to the third order too [1]_, if `third`: ``x + S (g + c)`` with g the
    gradient, and c half the contraction of the third derivatives with S.
    """
    if not rows.rows.streamed and rows.rows.n >= SAMPLED_ROWS:
        for sampled in _climb(rows, x, PART, third=False):
            x = sampled.law.mean
    yield from _climb(rows, x, 1, third)


def _climb(rows: CoreRows, x: FloatArray, part: int, third: bool) -> Iterator[Iterate]:
    here, before = rows.at_point(x, part), np.inf
    near = bool(x.any()) and rows.rows.n >= MANY * rows.size  # so that one step may do
    while True:
        factor = concave_factor(here.precision, rows.extras)
        step = solve(factor, here.slope)
        length = float(step @ here.slope)
        if is_last(length, before):
            yield _last(rows, x, here, factor, step, third)
            return
        last = third and (next_is_last(length, before) if np.isfinite(before) else near)
        scale, there = _uphill(rows, x, step, length, here.value, part, factor if last else None)
        if there is None:
            yield _last(rows, x, here, factor, np.zeros_like(x), third)
            return
        x, here = x + scale * step, there
        before = length if scale == 1 else np.inf
        yield Iterate(NormalLaw(x, factor), here.value, np.sqrt(length))


def is_last(length: float, before: float) -> bool:
    """Return whether a step leads to the mode: by its squared length, and that of the whole one before.

    Newton's method converges quadratically: where a step of length a was followed by one of c a**2, this one
    of length b will be by one of c b**2.
    """
    ratio = length / before if np.isfinite(before) else 1.0
    return length <= 0 or bool(min(1.0, ratio) * np.sqrt(length) < NEAR)


def next_is_last(length: float, before: float) -> bool:
    """Return whether the step after one will be the last, as far as quadratic convergence tells."""
    return length < before and is_last(length**3 / before**2, length)


def _last(
    rows: CoreRows, x: FloatArray, here: Sums, factor: FloatArray, step: FloatArray, third: bool
) -> Iterate:
    gain, mean = 0.5 * float(step @ here.slope), None
    if third:
        known = here if here.skew is not None else rows.third_order(x, factor)
        assert known.skew is not None
        mean = x + solve(factor, known.slope + known.skew)
    shift = float(np.sqrt(max(2 * gain, 0.0)))
    return Iterate(NormalLaw(x + step, factor), here.value + gain, shift, converged=True, mean=mean)


def _uphill(
    rows: CoreRows,
    x: FloatArray,
    step: FloatArray,
    length: float,
    value: float,
    part: int,
    factor: FloatArray | None,
) -> tuple[float, Sums | None]:
    """Return the largest share of a step, of halves of halves, that yields enough; none if none does.

    `factor`: that of the curvature, where what is found is to be to the third order.
    """
    scale = 1.0
    for _ in range(HALVINGS):
        to = x + scale * step
        there = rows.at_point(to, part) if factor is None else rows.third_order(to, factor)
        if there.value >= value + ARMIJO * scale * length:
            return scale, there
        scale /= 2
    return scale, None


def newton_step(rows: CoreRows, law: NormalLaw) -> NormalLaw:
    """Return a law with the curvature at the mean of another, and the mean to the third order [1]_."""
    here = rows.third_order(law.mean, law.factor)
    factor = concave_factor(here.precision, rows.extras)
    assert here.skew is not None
    return NormalLaw(law.mean + solve(factor, here.slope + here.skew), factor)


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
