"""Additive models against quadrature, and calibration with the truth drawn from the prior."""

import numpy as np
import pytest
from chain_statistics import LIMIT, mean_z, sd_z
from scipy.special import roots_hermitenorm
from scipy.stats import halfnorm, norm

from polyagamma import (
    Exponential,
    Group,
    HalfNormal,
    HalfT,
    HilbertBasis,
    Linear,
    Normal,
    PolyaGammaAdditive,
    Process,
    Smooth,
)

RNG = np.random.default_rng(11)
NODES, WEIGHTS = roots_hermitenorm(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
SETTINGS = {"random_seed": 3, "progressbar": False}
GROUPS = np.array([0, 0, 1, 1, 2])
SUCCESSES, TRIALS = np.array([3, 1, 0, 2, 5]), np.array([4, 3, 2, 6, 5])


def quadrature(prior_sd):
    """Posterior moments of intercept, sd and effects of three groups, which are integrated out one by one."""
    b, b_weights = np.polynomial.legendre.leggauss(120)
    s, s_weights = np.polynomial.legendre.leggauss(160)
    b, s = 6 * b, 4.0 * (s + 1)  # of the intercept and of the sd: beyond is less than 1e-9
    log_prior = norm.logpdf(b, 0, 1)[:, np.newaxis] + prior_sd(s)
    log_density, means, squares = log_prior, [], []
    for group in range(3):
        rows = group == GROUPS
        u = s[:, np.newaxis] * NODES  # (s, nodes)
        eta = b[:, np.newaxis, np.newaxis, np.newaxis] + u[np.newaxis, :, :, np.newaxis]
        terms = SUCCESSES[rows] * eta - TRIALS[rows] * np.logaddexp(0, eta)
        likelihood = np.exp(terms.sum(axis=-1)) * WEIGHTS
        total = likelihood.sum(axis=-1)
        log_density = log_density + np.log(total)
        means.append((likelihood * u).sum(axis=-1) / total)
        squares.append((likelihood * u**2).sum(axis=-1) / total)
    probability = np.exp(log_density - log_density.max()) * np.outer(b_weights, s_weights)
    probability /= probability.sum()

    def moments(first, second):
        mean = (probability * first).sum()
        return mean, np.sqrt((probability * second).sum() - mean**2)

    column = np.broadcast_to(b[:, np.newaxis], probability.shape)
    row = np.broadcast_to(s, probability.shape)
    of_groups = [moments(mean, square) for mean, square in zip(means, squares, strict=True)]
    return moments(column, column**2), moments(row, row**2), of_groups


PRIORS = {
    "half-normal": (HalfNormal(1), lambda s: halfnorm.logpdf(s)),
    "exponential": (Exponential(2), lambda s: -2 * s),
    "half-t": (HalfT(8, 0.7), lambda s: -4.5 * np.log1p((s / 0.7) ** 2 / 8)),
}


@pytest.mark.parametrize("kernel", ["auto", "gibbs", "hmc"])
@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")
def test_posterior_of_groups_by_quadrature(prior, kernel):
    """Means and standard deviations, 4 x 4000 draws of `auto`: |z| < 5.5 in MCSE."""
    given, log_prior = PRIORS[prior]
    model = PolyaGammaAdditive(
        [Group(GROUPS, name="g", prior_sd=given)],
        SUCCESSES,
        family="binomial",
        trials=TRIALS,
        intercept_prior=Normal(0, 1),
    )
    of_intercept, of_sd, of_groups = quadrature(log_prior)
    idata = model.sample(4000, kernel=kernel, **SETTINGS)
    draws = {"intercept": idata.posterior["intercept"], "sd": idata.posterior["1|g_sigma"]}
    exact = {"intercept": of_intercept, "sd": of_sd}
    for group in range(3):
        draws[group] = idata.posterior["1|g"].sel(g=group)
        exact[group] = of_groups[group]
    for name, (mean, sd) in exact.items():
        assert abs(mean_z(draws[name], mean)) < LIMIT, name
        assert abs(sd_z(draws[name], sd)) < LIMIT, name


def ranks_of(make, parameters, runs):
    """Ranks of truths from the prior among draws of their posteriors, as shares: (runs, parameters)."""
    found = []
    for seed in range(runs):
        blank = make(None)
        prior = blank.sample_prior_predictive(1, random_seed=seed)
        model = make(prior.prior_predictive["y"].to_numpy()[0, 0])
        idata = model.sample(200, tune=300, chains=1, thin=3, random_seed=seed, progressbar=False)
        rows = []
        for name, index in parameters:
            truth = prior.prior[name].to_numpy()[0, 0][index]
            rows.append((idata.posterior[name].to_numpy()[0][:, *np.atleast_1d(index)] < truth).mean())
        found.append(rows)
    return np.array(found)


N = 60
X, FACTOR, OTHER = RNG.standard_normal((N, 2)), np.arange(N) % 8, np.arange(N) // 4 % 5
FIVE = {"family": "binomial", "trials": 5, "intercept_prior": Normal(0, 1)}
ANY = RNG.integers(0, 6, N)  # where data are not looked at


def slopes(y):
    terms = [Linear(X[:, :1], Normal(0, 1)), Group(FACTOR, slopes=X[:, 0], name="g")]
    return PolyaGammaAdditive(terms, ANY if y is None else y, **FIVE)


def smooth(y):
    terms = [Smooth(X[:, 0], n_basis=8, linear_prior=Normal(0, 1), name="s")]
    return PolyaGammaAdditive(terms, ANY if y is None else y, **FIVE)


def process(y):
    terms = [Process(X[:, :1], inducing=HilbertBasis(8)), Group(FACTOR, name="g")]
    return PolyaGammaAdditive(terms, ANY if y is None else y, **FIVE)


def crossed(y):
    terms = [Group(FACTOR, name="g"), Group(OTHER, name="h")]
    return PolyaGammaAdditive(terms, ANY if y is None else y, **FIVE)


CALIBRATED = {
    "slopes": (
        slopes,
        [("1|g_sigma", ()), ("x0|g_sigma", ()), ("g_corr", (0,)), ("x0|g", (3,)), ("beta", (0,))],
    ),
    "smooth": (smooth, [("s_sigma", ()), ("s", (2,)), ("beta", (0,)), ("intercept", ())]),
    "process": (process, [("process_sigma", ()), ("process", (0,)), ("process", (3,)), ("1|g_sigma", ())]),
    "crossed": (crossed, [("1|g_sigma", ()), ("1|h_sigma", ()), ("1|h", (1,)), ("intercept", ())]),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CALIBRATED)
@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")
def test_calibration(case):
    """Ranks of 300 truths: mean and mean square of uniform variables, within 5.5 standard errors.

    Draws are nearly independent; what correlation is left widens ranks little.
    """
    make, parameters = CALIBRATED[case]
    ranks = ranks_of(make, parameters, 300)
    z_mean = (ranks.mean(axis=0) - 0.5) * np.sqrt(12 * 300)
    z_square = (((ranks - 0.5) ** 2).mean(axis=0) - 1 / 12) * np.sqrt(180 * 300)
    assert np.abs(z_mean).max() < LIMIT
    assert np.abs(z_square).max() < LIMIT
