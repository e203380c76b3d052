"""Gaussian-process posteriors against quadrature and dense formulas."""

import numpy as np
import pytest
from chain_statistics import LIMIT, mean_z, sd_z
from scipy.special import expit, roots_hermitenorm
from scipy.stats import norm
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

from polyagamma import PolyaGammaGP
from polyagamma.mcmc import chains
from polyagamma.terms import conditional
from polyagamma.terms.kernels import TrainingCovariance

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
X3 = np.array([[0.0], [0.7], [2.0]])
ROWS = {"trials": [3, 1, 5], "weights": [1.0, 2.5, 0.7], "offset": [0.3, -1.0, 0.5]}
Y3 = np.array([3, 0, 2])
MEAN = 0.8
JITTER = 1e-6


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


def quadrature_of_labels(kernel, thetas, log_prior, X, y, X_new, nodes=40):
    """Mean probabilities at new inputs, and mean and sd of f there, for labels 0 and 1 of two rows."""
    z, w = roots_hermitenorm(nodes)
    points = np.stack(np.meshgrid(z, z, indexing="ij"), axis=-1).reshape(-1, 2)
    weights = np.multiply.outer(w, w).ravel()
    total, f_sum, square_sum, p_sum = 0.0, 0.0, 0.0, 0.0
    for theta in thetas:
        at = kernel.clone_with_theta(theta)
        f = points @ np.linalg.cholesky(dense(at, X)).T
        probability = weights * np.exp((y * f - np.logaddexp(0, f)).sum(axis=1) + log_prior(theta))
        gain = np.linalg.solve(dense(at, X), at(X, X_new))
        variance = at.diag(X_new) - np.einsum("ij,ij->j", at(X, X_new), gain)
        new = (f @ gain)[..., np.newaxis] + np.sqrt(variance)[:, np.newaxis] * z
        total += probability.sum()
        f_sum += np.einsum("s,smk,k->m", probability, new, w / w.sum())
        square_sum += np.einsum("s,smk,k->m", probability, new**2, w / w.sum())
        p_sum += np.einsum("s,smk,k->m", probability, expit(new), w / w.sum())
    mean = f_sum / total
    return p_sum / total, mean, np.sqrt(square_sum / total - mean**2)


@pytest.mark.parametrize("sample_kernel", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_predictions_for_two_labels_agree_with_quadrature(sample_kernel):
    """2000 draws of f* and of probabilities at three new inputs."""
    X, y, X_new = np.array([[0.0], [1.0]]), np.array([0, 1]), np.array([[-1.0], [0.4], [1.3]])
    kernel = ConstantKernel(9.0, "fixed") * RBF(1.0)
    model = PolyaGammaGP(X, y, kernel, sample_kernel=sample_kernel)
    trace = model.sample(500, thin=3, random_seed=4, progressbar=False)
    thetas = np.linspace(-5, 5, 41)[:, np.newaxis] if sample_kernel else [kernel.theta]
    truth = quadrature_of_labels(kernel, thetas, lambda at: norm.logpdf(at[0]), X, y, X_new)
    f = model.predict_f(trace, X_new, random_seed=5).to_numpy()
    draws = model.predict_draws(trace, X_new, random_seed=5).to_numpy()
    averages = model.predict_proba(trace, X_new, random_seed=6)
    for j, (probability, mean, sd) in enumerate(zip(*truth, strict=True)):
        assert abs(mean_z(f[..., j], mean)) < LIMIT
        assert abs(sd_z(f[..., j], sd)) < LIMIT
        assert abs(mean_z(draws[..., j], probability)) < LIMIT
        assert abs(mean_z(draws[..., j] - draws[..., j].mean() + averages[j, 1], probability)) < LIMIT


def scores(draws, mean, sd):
    """z-scores of means and standard deviations of draws (chains, draws, k)."""
    each = [np.moveaxis(draws, -1, 0), mean, sd]
    return np.array([(mean_z(x, m), sd_z(x, s)) for x, m, s in zip(*each, strict=True)])


@pytest.mark.parametrize("sampler", ["hmc", "gibbs"])
def test_fixed_kernel_agrees_with_quadrature(sampler):
    kernel = 9.0 * RBF(1.0)
    model = PolyaGammaGP(X3, Y3, kernel, mean=MEAN, sample_kernel=False, **ROWS)
    trace = model.sample(8000, tune=100, random_seed=1, kernel=sampler, progressbar=False)
    f = trace.posterior["f"].to_numpy()
    mean, sd = quadrature(kernel, [kernel.theta], lambda _: 0.0)
    assert np.abs(scores(f, mean[2:], sd[2:])).max() < LIMIT


SLOW = pytest.mark.slow
SLOW_MIXES = {"collapsed": chains.Mix((2, 0, 0, 0, 0), 1), "whitened": chains.Mix((0, 2, 0, 0, 0), 1)}
MIXES = {
    "surrogate": chains.Mix((0, 0, 2, 0, 0), 1),
    "independent": chains.Mix((1, 0, 0, 2, 1), 2),
    "trajectory": chains.Mix((1, 0, 0, 0, 2), 1),
}


def mixes(*, slow, fast):
    """Parameters of a test, with their names; after them what a model uses of itself, "default"."""
    fast = fast | {"default": chains.MIXES["auto"]}
    marked = [pytest.param(mix, id=name, marks=SLOW) for name, mix in slow.items()]
    return marked + [pytest.param(mix, id=name) for name, mix in fast.items()]


@SLOW
@pytest.mark.parametrize("mix", mixes(slow=SLOW_MIXES | MIXES, fast={}))
def test_sampled_kernel_agrees_with_quadrature(mix, monkeypatch):
    monkeypatch.setitem(chains.MIXES, "auto", mix)
    kernel = ConstantKernel(9.0, "fixed") * RBF(1.0)
    model = PolyaGammaGP(X3, Y3, kernel, mean=MEAN, kernel_prior={"length_scale": norm(0.2, 0.7)}, **ROWS)
    posterior = model.sample(4000, tune=400, random_seed=2, progressbar=False).posterior
    log_scale = np.log(posterior["length_scale"].to_numpy())
    thetas = np.linspace(0.2 - 6 * 0.7, 0.2 + 6 * 0.7, 49)[:, np.newaxis]
    mean, sd = quadrature(kernel, thetas, lambda theta: norm.logpdf(theta[0], 0.2, 0.7))
    draws = np.concatenate([log_scale[..., np.newaxis], posterior["f"].to_numpy()], axis=-1)
    assert np.abs(scores(draws, mean, sd)).max() < LIMIT


@pytest.mark.parametrize("mix", mixes(slow=SLOW_MIXES, fast=MIXES))
def test_variance_of_independent_rows_keeps_its_prior(mix, monkeypatch):
    """Labels of twelve rows too far apart to be correlated say nothing of the variance c, as |f| / √c is half
    normal whatever the label: log c is N(log 4, 1), Σf²/c chi-squared with 12 degrees of freedom, and the two
    are independent. Given ω, log c is known much better: mixing up ω, f and c of different moves shows.
    """
    monkeypatch.setitem(chains.MIXES, "auto", mix)
    X, n = 100.0 * np.arange(12)[:, np.newaxis], 12
    model = PolyaGammaGP(X, np.arange(n) % 3 > 0, 4.0 * RBF(1.0, "fixed"))
    posterior = model.sample(3000, random_seed=8, progressbar=False).posterior
    variance = posterior["constant_value"].to_numpy()
    size = (posterior["f"].to_numpy() ** 2).sum(axis=-1) / variance
    z = np.log(variance / 4.0)
    assert abs(mean_z(z, 0.0)) < LIMIT
    assert abs(sd_z(z, 1.0)) < LIMIT
    assert abs(mean_z(size, n)) < LIMIT
    assert abs(sd_z(size, np.sqrt(2 * n))) < LIMIT
    assert abs(mean_z((size - n) * z, 0.0)) < LIMIT


def test_bounds_truncate_the_prior():
    kernel = ConstantKernel(9.0, "fixed") * RBF(1.0, (0.5, 1.5))
    model = PolyaGammaGP(X3, Y3, kernel, mean=MEAN, **ROWS)
    posterior = model.sample(4000, tune=400, random_seed=3, progressbar=False).posterior
    log_scale = np.log(posterior["length_scale"].to_numpy())
    thetas = np.linspace(np.log(0.5), np.log(1.5), 401)
    thetas = ((thetas[1:] + thetas[:-1]) / 2)[:, np.newaxis]
    mean, sd = quadrature(kernel, thetas, lambda theta: norm.logpdf(theta[0], 0.0, 1.0), nodes=15)
    assert np.abs(scores(log_scale[..., np.newaxis], mean[:1], sd[:1])).max() < LIMIT


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
        values = conditional.conditional_draws(
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
