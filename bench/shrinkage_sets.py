"""Data sets of the benchmark of shrinkage: X, y and the number of effects that the prior expects."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from harness import data_sets
from harness.data_sets import Array
from scipy.special import expit

Data = tuple[Array, Array, float]

SEED = 7


def stored(path: Path, expected: float) -> Data:
    """Read a table with a header, numeric predictors, the response last."""
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return table[:, :-1], table[:, -1], expected


def simulated(n: int, p: int, effects: int) -> Data:
    """Normal predictors, of which the first have coefficients N(0, 1.5²)."""
    rng = np.random.default_rng([SEED, n, p])
    X = rng.standard_normal((n, p))
    eta = X[:, :effects] @ rng.normal(scale=1.5, size=effects)
    return X, rng.binomial(1, expit(eta)).astype(float), float(effects)


EXPECTED = {"german_num": 5.0, "pima392": 3.0, "spambase": 20.0, "ovarian": 3.0}
STORED = {name: partial(stored, expected=expected) for name, expected in EXPECTED.items()}
MADE: dict[str, Callable[[], Data]] = {
    "sparse_1000x100": partial(simulated, 1000, 100, 10),
    "sparse_100x300": partial(simulated, 100, 300, 10),
    "sparse_200x2000": partial(simulated, 200, 2000, 10),
}
NAMES = (*STORED, *MADE)
makers = partial(data_sets.makers, MADE, STORED)
