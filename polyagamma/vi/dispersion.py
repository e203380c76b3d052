"""Means under a normal law of coefficients and a log dispersion, by quadrature in the latter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from polyagamma.likelihoods.dispersion import Known
from polyagamma.likelihoods.likelihood import Likelihood
from polyagamma.likelihoods.negative_binomial import NegativeBinomialLikelihood

FloatArray = NDArray[np.float64]
Inner = tuple[float, FloatArray, FloatArray]
POINTS, SHARES = np.polynomial.hermite_e.hermegauss(11)
SHARES = SHARES / SHARES.sum()


def at_known(likelihood: Likelihood, log_r: float) -> Likelihood | None:
    """Return counts of a known dispersion in place of one that is sampled; None if there is none."""
    if not isinstance(likelihood, NegativeBinomialLikelihood) or not likelihood.parameters:
        return None
    known = Known(float(np.exp(log_r)))
    return type(likelihood)(**{**vars(likelihood), "dispersion": known, "r": known.r})


def means(
    x: FloatArray, covariance: FloatArray, inner: Callable[[FloatArray], Inner]
) -> tuple[float, FloatArray, FloatArray]:
    """Return the means of f, its gradient and minus its second derivatives under ``N(x, covariance)``.

    Parameters
    ----------
    x : ndarray, shape (k,)
        Coefficients, and the log dispersion last.
    covariance : ndarray, shape (k, k)
    inner : callable
        Of the mean of x given the last of them; returns the means of f, of its gradient and of minus its
        second derivatives in the coefficients, (k - 1,) and (k - 1, k - 1), under the conditional law.

    Notes
    -----
    Derivatives in the last coordinate follow from integration by parts: with c the last column of the
    covariance and d the deviation of the last coordinate, ``E f d = c' E f'``, ``E f' d = E f'' c`` and
    ``E f (d**2 - c[-1]) = c' E f'' c``.
    """
    c = covariance[:, -1]
    sd = float(np.sqrt(c[-1]))
    values, slopes, bends = [], [], []
    for point in POINTS:
        value, slope, bend = inner(x + c * (point / sd))
        values.append(value)
        slopes.append(slope)
        bends.append(bend)
    f, g, d = np.array(values), np.array(slopes), POINTS * sd
    f = f - f.max()  # a constant, which the weights of sums of d do not see
    slope, bend = SHARES @ g, np.einsum("s,sij->ij", SHARES, np.array(bends))
    own = c[:-1]
    last = (SHARES @ (f * d) - own @ slope) / c[-1]
    cross = ((SHARES * d) @ g + bend @ own) / c[-1]  # of f''
    corner = (SHARES @ (f * (d**2 - c[-1])) + own @ bend @ own - 2 * c[-1] * (own @ cross)) / c[-1] ** 2
    precision = np.empty((len(x), len(x)))
    precision[:-1, :-1] = bend
    precision[-1, :-1] = precision[:-1, -1] = -cross
    precision[-1, -1] = -corner
    return float(SHARES @ np.array(values)), np.append(slope, last), precision
