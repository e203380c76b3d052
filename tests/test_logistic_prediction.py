"""Class probabilities of new rows, and their checks."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.special import expit

from polyagamma import Normal, PolyaGammaLogistic
from polyagamma.terms import term
from polyagamma.traces import trace

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 3))
Y = (RNG.random(30) < expit(X[:, 0])).astype(int)
MODEL = PolyaGammaLogistic(X, Y)
IDATA = MODEL.sample(50, tune=20, chains=2, random_seed=1, progressbar=False)
NEW, OFFSET = RNG.standard_normal((7, 3)), RNG.standard_normal(7)


def expected(X_new, offset):
    posterior = IDATA.posterior
    eta = posterior["intercept"].to_numpy()[..., None] + posterior["beta"].to_numpy() @ X_new.T
    return expit(eta + offset)


@pytest.mark.parametrize("block", [1, 5, 64, 1 << 21])
def test_draws_and_means(block, monkeypatch):
    monkeypatch.setattr(term, "BLOCK", block)
    draws = MODEL.predict_draws(IDATA, NEW, OFFSET)
    assert draws.dims == ("chain", "draw", "obs_id")
    np.testing.assert_allclose(draws, expected(NEW, OFFSET), rtol=1e-12)
    mean = expected(NEW, OFFSET).mean(axis=(0, 1))
    np.testing.assert_allclose(
        MODEL.predict_proba(IDATA, NEW, OFFSET), np.column_stack([1 - mean, mean]), rtol=1e-12
    )


def test_offset_defaults_to_zero():
    np.testing.assert_allclose(MODEL.predict_draws(IDATA, NEW), expected(NEW, 0.0), rtol=1e-12)


def test_no_intercept():
    model = PolyaGammaLogistic(X, Y, intercept=False)
    idata = model.sample(20, tune=5, chains=2, random_seed=1, progressbar=False)
    probabilities = expit(idata.posterior["beta"].to_numpy() @ NEW.T)
    np.testing.assert_allclose(model.predict_draws(idata, NEW), probabilities, rtol=1e-12)


@pytest.mark.parametrize(("n_draws", "n_rows"), [(1, 1), (10, 5000), (5000, 2), (60, 60)])
def test_pieces_cover_everything_once_and_are_bounded(n_draws, n_rows, monkeypatch):
    monkeypatch.setattr(term, "BLOCK", 1000)
    draws = xr.Dataset(
        {
            "beta": (("chain", "draw", "feature"), np.zeros((2, n_draws, 3))),
            "intercept": (("chain", "draw"), np.zeros((2, n_draws))),
        }
    )
    covered = np.zeros((2, n_draws, 1, n_rows))
    for some, rows, eta in MODEL._specification.term.new_predictors(draws, np.zeros((n_rows, 3)), None):
        assert eta.size <= 1000
        covered[:, some, :, rows] += 1 + eta
    assert (covered == 1).all()


def test_columns_must_match():
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    model = PolyaGammaLogistic(frame, Y)
    idata = model.sample(5, tune=5, chains=2, random_seed=1, progressbar=False)
    by_frame = model.predict_proba(idata, frame)
    np.testing.assert_array_equal(by_frame, model.predict_proba(idata, X))
    with pytest.raises(ValueError, match=r"order, \['a', 'b', 'c'\], got \['b', 'a', 'c'\]: pass X_new\["):
        model.predict_proba(idata, frame[["b", "a", "c"]])
    with pytest.raises(ValueError, match="X_new must have 3 columns, one for each predictor, got 2"):
        model.predict_proba(idata, X[:, :2])
    with pytest.raises(ValueError, match=r"X_new must be finite, got X_new\[0, 1\] = nan"):
        model.predict_proba(idata, np.where(np.arange(90).reshape(30, 3) == 1, np.nan, X))
    with pytest.raises(ValueError, match=r"offset must be one number or have shape \(30,\)"):
        model.predict_proba(idata, X, np.zeros(4))


def test_constant_new_rows_are_welcome():
    assert MODEL.predict_proba(IDATA, np.ones((2, 3))).shape == (2, 2)


def test_huge_result_is_refused(monkeypatch):
    monkeypatch.setattr("polyagamma._validation.memory.available_memory", lambda: 1000)
    with pytest.raises(MemoryError, match="pass fewer rows, or use predict_proba"):
        MODEL.predict_draws(IDATA, NEW)


def test_trace_of_another_model_is_refused():
    other = PolyaGammaLogistic(X, Y, feature_names=["a", "b", "c"])
    with pytest.raises(
        ValueError, match=r"of \['x0', 'x1', 'x2'\], expected \['a', 'b', 'c'\]: pass what its"
    ):
        other.predict_proba(IDATA, NEW)


def test_predictions_read_long_runs_in_pieces(monkeypatch):
    """Blocks of 2 draws of 2 chains."""
    whole = MODEL.predict_proba(IDATA, NEW), MODEL.predict_draws(IDATA, NEW)
    monkeypatch.setattr(term, "BLOCK", 12)
    np.testing.assert_allclose(MODEL.predict_proba(IDATA, NEW), whole[0], rtol=1e-12)
    np.testing.assert_allclose(MODEL.predict_draws(IDATA, NEW), whole[1], rtol=1e-12)


def binomial_z(simulated, probability, trials):
    """z-score of the mean of simulated successes (chain, draw, row), given their probabilities."""
    variance = (trials * probability * (1 - probability)).sum(axis=(0, 1))
    return ((simulated - trials * probability).sum(axis=(0, 1))) / np.sqrt(variance)


def test_posterior_predictive():
    """7 or 30 rows, 100 draws: sums over draws within 5.5 standard deviations of the binomial."""
    trials = np.arange(1, 31)
    counts = np.minimum(trials, Y * 5)
    model = PolyaGammaLogistic(X, counts, trials=trials)
    idata = model.sample(50, tune=20, chains=2, random_seed=1, progressbar=False)
    joint = model.sample_posterior_predictive(idata, random_seed=2)
    assert set(trace.groups(idata)) | {"posterior_predictive"} == set(trace.groups(joint))
    simulated = joint.posterior_predictive["y"]
    assert simulated.dims == ("chain", "draw", "obs_id")
    assert ((simulated >= 0) & (simulated <= trials)).all()
    z = binomial_z(simulated.to_numpy(), model.predict_draws(idata, X).to_numpy(), trials)
    assert np.abs(z).max() < 5.5
    again = model.sample_posterior_predictive(idata, random_seed=2).posterior_predictive["y"]
    np.testing.assert_array_equal(simulated, again)


def test_predictions_of_new_rows():
    idata = MODEL.sample_posterior_predictive(IDATA, NEW, offset=OFFSET, trials=20, random_seed=2)
    simulated = idata.predictions["y"].to_numpy()
    probability = MODEL.predict_draws(IDATA, NEW, OFFSET).to_numpy()
    assert np.abs(binomial_z(simulated, probability, 20)).max() < 5.5
    np.testing.assert_array_equal(idata.predictions_constant_data["X"], NEW)
    np.testing.assert_array_equal(idata.predictions_constant_data["offset"], OFFSET)
    assert "posterior_predictive" not in trace.groups(idata)


def test_prior_predictive():
    """20,000 draws of the prior as given: means and standard deviations within 5.5 standard errors."""
    model = PolyaGammaLogistic(X + 3, Y, prior=Normal([0, 1, 2], 0.5), intercept_prior=Normal(1, 2))
    idata = model.sample_prior_predictive(20_000, random_seed=3)
    assert set(trace.groups(idata)) == {"prior", "prior_predictive", "observed_data", "constant_data"}
    draws = np.column_stack([idata.prior["intercept"][0], idata.prior["beta"][0]])
    sd = np.array([2, 0.5, 0.5, 0.5])
    assert np.abs((draws.mean(axis=0) - [1, 0, 1, 2]) / sd * np.sqrt(20_000)).max() < 5.5
    assert np.abs((draws.std(axis=0) / sd - 1) * np.sqrt(40_000)).max() < 5.5
    eta = draws[:, :1] + draws[:, 1:] @ (X + 3).T
    z = binomial_z(idata.prior_predictive["y"].to_numpy(), expit(eta)[None], 1)
    assert np.abs(z).max() < 5.5


def test_default_intercept_prior_is_at_the_means_of_predictors():
    """The value of eta at the mean of X has standard deviation 10; 20,000 draws."""
    idata = PolyaGammaLogistic(X + 100, Y).sample_prior_predictive(20_000, random_seed=3)
    at_mean = idata.prior["intercept"].to_numpy() + idata.prior["beta"].to_numpy() @ (X + 100).mean(axis=0)
    assert abs(at_mean.std() / 10 - 1) * np.sqrt(40_000) < 5.5
