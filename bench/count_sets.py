"""Data sets of the benchmark of counts: X, counts and exposures, predictors not yet standardised.

Two are stored (see bench/README.md), two come with statsmodels, two are simulated.
"""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from harness import data_sets
from harness.data_sets import Array

Data = tuple[Array, Array, Array]

SEED = 7


def nmes(path: Path) -> Data:
    """Visits to physicians, by what Zeileis, Kleiber and Jackman (2008) explain them with: 4406 rows."""
    table = pd.read_csv(path)
    predictors = [
        table["hospital"],
        *(table["health"] == level for level in ("poor", "excellent")),
        table["chronic"],
        table["gender"] == "male",
        table["school"],
        table["insurance"] == "yes",
    ]
    return np.column_stack(predictors).astype(float), table["visits"].to_numpy(float), np.ones(len(table))


def insurance(path: Path) -> Data:
    """Claims of car insurances, by district, group and age; exposed are the holders: 64 rows."""
    table = pd.read_csv(path)
    X = pd.get_dummies(table[["District", "Group", "Age"]].astype(str), drop_first=True)
    return X.to_numpy(float), table["Claims"].to_numpy(float), table["Holders"].to_numpy(float)


def rand_hie() -> Data:
    """Outpatient visits of the RAND health insurance experiment: 20 190 rows."""
    data = sm.datasets.randhie.load_pandas()
    return data.exog.to_numpy(float), data.endog.to_numpy(float), np.ones(len(data.endog))


def cancer() -> Data:
    """Deaths of breast cancer in 301 counties, by their size; exposed is the population."""
    table = sm.datasets.cancer.load_pandas().data
    population = table["population"].to_numpy(float)
    return np.log(population)[:, np.newaxis], table["cancer"].to_numpy(float), population


def simulated(n: int, p: int, *, mean: float, dispersion: float) -> Data:
    """Normal predictors, β ~ N(0, 0.3²), and the mean count of a row whose predictors are 0."""
    rng = np.random.default_rng([SEED, n, p])
    X = rng.standard_normal((n, p))
    rate = rng.gamma(dispersion, mean / dispersion, n) * np.exp(X @ rng.normal(scale=0.3, size=p))
    return X, rng.poisson(rate).astype(float), np.ones(n)


STORED = {"nmes1988_nb": nmes, "insurance": insurance}
MADE = {
    "rand_hie": rand_hie,
    "cancer": cancer,
    "sparse_2000x7": partial(simulated, 2000, 7, mean=0.75, dispersion=0.05),
    "large_2000x7": partial(simulated, 2000, 7, mean=1000.0, dispersion=5.0),
}
NAMES = (*STORED, *MADE)
makers = partial(data_sets.makers, MADE, STORED)
