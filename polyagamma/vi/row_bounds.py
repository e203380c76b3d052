"""Bounds of the mean log-likelihood of rows whose linear predictors are normal, and independent.

References
----------
.. [1] D. Durante and T. Rigon (2019), "Conditionally conjugate mean-field variational Bayes for logistic
   models", Statistical Science 34, 472-485, section 2.
.. [2] D. A. Knowles and T. P. Minka (2011), "Non-conjugate variational message passing for multinomial and
   binary regression", NIPS 24, 1701-1709, section 5.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, wrightomega

from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.likelihoods.categorical import CategoricalLikelihood
from polyagamma.likelihoods.classification import ClassLikelihood

FloatArray = NDArray[np.float64]
TILTS, TILTED = 50, 1e-3  # Newton steps towards the tilts of a softmax at most, and how far the last goes
LEAST = 1e-12  # variance, of which less makes no difference


class RowBound(NamedTuple):
    """A bound of q linear predictors in n rows.

    Attributes
    ----------
    value : float
        Its sum over rows.
    slopes : ndarray, shape (q, n)
        Derivatives in means.
    weights : ndarray, shape (q, n)
        Minus twice the derivatives in variances: precisions of the Gaussian sites that natural gradients make
        of rows.
    """

    value: float
    slopes: FloatArray
    weights: FloatArray


def row_bound(likelihood: ClassLikelihood, mean: FloatArray, variance: FloatArray) -> RowBound:
    """Return the bound of rows at means and variances of linear predictors, (q, n)."""
    if isinstance(likelihood, BinomialLikelihood):
        return polya_gamma_bound(likelihood, mean, variance)
    return tilted_bound(likelihood, mean, variance)


def polya_gamma_bound(likelihood: BinomialLikelihood, mean: FloatArray, variance: FloatArray) -> RowBound:
    """Return the bound that Pólya-gamma variables give, optimal in them [1]_."""
    b, kappa, c = likelihood.b, likelihood.kappa, np.sqrt(mean**2 + variance)
    omega = mean_weights(b, c)
    return RowBound(float(np.sum(kappa * mean - b * log_cosh(c))), kappa - omega * mean, omega)


def tilted_bound(likelihood: CategoricalLikelihood, mean: FloatArray, variance: FloatArray) -> RowBound:
    """Return the tilted bound of a softmax, in which each row has the optimal tilt [2]_.

    With a tilt a, ``E log sum exp(eta)`` is at most ``log sum exp(mean + (1 - 2 a) variance / 2) + sum a**2
    variance / 2``, for every a; the optimal one is the softmax of that exponent.
    """
    tilt = optimal_tilt(mean, variance)
    exponent = mean + (0.5 - tilt) * variance
    total = logsumexp(exponent, axis=0)
    share, weight = np.exp(exponent - total), likelihood.weights
    own = likelihood.counts(np.arange(len(mean)))
    each = (own * mean - 0.5 * tilt**2 * variance).sum(axis=0) - total
    return RowBound(
        float(weight @ each), weight * (own - share), weight * (share * (1 - share) + (share - tilt) ** 2)
    )


def optimal_tilt(mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the tilts (q, n) at which the bound of a softmax is least.

    They satisfy ``a = exp(mean + (1 / 2 - a) variance - t)``, with the t that makes their sum one, so that
    ``a variance`` is Wright's omega of a linear function of t. The sum is convex and falls in t: Newton's
    method comes to its root from the left, where a single tilt is one, without overshooting.
    """
    variance = np.maximum(variance, LEAST)
    level = mean + 0.5 * variance + np.log(variance)
    t = np.max(mean - 0.5 * variance, axis=0)
    for _ in range(TILTS):
        scaled = wrightomega(level - t)
        tilt = scaled / variance
        step = (tilt.sum(axis=0) - 1) / (tilt / (1 + scaled)).sum(axis=0)
        t = t + step
        if np.abs(step).max(initial=0.0) < TILTED:
            break
    return np.asarray(wrightomega(level - t) / variance)


def mean_weights(b: FloatArray, c: FloatArray) -> FloatArray:
    """Return the mean ``b tanh(c / 2) / (2 c)`` of omega, to 1e-16 by its series below 1e-4."""
    small = c < 1e-4
    safe = np.where(small, 1.0, c)
    return np.asarray(np.where(small, b * (0.25 - c**2 / 48), b * np.tanh(safe / 2) / (2 * safe)))


def log_cosh(c: FloatArray) -> FloatArray:
    """Return ``log(2 cosh(c / 2))`` of c >= 0."""
    return np.asarray(c / 2 + np.log1p(np.exp(-c)))
