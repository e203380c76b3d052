"""Linear models of sparse predictors: what X may be, the same posteriors as of dense ones, nothing dense."""

import arviz as az
import numpy as np
import pandas as pd
import pytest
from chain_statistics import LIMIT
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline

from polyagamma import (
    MvNormal,
    Normal,
    PolyaGammaAdditive,
    PolyaGammaGP,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    PolyaGammaSequential,
    RegularizedHorseshoe,
)
from polyagamma._validation import memory
from polyagamma.sklearn import PolyaGammaClassifier, PolyaGammaCountRegressor
from polyagamma.terms.sparse_predictors import SparsePredictors

RNG = np.random.default_rng(8)
N, P = 90, 4
DENSE = np.where(RNG.random((N, P)) < 0.4, RNG.integers(1, 4, (N, P)), 0.0)
ROWS = sparse.csr_array(DENSE)
OFFSET = RNG.normal(0, 0.3, N)
ETA = DENSE @ [0.8, -0.5, 0.0, 0.3] - 0.5
Y = (RNG.random(N) < 1 / (1 + np.exp(-ETA))).astype(int)
COUNTS = RNG.negative_binomial(3, 3 / (3 + np.exp(ETA / 2)))
CLASSES = np.digitize(ETA + RNG.logistic(size=N), [-0.8, 0.6])
MODELS = {
    "logistic": lambda X: PolyaGammaLogistic(X, Y, offset=OFFSET, weights=1 + Y),
    "counts": lambda X: PolyaGammaNegativeBinomial(X, COUNTS, offset=OFFSET),
    "symmetric": lambda X: PolyaGammaMultinomial(X, CLASSES),
    "baseline": lambda X: PolyaGammaMultinomial(X, CLASSES, parametrization="baseline", intercept=False),
    "shrunk": lambda X: PolyaGammaLogistic(X, Y, prior=RegularizedHorseshoe(expected=2), weights=1 + Y),
    "shrunk classes": lambda X: PolyaGammaMultinomial(
        X, CLASSES, prior=RegularizedHorseshoe(expected=2), parametrization="baseline"
    ),
    "sequential": lambda X: PolyaGammaSequential(X, CLASSES, prior=Normal(0.1, 1.5)),
}
QUIET = {"random_seed": 1, "progressbar": False}
every_model = pytest.mark.parametrize("name", MODELS)


def twice_given():
    """ROWS with every entry in two halves, an explicit zero, and columns out of order."""
    entries = ROWS.tocoo()
    order = RNG.permutation(2 * entries.nnz + 1)
    row, column = (np.append(np.tile(each, 2), 0)[order] for each in (entries.row, entries.col))
    return sparse.coo_array((np.append(np.tile(entries.data / 2, 2), 0.0)[order], (row, column)), ROWS.shape)


FORMS = {
    "csr array": lambda: ROWS,
    "csr matrix": lambda: sparse.csr_matrix(ROWS),
    "csc array": lambda: sparse.csc_array(ROWS),
    "coo given twice": twice_given,
    "lil of integers": lambda: sparse.lil_array(ROWS.astype(int)),
    "indices of 64 bits": lambda: sparse.csr_array(
        (ROWS.data, ROWS.indices.astype(np.int64), ROWS.indptr.astype(np.int64)), ROWS.shape
    ),
    "frame": lambda: pd.DataFrame.sparse.from_spmatrix(sparse.csr_matrix(ROWS)),
    "frame of integers": lambda: pd.DataFrame(DENSE.astype(int)).astype(pd.SparseDtype(int, 0)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # of few draws
def test_all_forms_are_the_same_predictors(form):
    given = FORMS[form]()
    before = given.copy()
    draws = PolyaGammaLogistic(given, Y).sample(20, tune=60, **QUIET).posterior["beta"]
    same = PolyaGammaLogistic(ROWS, Y).sample(20, tune=60, **QUIET).posterior["beta"]
    np.testing.assert_array_equal(draws, same)
    difference = given - before if sparse.issparse(given) else given.to_numpy() - before.to_numpy()
    assert not difference.any() if isinstance(difference, np.ndarray) else not abs(difference).sum()


def test_frames_name_the_columns_and_rows():
    frame = pd.DataFrame.sparse.from_spmatrix(
        sparse.csr_matrix(ROWS), index=[f"r{i}" for i in range(N)], columns=list("abcd")
    )
    model = PolyaGammaLogistic(frame, Y)
    assert model.feature_names == list("abcd")
    with pytest.raises(ValueError, match="y must have the row labels of X"):
        PolyaGammaLogistic(frame, pd.Series(Y, index=frame.index[::-1]))


@every_model
def test_posterior_is_that_of_dense_predictors(name):
    """Means and sds of coefficients and of lp, 4 x 2000 draws of each: |z| < 5.5 in standard errors."""
    posteriors = [MODELS[name](X).sample(2000, tune=1000, **QUIET) for X in (ROWS, DENSE)]
    for variable in ("intercept", "beta", "lp"):
        one, other = (
            each.sample_stats["lp"] if variable == "lp" else each.posterior.get(variable)
            for each in posteriors
        )
        if one is None:
            continue
        for index in np.ndindex(one.shape[2:]):
            draws = [each.to_numpy()[(..., *index)] for each in (one, other)]
            error = np.hypot(*(az.mcse(each, method="mean") for each in draws))
            assert abs(draws[0].mean() - draws[1].mean()) < LIMIT * error
            error = np.hypot(*(az.mcse(each, method="sd") for each in draws))
            assert abs(draws[0].std() - draws[1].std()) < LIMIT * error


@every_model
@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # of few draws
def test_predictions_are_those_of_dense_predictors(name):
    of_rows, of_dense = MODELS[name](ROWS), MODELS[name](DENSE)
    idata = of_rows.sample(30, tune=60, compute_log_likelihood=True, **QUIET)
    predictors = [
        np.concatenate([eta for _, _, eta in model._specification.row_predictors(idata.posterior)], axis=1)
        for model in (of_rows, of_dense)
    ]
    np.testing.assert_allclose(*predictors, rtol=1e-12, atol=1e-12)
    if name in ("logistic", "symmetric"):
        told = of_rows.predict_proba(idata, ROWS[:7])
        np.testing.assert_array_equal(told, of_rows.predict_proba(idata, DENSE[:7]))
        np.testing.assert_allclose(
            told, of_dense.predict_proba(idata, DENSE[:7], other_data=True), rtol=1e-12
        )
    assert "X" not in idata.constant_data


@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # of few draws
def test_nothing_becomes_dense(monkeypatch):
    def dense(self, *_, **__):
        if min(self.shape) > 1:  # single rows and columns may
            raise AssertionError("a sparse matrix became dense")
        return np.asarray(self.tocoo().data)

    for kind in (sparse.csr_array, sparse.csc_array, sparse.coo_array, SparsePredictors):
        monkeypatch.setattr(kind, "toarray", dense)
        monkeypatch.setattr(kind, "todense", dense)
    model = PolyaGammaLogistic(ROWS, Y)
    idata = model.sample(20, tune=60, compute_log_likelihood=True, **QUIET)
    idata = model.extend(idata, 20, progressbar=False)
    model.sample_posterior_predictive(idata, random_seed=1)
    model.predict_proba(idata, ROWS[:5])


def test_moments():
    """Of weighted rows; a column without zeros far from 0, whose squares cancel; a constant one."""
    X = np.column_stack([DENSE, 1e4 + RNG.random(N), np.full(N, 2.0), np.zeros(N)])
    share = RNG.random(N)
    share /= share.sum()
    rows = SparsePredictors(sparse.csr_array(X))
    mean, variance = rows.moments(share)
    np.testing.assert_allclose(mean, share @ X, rtol=1e-13)
    np.testing.assert_allclose(variance, share @ (X - mean) ** 2, rtol=1e-6, atol=1e-12)
    np.testing.assert_array_equal(rows.constant(), [P + 1, P + 2])
    np.testing.assert_array_equal(rows.largest(), abs(X).max(axis=0))


BAD = {
    "missing": (lambda: with_entry(np.nan), ValueError, r"X must be finite, got X\[0, \d\] = nan"),
    "infinite": (lambda: with_entry(np.inf), ValueError, r"X must be finite, got X\[0, \d\] = inf"),
    "complex": (
        lambda: ROWS.astype(complex),
        TypeError,
        "X must hold real numbers, got a csr_array of dtype",
    ),
    "no rows": (lambda: ROWS[:0], ValueError, r"at least one row .* of shape \(0, 4\)"),
    "too large": (lambda: ROWS * 1e160, ValueError, "at most 1e.150 .* as the largest of 'x0': scale"),
    "empty column": (
        lambda: sparse.hstack([ROWS, sparse.csr_array((N, 1))], format="csr"),
        ValueError,
        r"a constant column besides the intercept \('x4' = 0\)",
    ),
    "fill value": (
        lambda: pd.DataFrame(DENSE).astype(pd.SparseDtype(float, 1.0)),
        ValueError,
        "sparse columns whose fill value is 0, got",
    ),
}


def with_entry(value):
    changed = ROWS.copy()
    changed.data[0] = value
    return changed


@pytest.mark.parametrize("case", BAD)
def test_refused_predictors(case):
    X, error, message = BAD[case]
    with pytest.raises(error, match=message):
        PolyaGammaLogistic(X(), Y)


@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # of few draws
def test_refused_uses():
    model = PolyaGammaLogistic(ROWS, Y)
    with pytest.raises(ValueError, match="kernel='gibbs' needs dense predictors, got a sparse X"):
        model.sample(10, kernel="gibbs", **QUIET)
    with pytest.raises(ValueError, match="prior must be one of independent coefficients for a sparse X"):
        PolyaGammaLogistic(ROWS, Y, prior=MvNormal(0, cov=np.eye(P)))
    for other in (lambda: PolyaGammaGP(ROWS, Y), lambda: PolyaGammaAdditive([ROWS], Y)):
        with pytest.raises(TypeError):
            other()
    with pytest.raises(ValueError, match=r"fit\(\) needs dense predictors"):
        model.fit()
    idata = model.sample(20, tune=60, **QUIET)
    with pytest.raises(ValueError, match="X_new must have 4 columns"):
        model.predict_proba(idata, ROWS[:, :3])


@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # of few draws
def test_changed_predictors_are_noticed():
    """Where they are large and not copied; small ones are."""
    large = sparse.random_array((4000, 50), density=0.8, rng=np.random.default_rng(1), format="csr")
    model = PolyaGammaLogistic(large, np.arange(4000) % 2)
    large.data[7] += 1.0
    with pytest.raises(ValueError, match="X must stay what it was"):
        model.sample(10, **QUIET)
    small = ROWS.copy()
    model = PolyaGammaLogistic(small, Y)
    small.data[7] += 1.0
    assert model.sample(10, tune=20, **QUIET).posterior.sizes["draw"] == 10


@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # of few draws
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of the infinities that are refused
def test_rows_beyond_double_precision_are_named():
    model = PolyaGammaLogistic(ROWS, Y)
    idata = model.sample(20, tune=60, **QUIET)
    idata.posterior["beta"] = 1e10 * idata.posterior["beta"]  # so that infinities of both signs are added
    far = sparse.csr_array(np.array([[0.0] * P, [1e308] * P]))
    with pytest.raises(ValueError, match=r"got \[1e\+308, .* in row 1: drop that row"):
        model.predict_proba(idata, far)


def test_estimators_take_what_encoders_and_vectorizers_make():
    """Equal rows are merged: a weight of 2 and two copies give the same bits."""
    texts = np.array(["good film", "bad film", "good good story", "bad story", "dull film"])[
        np.arange(60) % 5
    ]
    liked = np.array(["yes", "no", "yes", "no", "no"])[np.arange(60) % 5]
    liked[:7] = "yes"
    pipeline = make_pipeline(CountVectorizer(), PolyaGammaClassifier(draws=500, random_state=1))
    pipeline.fit(texts, liked)
    probability = pipeline.predict_proba(["good", "bad"])[:, 1]
    assert probability[0] > 0.7 > 0.4 > probability[1]
    X, y = ROWS[:40], CLASSES[:40]
    estimator = PolyaGammaClassifier(draws=300, random_state=1)
    twice = clone(estimator).fit(sparse.vstack([X, X]), np.tile(y, 2)).coef_
    np.testing.assert_array_equal(twice, clone(estimator).fit(X, y, sample_weight=np.full(40, 2.0)).coef_)
    counts = PolyaGammaCountRegressor(draws=1500, random_state=1).fit(ROWS, COUNTS)
    assert counts.predict(ROWS[:3]).shape == (3,)
    assert counts.coef_.shape == (P,)


def test_memory_is_proportional_to_the_entries(monkeypatch):
    """A million columns need no square matrix: 1e12 numbers would be refused; the draws are what is told."""
    wide = sparse.random_array((50, 10**6), density=2e-6, rng=np.random.default_rng(1), format="csr")
    wide = sparse.csr_array(wide[:, np.unique(wide.indices)])
    monkeypatch.setattr(memory, "available_memory", lambda: 10**6)
    with pytest.raises(MemoryError, match="a run of 4 chains"):
        PolyaGammaLogistic(wide, np.arange(50) % 2).sample(1000, **QUIET)


@pytest.mark.slow
def test_columns_beyond_what_is_dense_enough():
    """One-hot columns of 300 levels and 40,000 rows: the intercept and effects are found in a default run."""
    rng = np.random.default_rng(3)
    levels = rng.integers(0, 300, 40_000)
    effects = rng.normal(0, 1, 300)
    y = rng.random(40_000) < 1 / (1 + np.exp(1 - effects[levels]))
    X = sparse.csr_array((np.ones(40_000), (np.arange(40_000), levels)), (40_000, 300))[:, 1:]
    posterior = PolyaGammaLogistic(X, y, prior=Normal(0, 2)).sample(500, tune=200, **QUIET).posterior
    truth = effects[1:] - effects[0]
    z = (posterior["beta"].mean(("chain", "draw")) - truth) / posterior["beta"].std(("chain", "draw"))
    assert abs(z).max() < 6.0
