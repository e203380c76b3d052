"""Penalised splines in their mixed-model form: a linear part, and a basis with an identity penalty.

References
----------
.. [1] P. H. C. Eilers and B. D. Marx (1996), "Flexible smoothing with B-splines and penalties", Statistical
   Science 11, 89-121.
.. [2] I. D. Currie and M. Durban (2002), "Flexible smoothing with P-splines: a unified approach", Statistical
   Modelling 2, 333-349, section 2.
.. [3] S. N. Wood (2017), "Generalized additive models", 2nd edition, section 5.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline

FloatArray = NDArray[np.float64]
DEGREE = 3


@dataclass(frozen=True)
class PenalisedSpline:
    """A cubic spline at equidistant knots, whose second differences of coefficients are penalised.

    Coefficients of the B-splines ([1]_) are ``a + D' inv(D D') u`` with D the matrix of second differences,
    so that the penalty is ``u'u`` and a is linear in the knots: as a function of x too ([2]_). Least squares
    on the rows takes intercept and slope out of the columns of u, so that the linear part is that of the
    rows, and the columns have a mean square of 1 over the rows together ([3]_ has other such forms).

    Attributes
    ----------
    spline : BSpline
        One for each column, before the linear part is taken out; of x between 0 and 1.
    low, high : float
        What becomes 0 and 1; beyond them the spline goes on linearly.
    linear : ndarray, shape (2, columns)
        Intercepts and slopes to subtract.
    scale : float
    """

    spline: BSpline
    low: float
    high: float
    linear: FloatArray
    scale: float

    @classmethod
    def of(cls, x: FloatArray, weights: FloatArray, n_basis: int) -> PenalisedSpline:
        """Return that of rows with so much weight each, made of `n_basis` B-splines."""
        inner = n_basis - DEGREE
        knots = np.arange(-DEGREE, n_basis + 1) / inner
        differences = np.diff(np.eye(n_basis), 2, axis=0)
        coefficients = differences.T @ np.linalg.inv(differences @ differences.T)
        spline = BSpline(knots, coefficients, DEGREE)
        raw = cls(spline, float(x.min()), float(x.max()), np.zeros((2, n_basis - 2)), 1.0)
        columns, line = raw(x), raw.line(x)
        root = np.sqrt(weights / weights.sum())[:, np.newaxis]
        linear = np.linalg.lstsq(root * line, root * columns, rcond=None)[0]
        scale = float(np.sqrt(((root * (columns - line @ linear)) ** 2).sum()))
        return cls(spline, raw.low, raw.high, linear, scale)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return int(self.linear.shape[1])

    def line(self, x: FloatArray) -> FloatArray:
        """Return a column of ones, and x from 0 to 1, (n, 2)."""
        return np.column_stack([np.ones_like(x), (x - self.low) / (self.high - self.low)])

    def __call__(self, x: FloatArray) -> FloatArray:
        """Return the columns at x, (n, columns)."""
        line = self.line(x)
        inside = np.clip(line[:, 1], 0.0, 1.0)
        beyond = (line[:, 1] - inside)[:, np.newaxis]
        values = self.spline(inside)
        if beyond.any():
            values = values + beyond * self.spline.derivative()(inside)
        return np.asarray((values - line @ self.linear) / self.scale)
