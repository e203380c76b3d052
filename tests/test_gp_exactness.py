"""Gaussian-process posteriors against quadrature, dense formulas and simulation-based calibration."""

import numpy as np
import pytest
from chain_statistics import LIMIT, mean_z, sd_z
from scipy.special import expit, roots_hermitenorm
from scipy.stats import chi2, norm
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern

from polyagamma import PolyaGammaGP, gp_chains, gp_prediction
from polyagamma.kernels import LogParameterPrior, TrainingCovariance

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
X3 = np.array([[0.0], [0.7], [2.0]])
ROWS = {"trials": [3, 1, 5], "weights": [1.0, 2.5, 0.7], "offset": [0.3, -1.0, 0.5]}
Y3 = np.array([3, 0, 2])
MEAN = 0.8
JITTER = 1e-6
FALSE_ALARM = 1e-7  # of one calibration, with the tests' least p-value


def dense(kernel, X):
    K = kernel(X)
    return K + JITTER * np.diag(np.diag(K))


def log_likelihood(f):
    eta = f + np.array(ROWS["offset"])
    rows = Y3 * eta - np.array(ROWS["trials"]) * np.logaddexp(0, eta)
    return rows @ np.array(ROWS["weights"])


def quadrature(kernel, thetas, log_prior, nodes=35):
    """Means and standard deviations of (theta, f), by Gauss-Hermite nodes of f and a grid of theta."""
    z, w = roots_hermitenorm(nodes)
    points = np.stack(np.meshgrid(z, z, z, indexing="ij"), axis=-1).reshape(-1, 3)
    weights = np.einsum("i,j,k->ijk", w, w, w).ravel()
    values, probabilities = [], []
    for theta in thetas:
        L = np.linalg.cholesky(dense(kernel.clone_with_theta(theta), X3))
        f = MEAN + points @ L.T
        values.append(np.column_stack([np.broadcast_to(theta, (len(f), len(theta))), f]))
        probabilities.append(weights * np.exp(log_likelihood(f) + log_prior(theta)))
    values, probability = np.concatenate(values), np.concatenate(probabilities)
    probability /= probability.sum()
    mean = probability @ values
    return mean, np.sqrt(probability @ (values - mean) ** 2)


def scores(draws, mean, sd):
    """z-scores of means and standard deviations of draws (chains, draws, k)."""
    each = [np.moveaxis(draws, -1, 0), mean, sd]
    return np.array([(mean_z(x, m), sd_z(x, s)) for x, m, s in zip(*each, strict=True)])


def test_fixed_kernel_agrees_with_quadrature():
    kernel = 9.0 * RBF(1.0)
    model = PolyaGammaGP(X3, Y3, kernel, mean=MEAN, sample_kernel=False, **ROWS)
    f = model.sample(8000, tune=100, random_seed=1, progressbar=False).posterior["f"].to_numpy()
    mean, sd = quadrature(kernel, [kernel.theta], lambda _: 0.0)
    assert np.abs(scores(f, mean[2:], sd[2:])).max() < LIMIT


SLOW = pytest.mark.slow
STEPS = [
    pytest.param((2, 0, 0, 0), id="collapsed", marks=SLOW),
    pytest.param((0, 2, 0, 0), id="whitened", marks=SLOW),
    pytest.param((0, 0, 2, 0), id="surrogate"),
    pytest.param((1, 0, 0, 2), id="trajectory"),
    pytest.param(gp_chains.STEPS["auto"], id="default"),
]


@pytest.mark.parametrize("steps", STEPS)
def test_sampled_kernel_agrees_with_quadrature(steps, monkeypatch):
    monkeypatch.setitem(gp_chains.STEPS, "auto", steps)
    kernel = ConstantKernel(9.0, "fixed") * RBF(1.0)
    model = PolyaGammaGP(X3, Y3, kernel, mean=MEAN, kernel_prior={"length_scale": norm(0.2, 0.7)}, **ROWS)
    posterior = model.sample(4000, tune=400, random_seed=2, progressbar=False).posterior
    log_scale = np.log(posterior["length_scale"].to_numpy())
    thetas = np.linspace(0.2 - 6 * 0.7, 0.2 + 6 * 0.7, 49)[:, np.newaxis]
    mean, sd = quadrature(kernel, thetas, lambda theta: norm.logpdf(theta[0], 0.2, 0.7))
    draws = np.concatenate([log_scale[..., np.newaxis], posterior["f"].to_numpy()], axis=-1)
    assert np.abs(scores(draws, mean, sd)).max() < LIMIT


def test_bounds_truncate_the_prior():
    kernel = ConstantKernel(9.0, "fixed") * RBF(1.0, (0.5, 1.5))
    model = PolyaGammaGP(X3, Y3, kernel, mean=MEAN, **ROWS)
    posterior = model.sample(4000, tune=400, random_seed=3, progressbar=False).posterior
    log_scale = np.log(posterior["length_scale"].to_numpy())
    thetas = np.linspace(np.log(0.5), np.log(1.5), 401)
    thetas = ((thetas[1:] + thetas[:-1]) / 2)[:, np.newaxis]
    mean, sd = quadrature(kernel, thetas, lambda theta: norm.logpdf(theta[0], 0.0, 1.0), nodes=15)
    assert np.abs(scores(log_scale[..., np.newaxis], mean[:1], sd[:1])).max() < LIMIT


def test_full_posterior_agrees_with_a_dense_reference():
    """n = 60 by the textbook sweep: explicit inverses of K, one omega at a time from random_polyagamma."""
    from polyagamma import random_polyagamma

    rng = np.random.default_rng(5)
    X = rng.uniform(-3, 3, (60, 1))
    y = (rng.random(60) < expit(3 * np.sin(2 * X[:, 0]))).astype(int)
    kernel = 6.0 * Matern(1.0, nu=2.5)
    inverse = np.linalg.inv(kernel(X) + JITTER * 6.0 * np.eye(60))
    reference, f = np.empty((4, 4000, 60)), np.zeros(60)
    for c in range(4):
        for s in range(-100, 4000):
            omega = random_polyagamma(1.0, f, random_state=rng)
            covariance = np.linalg.inv(inverse + np.diag(omega))
            root = np.linalg.cholesky((covariance + covariance.T) / 2)
            f = covariance @ (y - 0.5) + root @ rng.standard_normal(60)
            if s >= 0:
                reference[c, s] = f
    model = PolyaGammaGP(X, y, kernel, sample_kernel=False)
    ours = model.sample(4000, tune=100, random_seed=6, progressbar=False).posterior["f"].to_numpy()
    for i in range(0, 60, 5):
        first, second = ours[..., i], reference[..., i]
        assert abs(mean_z(first, second.mean(), np.sqrt(second.var() / 4000))) < LIMIT


def test_prediction_has_the_conditional_law():
    """20 000 draws given one f: mean and covariance of three new values against the dense formulas."""
    rng = np.random.default_rng(7)
    X, X_new = rng.standard_normal((6, 2)), rng.standard_normal((3, 2))
    kernel = 4.0 * RBF([1.0, 2.0])
    g = rng.standard_normal(6)
    K, cross = dense(kernel, X), kernel(X, X_new)
    mean = cross.T @ np.linalg.solve(K, g)
    covariance = kernel(X_new) - cross.T @ np.linalg.solve(K, cross)
    size = 20_000
    for joint in (True, False):
        values = gp_prediction.conditional_draws(
            TrainingCovariance(kernel, X, JITTER),
            np.tile(kernel.theta, (size, 1)),
            np.tile(g, (size, 1)),
            X_new,
            np.random.default_rng(8),
            joint,
        )
        sd = np.sqrt(np.diag(covariance))
        assert np.abs((values.mean(axis=0) - mean) / sd * np.sqrt(size)).max() < LIMIT
        truth = covariance if joint else np.diag(np.diag(covariance))
        scale = np.sqrt((np.outer(sd**2, sd**2) + truth**2) / size)
        assert np.abs((np.cov(values.T) - truth) / scale).max() < LIMIT


class LightRBF:
    """An isotropic Gaussian kernel of variance 4 in a few NumPy calls."""

    bounds = np.array([[-9.0, 9.0]])

    def __init__(self, theta=0.0):
        self.theta = np.atleast_1d(theta)

    def clone_with_theta(self, theta):
        return LightRBF(theta)

    def __call__(self, X, Y=None):
        distance = (X - (X if Y is None else Y).T) * np.exp(-self.theta[0])
        return 4.0 * np.exp(-0.5 * distance * distance)

    def diag(self, X):
        return np.full(len(X), 4.0)


def calibration_p_value(repetitions=160, thin=8, kept=31, bins=8):
    """Ranks of the log parameter and two values of f among thinned draws; least p-value of three tests."""
    rng = np.random.default_rng(30)
    X = np.linspace(-2, 2, 8)[:, np.newaxis]
    counts = np.zeros((3, bins))
    for seed in range(repetitions):
        theta = rng.standard_normal(1)
        f = np.linalg.cholesky(dense(LightRBF(theta), X)) @ rng.standard_normal(8)
        y = (rng.random(8) < expit(f)).astype(int)
        model = PolyaGammaGP(X, y, LightRBF())
        posterior = model.sample(
            kept * thin, tune=60, chains=1, random_seed=seed, progressbar=False
        ).posterior
        draws = np.column_stack(
            [
                np.log(posterior["theta"].to_numpy()[0, ::thin]),
                posterior["f"].to_numpy()[0, ::thin][:, [0, 4]],
            ]
        )
        ranks = (draws < np.r_[theta, f[[0, 4]]]).sum(axis=0)
        counts[np.arange(3), ranks * bins // (kept + 1)] += 1
    expected = repetitions / bins
    return chi2.sf(((counts - expected) ** 2 / expected).sum(axis=1), bins - 1).min()


def test_calibration():
    assert calibration_p_value() > FALSE_ALARM


def test_calibration_finds_a_planted_bug(monkeypatch):
    """Half the prior density in the acceptance probability of the kernel parameters."""
    right = LogParameterPrior.__call__
    monkeypatch.setattr(LogParameterPrior, "__call__", lambda self, theta: 0.1 * right(self, theta))
    assert calibration_p_value() < FALSE_ALARM
