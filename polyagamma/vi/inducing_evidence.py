"""Kernel parameters and inducing points of a process, from the gradient of its collapsed bound.

References
----------
.. [1] F. Wenzel, T. Galy-Fajou, C. Donner, M. Kloft and M. Opper (2019), "Efficient Gaussian process
   classification using Pólya-Gamma data augmentation", AAAI 33, 5417-5424, section 3.
.. [2] M. K. Titsias (2009), "Variational learning of inducing variables in sparse Gaussian processes",
   AISTATS 12, 567-574, section 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.vi.feature_derivatives import Features, Gradient, Sites
from polyagamma.vi.inducing_rows import Batch, InducingModel
from polyagamma.vi.kept_points import kept_points
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.row_bounds import log_cosh, mean_weights
from polyagamma.vi.stochastic import law_of

FloatArray = NDArray[np.float64]
INNER, INNER_TOLERANCE = 20, 1e-2  # renewals of c for a kernel, and how far they still change it

DETERMINED = 1e-5  # share of the variance, no more of which is left to a point that some rows do not need


class CollapsedBound:
    """The bound of the log evidence of two classes, or of trials, at log kernel parameters and points.

    With linear predictors eta of the rows, at the law of the points' whitened values v, it is::

        sum E[kappa eta - omega (eta**2 - c**2) / 2] - b log 2cosh(c / 2) - KL

    with the divergence KL of that law from the prior, and the omega that is optimal at c. The law is at its
    optimum given omega [2]_, and c is brought near to its own, ``sqrt(E[eta**2])`` [1]_, where the bound's
    derivative in it is zero. It goes on from the c of the last call.

    Parameters
    ----------
    given : InducingModel
    rows : Batch
    move : bool
        Whether derivatives in points are asked for: all points count then, else those of `kept_points`.
    """

    def __init__(self, given: InducingModel, rows: Batch, move: bool) -> None:
        assert isinstance(rows.likelihood, BinomialLikelihood)
        self._given, self._rows, self._move = given, rows, move
        self._b, self._kappa = rows.likelihood.b, rows.likelihood.kappa[0]
        self._c = np.zeros(len(rows.X))

    def at(self, theta: FloatArray, points: FloatArray) -> tuple[float, list[Gradient]]:
        """Return the bound at log parameters (1, d) and points (m, p), and its gradient.

        LinAlgError if a matrix cannot be factored.
        """
        given, known = self._given, self._rows.known
        kernel = given.kernel_at(theta[0])
        kept = points if self._move else points[kept_points([kernel], points, DETERMINED)]
        features = Features(given.basis.at(kept), self._rows.X, kernel)
        rows = features.in_core().of(features.X)
        for _ in range(INNER):
            c, omega = self._c, mean_weights(self._b, self._c)
            linear, precision = rows.sums(self._kappa - omega * known, omega)
            law = law_of(np.eye(len(linear)) + precision, linear)
            f, variance = rows.moments(law.mean, law.factor, given.basis.independent)
            self._c = np.sqrt((known + f) ** 2 + variance)
            if np.abs(self._c - c).max() < INNER_TOLERANCE:
                break
        each = self._kappa * (known + f) - 0.5 * omega * (self._c**2 - c**2) - self._b * log_cosh(c)
        slopes, covariance = self._kappa - omega * (known + f), law.covariance()
        sites = Sites(slopes, omega, linear - precision @ law.mean, precision)
        value = float(each.sum()) - divergence(law, covariance)
        return value, [Gradient(features, law.mean, covariance, sites)]


def divergence(law: NormalLaw, covariance: FloatArray) -> float:
    """Return that of a law, which has this covariance, from the standard normal one."""
    trace_and_square = float(covariance.trace() + law.mean @ law.mean)
    return 0.5 * (trace_and_square - len(law.mean)) + float(np.log(law.factor.diagonal()).sum())
