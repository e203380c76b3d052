"""Every refusal of data, priors and settings: kind, and what the message says."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from polyagamma import MvNormal, Normal, PolyaGammaLogistic

X = np.random.default_rng(0).standard_normal((6, 2))
Y = np.array([0, 1, 0, 1, 1, 0])


def replaced(array, index, value, dtype=float):
    array = np.array(array, dtype=dtype)
    array[index] = value
    return array


FRAME = pd.DataFrame(X, columns=["age", "dose"])

BAD_X = {
    "vector": (X[:, 0], ValueError, r"X must be 2-D .* got shape \(6,\): .*reshape\(-1, 1\)"),
    "cube": (X[None], ValueError, r"X must be 2-D"),
    "no rows": (X[:0], ValueError, r"at least one row and one column, got shape \(0, 2\)"),
    "no columns": (X[:, :0], ValueError, r"at least one row and one column, got shape \(6, 0\)"),
    "NaN": (replaced(X, (3, 1), np.nan), ValueError, r"X must be finite, got X\[3, 1\] = nan"),
    "infinite": (replaced(X, (0, 0), -np.inf), ValueError, r"X must be finite, got X\[0, 0\] = -inf"),
    "objects": (X.astype(object), TypeError, r"X must hold real numbers, got dtype object: .*astype"),
    "text": (X.astype(str), TypeError, r"X must hold real numbers, got dtype <U"),
    "complex": (X + 0j, TypeError, r"X must hold real numbers, got dtype complex128"),
    "dates": (X.astype("M8[s]"), TypeError, r"X must hold real numbers, got dtype datetime64"),
    "sparse and complex": (
        csr_array(X).astype(complex),
        TypeError,
        "X must hold real numbers, got a csr_array",
    ),
    "constant": (
        replaced(X, (slice(None), 1), 3),
        ValueError,
        r"constant column besides .*'x1' = 3.*drop it",
    ),
    "constant frame": (
        FRAME.assign(one=1),
        ValueError,
        r"constant column besides the intercept \('one' = 1\)",
    ),
    "missing": (
        FRAME.assign(sex=pd.array([1, 0, None, 1, 0, 0], dtype="Int64")),
        ValueError,
        r"X\['sex'\] must be finite, got X\['sex'\]\[2\] = nan: drop or replace",
    ),
    "one category": (FRAME.assign(sex="m"), ValueError, r"X\['sex'\] must have two levels.* got only 'm'"),
    "same name": (FRAME.set_axis(["age", "age"], axis=1), ValueError, r"got 'age' more than once"),
}


@pytest.mark.parametrize("case", BAD_X)
def test_bad_predictors(case):
    bad, kind, message = BAD_X[case]
    with pytest.raises(kind, match=message):
        PolyaGammaLogistic(bad, Y)


def test_two_constant_columns_without_intercept():
    with pytest.raises(ValueError, match=r"X has a constant column \('x0' = 1, 'x1' = 2\).*keep one"):
        PolyaGammaLogistic(np.tile([1.0, 2.0], (6, 1)), Y, intercept=False)
    PolyaGammaLogistic(np.column_stack([np.ones(6), X]), Y, intercept=False)


BAD_Y = {
    "short": (Y[:5], {}, ValueError, r"y must have shape \(6,\).* got shape \(5,\)"),
    "column": (Y[:, None], {}, ValueError, r"y must have shape \(6,\).* got shape \(6, 1\)"),
    "NaN": (replaced(Y, 2, np.nan), {}, ValueError, r"y must be finite, got y\[2\] = nan"),
    "None": (replaced(Y, 2, None, object), {}, ValueError, r"missing values, got y\[2\] = None"),
    "NA": (
        pd.array(["a", "b", None, "a", "b", "b"], dtype="string"),
        {},
        ValueError,
        r"missing values, got y\[2\]",
    ),
    "three": (replaced(Y, 2, 2), {}, ValueError, r"two labels, got 3 \(0.0, 1.0, 2.0\): .*trials="),
    "one": (np.full(6, "a"), {}, ValueError, r"two labels, got 1 \('a'\)"),
    "mixed": (np.array([0, "a", 0, "a", 0, 0], dtype=object), {}, TypeError, "labels of one type"),
    "complex": (Y + 0j, {}, TypeError, "complex numbers: pass y.real"),
    "negative": (
        replaced(Y, 4, -1),
        {"trials": 2},
        ValueError,
        r"to trials\[4\] = 2, got y\[4\] = -1",
    ),
    "above": (replaced(Y, 4, 3), {"trials": 2}, ValueError, r"from 0 to trials\[4\] = 2, got y\[4\] = 3"),
    "fraction": (replaced(Y, 1, 0.5), {"trials": 2}, ValueError, r"an integer .*got y\[1\] = 0.5"),
    "NaN count": (replaced(Y, 1, np.nan), {"trials": 2}, ValueError, r"y must be finite, got y\[1\] = nan"),
    "text count": (np.full(6, "a"), {"trials": 2}, TypeError, "y must be a real number or an array"),
}


@pytest.mark.parametrize("case", BAD_Y)
def test_bad_response(case):
    bad, arguments, kind, message = BAD_Y[case]
    with pytest.raises(kind, match=message):
        PolyaGammaLogistic(X, bad, **arguments)


BAD_ARGUMENTS = {
    "trials zero": ({"trials": [1, 1, 0, 1, 1, 1]}, ValueError, r"positive integers, got trials\[2\] = 0"),
    "trials fraction": ({"trials": 1.5}, ValueError, r"positive integers, got trials\[0\] = 1.5"),
    "trials shape": ({"trials": [1, 1]}, ValueError, r"trials must be one number or have shape \(6,\)"),
    "weights zero": (
        {"weights": [1, 1, 1, 0, 1, 1]},
        ValueError,
        r"weights must be positive and finite, got weights\[3\] = 0",
    ),
    "weights negative": ({"weights": -1.0}, ValueError, r"weights must be positive and finite"),
    "weights infinite": ({"weights": np.inf}, ValueError, r"weights must be finite"),
    "weights shape": ({"weights": np.ones((6, 1))}, ValueError, r"weights .* got shape \(6, 1\)"),
    "offset NaN": (
        {"offset": replaced(np.zeros(6), 5, np.nan)},
        ValueError,
        r"offset must be finite, got offset\[5\]",
    ),
    "offset text": ({"offset": "a"}, TypeError, r"offset must be a real number"),
    "prior kind": (
        {"prior": 2.5},
        TypeError,
        r"prior must be Normal or MvNormal or ShrinkagePrior, got 2.5",
    ),
    "prior class": ({"prior": Normal}, TypeError, r"prior must be Normal or MvNormal or ShrinkagePrior"),
    "intercept prior kind": (
        {"intercept_prior": MvNormal(0, cov=[[1]])},
        TypeError,
        "intercept_prior must be Normal",
    ),
    "intercept prior twice": (
        {"intercept_prior": Normal(), "intercept": False},
        ValueError,
        "intercept=False: drop",
    ),
    "intercept prior shape": (
        {"intercept_prior": Normal([0, 0])},
        ValueError,
        r"intercept_prior.mu",
    ),
    "sigma zero": ({"prior": Normal(0, [1, 0])}, ValueError, r"prior.sigma\[1\] = 0"),
    "sigma infinite": ({"prior": Normal(0, np.inf)}, ValueError, r"prior.sigma must be finite"),
    "sigma tiny": (
        {"prior": Normal(0, 1e-200)},
        ValueError,
        r"between 1e-150 and 1e150",
    ),
    "sigma shape": (
        {"prior": Normal(0, [1, 1, 1])},
        ValueError,
        r"one number or have shape \(2,\)",
    ),
    "mu NaN": ({"prior": Normal(np.nan)}, ValueError, r"prior.mu must be finite"),
    "no matrix": ({"prior": MvNormal(0)}, ValueError, r"exactly one of cov and tau"),
    "two matrices": ({"prior": MvNormal(0, np.eye(2), np.eye(2))}, ValueError, r"exactly one of cov and tau"),
    "tau shape": ({"prior": MvNormal(0, tau=np.eye(3))}, ValueError, r"prior.tau must have shape \(2, 2\)"),
    "tau NaN": ({"prior": MvNormal(0, tau=[[np.nan, 0], [0, 1]])}, ValueError, r"prior.tau must be finite"),
    "tau skew": (
        {"prior": MvNormal(0, tau=[[1, 0.5], [0.4, 1]])},
        ValueError,
        r"symmetric, got prior.tau\[0, 1\] = 0.5 and prior.tau\[1, 0\] = 0.4",
    ),
    "tau singular": (
        {"prior": MvNormal(0, tau=[[1, 1], [1, 1]])},
        ValueError,
        r"prior.tau must be positive definite .*smallest eigenvalue",
    ),
    "tau zero": ({"prior": MvNormal(0, tau=np.zeros((2, 2)))}, ValueError, r"must be positive definite"),
    "cov indefinite": (
        {"prior": MvNormal(0, cov=[[1, 2], [2, 1]])},
        ValueError,
        r"prior.cov must be pos",
    ),
    "names number": ({"feature_names": ["a"]}, ValueError, r"for each of the 2 columns of X, got 1"),
    "names same": (
        {"feature_names": ["a", "a"]},
        ValueError,
        r"must differ, got 'a' more than once",
    ),
}


@pytest.mark.parametrize("case", BAD_ARGUMENTS)
def test_bad_model_arguments(case):
    arguments, kind, message = BAD_ARGUMENTS[case]
    with pytest.raises(kind, match=message):
        PolyaGammaLogistic(X, Y, **arguments)


BAD_SETTINGS = {
    "draws": ({"draws": 0}, ValueError, r"draws must be at least 1, got 0"),
    "draws fraction": ({"draws": 1.5}, TypeError, r"draws must be an integer, got 1.5"),
    "tune": ({"tune": -1}, ValueError, r"tune must be at least 0, got -1"),
    "chains": ({"chains": 0}, ValueError, r"chains must be at least 1"),
    "cores": ({"cores": 0}, ValueError, r"cores must be at least 1"),
    "seed": ({"random_seed": -1}, TypeError, r"random_seed must be None, a non-negative int.*got -1"),
    "seed text": ({"random_seed": "a"}, TypeError, r"random_seed must be None"),
    "kernel": ({"kernel": "nuts"}, ValueError, r"kernel must be one of .*got 'nuts'"),
    "initvals keys": (
        {"initvals": {"beta": 0}},
        ValueError,
        r"initvals must have the keys \['intercept', 'beta'\]",
    ),
    "initvals shape": (
        {"initvals": {"beta": [0, 0, 0], "intercept": 0}},
        ValueError,
        r"initvals\['beta'\] must have shape \(2,\), or \(4, 2\) with one for each chain",
    ),
    "initvals NaN": (
        {"initvals": {"beta": np.nan, "intercept": 0}},
        ValueError,
        r"initvals\['beta'\] must be finite",
    ),
    "memory": (
        {"draws": 10**12},
        MemoryError,
        r"4 chains with 10+ draws .*GB are available: ask for",
    ),
}


@pytest.mark.parametrize("case", BAD_SETTINGS)
def test_bad_settings(case):
    arguments, kind, message = BAD_SETTINGS[case]
    with pytest.raises(kind, match=message):
        PolyaGammaLogistic(X, Y).sample(**arguments, progressbar=False)
