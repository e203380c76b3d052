"""What an approximation says of each row without that row: no refit, the row's own part is divided out.

References
----------
.. [1] A. Vehtari, T. Mononen, V. Tolvanen, T. Sivula and O. Winther (2016), "Bayesian leave-one-out
   cross-validation approximations for Gaussian latent variable models", JMLR 17(103), 1-38, section 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.special import expit

from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.terms.term import LinearForm
from polyagamma.vi.law import NormalLaw
from polyagamma.vi.normal_rules import NODES, SHARES

FloatArray = NDArray[np.float64]
ROWS = 1 << 12  # at once


def row_moments(linear: LinearForm, law: NormalLaw) -> tuple[FloatArray, FloatArray]:
    """Return means and variances of the linear predictors of a model's rows, offsets left out."""
    means, variances = [], []
    for first in range(0, len(linear.X), ROWS):
        X = linear.X[first : first + ROWS]
        X = X if linear.centre is None else X - linear.centre
        X = np.column_stack([np.ones(len(X)), X]) if linear.intercept else X
        white = solve_triangular(law.factor, X.T, lower=True)
        means.append(X @ law.mean)
        variances.append(np.einsum("ij,ij->j", white, white))
    return np.concatenate(means), np.concatenate(variances)


def without_own_row(
    likelihood: BinomialLikelihood, eta: FloatArray, variance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return means and variances of linear predictors, offsets included, under all other rows.

    A row's part of the law is taken for the Gaussian whose precision is the mean w of minus the second
    derivative of its log-likelihood, and whose slope g at the mean is that of the first: without it the
    variance is ``1 / (1 / v - w)``, and the mean moves by minus g times that [1]_.
    """
    at = eta + np.sqrt(variance) * NODES[:, np.newaxis]
    p = expit(at)
    slope = likelihood.kappa[0] + likelihood.b * (0.5 - SHARES @ p)
    weight = likelihood.b * (SHARES @ (p * (1 - p)))
    left = 1 - weight * variance
    bad = left <= 0
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"loo() needs rows that leave something to the others, got row {row}, which decides its own "
            "linear predictor: fit with method='gaussian', or refit without it"
        )
    cavity = variance / left
    return eta - cavity * slope, cavity


def predicted(
    likelihood: BinomialLikelihood, mean: FloatArray, variance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return probabilities of success, and log probabilities of what is observed, under normal predictors."""
    eta = mean + np.sqrt(variance) * NODES[:, np.newaxis]
    log_density = likelihood.log_likelihood(eta[:, np.newaxis], slice(None))
    most = log_density.max(axis=0)
    return SHARES @ expit(eta), most + np.log(SHARES @ np.exp(log_density - most))
