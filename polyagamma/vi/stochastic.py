"""Natural-gradient steps on batches of rows, with Pólya-gamma variables.

References
----------
.. [1] M. D. Hoffman, D. M. Blei, C. Wang and J. Paisley (2013), "Stochastic variational inference", JMLR 14,
   1303-1347.
.. [2] D. Durante and T. Rigon (2019), "Conditionally conjugate mean-field variational Bayes for logistic
   models", Statistical Science 34, 472-485, section 3.
.. [3] Y. Ollivier (2018), "Online natural gradient as a Kalman filter", Electronic Journal of Statistics 12,
   2930-2961, section 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polyagamma.vi.ascent import SHIFT
from polyagamma.vi.core_rows import CoreRows, RowsInMemory
from polyagamma.vi.factors import factored, inverse, solve
from polyagamma.vi.iterates import Iterate
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.streams import Stream

FloatArray = NDArray[np.float64]
FIRST = 20  # steps of coordinate ascent on the first batch, for a place to start from
SHORT = 0.5  # of a change of the linear predictors


def epochs(rows: CoreRows, stream: Stream) -> Iterator[Iterate]:
    """Yield the law after each time through the batches.

    A step on a batch moves precision, and precision times mean, towards what they would be if all rows were
    like the batch, by the share 1/t of the t-th [1]_: they are averages of what batches say, each where the
    mean was then. For the mean that is a step of Newton's method, whose errors are of second order in how far
    the mean was from where it ends, so that one time through many batches is enough [3]_; where the mean is
    still moving far, it is a step of coordinate ascent, which never overshoots [2]_. Each time through,
    averages begin anew.
    """
    seeker = _Seeker(rows, stream.n)
    while True:
        before = seeker.law.mean
        averages, bound = _Averages.zero(rows.size), 0.0
        for batch in stream:
            value, said = seeker.step(batch)
            averages, bound = averages.moved(said, batch.n / stream.n, keep=1.0), bound + value
        mean = seeker.restart(averages)
        sd = np.sqrt(inverse(mean.factor).diagonal())
        shift = float(np.max(np.abs(mean.mean - before) / sd))
        whole = rows.under(mean.mean, mean.factor, bound)
        yield Iterate(mean, whole, shift, converged=shift < SHIFT)


class _Averages(NamedTuple):
    """Of the law's precision; of the precision that steps are made with, and its product with the mean."""

    precision: FloatArray
    curvature: FloatArray
    linear: FloatArray

    @classmethod
    def zero(cls, k: int) -> _Averages:
        return cls(np.zeros((k, k)), np.zeros((k, k)), np.zeros(k))

    def moved(self, other: _Averages, rate: float, keep: float) -> _Averages:
        return _Averages(*(keep * mine + rate * one for mine, one in zip(self, other, strict=True)))

    def law(self) -> NormalLaw:
        return NormalLaw(solve(factor_of(self.curvature), self.linear), factor_of(self.precision))


class _Seeker:
    """The law that steps on batches move."""

    def __init__(self, rows: CoreRows, n: int) -> None:
        self._prior, self._n, self._steps, self._long = rows.prior, n, 0, True
        self._averages = _Averages.zero(rows.size)
        self.law = NormalLaw(self._prior.mean, np.eye(rows.size) * 1e150)

    def step(self, batch: RowsInMemory) -> tuple[float, _Averages]:
        """Return the bound of the batch, and what all rows would say if they were like it."""
        for _ in range(FIRST if self._steps == 0 else 0):
            self.law = self._said(batch)[1].law()
        value, said = self._said(batch)
        self._steps += 1
        rate = 1.0 / self._steps
        self._averages = self._averages.moved(said, rate, keep=1.0 - rate)
        law = self._averages.law()
        step = law.mean - self.law.mean
        # omega is at most a quarter of a row's trials.
        self._long = bool(4.0 * step @ (said.precision - self._prior.precision) @ step > self._n * SHORT**2)
        self.law = law
        return value, said

    def restart(self, averages: _Averages) -> NormalLaw:
        """Go on from these averages, all that was before forgotten."""
        self._averages, self.law = averages, averages.law()
        return self.law

    def _said(self, batch: RowsInMemory) -> tuple[float, _Averages]:
        law, prior, share = self.law, self._prior, self._n / batch.n
        value, slope, weights = batch.polya_gamma(law.mean, law.factor[np.newaxis])
        curvature = weights if self._long else batch.at_point(law.mean)[2]
        linear = prior.precision @ prior.mean + share * (slope + curvature @ law.mean)
        return value, _Averages(
            prior.precision + share * weights, prior.precision + share * curvature, linear
        )


def law_of(precision: FloatArray, linear: FloatArray) -> NormalLaw:
    """Return the law with a precision, and with the product of this and the mean."""
    factor = factor_of(precision)
    return NormalLaw(solve(factor, linear), factor)


def factor_of(precision: FloatArray) -> FloatArray:
    """Return the factor of a precision; FloatingPointError if it is not positive definite."""
    factor = factored(precision)
    if factor is None:
        raise FloatingPointError("the precision of the approximation is not positive definite")
    return factor
