"""Simulation-based calibration and Geweke's joint test of the model, each shown to find a planted bug."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import chi2

from polyagamma import Normal, PolyaGammaLogistic
from polyagamma.mcmc.chains import make_chains, starting_points
from polyagamma.mcmc.settings import Settings
from polyagamma.terms.priors import Gaussian

KERNELS = ["gibbs", "hmc"]
N, P = 8, 2
SIGMA, INTERCEPT_SIGMA = 3.0, 3.0
X = np.random.default_rng(4).standard_normal((N, P))
pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # of separated classes
FALSE_ALARM = 1e-7  # of one calibration, with the three tests' least p-value
Z_LIMIT = 6.5  # t with 59 degrees of freedom, six scores: false alarm 1e-7


@pytest.fixture
def inverse_sigma_as_precision(monkeypatch):
    """Plant a bug: prior precision 1/sigma instead of 1/sigma**2."""
    right = Normal.gaussian

    def wrong(self, name, scale):
        gaussian = right(self, name, scale)
        return Gaussian(gaussian.mean, np.sqrt(gaussian.precision))

    monkeypatch.setattr(Normal, "gaussian", wrong)


def prior_draw(rng):
    return rng.normal(0, np.r_[INTERCEPT_SIGMA, np.full(P, SIGMA)])


def simulate(theta, rng):
    return (rng.random(N) < expit(theta[0] + X @ theta[1:])).astype(int)


def model(y):
    return PolyaGammaLogistic(X, y, prior=Normal(0, SIGMA), intercept_prior=Normal(0, INTERCEPT_SIGMA))


def calibration_p_value(kernel, repetitions=250, thin=40, kept=63, bins=8):
    """Ranks of the true coefficients among `kept` thinned draws; least p-value of P + 1 chi-squared tests.

    Talts et al. (2018), "Validating Bayesian inference algorithms with simulation-based calibration".
    """
    rng = np.random.default_rng(20)
    counts = np.zeros((P + 1, bins))
    for seed in range(repetitions):
        theta = prior_draw(rng)
        trace = model(simulate(theta, rng)).sample(
            kept * thin, tune=200, chains=1, kernel=kernel, random_seed=seed, progressbar=False
        )
        beta = trace.posterior["beta"].to_numpy()[0, ::thin]
        draws = np.column_stack([trace.posterior["intercept"].to_numpy()[0, ::thin], beta])
        ranks = (draws < theta).sum(axis=0)
        counts[np.arange(P + 1), ranks * bins // (kept + 1)] += 1
    expected = repetitions / bins
    return chi2.sf(((counts - expected) ** 2 / expected).sum(axis=1), bins - 1).min()


def joint_z_scores(kernel, iterations=9000):
    """Geweke (2004): data given coefficients and one sweep given data, in turn, must keep the prior.

    z-scores of means and mean squares of the P + 1 coefficients, by batch means.
    """
    rng = np.random.default_rng(21)
    generator = np.random.PCG64DXSM(22)
    theta, draws = prior_draw(rng), np.empty((iterations, P + 1))
    settings = Settings.check(draws=1, tune=0, chains=1, thin=1, cores=1, kernel=kernel, random_seed=0)
    for iteration in range(iterations):
        parts = model(simulate(theta, rng))._specification
        start = {"intercept": theta[0], "beta": theta[1:]}
        chains = make_chains(parts.likelihood, parts.term, settings, [generator])
        chains.start(starting_points(parts.likelihood, parts.term, start, settings, [generator]))
        chains.run(1, {"beta": draws[np.newaxis, iteration : iteration + 1]})
        theta = draws[iteration]
    scaled = draws / np.r_[INTERCEPT_SIGMA, np.full(P, SIGMA)]
    functions = np.hstack([scaled, scaled**2 - 1.0])
    batches = functions.reshape(60, -1, functions.shape[1]).mean(axis=1)
    return batches.mean(axis=0) / (batches.std(axis=0, ddof=1) / np.sqrt(len(batches)))


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
def test_calibration(kernel):
    assert calibration_p_value(kernel) > FALSE_ALARM


@pytest.mark.slow
@pytest.mark.usefixtures("inverse_sigma_as_precision")
@pytest.mark.parametrize("kernel", KERNELS)
def test_calibration_finds_a_wrong_prior_precision(kernel):
    assert calibration_p_value(kernel, repetitions=200) < FALSE_ALARM


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
def test_geweke_joint(kernel):
    assert np.abs(joint_z_scores(kernel)).max() < Z_LIMIT


@pytest.mark.slow
@pytest.mark.usefixtures("inverse_sigma_as_precision")
@pytest.mark.parametrize("kernel", KERNELS)
def test_geweke_joint_finds_a_wrong_prior_precision(kernel):
    assert np.abs(joint_z_scores(kernel, iterations=1800)).max() > Z_LIMIT
