"""Spike-and-slab priors: the posterior of sets of columns and coefficients is the right one."""

from itertools import product

import numpy as np
import pytest
from chain_statistics import LIMIT, mean_z
from numpy.polynomial.legendre import leggauss
from scipy.special import beta as beta_function
from scipy.special import logsumexp
from scipy.stats import t
from slow_cases import mostly_slow

from polyagamma import Beta, HalfT, Normal, PolyaGammaLogistic, PolyaGammaNegativeBinomial, SpikeAndSlab

RNG = np.random.default_rng(12)
N = 14
X = RNG.standard_normal((N, 3))
X[:, 1] += 0.9 * X[:, 0]  # columns that tell about the same; the last one is always in
Y = np.array([0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1])[np.argsort(np.argsort(X[:, 0] + 0.5 * X[:, 2]))]
COUNTS = np.array([0, 1, 0, 3, 1, 2, 0, 5, 1, 0, 2, 9, 3, 4])[np.argsort(np.argsort(X[:, 0]))]
R = 2.5
NODES, WEIGHTS = leggauss(64)
FEW_NODES, FEW_WEIGHTS = leggauss(24)
WIDEST = 12.0  # where a likelihood of these rows is below e^-10 of its maximum
KNOWN = {"unshrunk": ["x2"], "unshrunk_prior": Normal(0.4, 0.7), "standardized": False}
PRIORS = {
    "known": SpikeAndSlab(inclusion=0.3, slab=1.2, **KNOWN),
    "sampled": SpikeAndSlab(inclusion=Beta(1.5, 2.5), slab=HalfT(3, 0.8), **KNOWN),
}


def bernoulli(eta):
    return Y @ eta - np.logaddexp(0, eta).sum(axis=0)


def negative_binomial(eta):
    return COUNTS @ eta - ((COUNTS + R)[:, np.newaxis] * np.logaddexp(0, eta - np.log(R))).sum(axis=0)


LIKELIHOODS = {"logistic": bernoulli, "counts": negative_binomial}
MODELS = {
    "logistic": lambda prior: PolyaGammaLogistic(X, Y, prior=prior, intercept=False),
    "counts": lambda prior: PolyaGammaNegativeBinomial(
        X, COUNTS, prior=prior, intercept=False, dispersion_prior=R
    ),
}
SETS = list(product([0, 1], repeat=2))


def normals(sd, mean, nodes, weights):
    """Points and log weights of a quadrature by N(mean, sd**2), within 7 standard deviations or `WIDEST`."""
    half = min(7 * sd, WIDEST)
    log_weights = np.log(half / sd * weights) - 0.5 * (half / sd * nodes) ** 2 - 0.5 * np.log(2 * np.pi)
    return mean + half * nodes, log_weights


def sums_of_a_set(log_likelihood, included, tau):
    """Log of the integral over coefficients, and log integrals of 2 + tanh of each."""
    axes = [normals(tau, 0.0, NODES, WEIGHTS) if one else (np.zeros(1), np.zeros(1)) for one in included]
    axes.append(normals(0.7, 0.4, FEW_NODES, FEW_WEIGHTS))
    beta = np.stack(np.meshgrid(*(points for points, _ in axes), indexing="ij")).reshape(3, -1)
    weights = sum(np.meshgrid(*(weights for _, weights in axes), indexing="ij")).ravel()
    density = log_likelihood(X @ beta) + weights
    return np.array([logsumexp(density), *(logsumexp(density + np.log(2 + np.tanh(one))) for one in beta)])


def exact_means(likelihood, name):
    """Posterior probabilities of the four sets, and means of tanh of the coefficients."""
    prior, log_likelihood = PRIORS[name], LIKELIHOODS[likelihood]
    if name == "known":
        chosen, taus, of_tau = {q: 0.3**q * 0.7 ** (2 - q) for q in range(3)}, [1.2], np.zeros(1)
    else:
        a, b = prior.inclusion.alpha, prior.inclusion.beta
        chosen = {q: beta_function(a + q, b + 2 - q) for q in range(3)}
        log_tau = -1.5 + 5.5 * NODES  # from exp(-7) to exp(4)
        taus = np.exp(log_tau)
        of_tau = np.log(WEIGHTS) + np.log(t.pdf(taus / 0.8, 3)) + log_tau
    parts = []
    for included in SETS:
        sums = [sums_of_a_set(log_likelihood, included, tau) + w for tau, w in zip(taus, of_tau, strict=True)]
        parts.append(logsumexp(sums, axis=0) + np.log(chosen[sum(included)]))
    evidence, *shifted = np.array(parts).T
    total = logsumexp(evidence)
    return np.exp(evidence - total), np.exp(logsumexp(shifted, axis=1) - total) - 2


EACH = [(likelihood, name) for likelihood in MODELS for name in PRIORS]
QUICK = [("logistic", "known"), ("counts", "sampled")]


@pytest.mark.parametrize(("likelihood", "name"), mostly_slow(EACH, *QUICK))
def test_posterior_by_enumeration_and_quadrature(likelihood, name):
    """Four sets of columns and means of three coefficients: 4 x 10,000 draws, |z| < 5.5 in MCSE."""
    of_sets, of_coefficients = exact_means(likelihood, name)
    assert min(of_sets) > 0.01  # all of them matter
    posterior = MODELS[likelihood](PRIORS[name]).sample(10_000, random_seed=1, progressbar=False).posterior
    included = posterior["included"].to_numpy()
    for exact, one in zip(of_sets, SETS, strict=True):
        assert abs(mean_z((included == one).all(axis=-1).astype(float), exact)) < LIMIT
    for exact, draws in zip(of_coefficients, np.moveaxis(posterior["beta"].to_numpy(), -1, 0), strict=True):
        assert abs(mean_z(np.tanh(draws), exact)) < LIMIT


@pytest.mark.slow
def test_quadrature_is_converged(monkeypatch):
    """To less than half of the Monte Carlo standard errors."""
    coarse = [np.concatenate(exact_means(*case)) for case in EACH]
    for name, value in zip(("NODES", "WEIGHTS"), leggauss(100), strict=True):
        monkeypatch.setattr(f"test_spike_slab_exactness.{name}", value)
    monkeypatch.setattr("test_spike_slab_exactness.WIDEST", 16.0)
    fine = [np.concatenate(exact_means(*case)) for case in EACH]
    np.testing.assert_allclose(coarse, fine, atol=1e-3)
