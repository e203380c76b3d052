"""The ridge prior: a scale that is sampled with the coefficients."""

import numpy as np
import pytest
from chain_statistics import LIMIT, grid_posterior, mean_z, moments, sd_z

from polyagamma import Normal, PolyaGammaLogistic, Ridge

RNG = np.random.default_rng(5)
X = RNG.standard_normal((9, 1))
Y = np.array([0, 1, 0, 1, 1, 1, 0, 1, 1])
SCALE = 0.8
RIDGE = Ridge(SCALE, standardized=False)


def log_density(point):
    """Of beta / tau, which has no funnel, and log tau, given the data; no intercept."""
    tau = np.exp(point[1])
    eta = X[:, 0] * point[0] * tau
    log_likelihood = Y @ eta - np.logaddexp(0, eta).sum()
    return log_likelihood - 0.5 * point[0] ** 2 - np.log1p((tau / SCALE) ** 2) + point[1]


@pytest.mark.parametrize("kernel", ["auto", "gibbs", "hmc"])
def test_posterior_by_quadrature(kernel):
    """Means and standard deviations of beta and log tau, 4 x 20,000 draws, |z| < 5.5 in MCSE."""
    points, probability = grid_posterior(log_density, (0.0, -2.0), (0.8, 1.6), size=240)
    exact_mean, exact_sd = moments(points * [[1, 1]], probability)
    exact_mean[0], exact_sd[0] = (
        each[0] for each in moments(points[:, :1] * np.exp(points[:, 1:]), probability)
    )
    model = PolyaGammaLogistic(X, Y, prior=RIDGE, intercept=False)
    posterior = model.sample(20_000, kernel=kernel, random_seed=1, progressbar=False).posterior
    for i, draws in enumerate((posterior["beta"][..., 0].to_numpy(), np.log(posterior["tau"].to_numpy()))):
        assert abs(mean_z(draws, exact_mean[i])) < LIMIT
        assert abs(sd_z(draws, exact_sd[i])) < LIMIT


@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # of a scale that goes to zero
def test_the_intercept_is_not_shrunk():
    """All successes: the intercept goes where its own prior lets it, however small the scale of the rest."""
    X = RNG.standard_normal((40, 3))
    model = PolyaGammaLogistic(X, np.ones(40), prior=Ridge(1e-3), intercept_prior=Normal(0, 5))
    posterior = model.sample(random_seed=1, progressbar=False).posterior
    assert posterior["intercept"].mean() > 3.0
    assert posterior["tau"].median() < 0.01
    assert abs(posterior["beta"]).median() < 0.01


def test_draws_of_the_prior():
    """The median of a half-Cauchy variable is its scale: 40,000 draws, within six standard errors."""
    model = PolyaGammaLogistic(X, Y, prior=RIDGE)
    prior = model.sample_prior_predictive(40_000, random_seed=2).prior
    tau = prior["tau"].to_numpy().ravel()
    assert abs(np.median(tau) - SCALE) < 6 * SCALE * np.pi / 2 / np.sqrt(40_000)
    ratio = prior["beta"].to_numpy()[0, :, 0] / tau
    assert abs(np.mean(ratio**2) - 1) < 6 * np.sqrt(2 / 40_000)


@pytest.mark.parametrize(
    ("prior", "kind", "message"),
    [
        (Ridge(0.0), ValueError, r"prior.scale must be positive"),
        (Ridge(-1.0), ValueError, r"prior.scale must be positive"),
        (Ridge(np.inf), ValueError, r"prior.scale must be finite"),
        (Ridge(1.0, mu=[1, 2]), ValueError, r"prior.mu must be one number or have shape \(1,\)"),
    ],
)
def test_bad_scales(prior, kind, message):
    with pytest.raises(kind, match=message):
        PolyaGammaLogistic(X, Y, prior=prior)
