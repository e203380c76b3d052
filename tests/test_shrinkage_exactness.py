"""Shrinkage priors: the posterior of coefficients and scales is the right one."""

import arviz as az
import numpy as np
import pytest
from chain_statistics import LIMIT, grid_posterior, mean_z, moments, sd_z
from scipy.special import expit
from scipy.stats import chi2
from shrinkage_densities import PRIORS, SCALE, log_marginal
from slow_cases import mostly_slow

from polyagamma import (
    Beta,
    Bridge,
    HalfT,
    Horseshoe,
    Laplace,
    Normal,
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    RegularizedHorseshoe,
    Ridge,
    SpikeAndSlab,
    StudentT,
)
from polyagamma.terms.shrunk import Shrunk
from polyagamma.terms.spiked import Spiked

X = np.random.default_rng(5).standard_normal((9, 1))
Y = np.array([0, 1, 0, 1, 1, 1, 0, 1, 1])
pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")


def exact_moments(name):
    """Of beta and log tau, by quadrature over s and log tau with beta = tau sinh(s)**3.

    There is no funnel, and horseshoes have no pole at 0.
    """

    def point(at):
        tau = np.exp(at[1])
        return np.sinh(at[0]) ** 3 * tau, tau

    def log_density(at):
        beta, tau = point(at)
        eta = X[:, 0] * beta
        log_likelihood = Y @ eta - np.logaddexp(0, eta).sum()
        jacobian = np.log(np.cosh(at[0])) + 2 * np.log(np.abs(np.sinh(at[0]))) + 2 * at[1]
        return log_likelihood + log_marginal(name, beta, tau) - np.log1p((tau / SCALE) ** 2) + jacobian

    points, probability = grid_posterior(log_density, (0.0, -2.0), (0.8, 2.0), size=260)
    tau = np.exp(points[:, 1])
    return moments(np.column_stack([np.sinh(points[:, 0]) ** 3 * tau, points[:, 1]]), probability)


QUICK = [("regularized", "auto")]
EACH = [(name, kernel) for name in PRIORS for kernel in ("auto", "gibbs")]


@pytest.mark.parametrize(
    ("name", "kernel"),
    mostly_slow(EACH, *QUICK),
)
def test_posterior_by_quadrature(name, kernel):
    """Means and standard deviations of beta and log tau, 4 x 20,000 draws, |z| < 5.5 in MCSE."""
    exact_mean, exact_sd = exact_moments(name)
    model = PolyaGammaLogistic(X, Y, prior=PRIORS[name], intercept=False)
    posterior = model.sample(20_000, kernel=kernel, random_seed=1, progressbar=False).posterior
    for i, draws in enumerate((posterior["beta"][..., 0].to_numpy(), np.log(posterior["tau"].to_numpy()))):
        assert abs(mean_z(draws, exact_mean[i])) < LIMIT
        assert abs(sd_z(draws, exact_sd[i])) < LIMIT


@pytest.mark.slow
def test_more_columns_than_rows_have_the_posterior_of_data_augmentation():
    """Trajectories with exchanges of columns, and sweeps that share no code with them.

    Means of 5 coefficients, their squares (bounded, since tails are heavy) and log tau: 11 comparisons of
    4 x 20,000 draws each within LIMIT standard errors.
    """
    rng = np.random.default_rng(8)
    wide = rng.standard_normal((4, 1)) + 0.5 * rng.standard_normal((4, 5))  # columns that are alike
    model = PolyaGammaLogistic(
        wide, [1, 0, 1, 1], prior=RegularizedHorseshoe(scale=0.5, slab_scale=1.5, standardized=False)
    )

    def functions(kernel):
        posterior = model.sample(20_000, tune=1000, kernel=kernel, random_seed=3, progressbar=False).posterior
        beta = posterior["beta"].to_numpy()
        log_tau = np.log(posterior["tau"].to_numpy())[..., np.newaxis]
        return np.concatenate([np.tanh(beta), np.minimum(beta**2, 4.0), log_tau], axis=-1)

    left, right = functions("auto"), functions("gibbs")
    for f in range(left.shape[-1]):
        error = np.hypot(az.mcse(left[..., f], method="mean"), az.mcse(right[..., f], method="mean"))
        assert abs(left[..., f].mean() - right[..., f].mean()) < LIMIT * error


N, REPETITIONS, THIN, KEPT, BINS = 12, 160, 20, 63, 8
ROWS = np.random.default_rng(6).standard_normal((N, 3))
FALSE_ALARM = 1e-7  # of one calibration, with the least p-value of all parameters
CALIBRATED = {
    "ridge": Ridge(0.7, groups={"a": ["x0", "x1"], "b": ["x2"]}, standardized=False),
    "laplace": Laplace(scale=0.7, unshrunk=["x1"], unshrunk_prior=Normal(0, 1), standardized=False),
    "student": StudentT(3.0, scale=0.7, standardized=False),
    "bridge": Bridge(0.7, scale=0.7, standardized=False),
    "horseshoe": Horseshoe(scale=0.5, standardized=False),
    "regularized": RegularizedHorseshoe(scale=0.5, slab_scale=1.5, standardized=False),
    "sampled slab": RegularizedHorseshoe(
        scale=0.5, slab_scale=1.5, slab_df=5, groups={"a": ["x0", "x2"], "b": ["x1"]}, standardized=False
    ),
    "spike": SpikeAndSlab(inclusion=0.4, slab=1.5, standardized=False),
    "sampled spike": SpikeAndSlab(
        inclusion=Beta(1, 2),
        slab=HalfT(3, 1),
        unshrunk=["x1"],
        unshrunk_prior=Normal(0, 1),
        standardized=False,
    ),
}


def logistic(prior, y=None):
    return PolyaGammaLogistic(
        ROWS, np.arange(N) % 2 if y is None else y, prior=prior, intercept_prior=Normal()
    )


def successes(parameters, rng):
    eta = parameters["intercept"] + ROWS @ parameters["beta"]
    return (rng.random(N) < expit(eta)).astype(int)


def multinomial(prior, y=None):
    y = np.eye(3, dtype=int)[np.arange(N) % 3] if y is None else y
    return PolyaGammaMultinomial(ROWS, y, prior=prior, intercept_prior=Normal(), parametrization="baseline")


def classes(parameters, rng):
    eta = parameters["intercept"] + ROWS @ parameters["beta"].T
    y = (np.column_stack([np.zeros(N), eta]) + rng.gumbel(size=(N, 3))).argmax(axis=1)
    return (y[:, np.newaxis] == range(3)).astype(int)  # a table: classes may be missing


def counts(prior, y=None):
    y = np.zeros(N) if y is None else y
    return PolyaGammaNegativeBinomial(
        ROWS, y, prior=prior, intercept_prior=Normal(0, 0.5), dispersion_prior=4.0
    )


def numbers(parameters, rng):
    mean = np.exp(np.clip(parameters["intercept"] + ROWS @ parameters["beta"], -30, 20))
    return rng.poisson(mean * rng.gamma(4.0, 1 / 4.0, N))


def calibration_p_value(make, simulate, prior, kernel, repetitions=REPETITIONS):
    """Ranks of true coefficients and scales among thinned draws; least p-value of chi-squared tests.

    Draws that are equal, as coefficients at 0 are, are ranked at random.

    Talts et al. (2018), "Validating Bayesian inference algorithms with simulation-based calibration".
    """
    rng, ties = np.random.default_rng(30), np.random.default_rng(32)
    truths = make(prior).sample_prior_predictive(repetitions, random_seed=31).prior
    counted: dict[str, np.ndarray] = {}
    for seed in range(repetitions):
        truth = {name: values.to_numpy()[0, seed] for name, values in truths.items()}
        trace = make(prior, simulate(truth, rng)).sample(
            KEPT * THIN, tune=400, chains=1, kernel=kernel, random_seed=seed, progressbar=False
        )
        for name, value in truth.items():
            draws = trace.posterior[name].to_numpy()[0, ::THIN].reshape(KEPT, -1)
            equal = (draws == np.ravel(value)).sum(axis=0)
            ranks = (draws < np.ravel(value)).sum(axis=0) + ties.integers(0, equal, endpoint=True)
            found = counted.setdefault(name, np.zeros((len(ranks), BINS)))
            found[np.arange(len(ranks)), ranks * BINS // (KEPT + 1)] += 1
    expected = repetitions / BINS
    return min(
        chi2.sf(((found - expected) ** 2 / expected).sum(axis=1), BINS - 1).min()
        for found in counted.values()
    )


@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["auto", "gibbs"])
@pytest.mark.parametrize("name", CALIBRATED)
def test_calibration(name, kernel):
    assert calibration_p_value(logistic, successes, CALIBRATED[name], kernel) > FALSE_ALARM


@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["auto", "gibbs"])
def test_calibration_finds_a_wrong_scale(kernel, monkeypatch):
    """Plant a bug: tau0 as the square of the scale."""
    right = Shrunk.core

    def wrong(self):
        form = right(self)
        return form._replace(arrays=form.arrays | {"tau0": form.arrays["tau0"] ** 2})

    monkeypatch.setattr(Shrunk, "core", wrong)
    prior = Laplace(scale=0.1, standardized=False)
    assert calibration_p_value(logistic, successes, prior, kernel, repetitions=80) < FALSE_ALARM


@pytest.mark.slow
def test_calibration_finds_a_wrong_inclusion(monkeypatch):
    """Plant a bug: the two numbers of the beta prior in each other's place."""
    right = Spiked.core

    def wrong(self):
        form = right(self)
        return form._replace(arrays=form.arrays | {"inclusion": form.arrays["inclusion"][::-1]})

    monkeypatch.setattr(Spiked, "core", wrong)
    prior = SpikeAndSlab(inclusion=Beta(1, 6), slab=1.5, standardized=False)
    assert calibration_p_value(logistic, successes, prior, "auto", repetitions=80) < FALSE_ALARM


@pytest.mark.slow
@pytest.mark.parametrize("name", ["regularized", "bridge"])
def test_calibration_of_classes(name):
    prior = CALIBRATED[name]
    assert calibration_p_value(multinomial, classes, prior, "auto", repetitions=80) > FALSE_ALARM


@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["auto", "gibbs"])
@pytest.mark.parametrize("name", ["sampled slab", "sampled spike"])
def test_calibration_of_counts(name, kernel):
    prior = CALIBRATED[name]
    assert calibration_p_value(counts, numbers, prior, kernel, repetitions=80) > FALSE_ALARM
