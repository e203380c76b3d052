"""Gaussian laws that maximise bounds of the evidence, by steps on mean and precision at once.

References
----------
.. [1] M. Opper and C. Archambeau (2009), "The variational Gaussian approximation revisited", Neural
   Computation 21, 786-792.
.. [2] D. Durante and T. Rigon (2019), "Conditionally conjugate mean-field variational Bayes for logistic
   models", Statistical Science 34, 472-485.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from polyagamma.vi.core_rows import Sums
from polyagamma.vi.factors import factored, inverse, solve
from polyagamma.vi.iterates import Iterate
from polyagamma.vi.law import NormalLaw

FloatArray = NDArray[np.float64]
Bound = Callable[[FloatArray, FloatArray], Sums]
SHIFT = 1e-2  # standard deviations
LEAST_RATE, GROWTH = 1e-6, 1.5
SLACK = 1e-12  # of a bound: what rounding may take from it


def ascend(bound: Bound, law: NormalLaw, mean_field: bool) -> Iterator[Iterate]:
    """Yield laws of ever larger bounds.

    With H the precision that the bound asks for at a law, and g the gradient of the bound in the mean, a step
    of rate r is ``(1 - r) L L' + r H`` and ``mean + r inv(H) g``: for the exact bound the damped fixed-point
    iteration of [1]_, for that of Pólya-gamma variables, with r = 1, coordinate ascent [2]_. The rate is
    halved while the bound would drop, and grows after each step.

    Parameters
    ----------
    bound : callable
        Of mean and factor: the bound, its gradient in the mean, and H.
    law : NormalLaw
    mean_field : bool
        Whether coordinates are to be independent.
    """
    factor = apart(law.factor @ law.factor.T) if mean_field else law.factor
    mean, rate, before = law.mean, 1.0, np.inf
    here = bound(mean, factor)
    while True:
        wanted = factored(here.precision)
        if wanted is None:
            raise FloatingPointError("the precision of the approximation is not positive definite")
        step = solve(wanted, here.slope)
        shift = float(np.max(np.abs(step) / np.sqrt(inverse(wanted).diagonal())))
        old = factor @ factor.T
        while True:
            precision = (1 - rate) * old + rate * here.precision
            tried = apart(precision) if mean_field else factored(precision)
            there = None if tried is None else bound(mean + rate * step, tried)
            if there is not None and there.value >= here.value - SLACK * abs(here.value):
                break
            rate /= 2
            if rate < LEAST_RATE:
                yield Iterate(NormalLaw(mean, factor), here.value, shift, converged=True)
                return
        assert tried is not None
        mean, factor, here = mean + rate * step, tried, there
        left = remaining(shift, before)
        yield Iterate(NormalLaw(mean, factor), here.value, left, converged=left < SHIFT)
        rate, before = min(1.0, GROWTH * rate), shift


def remaining(shift: float, before: float) -> float:
    """Return how far it is to the limit of a geometric series of shifts, of which two are known."""
    ratio = min(shift / before, 1 - 1e-3) if before > 0 else 0.0
    return shift * max(1.0, ratio / (1 - ratio))


def apart(precision: FloatArray) -> FloatArray:
    """Return the factor of the law of independent coordinates that is nearest to a normal law."""
    return np.diag(np.sqrt(precision.diagonal()))


def with_gap(bound: Bound, gap: float) -> Bound:
    """Return a bound with a constant added to it."""

    def whole(mean: FloatArray, factor: FloatArray) -> Sums:
        sums = bound(mean, factor)
        return sums._replace(value=sums.value + gap)

    return whole
