"""Data sets of the Gaussian-process benchmarks: standardised inputs X, classes y as 0.0 and 1.0."""

from pathlib import Path

import numpy as np
from harness.data_sets import Array, makers, standardised
from logistic_sets import MADE, stored

NAMES = ("pima392", "breast_cancer", "gp1d", "banana")
IN_ORDER = ("gp1d", "banana")
"""Sets that are stored with their training rows first. The rows of the others are shuffled."""


def load(folder: Path | None, names: list[str]) -> dict[str, tuple[Array, Array]]:
    """Return X and y of the sets that there are."""
    sets = {}
    for name, make in makers(MADE, dict.fromkeys(NAMES, stored), folder, names).items():
        X, y, _ = make()
        order = np.arange(len(y)) if name in IN_ORDER else np.random.default_rng(0).permutation(len(y))
        sets[name] = standardised(X)[order], y[order]
    return sets
