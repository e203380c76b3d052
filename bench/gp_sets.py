"""Data sets of the Gaussian-process benchmarks: standardised inputs X, classes y as 0.0 and 1.0."""

from pathlib import Path

import numpy as np
from logistic_sets import Array, breast_cancer, stored

NAMES = ("pima392", "breast_cancer", "gp1d", "banana")
MADE_IN_ORDER = ("gp1d", "banana")
"""Synthetic: their training rows come first. The rows of the others are shuffled."""


def load(name: str, folder: Path | None) -> tuple[Array, Array] | None:
    """Return X and y, None for a stored set that isn't in `folder`."""
    if name == "breast_cancer":
        X, y, _ = breast_cancer()
    elif folder and (folder / f"{name}.csv").is_file():
        X, y, _ = stored(folder / f"{name}.csv")
    else:
        return None
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    order = np.arange(len(y)) if name in MADE_IN_ORDER else np.random.default_rng(0).permutation(len(y))
    return X[order], y[order]
