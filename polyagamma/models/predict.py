"""Functions of a linear predictor over posterior draws and rows, in blocks so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from polyagamma.likelihoods.likelihood import BinomialResponse

FloatArray = NDArray[np.float64]
BLOCK = 1 << 21  # elements of a block of draws times rows: 16 MB


def blocks(n_draws: int, n_rows: int) -> Iterator[tuple[slice, slice]]:
    """Cut an array of shape (n_draws, n_rows) into pieces of at most `BLOCK` elements."""
    rows = min(n_rows, max(1, BLOCK // min(n_draws, 1024)))
    draws = min(n_draws, max(1, BLOCK // rows))
    for row in range(0, n_rows, rows):
        for draw in range(0, n_draws, draws):
            yield slice(draw, draw + draws), slice(row, row + rows)


def probability(intercept: FloatArray, beta: FloatArray, X: FloatArray, offset: FloatArray) -> FloatArray:
    """Return ``expit(offset + intercept + X @ beta)``.

    Parameters
    ----------
    intercept : ndarray, shape (s,)
    beta : ndarray, shape (s, p)
    X : ndarray, shape (n, p)
    offset : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (s, n)
    """
    return np.asarray(expit(predictor(intercept, beta, X, offset)))


def log_likelihood(
    intercept: FloatArray, beta: FloatArray, X: FloatArray, response: BinomialResponse
) -> FloatArray:
    """Return the weighted binomial log-likelihood of each row of a response for each draw, shape (s, n)."""
    out = np.empty((len(beta), len(X)))
    for draw, row in blocks(*out.shape):
        eta = predictor(intercept[draw], beta[draw], X[row], response.offset[row])
        out[draw, row] = response.log_density(eta, row)
    return out


def predictor(intercept: FloatArray, beta: FloatArray, X: FloatArray, offset: FloatArray) -> FloatArray:
    """Return ``offset + intercept + X @ beta``, (s, n), of the arrays that `probability` takes."""
    eta = beta @ X.T
    eta += intercept[:, np.newaxis]
    eta += offset
    return eta
