"""Data sets of the logistic benchmark: X, y (successes) and trials, predictors not yet standardised."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from harness import data_sets
from harness.data_sets import Array
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.datasets import load_breast_cancer

Data = tuple[Array, Array, Array]

SEED = 7
"""Seed of the designs: with it the rare events are 23."""


def stored(path: Path) -> Data:
    """Read a table with a header, numeric predictors, the response last."""
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return table[:, :-1], table[:, -1], np.ones(len(table))


def breast_cancer() -> Data:
    X, y = load_breast_cancer(return_X_y=True)
    return X, y.astype(float), np.ones(len(y))


def _normal_design(n: int, p: int, *, trials: int = 1, ones: int | None = None) -> Data:
    """Normal predictors, β ~ N(0, 4/p); with `ones`, the intercept that makes that many expected."""
    rng = np.random.default_rng([SEED, n, p])
    X = rng.standard_normal((n, p))
    eta = X @ rng.normal(scale=2 / np.sqrt(p), size=p)
    if ones is not None:
        eta += brentq(lambda intercept: expit(eta + intercept).sum() - ones, -50, 50)
    return X, rng.binomial(trials, expit(eta)).astype(float), np.full(n, float(trials))


STORED = dict.fromkeys(("german_num", "pima392", "spambase", "mammography"), stored)
MADE: dict[str, Callable[[], Data]] = {
    "breast_cancer": breast_cancer,
    "normal_1e4x50": partial(_normal_design, 10_000, 50),
    "normal_1e5x20": partial(_normal_design, 100_000, 20),
    "rare_1e4x5": partial(_normal_design, 10_000, 5, ones=22),
    "binomial_500x5": partial(_normal_design, 500, 5, trials=100),
}
NAMES = (*STORED, *MADE)
makers = partial(data_sets.makers, MADE, STORED)
