"""A two-dimensional field with known probabilities, and how far predictions are from these."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
VARIANCE, LENGTH = 3.0, 0.8
PROBIT_VARIANCE = VARIANCE / 1.7**2  # of peers whose link is the probit
HALF_WIDTH, WAVES, TESTED = 2.0, 400, 20_000
WANTED = 1e-3  # gap at which a run ends


def probabilities(X: Array) -> Array:
    """Return the field: a draw of a process with an RBF kernel, by random features, through a logistic."""
    rng = np.random.default_rng(11)
    frequency = rng.standard_normal((2, WAVES)) / LENGTH
    phase, weight = rng.uniform(0, 2 * np.pi, WAVES), rng.standard_normal(WAVES)
    f = np.empty(len(X))
    for first in range(0, len(X), 100_000):
        rows = slice(first, first + 100_000)
        f[rows] = np.cos(X[rows] @ frequency + phase) @ weight
    return np.asarray(1 / (1 + np.exp(-np.sqrt(2 * VARIANCE / WAVES) * f)))


def rows(n: int, seed: int = 0) -> tuple[Array, NDArray[np.int64]]:
    """Return inputs, uniform on a square, and labels."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-HALF_WIDTH, HALF_WIDTH, (n, 2))
    return X, (rng.random(n) < probabilities(X)).astype(np.int64)


def tested() -> tuple[Array, Array]:
    """Return inputs that are predicted, and their true probabilities."""
    X = np.random.default_rng(99).uniform(-HALF_WIDTH, HALF_WIDTH, (TESTED, 2))
    return X, probabilities(X)


def gap(p: Array, predicted: Array) -> float:
    """Return by how much the mean log loss of predicted probabilities exceeds that of the true ones."""
    q = np.clip(predicted, 1e-12, 1 - 1e-12)
    return float(np.mean(p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))))
