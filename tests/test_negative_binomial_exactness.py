"""Geweke's joint test of negative binomial regression, shown to find a planted bug."""

import numpy as np
import pytest

from polyagamma import HalfNormal, Normal, PolyaGammaNegativeBinomial
from polyagamma.mcmc.chains import make_chains, starting_points
from polyagamma.mcmc.settings import Settings

KERNELS = ["gibbs", "hmc", "auto"]
N = 8
MEAN, SIGMA, DISPERSION = np.array([0.5, 0.0]), np.array([0.8, 0.6]), 0.5
X = np.random.default_rng(4).standard_normal((N, 1))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning"),  # of counts that are all zero
]
Z_LIMIT = 6.5  # t with 59 degrees of freedom, six scores: false alarm 1e-7


@pytest.fixture
def sigma_as_variance(monkeypatch):
    """Plant a bug: 0.5 / sigma instead of 0.5 / sigma**2 in the prior of the dispersion."""
    monkeypatch.setattr(HalfNormal, "core", lambda self: np.array([-0.5, 0.0, 0.5 / self.sigma]))


def prior_draw(rng):
    """Return intercept, coefficient and log r."""
    return np.append(rng.normal(MEAN, SIGMA), -2 * np.log(np.abs(rng.normal(0, DISPERSION))))


def simulate(theta, rng):
    r = np.exp(theta[2])
    return rng.poisson(np.exp(theta[0] + X[:, 0] * theta[1]) * rng.standard_gamma(r, N) / r)


def model(y):
    priors = {"prior": Normal(MEAN[1], SIGMA[1]), "intercept_prior": Normal(MEAN[0], SIGMA[0])}
    return PolyaGammaNegativeBinomial(X, y, **priors, dispersion_prior=HalfNormal(DISPERSION))


def joint_z_scores(kernel, iterations=3000):
    """Geweke (2004): data given parameters and one sweep given data, in turn, must keep the prior.

    z-scores of means and mean squares of both coefficients and of 1 / sqrt(r), by 60 batch means.
    """
    rng = np.random.default_rng(21)
    generator = np.random.PCG64DXSM(22)
    theta, draws = prior_draw(rng), np.empty((iterations, 3))
    settings = Settings.check(draws=1, tune=0, chains=1, thin=1, cores=1, kernel=kernel, random_seed=0)
    for iteration in range(iterations):
        parts = model(simulate(theta, rng))._specification
        start = {"intercept": theta[0], "beta": theta[1:2], "r": np.exp(theta[2])}
        chains = make_chains(parts.likelihood, parts.term, settings, [generator])
        chains.start(starting_points(parts.likelihood, parts.term, start, settings, [generator]))
        outputs = {"beta": np.empty((1, 1, 2)), "extras": np.empty((1, 1, 1))}
        chains.run(1, outputs)
        theta = np.append(outputs["beta"], outputs["extras"])
        draws[iteration] = theta
    scaled = np.column_stack([(draws[:, :2] - MEAN) / SIGMA, np.exp(-draws[:, 2] / 2) / DISPERSION])
    functions = np.hstack([scaled - [0, 0, np.sqrt(2 / np.pi)], scaled**2 - 1.0])
    batches = functions.reshape(60, -1, functions.shape[1]).mean(axis=1)
    return batches.mean(axis=0) / (batches.std(axis=0, ddof=1) / np.sqrt(len(batches)))


@pytest.mark.parametrize("kernel", KERNELS)
def test_geweke_joint(kernel):
    assert np.abs(joint_z_scores(kernel)).max() < Z_LIMIT


@pytest.mark.usefixtures("sigma_as_variance")
@pytest.mark.parametrize("kernel", KERNELS)
def test_geweke_joint_finds_a_wrong_prior_of_the_dispersion(kernel):
    assert np.abs(joint_z_scores(kernel, iterations=1800)).max() > Z_LIMIT
