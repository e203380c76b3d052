"""The quick diagnostics against ArviZ's, and the advice a run ends with."""

import warnings

import arviz as az
import numpy as np
import pytest
import xarray as xr
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern
from trace_groups import posterior_of

from polyagamma import Normal, PolyaGammaGP, PolyaGammaLogistic, SamplingWarning
from polyagamma.mcmc import diagnostics


def autoregressive(correlation, chains=4, draws=2000, parameters=20, seed=0):
    noise = np.random.default_rng(seed).standard_normal((chains, draws, parameters))
    series = noise.copy()
    for t in range(1, draws):
        series[:, t] = correlation * series[:, t - 1] + np.sqrt(1 - correlation**2) * noise[:, t]
    return series


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.5, 0.9, 0.99])
def test_effective_sample_size_and_rhat_are_those_of_arviz(correlation):
    draws = autoregressive(correlation)
    ess, rhat = diagnostics.ess_and_rhat(draws)
    for j in range(draws.shape[2]):
        assert ess[j] == pytest.approx(az.ess(draws[:, :, j], method="mean"), rel=0.08)
        assert rhat[j] == pytest.approx(az.rhat(draws[:, :, j], method="split"), rel=1e-3)


def test_effective_sample_size_of_a_known_process():
    """N (1 - r) / (1 + r) for an autoregressive process; 20 parameters, 8,000 draws each."""
    ess, _ = diagnostics.ess_and_rhat(autoregressive(0.8))
    assert np.mean(ess) == pytest.approx(8000 * 0.2 / 1.8, rel=0.1)


def test_chains_apart_and_chains_stuck():
    apart = autoregressive(0.0, parameters=1) + np.arange(4)[:, None, None]
    ess, rhat = diagnostics.ess_and_rhat(apart)
    assert ess < 10
    assert rhat > 1.2
    ess, rhat = diagnostics.ess_and_rhat(np.ones((4, 200, 1)))
    assert ess == 0
    assert rhat == np.inf


def dataset(draws):
    return xr.Dataset(
        {
            "intercept": (("chain", "draw"), draws[..., 0]),
            "beta": (("chain", "draw", "feature"), draws[..., 1:]),
        },
        coords={"feature": [f"x{j}" for j in range(draws.shape[2] - 1)]},
    )


def call(draws):
    return f"model.extend(idata, {draws})"


def test_advice_names_the_worst_and_says_what_to_do():
    draws = autoregressive(0.2, draws=500, parameters=4)
    assert diagnostics.advice(dataset(draws), call) == []
    draws[..., 2] = autoregressive(0.97, draws=500, parameters=1)[..., 0]
    (text,) = diagnostics.advice(dataset(draws), call)
    ess = diagnostics.ess_and_rhat(draws)[0][2]
    assert f"least effective sample size {ess:.0f} (beta[x1])" in text
    more = int(text.split("model.extend(idata, ")[1].rstrip(")"))
    assert 500 * (1600 / ess - 1) <= more < 500 * (1600 / ess - 1) + 100


@pytest.mark.parametrize("draws", [1, 10, 99])
def test_too_few_draws_to_tell_are_named(draws):
    (text,) = diagnostics.advice(dataset(autoregressive(0.0, draws=draws, parameters=2)), call)
    assert text.startswith(f"too few draws to tell whether the chains have mixed: {draws} of each chain")
    assert text.endswith(call(100 - draws))


@pytest.mark.filterwarnings("default:too few draws")
def test_short_runs_say_that_they_are_short():
    X = np.random.default_rng(0).standard_normal((60, 1))
    model = PolyaGammaLogistic(X, np.arange(60) % 2)
    with pytest.warns(SamplingWarning, match=r"too few draws .*: model\.extend\(idata, 90\)"):
        idata = model.sample(10, random_seed=1, progressbar=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.extend(idata, 190, progressbar=False)


@pytest.mark.parametrize("limit", ["MOST_DRAWS", "MOST_VALUES", "BLOCK"])
def test_long_runs_of_many_parameters_are_checked_in_part(monkeypatch, limit):
    """A slow parameter in the last place is found, and a fine run is not slandered."""
    monkeypatch.setattr(
        diagnostics, limit, {"MOST_DRAWS": 400, "MOST_VALUES": 4 * 2000 * 7, "BLOCK": 1}[limit]
    )
    draws = autoregressive(0.2, parameters=7)
    assert diagnostics.advice(dataset(draws), call) == []
    draws[..., -1] = autoregressive(0.999, parameters=1)[..., 0]
    (text,) = diagnostics.advice(dataset(draws), call)
    assert "beta[x5]" in text
    assert diagnostics.thinned(dataset(autoregressive(0.0, parameters=22))).sizes["feature"] <= 21


def test_advice_where_nothing_moves():
    (text,) = diagnostics.advice(dataset(np.full((4, 200, 2), 0.5)), call)
    assert "least effective sample size 0" in text


def test_what_is_0_or_1_in_all_draws_is_decided():
    """Indicators, and coefficients that no draw has; but not where chains differ."""
    draws = autoregressive(0.2, draws=500, parameters=4)
    draws[..., 1], draws[..., 2] = 0.0, 1.0
    assert diagnostics.advice(dataset(draws), call) == []
    draws[1, :, 2] = 0.0
    (text,) = diagnostics.advice(dataset(draws), call)
    assert "greatest R-hat inf (beta[x1])" in text


def test_run_ends_with_advice_that_helps():
    """Rare events, which mix slowly without trajectories; the suggested extension is enough."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((400, 1))
    y = np.arange(400) < 4
    model = PolyaGammaLogistic(X, y)
    with pytest.warns(SamplingWarning, match=r"mixed poorly: least effective sample size \d+") as caught:
        idata = model.sample(300, kernel="gibbs", random_seed=1, progressbar=False)
    more = int(str(caught[0].message).split("model.extend(idata, ")[1].rstrip(")"))
    longer = model.extend(idata, more, progressbar=False)
    assert diagnostics.worst_mixing(posterior_of(longer)).ess > 400


def test_separation_is_explained():
    x = np.linspace(-1, 1, 20)[:, np.newaxis]
    with pytest.warns(SamplingWarning, match="perfectly separates .* decided by the prior"):
        PolyaGammaLogistic(x, x[:, 0] > 0).sample(20, random_seed=1, progressbar=False)
    with pytest.warns(SamplingWarning, match=r"only one class \(1.0\) .* decided by the prior"):
        PolyaGammaLogistic(x, np.ones(20)).sample(20, random_seed=1, progressbar=False)


@pytest.mark.parametrize("kernel", [2.0 * RBF(1.0), Matern(1.0, nu=1.5) + ConstantKernel(1e-9)])
def test_kernels_of_extreme_scale_are_noticed(kernel):
    X = np.random.default_rng(0).standard_normal((60, 2))
    y = X[:, 0] > 0.3
    with pytest.warns(SamplingWarning, match="makes f independent from row to row .* standardise X"):
        PolyaGammaGP(X * 1e5, y, kernel)
    with pytest.warns(SamplingWarning, match="makes f constant .* standardise X"):
        PolyaGammaGP(X * 1e-5, y, kernel)
    for scale in (0.01, 1.0, 10.0):
        PolyaGammaGP(X * scale, y, kernel)
    PolyaGammaGP(X * 1e5, y)  # the default kernel has the scale of X


def test_priors_of_extreme_scale_are_noticed():
    X = np.random.default_rng(0).standard_normal((200, 2)) * [1.0, 1e6]
    y = X[:, 0] > 0.3
    with pytest.warns(SamplingWarning, match=r"'x1' is 2\.\de\+06: .*standardized=True"):
        PolyaGammaLogistic(X, y, prior=Normal(0, 2.5))
    PolyaGammaLogistic(X, y)
