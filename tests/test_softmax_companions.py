"""Sparse processes of several classes: the bound of a softmax, probabilities, what fit() returns."""

import signal

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

from polyagamma import PolyaGammaGP, ProcessApproximation, SamplingWarning
from polyagamma.likelihoods.classification import observed_rows
from polyagamma.vi.inducing_search import collapsed_bound
from polyagamma.vi.predictive import class_probabilities, log_probabilities
from polyagamma.vi.process_batches import own_rows
from polyagamma.vi.row_bounds import optimal_tilt, row_bound

RNG = np.random.default_rng(11)
N, M, Q = 240, 10, 3
X = RNG.uniform(-2, 2, (N, 2))
LABELS = np.array(["a", "b", "c"])[(X[:, :1] + RNG.logistic(size=(N, 1)) > [-0.7, 0.7]).sum(axis=1)]
WEIGHTS = RNG.uniform(0.5, 2, N)
POINTS = RNG.uniform(-2, 2, (M, 2))
KERNEL = ConstantKernel(2.0) * RBF(1.1)
quiet = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")


def model(**options):
    options = {"inducing": POINTS, "weights": WEIGHTS, "mean": 0.3} | options
    return PolyaGammaGP(X, LABELS, KERNEL, **options)


def rows_of(n):
    likelihood = model()._inducing_model().likelihood
    labels = RNG.choice(["a", "b", "c"], n)
    return observed_rows(likelihood, n, y=labels, weights=RNG.uniform(0.5, 2, n))


def tensor_rule(nodes=24):
    """Return nodes (s, 3) and weights of a rule for three independent standard normals."""
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    grid = np.stack(np.meshgrid(x, x, x, indexing="ij"), axis=-1).reshape(-1, 3)
    return grid, np.einsum("i,j,k->ijk", w, w, w).ravel() / w.sum() ** 3


def test_the_tilted_bound_is_below_the_mean_and_close():
    likelihood, mean, variance = rows_of(50), RNG.normal(size=(Q, 50)), RNG.uniform(0, 3, (Q, 50))
    nodes, shares = tensor_rule()
    eta = mean + nodes[:, :, np.newaxis] * np.sqrt(variance)
    each = likelihood.log_likelihood(eta, slice(None))
    exact = float((shares @ each).sum())
    found = row_bound(likelihood, mean, variance).value
    assert found < exact
    assert exact - found < 0.15 * 50


def test_derivatives_of_the_tilted_bound():
    likelihood, mean, variance = rows_of(20), RNG.normal(size=(Q, 20)), RNG.uniform(0.1, 3, (Q, 20))
    bound, step = row_bound(likelihood, mean, variance), 1e-4
    for k in range(Q):
        for i in range(20):
            move = np.zeros((Q, 20))
            move[k, i] = step
            up, down = (row_bound(likelihood, mean + sign * move, variance).value for sign in (1, -1))
            assert bound.slopes[k, i] == pytest.approx((up - down) / (2 * step), abs=1e-5)
            up, down = (row_bound(likelihood, mean, variance + sign * move).value for sign in (1, -1))
            assert bound.weights[k, i] == pytest.approx(-(up - down) / step, abs=1e-5)


@pytest.mark.parametrize(
    ("size", "spread"), [(0.0, 0.0), (1.0, 1.0), (5.0, 30.0), (20.0, 1000.0), (700.0, 1e6)]
)
def test_tilts_are_optimal_whatever_the_variance(size, spread):
    mean, variance = size * RNG.normal(size=(4, 200)), spread * RNG.exponential(size=(4, 200))
    tilt = optimal_tilt(mean, variance)
    np.testing.assert_allclose(tilt, softmax(mean + (0.5 - tilt) * variance, axis=0), atol=2e-5)


@pytest.mark.parametrize("spread", [0.1, 1.0, 9.0])
def test_probabilities_are_means_of_the_softmax(spread):
    likelihood, mean, variance = rows_of(60), RNG.normal(size=(Q, 60)), RNG.uniform(0, spread, (Q, 60))
    nodes, shares = tensor_rule()
    eta = mean + nodes[:, :, np.newaxis] * np.sqrt(variance)
    expected = np.einsum("s,ski->ik", shares, softmax(eta, axis=1))
    found = class_probabilities(likelihood, mean, variance)
    np.testing.assert_allclose(found, expected, atol=3e-3)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-12)
    own = found[np.arange(60), likelihood.y.astype(int)]
    np.testing.assert_allclose(log_probabilities(likelihood, mean, variance), np.log(own), rtol=1e-12)


def test_fits_end_where_the_bound_is_largest():
    made = model(sample_kernel=False)
    given = made._inducing_model()
    bound = collapsed_bound(given, own_rows(given, np.arange(N)), False)
    for _ in range(5):
        value, _ = bound.at(np.zeros((Q, 0)), POINTS)
    approx = made.fit("svi", batch=80, progressbar=False)
    means = np.array([law.mean for law in approx.law])
    sd = np.sqrt([np.diag(law.covariance()) for law in approx.law])
    # What all functions have in common follows slowly, and no probability depends on it.
    common, optimum = means.mean(axis=0), bound._means.mean(axis=0)
    assert np.abs((means - common - (bound._means - optimum)) / sd).max() < 0.05
    divergence = [0.5 * (np.sum(law.covariance().trace() + law.mean @ law.mean) - M) for law in approx.law]
    divergence = sum(divergence) + sum(np.log(np.diag(law.factor)).sum() for law in approx.law)
    rows = own_rows(given, np.arange(N))
    found = made.fit("svi", batch=80, progressbar=False)._functions.sums(rows, approx.law)
    assert found.bound - divergence == pytest.approx(value, abs=0.05)


@quiet
def test_what_a_fit_of_several_classes_has():
    made = model()
    approx = made.fit("svi", iterations=3, progressbar=False)
    assert len(approx.kernel_) == len(approx.law) == Q
    assert approx.kernel_[0] != approx.kernel_[1]
    f = approx.predict_f(X[:5])
    assert f["mean"].dims == ("class", "pred_id")
    assert f["class"].to_numpy().tolist() == ["a", "b", "c"]
    assert set(approx.predict(X)) == {"a", "b", "c"}
    assert (approx.predict(X) == LABELS).mean() > 0.5
    idata = approx.sample(2000)
    assert idata.posterior["v"].shape == (4, 2000, Q, M)
    draws = made.predict_f(idata, X[:5], random_seed=1).transpose("class", "pred_id", "chain", "draw")
    # 8000 draws, 15 means and sds: 6 standard errors are a false alarm in 6e-8.
    values, sd = draws.to_numpy().reshape(Q, 5, -1), np.sqrt(f["variance"])
    assert np.abs((values.mean(axis=2) - f["mean"]) / sd).max() < 6 / np.sqrt(8000)
    assert np.abs(values.std(axis=2) / sd - 1).max() < 6 / np.sqrt(16000)
    probability = made.predict_proba(idata, X[:20], random_seed=1)
    # The standard error of a mean of 8000 probabilities is less than 0.5 / 89; points are right to 3e-3.
    np.testing.assert_allclose(probability, approx.predict_proba(X[:20]), atol=6 * 0.5 / 89 + 3e-3)


@quiet
@pytest.mark.parametrize("moved", [False, True])
def test_saved_approximations_go_on(tmp_path, moved):
    made = model(sample_kernel=moved)
    short = made.fit("svi", iterations=2, progressbar=False, learn_inducing=moved)
    assert np.array_equal(short.inducing, POINTS) != moved
    short.save(tmp_path / "fit.npz")
    loaded = ProcessApproximation.load(tmp_path / "fit.npz", model(sample_kernel=moved))
    np.testing.assert_array_equal(loaded.predict_proba(X[:5]), short.predict_proba(X[:5]))
    more, again = (one.refine(2, progressbar=False) for one in (short, loaded))
    np.testing.assert_array_equal(more.predict_proba(X[:5]), again.predict_proba(X[:5]))
    np.testing.assert_array_equal(more.inducing, short.inducing)
    idata = more.sample(2000)
    probability = more.model.predict_proba(idata, X[:20], random_seed=1)
    np.testing.assert_allclose(probability, more.predict_proba(X[:20]), atol=6 * 0.5 / 89 + 3e-3)
    if moved:
        with pytest.raises(ValueError, match="inducing points"):
            made.predict_proba(idata, X[:2])


@quiet
def test_streams_and_threads_and_ctrl_c():
    made = model(mean=0.0, sample_kernel=False)
    options = {"iterations": 2, "batch": 60, "progressbar": False}
    one, two = (made.fit("svi", data=(X, LABELS, None, WEIGHTS), cores=cores, **options) for cores in (1, 2))
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))
    whole = made.fit("svi", **options)  # another order; few rows are all learned from in the end
    np.testing.assert_allclose(one.predict_proba(X), whole.predict_proba(X), atol=1e-3)

    def interrupt(_):
        signal.raise_signal(signal.SIGINT)

    with pytest.warns(SamplingWarning, match="interrupted after 1 iteration"):
        approx = made.fit("svi", callback=interrupt, progressbar=False)
    assert approx.predict_proba(X[:3]).shape == (3, Q)
