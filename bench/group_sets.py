"""Data sets of the benchmark of multilevel models: predictors, codes of groups, a slope, answers 0 and 1.

Two are stored (see bench/README.md), five are simulated.
"""

from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from harness import data_sets
from harness.data_sets import Array

SEED = 7


class Data(NamedTuple):
    """X (n, p), codes of the levels of each factor (n, factors), y (n,).

    `slope`: the column of X whose effect varies with the first factor; -1 for none.
    """

    X: Array
    codes: Array
    y: Array
    slope: int = -1


def contraception(path: Path, slope: bool = False) -> Data:
    """Use of contraception by 1934 women of 60 districts; the effect of living in a town may vary."""
    table = pd.read_csv(path)
    X = table[["age", "urban", "livch_1", "livch_2", "livch_3+"]].to_numpy(float)
    X[:, 0] /= X[:, 0].std()
    return Data(X, codes(table["district"]), table["y"].to_numpy(float), 1 if slope else -1)


def election88(path: Path) -> Data:
    """Votes of 11 566 people by state, region, age, education and both."""
    table = pd.read_csv(path)
    predictors = [table["black"], table["female"], table["black"] * table["female"], table["v_prev_full"]]
    factors = [codes(table[name]) for name in ("state", "region_full", "age", "edu", "age_edu")]
    return Data(np.column_stack(predictors).astype(float), np.hstack(factors), table["y"].to_numpy(float))


def questionnaire(persons: int, items: int) -> Data:
    """Answers of persons to items: abilities and difficulties ~ N(0, 1)."""
    rng = np.random.default_rng([SEED, persons, items])
    person, item = np.divmod(np.arange(persons * items), items)
    eta = rng.standard_normal(persons)[person] + rng.standard_normal(items)[item]
    return Data(np.empty((len(eta), 0)), np.column_stack([person, item]), answers(rng, eta))


def many_groups(groups: int, rows: int, p: int) -> Data:
    """Groups of `rows` rows each, and p predictors; effects ~ N(0, 1), coefficients ~ N(0, 0.5**2)."""
    rng = np.random.default_rng([SEED, groups, rows])
    group = np.repeat(np.arange(groups), rows)
    X = rng.standard_normal((len(group), p))
    eta = X @ rng.normal(scale=0.5, size=p) + rng.standard_normal(groups)[group]
    return Data(X, group[:, np.newaxis], answers(rng, eta))


def crossed(n: int, first: int, second: int) -> Data:
    """Rows in random cells of two crossed factors; effects ~ N(0, 1)."""
    rng = np.random.default_rng([SEED, first, second])
    drawn = [rng.integers(levels, size=n) for levels in (first, second)]
    eta = sum(rng.standard_normal(levels)[one] for one, levels in zip(drawn, (first, second), strict=True))
    return Data(np.empty((n, 0)), np.hstack([codes(pd.Series(one)) for one in drawn]), answers(rng, eta))


def answers(rng: np.random.Generator, eta: Array) -> Array:
    return (rng.random(len(eta)) < 1 / (1 + np.exp(-eta))).astype(float)


def codes(labels: pd.Series) -> Array:
    return np.unique(labels, return_inverse=True)[1][:, np.newaxis]


STORED = {
    "contraception": contraception,
    "contraception:slopes": partial(contraception, slope=True),
    "election88": election88,
}
MADE = {
    "questionnaire_300x24": partial(questionnaire, 300, 24),
    "groups_20000x5": partial(many_groups, 20_000, 5, 1),
    "crossed_2000x1000": partial(crossed, 50_000, 2000, 1000),
    "crossed_2972x1128": partial(crossed, 73_421, 2972, 1128),
    "groups_100000x10": partial(many_groups, 100_000, 10, 10),
}
NAMES = (*STORED, *MADE)
makers = partial(data_sets.makers, MADE, STORED)
