"""The mode under weighted absolute values: Newton steps of the coefficients that are not zero.

References
----------
.. [1] G. Andrew and J. Gao (2007), "Scalable training of L1-regularized log-linear models", ICML 24, 33-40.
.. [2] H. Zou and R. Li (2008), "One-step sparse estimates in nonconcave penalized likelihood models", Annals
   of Statistics 36, 1509-1533.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from polyagamma.vi.factors import factored, solve

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]
NEAR = 1e-6  # standard deviations of the last step
STEPS, HALVINGS, ROUNDS = 500, 30, 5000
FEWEST_NEW = 10  # coefficients that may leave zero in a step
JITTER = 1e-10  # relative, where more coefficients than rows are on their way


class Smooth(Protocol):
    """A concave function of coefficients (k,)."""

    def at(self, x: FloatArray) -> tuple[float, FloatArray]:
        """Return value and gradient."""

    def precision(self, x: FloatArray, moving: Mask) -> FloatArray:
        """Return minus the second derivatives in some coefficients; all others are zero."""


def weighted_lasso(smooth: Smooth, x: FloatArray, weight: FloatArray) -> FloatArray:
    """Return where ``smooth(x) - sum(weight * abs(x))`` is greatest, from x on.

    Each step stays in the orthant that x and, at zero, the gradient are in [1]_: what would leave it becomes
    zero.

    Parameters
    ----------
    smooth : Smooth
    x : ndarray, shape (k,)
    weight : ndarray, shape (k,)
        Not negative; infinite for coefficients that stay at zero.

    Raises
    ------
    FloatingPointError
        If the search does not end.
    """
    here = smooth.at(x)
    for _ in range(STEPS):
        for most_new in (FEWEST_NEW, 1):
            direction = _Direction.of(smooth, here, x, weight, most_new)
            if direction.gain < NEAR**2:
                return x
            if (found := _uphill(smooth, here[0], x, weight, direction)) is not None:
                break
        else:  # no better number is near
            return x
        x, here = found
    raise FloatingPointError("the search for the mode does not end: centre and scale X, or pass smaller taus")


def bridge_mode(smooth: Smooth, x: FloatArray, unit: FloatArray, tau: float, exponent: float) -> FloatArray:
    """Return a mode under ``abs(unit * x / tau) ** exponent``, exponent at most 1, from x on.

    The penalty lies below its tangent, so that each lasso with the tangent's slopes for weights goes uphill
    [2]_. Coefficients that are zero stay there.
    """
    if exponent == 1:
        return weighted_lasso(smooth, x, unit / tau)
    for _ in range(ROUNDS):
        with np.errstate(divide="ignore", invalid="ignore"):
            size = np.abs(unit * x / tau)
            weight = np.where(unit > 0, exponent * size ** (exponent - 1) * unit / tau, 0.0)
        moved = weighted_lasso(smooth, x, weight)
        change, x = moved - x, moved
        moving = (x != 0) | (change != 0)
        if change[moving] @ smooth.precision(x, moving) @ change[moving] < NEAR**2:
            return x
    raise FloatingPointError("the search for the mode does not end: pass a larger exponent to Bridge")


@dataclass(frozen=True)
class _Direction:
    """Where Newton's method goes from a point: signs of the orthant, the step, twice the promised gain."""

    sign: FloatArray
    step: FloatArray
    gain: float

    @classmethod
    def of(
        cls, smooth: Smooth, here: tuple[float, FloatArray], x: FloatArray, weight: FloatArray, most_new: int
    ) -> _Direction:
        """At most so many coefficients leave zero, or as many as are elsewhere: those with most to gain."""
        slope = here[1]
        sign = np.where(x != 0, np.sign(x), np.sign(slope))
        moving = (x != 0) | (weight == 0)
        excess = np.where(moving, -np.inf, np.abs(slope) - weight)
        new = np.argsort(-excess)[: most_new if most_new == 1 else max(most_new, moving.sum())]
        moving[new[excess[new] > 0]] = True
        push = slope[moving] - weight[moving] * sign[moving]
        step = np.zeros_like(x)
        step[moving] = _solved(smooth.precision(x, moving), push)
        return cls(sign, step, float(step[moving] @ push))


def _solved(precision: FloatArray, push: FloatArray) -> FloatArray:
    if not push.size:
        return push
    jitter = 0.0
    while True:
        factor = factored(precision + jitter * np.diag(np.diag(precision)))
        if factor is not None:
            return solve(factor, push)
        jitter = max(JITTER, 10 * jitter)
        if not jitter < 1:
            raise FloatingPointError("second derivatives are not finite: centre and scale X")


def _uphill(
    smooth: Smooth, value: float, x: FloatArray, weight: FloatArray, direction: _Direction
) -> tuple[FloatArray, tuple[float, FloatArray]] | None:
    """Return the first of halves of halves of a step that goes up, and what is there; None if none does."""
    before, scale = value - _penalty(weight, x), 1.0
    for _ in range(HALVINGS):
        to = x + scale * direction.step
        to[(weight > 0) & (to * direction.sign < 0)] = 0.0
        there = smooth.at(to)
        if there[0] - _penalty(weight, to) > before:
            return to, there
        scale /= 2
    return None


def _penalty(weight: FloatArray, x: FloatArray) -> float:
    on = x != 0  # where weights are finite
    return float(weight[on] @ np.abs(x[on]))
