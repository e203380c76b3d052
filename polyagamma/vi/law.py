"""Normal laws of coordinates, and laws with their centre and scale and longer tails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from polyagamma.vi.factors import back_from_white, inverse

FloatArray = NDArray[np.float64]
TAILS = {"normal": np.inf, "t7": 7.0}
"""Degrees of freedom of what draws may come from."""


@dataclass(frozen=True)
class NormalLaw:
    """A normal law of coordinates.

    Attributes
    ----------
    mean : ndarray, shape (k,)
    factor : ndarray, shape (k, k)
        Lower L: the precision is ``L @ L.T``.
    """

    mean: FloatArray
    factor: FloatArray

    def covariance(self) -> FloatArray:
        """Return the covariance matrix, (k, k)."""
        return inverse(self.factor)

    def draw(
        self, rng: np.random.Generator, draws: int, tails: str = "normal"
    ) -> tuple[FloatArray, FloatArray]:
        """Return draws (s, k), and the log density of each, (s,).

        With tails ``"t7"`` they are from the t distribution of 7 degrees of freedom with this mean and scale.
        """
        freedom, k = TAILS[tails], len(self.mean)
        z = rng.standard_normal((draws, k))
        squares = np.einsum("ij,ij->i", z, z)
        log_scale = float(np.log(self.factor.diagonal()).sum()) - 0.5 * k * np.log(2 * np.pi)
        if np.isinf(freedom):
            return self.mean + back_from_white(self.factor, z), log_scale - 0.5 * squares
        widening = freedom / rng.chisquare(freedom, draws)
        constant = gammaln((freedom + k) / 2) - gammaln(freedom / 2) - 0.5 * k * np.log(freedom / 2)
        density = constant + log_scale - 0.5 * (freedom + k) * np.log1p(widening * squares / freedom)
        return self.mean + back_from_white(self.factor, z * np.sqrt(widening)[:, np.newaxis]), density
