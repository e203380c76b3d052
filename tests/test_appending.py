"""Rows that come later, and rows left out: against models made, and fitted, anew."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logsumexp
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

from polyagamma import HilbertBasis, Normal, PolyaGammaGP, PolyaGammaLogistic, PolyaGammaMultinomial, _gibbs
from polyagamma.vi.appending import with_rows
from polyagamma.vi.factors import factored, inverse
from polyagamma.vi.law import NormalLaw

RNG = np.random.default_rng(12)
N, NEW = 60, 8
X = RNG.uniform(-2, 2, (N, 1))
Y = (RNG.random(N) < expit(2 * np.sin(2 * X[:, 0]))).astype(int)
LABELS = np.where(Y, "yes", "no")
TRIALS = RNG.integers(1, 5, N)
SUCCESSES = RNG.binomial(TRIALS, expit(X[:, 0]))
WEIGHTS, OFFSET = RNG.uniform(0.5, 2, N), RNG.normal(size=N) / 4
KERNEL = ConstantKernel(3.0) * RBF(0.8)
BINOMIAL = {"trials": TRIALS, "weights": WEIGHTS, "offset": OFFSET}
OLD, LATE = slice(0, N - NEW), slice(N - NEW, N)


def some(options, rows):
    return {name: value[rows] for name, value in options.items()}


def process(rows=slice(None), **options):
    options = {"sample_kernel": False, "mean": lambda inputs: 0.2 * inputs[:, 0], **options}
    return PolyaGammaGP(X[rows], SUCCESSES[rows], KERNEL, **some(BINOMIAL, rows), **options)


def coefficients(rows=slice(None)):
    design = np.hstack([X, X**2])
    return PolyaGammaLogistic(design[rows], SUCCESSES[rows], prior=Normal(0, 1.5), **some(BINOMIAL, rows))


@pytest.mark.parametrize("inducing", [None, HilbertBasis(10), X[:12]], ids=["full", "basis", "points"])
def test_models_with_more_rows_are_those_made_at_once(inducing):
    order = np.argsort(-np.abs(X[:, 0]))  # the box of a basis is that of the first rows
    old, late = order[: N - NEW], order[N - NEW :]
    options = {"inducing": inducing, "approximation": "dtc", "mean": 0.5}
    whole, parts = process(order, **options), process(old, **options)
    parts.fit(progressbar=False)  # from here on a full process has a factor
    grown = parts.append(X[late], SUCCESSES[late], **some(BINOMIAL, late))
    assert grown._specification.fingerprint() == whole._specification.fingerprint()
    assert grown.n_rows == N
    one, other = (model.fit(progressbar=False).law.mean for model in (grown, whole))
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_factors_are_extended_and_not_made_anew(monkeypatch):
    model = process(OLD)
    model.fit(progressbar=False)
    grown = model.append(X[LATE], SUCCESSES[LATE], **some(BINOMIAL, LATE))

    def made_anew(*_):
        raise AssertionError

    monkeypatch.setattr(type(grown._process.covariance), "__call__", made_anew)
    expected = np.linalg.cholesky(process(mean=0.0)._process.kernel(X) + 3e-6 * np.eye(N))
    np.testing.assert_allclose(grown._process.factor(), expected, atol=1e-8)


@pytest.mark.parametrize("inducing", [None, X[:12]], ids=["full", "points"])
def test_an_approximation_with_more_rows_is_close_and_refines_to_that_of_all(inducing):
    options = {"inducing": inducing, "approximation": "dtc"}
    approx = process(OLD, **options).fit("gaussian", progressbar=False)
    grown = approx.append(X[LATE], SUCCESSES[LATE], **some(BINOMIAL, LATE))
    whole = process(**options).fit("gaussian", progressbar=False)
    new = np.linspace(-2, 2, 9)[:, np.newaxis]
    near, far, exact = (one.predict_proba(new)[:, 1] for one in (grown, approx, whole))
    assert np.abs(near - exact).max() < 0.25 * np.abs(far - exact).max()
    refined = grown.refine(30, progressbar=False)
    np.testing.assert_allclose(refined.law.mean, whole.law.mean, atol=0.02)
    np.testing.assert_allclose(refined.predict_proba(new)[:, 1], exact, atol=1e-3)
    assert "appended" in repr(grown)


def test_a_law_with_more_rows_is_the_mode_and_the_curvature_there():
    # The slope of the joint log density vanishes there.
    root = np.array([[2.0, 0.0], [0.5, 1.0]])
    law, row, known = NormalLaw(np.array([0.3, -0.6]), root), np.array([[0.8, -1.7]]), np.array([0.4])
    likelihood = process()._specification.likelihood.rows(slice(3, 4))
    found = with_rows(law, row, likelihood, known)
    b, kappa = likelihood.b[0], likelihood.kappa[0, 0]

    def slope(v):
        eta = known[0] + row[0] @ v
        return row[0] * (kappa - b * np.tanh(eta / 2) / 2) - root @ root.T @ (v - law.mean)

    np.testing.assert_allclose(slope(found.mean), 0.0, atol=1e-8)
    eta = known[0] + row[0] @ found.mean
    weight = b / 4 / np.cosh(eta / 2) ** 2
    precision = root @ root.T + weight * np.outer(row[0], row[0])
    np.testing.assert_allclose(found.factor @ found.factor.T, precision, atol=1e-12)


def test_chains_of_models_with_more_rows_start_where_old_ones_were():
    model = PolyaGammaGP(X[OLD], LABELS[OLD], KERNEL, inducing=X[:10])
    idata = model.sample(30, tune=30, chains=2, random_seed=1, progressbar=False)
    grown = model.append(X[LATE], LABELS[LATE], idata=idata)
    logs = np.log(idata.posterior["length_scale"].to_numpy()).mean()
    assert np.log(grown.kernel_.get_params()["k2__length_scale"]) == pytest.approx(logs)
    assert grown.sample(10, tune=10, chains=1, progressbar=False).posterior["v"].shape == (1, 10, 10)
    assert grown._specification.term.description() != {}
    assert model.append(X[LATE], LABELS[LATE]).kernel_ == model.kernel_


@pytest.mark.parametrize("method", ["laplace", "gaussian"])
@pytest.mark.parametrize("kind", ["coefficients", "process"])
def test_rows_left_out_are_predicted_as_by_refits(kind, method):
    model = coefficients if kind == "coefficients" else process
    whole = model()
    told = whole.fit(method, progressbar=False).loo()
    nodes, shares = np.polynomial.hermite_e.hermegauss(40)
    shares = shares / shares.sum()
    for row in range(0, N, 6):
        fitted = model(np.delete(np.arange(N), row)).fit(method, progressbar=False)
        if kind == "coefficients":
            linear, design = fitted._coordinates.linear, np.hstack([X, X**2])[row]
            a = np.concatenate([[1.0], design - (0.0 if linear.centre is None else linear.centre)])
            known, left = OFFSET[row], 0.0
        else:
            kept = np.delete(X, row, axis=0)
            factor = fitted._owner._process.factor()
            a = np.linalg.solve(factor, KERNEL(kept, X[row : row + 1])[:, 0])
            known, left = OFFSET[row] + 0.2 * X[row, 0], 3.0 * (1 + 1e-6) - a @ a
        mean, variance = known + a @ fitted.law.mean, a @ inverse(fitted.law.factor) @ a + left
        eta = mean + np.sqrt(variance) * nodes
        p = shares @ expit(eta)
        log_p = whole._specification.likelihood.rows(slice(row, row + 1)).log_likelihood(
            eta[:, np.newaxis, np.newaxis], slice(None)
        )[:, 0]
        assert float(told["probability"][row]) == pytest.approx(p, abs=0.015)
        assert float(told["log_probability"][row]) == pytest.approx(logsumexp(log_p, b=shares), abs=0.06)


def test_rows_left_out_have_labels():
    frame = pd.DataFrame({"x": X[:, 0]}, index=[f"r{i}" for i in range(N)])
    told = PolyaGammaLogistic(frame, LABELS).fit(progressbar=False).loo()
    assert told["probability"].indexes["obs_id"][3] == "r3"


def test_what_cannot_be_appended_or_left_out_is_named():
    approx = coefficients().fit(progressbar=False)
    with pytest.raises(ValueError, match="append\\(\\) is for Gaussian processes"):
        approx.append(X, Y)
    stream = PolyaGammaLogistic(X, Y).fit(data=(X, Y), progressbar=False)
    with pytest.raises(ValueError, match="got data="):
        stream.loo()
    classes = PolyaGammaMultinomial(X, RNG.integers(0, 3, N)).fit(progressbar=False)
    with pytest.raises(ValueError, match="got PolyaGammaMultinomial"):
        classes.loo()
    model = PolyaGammaGP(X, LABELS, KERNEL, sample_kernel=False)
    with pytest.raises(ValueError, match="y must be one of"):
        model.append(X[:1], ["perhaps"])
    with pytest.raises(ValueError, match="X_new"):
        model.append(np.full((1, 1), np.nan), ["yes"])
    with pytest.raises(ValueError, match="y must have shape"):
        model.append(X[:2], ["yes"])
    with pytest.raises(ValueError, match="got 3 classes"):
        PolyaGammaGP(X, RNG.integers(0, 3, N), inducing=5).append(X[:1], [0])
    box = PolyaGammaGP(X, LABELS, KERNEL, inducing=HilbertBasis(8))
    with pytest.raises(ValueError, match="inside the box"):
        box.append([[50.0]], ["yes"])


def test_factors_of_the_core_grow_and_shrink():
    root = RNG.normal(size=(9, 9))
    A = root @ root.T + np.eye(9)
    factor = _gibbs.GrowingCholesky(factored(np.ascontiguousarray(A[:6, :6])))
    assert factor.append(np.ascontiguousarray(A[6:]))
    np.testing.assert_allclose(factor.lower(), np.linalg.cholesky(A), atol=1e-12)
    factor.erase(2, 3)
    kept = np.delete(np.arange(9), [2, 3, 4])
    np.testing.assert_allclose(factor.lower(), np.linalg.cholesky(A[np.ix_(kept, kept)]), atol=1e-12)
    x = RNG.normal(size=(2, 6))
    factor.update(x)
    assert factor.downdate(x)
    np.testing.assert_allclose(factor.lower(), np.linalg.cholesky(A[np.ix_(kept, kept)]), atol=1e-10)
    assert not factor.downdate(100 * x)
    assert not factor.append(np.zeros((1, 7)))
    with pytest.raises(ValueError, match="no such rows"):
        factor.erase(5, 2)
    with pytest.raises(ValueError, match="wrong shape"):
        factor.update(np.zeros((1, 5)))
