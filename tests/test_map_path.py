"""Paths of posterior modes under the lasso and bridges: conditions of a maximum at each value of tau."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.special import expit, softmax

from polyagamma import (
    Bridge,
    Laplace,
    Normal,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    Ridge,
    map_path,
)
from polyagamma.vi import lasso

RNG = np.random.default_rng(11)
N, P = 120, 6
X = RNG.standard_normal((N, P)) * [1, 2, 0.5, 1, 1, 3] + 1
ETA = X[:, :2] @ [1.0, -0.7] - 0.3
Y = (RNG.random(N) < expit(ETA)).astype(int)
WEIGHTS = 1.0 + Y
CLASSES = np.digitize(ETA + RNG.logistic(size=N), [-1, 1])
WIDE = RNG.standard_normal((30, 200))
Y_WIDE = (WIDE[:, 0] + 0.3 * RNG.standard_normal(30) > 0).astype(int)  # a plane tells them apart
NEAR = 1e-4  # relative, of slopes


def slopes(model_X, y, at, weights=1.0):
    """Of the log-likelihood in coefficients of centred predictors, in units of standard deviations."""
    rest = weights * (y - expit(float(at.intercept) + model_X @ at.beta.values))
    share = weights / np.sum(weights) if np.ndim(weights) else np.full(len(y), 1 / len(y))
    deviation = model_X - share @ model_X
    return deviation.T @ rest / np.sqrt(share @ deviation**2), np.sqrt(share @ deviation**2), rest.sum()


@pytest.mark.parametrize("wide", [False, True])
def test_every_point_of_a_lasso_is_a_maximum(wide):
    given, y, weights = (WIDE, Y_WIDE, 1.0) if wide else (X, Y, WEIGHTS)
    model = PolyaGammaLogistic(given, y, prior=Laplace(), weights=None if wide else weights)
    path = map_path(model)
    assert path.n_nonzero[-1] == 0
    assert path.n_nonzero[0] == P if not wide else 0 < path.n_nonzero[0] <= len(y)
    assert len(path.tau) == 50
    assert (np.diff(path.tau) < 0).all()
    for tau in path.tau.values:
        at = path.sel(tau=tau)
        slope, _, _ = slopes(given, y, at, weights)
        beta = at.beta.values
        assert np.count_nonzero(beta) == at.n_nonzero
        np.testing.assert_allclose(tau * slope[beta != 0], np.sign(beta[beta != 0]), rtol=NEAR)
        assert (tau * np.abs(slope[beta == 0]) < 1 + NEAR).all()
        eta = float(at.intercept) + given @ beta
        log_likelihood = np.sum(weights * (y * eta - np.logaddexp(0, eta)))
        assert float(at.log_likelihood) == pytest.approx(log_likelihood)


@pytest.mark.parametrize("wide", [False, True])
def test_every_point_of_a_bridge_is_a_maximum_nearby(wide):
    given, y = (WIDE, Y_WIDE) if wide else (X, Y)
    path = map_path(PolyaGammaLogistic(given, y, prior=Bridge(0.5)))
    assert path.n_nonzero[-1] == 0
    assert path.n_nonzero[-2] > 0

    def objective(tau, intercept, beta):
        eta = intercept + given @ beta
        penalty = np.sqrt(np.abs(given.std(axis=0) * beta / tau)).sum()
        return np.sum(y * eta - np.logaddexp(0, eta)) - penalty

    for tau in path.tau.values:
        at = path.sel(tau=tau)
        slope, unit, _ = slopes(given, y, at)
        beta = at.beta.values
        on = beta != 0
        of_penalty = 0.5 * np.sign(beta[on]) / np.sqrt(np.abs(unit * beta / tau)[on]) / tau
        np.testing.assert_allclose(slope[on], of_penalty, rtol=1e-3)
        best = objective(tau, float(at.intercept), beta)
        for move in 1e-3 * RNG.standard_normal((5, len(beta))):
            moved = beta + np.where(on, beta, 1e-2) * move
            centred = float(at.intercept) - given.mean(axis=0) @ (moved - beta)
            assert objective(tau, centred, moved) < best + 1e-8
    for before, after in zip(path.beta.values, path.beta.values[1:], strict=False):
        assert not after[before == 0].any()


def test_columns_that_are_not_shrunk_keep_their_prior():
    frame = pd.DataFrame(X, columns=list("abcdef"))
    prior = Laplace(unshrunk=["c"], unshrunk_prior=Normal(0.5, 0.1, standardized=False))
    model = PolyaGammaLogistic(frame, Y, prior=prior, intercept_prior=Normal(0, 0.2, standardized=True))
    path = map_path(model, [0.1, 0.02])
    assert path.tau.values.tolist() == [0.1, 0.02]
    assert path.feature.values.tolist() == list("abcdef")
    for tau in path.tau.values:
        at = path.sel(tau=tau)
        slope, unit, total = slopes(X, Y, at)
        c = float(at.beta.sel(feature="c"))
        assert slope[2] * unit[2] == pytest.approx((c - 0.5) / 0.1**2, rel=NEAR)
        at_means = float(at.intercept) + X.mean(axis=0) @ at.beta.values
        assert total == pytest.approx(at_means / 0.2**2, rel=NEAR)
        others = np.arange(P) != 2
        assert at.n_nonzero == np.count_nonzero(at.beta.values[others])


def test_classes():
    model = PolyaGammaMultinomial(X, CLASSES, prior=Laplace(), parametrization="baseline")
    path = map_path(model, [0.05])
    beta, intercept = (path[name].sel(tau=0.05).values for name in ("beta", "intercept"))
    log_odds = np.column_stack([np.zeros(N), intercept + X @ beta.T])  # to the first class
    deviation = (X - X.mean(axis=0)) / X.std(axis=0)
    slope = 0.05 * ((CLASSES[:, None] == np.arange(3)) - softmax(log_odds, axis=1))[:, 1:].T @ deviation
    np.testing.assert_allclose(slope[beta != 0], np.sign(beta[beta != 0]), rtol=NEAR)
    assert (np.abs(slope[beta == 0]) < 1 + NEAR).all()
    assert 0 < path.n_nonzero[0] < 2 * P


def test_counts_of_a_known_dispersion():
    counts = RNG.poisson(np.exp(0.4 * ETA))
    model = PolyaGammaNegativeBinomial(X, counts, prior=Laplace(), dispersion_prior=5.0)
    path = map_path(model, [0.05])
    mean = np.exp(float(path.intercept[0]) + X @ path.beta[0].values)
    slope = ((X - X.mean(axis=0)) / X.std(axis=0)).T @ ((counts - mean) * 5 / (5 + mean))
    on = path.beta[0].values != 0
    np.testing.assert_allclose(0.05 * slope[on], np.sign(path.beta[0].values[on]), rtol=NEAR)


LASSO = PolyaGammaLogistic(X, Y, prior=Laplace())
BAD = {
    "another prior": (lambda: map_path(PolyaGammaLogistic(X, Y)), TypeError, "must have the prior Laplace"),
    "a ridge": (lambda: map_path(PolyaGammaLogistic(X, Y, prior=Ridge())), TypeError, "Laplace or Bridge"),
    "a convex bridge": (
        lambda: map_path(PolyaGammaLogistic(X, Y, prior=Bridge(1.5))),
        ValueError,
        "exponent below 1, for map_path, got 1.5",
    ),
    "a dispersion": (
        lambda: map_path(PolyaGammaNegativeBinomial(X, Y, prior=Laplace())),
        ValueError,
        "pass a number for dispersion_prior",
    ),
    "sparse": (
        lambda: map_path(PolyaGammaLogistic(sparse.csr_array(X), Y, prior=Laplace())),
        ValueError,
        r"got a sparse X: pass X.toarray\(\)",
    ),
    "zero": (
        lambda: map_path(PolyaGammaLogistic(X, Y, prior=Laplace()), [1, 0]),
        ValueError,
        r"taus\[1\] = 0",
    ),
    "nan": (lambda: map_path(PolyaGammaLogistic(X, Y, prior=Laplace()), np.nan), ValueError, "taus must be"),
    "none": (lambda: map_path(PolyaGammaLogistic(X, Y, prior=Laplace()), []), ValueError, "one dimension"),
    "text": (lambda: map_path(PolyaGammaLogistic(X, Y, prior=Laplace()), "a"), TypeError, "taus must"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input(what):
    act, error, message = BAD[what]
    with pytest.raises(error, match=message):
        act()


def test_a_search_that_does_not_end_says_so(monkeypatch):
    monkeypatch.setattr(lasso, "STEPS", 1)
    with pytest.raises(FloatingPointError, match="does not end"):
        map_path(LASSO, [1.0])
