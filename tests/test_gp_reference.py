"""Gaussian-process posteriors, kernel parameters included, against importance sampling with dense matrices.

Both sides have Monte Carlo errors, which each comparison adds up; |z| < LIMIT is a false alarm of 4e-8 in
each of about 130 comparisons of a test, 5e-6 at most and, the comparisons being correlated, much less.
"""

import numpy as np
import pytest
from chain_statistics import LIMIT, mean_z, sd_z
from gp_importance import FullPrior, HilbertPrior, LowRankPrior, posterior
from scipy.special import expit
from scipy.stats import norm
from sklearn.datasets import load_breast_cancer
from sklearn.gaussian_process.kernels import RBF, Matern

from polyagamma import HilbertBasis, PolyaGammaGP

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
DRAWS, KERNELS = 1500, 2000


def one_dimension(n=60):
    """Inputs, labels with a probability that goes up and down twice."""
    rng = np.random.default_rng(5)
    X = rng.uniform(-3, 3, (n, 1))
    y = (rng.random(n) < expit(3 * np.sin(2 * X[:, 0]))).astype(int)
    return X, y, np.array([[-2.2], [0.1], [3.5]])


def breast_cancer():
    """60 patients, two measurements: scikit-learn has these data, and so needs no copy with a licence."""
    X, y = load_breast_cancer(return_X_y=True)
    X = X[:60, :2]
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return X, y[:60], np.array([[0.0, 0.0], [1.0, -2.0]])


def log_draws(trace, names):
    """Logs of kernel parameters, (chains, draws, d)."""
    values = [np.log(trace.posterior[name].to_numpy()) for name in names]
    return np.concatenate([value.reshape(*value.shape[:2], -1) for value in values], axis=-1)


def check(model, prior, X_new, variables=("f",)):
    """Compare means and standard deviations of all parameters, and mean probabilities."""
    trace = model.sample(DRAWS, random_seed=1, progressbar=False)
    theta = log_draws(trace, model.kernel_parameters)
    centre = prior.kernel.theta
    reference = posterior(
        prior,
        trace.observed_data["y"].to_numpy(),
        lambda at: norm.logpdf(at, centre, 1.0).sum(),
        theta.reshape(-1, theta.shape[-1]),
        KERNELS,
        np.random.default_rng(2),
    )
    assert reference.effective_size() > KERNELS / 4
    probability = model.predict_draws(trace, X_new, random_seed=3).to_numpy()
    d, n, m = len(centre), len(prior.X), len(X_new)
    parts = {"theta": theta, "probability": probability} | {name: trace.posterior[name] for name in variables}
    where = {"theta": range(d), "f": range(d, d + n), "probability": range(d + n, d + n + m)}
    (mean, mean_error), (sd, sd_error) = reference.moments()
    for name, draws in parts.items():
        for j, at in enumerate(where[name]):
            own = np.asarray(draws)[..., j]
            assert abs(mean_z(own, mean[at], mean_error[at])) < LIMIT, (name, j)
            assert abs(sd_z(own, sd[at], sd_error[at])) < LIMIT, (name, j)


@pytest.mark.parametrize(
    "kernel",
    [
        pytest.param(4.0 * Matern(1.0, nu=2.5), marks=pytest.mark.slow),
        pytest.param(2.0 * RBF(1.0) + 2.0 * Matern(2.0, nu=0.5), marks=pytest.mark.slow),
    ],
    ids=["matern", "sum"],
)
def test_full_process_in_one_dimension(kernel):
    X, y, X_new = one_dimension()
    check(PolyaGammaGP(X, y, kernel), FullPrior(kernel, X, X_new), X_new)


@pytest.mark.slow
def test_full_process_with_a_length_scale_for_each_column():
    X, y, X_new = breast_cancer()
    kernel = 4.0 * RBF([1.0, 1.0])
    check(PolyaGammaGP(X, y, kernel), FullPrior(kernel, X, X_new), X_new)


@pytest.mark.slow
@pytest.mark.parametrize("approximation", ["fitc", "dtc"])
def test_inducing_points(approximation):
    X, y, X_new = one_dimension(30)
    kernel, points = 4.0 * RBF(1.0), np.linspace(-3, 3, 5)[:, np.newaxis]
    model = PolyaGammaGP(X, y, kernel, inducing=points, approximation=approximation)
    check(model, LowRankPrior(kernel, points, approximation == "fitc", X, X_new), X_new, ())


@pytest.mark.slow
def test_inducing_points_at_the_rows_make_the_full_process():
    X, y, X_new = one_dimension(30)
    kernel = 4.0 * RBF(1.0)
    check(PolyaGammaGP(X, y, kernel, inducing=X), FullPrior(kernel, X, X_new), X_new, ())


@pytest.mark.slow
def test_hilbert_basis():
    X, y, X_new = one_dimension(30)
    kernel, basis = 4.0 * RBF(1.0), HilbertBasis(8, 1.5)
    half_width = 1.5 * (X.max() - X.min()) / 2
    model = PolyaGammaGP(X, y, kernel, inducing=basis)
    check(model, HilbertPrior(kernel, 8, half_width, X, X_new), X_new, ())
