"""The law of a process with more rows, from that without them, in time n**2 for each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polyagamma import _gibbs
from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.vi.law import NormalLaw

FloatArray = NDArray[np.float64]
STEPS, CLOSE = 100, 1e-10  # of Newton's method in one row; how near its end it has to come


def with_rows(
    law: NormalLaw, rows: FloatArray, likelihood: BinomialLikelihood, known: FloatArray
) -> NormalLaw:
    """Return the law once it has learned from more rows, one after the other.

    Each is taken for the Gaussian that has its slope and curvature at the joint mode of it and of the law
    before it: the mode lies along ``inv(precision) @ row``, so that one number has to be found, and the
    precision grows by a product of the row with itself.

    Parameters
    ----------
    law : NormalLaw
        Of k coordinates.
    rows : ndarray, shape (m, k + new)
        Of the design: coordinates that are new have the prior N(0, 1).
    likelihood : BinomialLikelihood
        Of these rows.
    known : ndarray, shape (m,)
        What their linear predictors have besides.
    """
    k, new = len(law.mean), rows.shape[1] - len(law.mean)
    factor, mean = _gibbs.GrowingCholesky(law.factor), np.pad(law.mean, (0, new))
    if new > 0:
        factor.append(np.eye(new, k + new, k))
    b, kappa = likelihood.b, likelihood.kappa[0]
    for i, row in enumerate(rows):
        white = factor.solve_lower(row)
        slope, weight = joint_mode(float(known[i] + row @ mean), float(white @ white), b[i], kappa[i])
        mean = mean + slope * factor.solve_lower_transposed(white)
        factor.update(np.sqrt(weight) * row[np.newaxis])
    return NormalLaw(mean, factor.lower())


def joint_mode(mean: float, variance: float, b: float, kappa: float) -> tuple[float, float]:
    """Return slope and curvature of a row's log-likelihood where it and N(mean, variance) have their mode.

    There ``eta = mean + variance * slope(eta)``; the root lies between the ends of the slope's range.
    """
    low, high = mean + variance * (kappa - b / 2), mean + variance * (kappa + b / 2)
    eta = mean
    for _ in range(STEPS):
        slope, weight = derivatives(eta, b, kappa)
        rest = mean + variance * slope - eta
        low, high = (eta, high) if rest > 0 else (low, eta)
        step = rest / (1 + variance * weight)
        inside = low < eta + step < high
        eta = eta + step if inside else (low + high) / 2
        if abs(step) < CLOSE:
            break
    return derivatives(eta, b, kappa)


def derivatives(eta: float, b: float, kappa: float) -> tuple[float, float]:
    """Return slope and minus the second derivative of ``kappa * eta - b log 2 cosh(eta / 2)``."""
    half = np.tanh(eta / 2)
    return kappa - b * half / 2, b * (1 - half**2) / 4
