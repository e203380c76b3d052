"""Probabilities of classes under normal laws of independent linear predictors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from polyagamma.likelihoods.binomial import BinomialLikelihood
from polyagamma.likelihoods.classification import ClassLikelihood
from polyagamma.vi.normal_rules import NODES, SHARES, normal_points
from polyagamma.vi.row_bounds import log_cosh

FloatArray = NDArray[np.float64]
AT_ONCE = 1 << 18  # values of a predictor


def class_probabilities(likelihood: ClassLikelihood, mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the probabilities of classes, (n, classes), at means and variances (q, n).

    Those of two classes by Gauss-Hermite quadrature; those of several as means over the same 512 points in
    all rows, of a Sobol sequence with its mirror image.
    """
    if isinstance(likelihood, BinomialLikelihood):
        parts = [SHARES @ expit(eta[:, 0]) for eta in spread(NODES[:, np.newaxis], mean, variance)]
        success = np.concatenate(parts)
        return np.stack([1.0 - success, success], axis=1)
    points = normal_points(len(mean))
    parts = [softmax(eta.swapaxes(0, 1), axis=0).mean(axis=1) for eta in spread(points, mean, variance)]
    return np.ascontiguousarray(np.concatenate(parts, axis=1).T)


def log_probabilities(likelihood: ClassLikelihood, mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the log probability of what is observed in each row, unweighted and up to constants, (n,)."""
    if isinstance(likelihood, BinomialLikelihood):
        eta = mean + np.sqrt(variance) * NODES[:, np.newaxis]
        trials = likelihood.trials
        log_density = (likelihood.y - trials / 2) * eta - trials * log_cosh(np.abs(eta))
        most = log_density.max(axis=0)
        return np.asarray(most + np.log(SHARES @ np.exp(log_density - most)))
    probability = class_probabilities(likelihood, mean, variance)
    own = np.take_along_axis(probability, likelihood.y.astype(int)[:, np.newaxis], axis=1)[:, 0]
    return np.asarray(np.log(np.maximum(own, np.finfo(float).tiny)))


def spread(points: FloatArray, mean: FloatArray, variance: FloatArray) -> Iterator[FloatArray]:
    """Yield linear predictors (s, q, some rows) at standardised points (s, q)."""
    sd, step = np.sqrt(variance), max(1, AT_ONCE // len(points))
    for first in range(0, max(mean.shape[1], 1), step):
        rows = slice(first, first + step)
        yield mean[:, rows] + points[:, :, np.newaxis] * sd[:, rows]
