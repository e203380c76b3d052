"""Data sets of the benchmark of classes: X and classes 0, 1, ..., predictors not yet standardised.

One is stored (see bench/README.md), two come with scikit-learn, two with statsmodels, one is simulated.
"""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from harness import data_sets
from harness.data_sets import Array
from sklearn.datasets import load_digits, load_wine
from sklearn.decomposition import PCA

Data = tuple[Array, Array]

SEED = 7


def program(path: Path) -> Data:
    """Programmes that 200 pupils chose, of three."""
    table = pd.read_csv(path)
    return table[["female", "ses", "write"]].to_numpy(float), codes(table["program"])


def wine() -> Data:
    return load_wine(return_X_y=True)


def anes96() -> Data:
    """Party identification of 944 voters, in seven steps."""
    data = sm.datasets.anes96.load_pandas()
    return data.exog.to_numpy(float), codes(data.endog)


def fair() -> Data:
    """How 6366 women rate their marriages, from 1 to 5."""
    table = sm.datasets.fair.load_pandas().data
    return table.drop(columns="rate_marriage").to_numpy(float), codes(table["rate_marriage"])


def digits() -> Data:
    """Pictures of ten digits by their first 20 principal components: 1797 rows."""
    X, y = load_digits(return_X_y=True)
    return PCA(20, svd_solver="full").fit_transform(X), y


def simulated(n: int, p: int, n_classes: int) -> Data:
    """Normal predictors; coefficients of a class ~ N(0, 4/p)."""
    rng = np.random.default_rng([SEED, n, p])
    X = rng.standard_normal((n, p))
    eta = X @ rng.normal(scale=2 / np.sqrt(p), size=(p, n_classes))
    return X, (eta + rng.gumbel(size=eta.shape)).argmax(axis=1)


def codes(labels: pd.Series) -> Array:
    return np.unique(labels, return_inverse=True)[1]


STORED = {"upg_program_mnl": program}
MADE = {
    "wine": wine,
    "anes96": anes96,
    "fair": fair,
    "digits_pca20": digits,
    "normal_1e4x19_10": partial(simulated, 10_000, 19, 10),
}
NAMES = (*STORED, *MADE)
makers = partial(data_sets.makers, MADE, STORED)
