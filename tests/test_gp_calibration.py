"""Simulation-based calibration of Gaussian-process models (Talts et al. 2018), over f and kernel parameters.

Parameters and data come from the prior, so that the rank of a parameter among posterior draws is uniform.
160 repetitions, 31 thinned draws of each, ranks in 8 bins; the least p-value of up to five chi-square tests
is below FALSE_ALARM with probability 5e-7 at most.
"""

import numpy as np
import pytest
from scipy.special import expit, softmax
from scipy.stats import chi2
from sklearn.gaussian_process.kernels import RBF

from polyagamma import PolyaGammaGP
from polyagamma.terms.kernel_priors import LogParameterPrior

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
JITTER, FALSE_ALARM = 1e-6, 1e-7
REPETITIONS, THIN, KEPT, BINS = 160, 8, 31, 8


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


def root(K):
    return np.linalg.cholesky(K + JITTER * np.diag(np.diag(K)))


def labels(f, rng):
    return (rng.random(len(f)) < expit(f)).astype(int)


def isotropic(rng):
    """Eight rows; the log length scale and two values of f."""
    X = np.linspace(-2, 2, 8)[:, np.newaxis]
    theta = rng.standard_normal(1)
    f = root(LightRBF(theta)(X)) @ rng.standard_normal(8)
    model = PolyaGammaGP(X, labels(f, rng), LightRBF())
    return model, {"theta": np.exp(theta), "f": f[[0, 4]]}, {"f": [0, 4]}


def anisotropic(rng):
    """Ten rows of two columns; the variance, a length scale for each, and two values of f."""
    X = np.random.default_rng(1).standard_normal((10, 2))
    kernel = 4.0 * RBF([1.0, 1.0])
    theta = kernel.theta + rng.standard_normal(3)
    f = root(kernel.clone_with_theta(theta)(X)) @ rng.standard_normal(10)
    truth = {"constant_value": np.exp(theta[:1]), "length_scale": np.exp(theta[1:]), "f": f[[0, 5]]}
    return PolyaGammaGP(X, labels(f, rng), kernel), truth, {"f": [0, 5]}


def sparse_function(theta, X, points, rng):
    """Return coordinates of the points' values, and the rows' values (FITC)."""
    kernel = LightRBF(theta)
    features = np.linalg.solve(root(kernel(points)), kernel(points, X)).T
    own = np.maximum(4.0 * (1 + JITTER) - (features**2).sum(axis=1), 0)
    v = rng.standard_normal(len(points))
    return v, features @ v + np.sqrt(own) * rng.standard_normal(len(X))


def inducing(rng):
    """Ten rows, three inducing points (FITC); the length scale and two coordinates of the points' values."""
    X, points = np.linspace(-2, 2, 10)[:, np.newaxis], np.array([[-1.5], [0.0], [1.7]])
    theta = rng.standard_normal(1)
    v, f = sparse_function(theta, X, points, rng)
    model = PolyaGammaGP(X, labels(f, rng), LightRBF(), inducing=points)
    return model, {"theta": np.exp(theta), "v": v[:2]}, {"v": [0, 1]}


def classes(rng):
    """Twelve rows of three classes; two length scales and two values of f."""
    X = np.linspace(-2, 2, 12)[:, np.newaxis]
    while True:
        theta = rng.standard_normal((3, 1))
        f = np.array([root(LightRBF(one)(X)) @ rng.standard_normal(12) for one in theta])
        y = (rng.random(12) > np.cumsum(softmax(f, axis=0), axis=0)).sum(axis=0)
        if len(np.unique(y)) == 3:  # a rule on the data alone leaves ranks uniform
            break
    model = PolyaGammaGP(X, y, LightRBF())
    return model, {"theta": np.exp(theta[:2, 0]), "f": f[[0, 2], [3, 8]]}, {"theta": [0, 1], "f": [3, 32]}


def sparse_classes(rng):
    """Twelve rows of three classes, three inducing points: of two classes, length scales and a coordinate."""
    X, points = np.linspace(-2, 2, 12)[:, np.newaxis], np.array([[-1.5], [0.0], [1.7]])
    while True:
        theta = rng.standard_normal((3, 1))
        drawn = [sparse_function(one, X, points, rng) for one in theta]
        v, f = (np.array(one) for one in zip(*drawn, strict=True))
        y = (rng.random(12) > np.cumsum(softmax(f, axis=0), axis=0)).sum(axis=0)
        if len(np.unique(y)) == 3:
            break
    model = PolyaGammaGP(X, y, LightRBF(), inducing=points)
    return model, {"theta": np.exp(theta[:2, 0]), "v": v[[0, 2], [1, 2]]}, {"theta": [0, 1], "v": [1, 8]}


def calibration_p_value(simulate):
    """Least p-value of tests that the ranks of parameters among thinned draws are uniform."""
    rng = np.random.default_rng(30)
    ranks = []
    for seed in range(REPETITIONS):
        model, truth, where = simulate(rng)
        trace = model.sample(KEPT * THIN, tune=60, chains=1, random_seed=seed, progressbar=False)
        found = []
        for name, values in truth.items():
            draws = trace.posterior[name].to_numpy()[0, ::THIN].reshape(KEPT, -1)
            draws = draws[:, where[name]] if name in where else draws
            found.append((draws < values).sum(axis=0))
        ranks.append(np.concatenate(found))
    counts = np.array([np.bincount(one * BINS // (KEPT + 1), minlength=BINS) for one in np.transpose(ranks)])
    expected = REPETITIONS / BINS
    return chi2.sf(((counts - expected) ** 2 / expected).sum(axis=1), BINS - 1).min()


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "simulate",
    [
        pytest.param(isotropic, marks=SLOW),
        pytest.param(anisotropic, marks=SLOW),
        pytest.param(inducing, marks=SLOW),
        pytest.param(classes, marks=SLOW),
        pytest.param(sparse_classes, marks=SLOW),
    ],
)
def test_calibration(simulate):
    assert calibration_p_value(simulate) > FALSE_ALARM


@SLOW
def test_calibration_finds_a_planted_bug(monkeypatch):
    """A tenth of the log prior density in the acceptance probability of the kernel parameters."""
    right = LogParameterPrior.__call__
    monkeypatch.setattr(LogParameterPrior, "normal", None)  # so that the core asks for the density
    monkeypatch.setattr(LogParameterPrior, "__call__", lambda self, theta: 0.1 * right(self, theta))
    assert calibration_p_value(isotropic) < FALSE_ALARM
