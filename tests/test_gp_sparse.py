"""Sparse and softmax Gaussian processes against the full process, dense formulas and quadrature."""

import arviz as az
import numpy as np
import pytest
from chain_statistics import LIMIT, mean_z, sd_z
from gp_importance import LowRankPrior
from scipy.special import expit, roots_hermitenorm, softmax
from scipy.stats import norm
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, RationalQuadratic

from polyagamma import HilbertBasis, PolyaGammaGP
from polyagamma.terms.features import BasisFunctions, InducingPoints
from polyagamma.terms.inducing import choose_inducing, enough_points

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
RNG = np.random.default_rng(2)
X = RNG.uniform(-2, 2, (30, 1))
Y = (RNG.random(30) < expit(2 * np.sin(2 * X[:, 0]))).astype(int)
SHORT = {"draws": 12, "tune": 8, "chains": 2, "random_seed": 3, "progressbar": False}


def compare(first, second):
    """Largest z-score between the means of two sets of draws (chains, draws)."""
    return abs(mean_z(first, np.mean(second), np.std(second) / np.sqrt(second.size / 20)))


def test_features_of_inducing_points_follow_the_dense_formulas():
    kernel, points = 2.0 * RBF(0.7), np.linspace(-2, 2, 5)[:, np.newaxis]
    cross, inner = kernel(X, points), kernel(points) + 1e-6 * 2.0 * np.eye(5)
    low_rank = cross @ np.linalg.solve(inner, cross.T)
    fitc = InducingPoints(points, True, 1e-6).training(kernel, X)
    np.testing.assert_allclose(fitc.matrix @ fitc.matrix.T, low_rank, atol=1e-9)
    np.testing.assert_allclose(fitc.variance, 2.0 * (1 + 1e-6) - np.diag(low_rank), atol=1e-9)
    dtc = InducingPoints(points, False, 1e-6)
    assert not dtc.training(kernel, X).variance.any()
    np.testing.assert_allclose(dtc.new(kernel, X).variance, fitc.variance)


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("nu", [0.5, 1.5, 2.5, np.inf])
def test_hilbert_basis_approaches_the_kernel(nu, columns):
    """Inside the box; a rough kernel (nu = 0.5) wants many functions."""
    inputs = np.random.default_rng(1).uniform(-1, 1, (12, columns))  # not those of the tests before
    kernel = 3.0 * Matern(0.6 if columns == 1 else [0.6, 0.8], nu=nu)
    basis = BasisFunctions(HilbertBasis(200 if columns == 1 else 30, 3.0), kernel, inputs)
    matrix = basis.training(kernel, inputs).matrix
    assert (
        np.abs(matrix @ matrix.T - kernel(inputs)).max() < {0.5: 0.6, 1.5: 0.03, 2.5: 0.02, np.inf: 1e-3}[nu]
    )


def scores(draws, mean, sd):
    each = [np.moveaxis(draws, -1, 0), mean, sd]
    return np.array([(mean_z(x, m), sd_z(x, s)) for x, m, s in zip(*each, strict=True)])


@pytest.mark.parametrize(
    ("approximation", "sample_kernel"),
    [
        ("fitc", False),
        ("dtc", False),
        pytest.param("fitc", True, marks=pytest.mark.slow),
        pytest.param("dtc", True, marks=pytest.mark.slow),
    ],
)
def test_agrees_with_quadrature(approximation, sample_kernel):
    """Two inducing points, three rows: the prior of f is Gaussian with a dense covariance."""
    inputs, points = np.array([[0.0], [0.7], [2.0]]), np.array([[0.2], [1.5]])
    y, trials = np.array([3, 0, 2]), np.array([3, 1, 5])
    kernel = ConstantKernel(9.0, "fixed") * RBF(1.0)
    z, w = roots_hermitenorm(45)
    nodes = np.stack(np.meshgrid(z, z, z, indexing="ij"), axis=-1).reshape(-1, 3)
    weights = np.einsum("i,j,k->ijk", w, w, w).ravel()
    values, probabilities = [], []
    prior = LowRankPrior(kernel, points, approximation == "fitc", inputs, inputs)
    for theta in np.linspace(-4.5, 4.5, 41) if sample_kernel else [0.0]:
        K, _, _ = prior([theta])
        eigenvalues, vectors = np.linalg.eigh(K)
        f = nodes @ (vectors * np.sqrt(np.maximum(eigenvalues, 0))).T
        values.append(np.column_stack([np.full(len(f), theta), f]))
        log_likelihood = (y * f - trials * np.logaddexp(0, f)).sum(axis=1)
        probabilities.append(weights * np.exp(log_likelihood + norm.logpdf(theta)))
    values, probability = np.concatenate(values), np.concatenate(probabilities)
    probability /= probability.sum()
    mean = probability @ values
    sd = np.sqrt(probability @ (values - mean) ** 2)

    model = PolyaGammaGP(
        inputs,
        y,
        kernel,
        trials=trials,
        inducing=points,
        approximation=approximation,
        sample_kernel=sample_kernel,
    )
    trace = model.sample(2500, tune=400, random_seed=4, progressbar=False, compute_log_likelihood=True)
    log_likelihood = trace.log_likelihood["y"].to_numpy()
    expected = y * values[:, 1:] - trials * np.logaddexp(0, values[:, 1:])
    constant = np.log([1, 1, 10])
    centre = probability @ expected
    spread = np.sqrt(probability @ (expected - centre) ** 2)
    found = scores(log_likelihood - constant, centre, spread)
    if sample_kernel:
        log_scale = np.log(trace.posterior["length_scale"].to_numpy())
        found = np.vstack([found, scores(log_scale[..., np.newaxis], mean[:1], sd[:1])])
    assert np.abs(found).max() < LIMIT


@pytest.mark.parametrize("kernel", [4.0 * RBF(1.0), 4.0 * RationalQuadratic(1.0, 1.0)], ids=["rbf", "other"])
def test_inducing_points_at_the_rows_make_the_full_process(kernel):
    new = np.array([[-1.0], [0.3], [2.5]])
    means = []
    for inducing in (None, X):
        model = PolyaGammaGP(X, Y, kernel, inducing=inducing, sample_kernel=False)
        trace = model.sample(4000, tune=300, random_seed=5, progressbar=False)
        means.append(model.predict_draws(trace, new, random_seed=6).to_numpy())
    for j in range(3):
        assert compare(means[0][..., j], means[1][..., j]) < LIMIT


def test_fixed_kernel_by_hmc_agrees_with_gibbs():
    kernel = 30.0 * Matern(0.8, nu=1.5)
    draws = []
    for sampler in ("hmc", "gibbs"):
        model = PolyaGammaGP(X, Y, kernel, mean=0.4, offset=0.3, sample_kernel=False)
        trace = model.sample(4000, tune=300, random_seed=7, kernel=sampler, progressbar=False)
        draws.append(trace.posterior["f"].to_numpy())
    for i in range(0, 30, 3):
        assert compare(draws[0][..., i], draws[1][..., i]) < LIMIT
        assert abs(np.std(draws[0][..., i]) / np.std(draws[1][..., i]) - 1) < 0.15


def test_softmax_agrees_with_importance_sampling():
    """Three rows, one of each class: nine normals, 400 000 draws from the prior."""
    inputs, y = np.array([[0.0], [1.0], [0.0]]), np.array(["b", "c", "a"])
    kernel = 4.0 * RBF(1.0)
    model = PolyaGammaGP(inputs, y, kernel, sample_kernel=False, jitter=1e-4)
    trace = model.sample(6000, tune=200, random_seed=8, progressbar=False)
    f = trace.posterior["f"].transpose("chain", "draw", "class", "obs_id").to_numpy()
    assert trace.posterior["class"].to_numpy().tolist() == ["a", "b", "c"]
    rng = np.random.default_rng(9)
    K = kernel(inputs) + 4e-4 * np.eye(3)
    prior = rng.standard_normal((400_000, 3, 3)) @ np.linalg.cholesky(K).T
    weight = np.prod(softmax(prior, axis=1)[:, [1, 2, 0], [0, 1, 2]], axis=1)
    weight /= weight.sum()
    mean = np.einsum("s,sci->ci", weight, prior)
    error = np.sqrt(np.einsum("s,sci->ci", weight**2, (prior - mean) ** 2))
    for c in range(3):
        for i in range(3):
            assert abs(mean_z(f[:, :, c, i], mean[c, i], error[c, i])) < LIMIT


def test_softmax_traces_and_predictions():
    labels = np.array(["low", "mid", "high"])[np.digitize(X[:, 0], [-1, 1])]
    model = PolyaGammaGP(X, labels, inducing=6)
    trace = model.sample(compute_log_likelihood=True, **SHORT)
    assert trace.posterior["v"].dims == ("chain", "draw", "class", "component")
    assert trace.posterior["length_scale"].dims == ("chain", "draw", "class")
    f = model.predict_f(trace, X[:4], random_seed=1)
    assert f.dims == ("chain", "draw", "class", "pred_id")
    draws = model.predict_draws(trace, X[:4], random_seed=1)
    np.testing.assert_allclose(draws.sum("class"), 1.0)
    probability = model.predict_proba(trace, X[:4], random_seed=1)
    for row in range(4):
        alone = model.predict_draws(trace, X[[row]], random_seed=1)
        np.testing.assert_allclose(
            probability[row], alone.mean(("chain", "draw")).squeeze("pred_id"), rtol=1e-9
        )
    assert model.classes_.tolist() == ["high", "low", "mid"]
    assert (trace.log_likelihood["y"] <= 0).all()
    assert (trace.posterior["length_scale"].std("class") > 0).any()


@pytest.mark.parametrize("separable", [True, False])
def test_whitened_moves_end_in_warm_up_where_they_do_not_reach_far(separable):
    rng = np.random.default_rng(1)
    x = rng.uniform(-3, 3, (1000, 1))
    y = x[:, 0] > 0 if separable else rng.random(1000) < expit(2 * np.sin(2 * x[:, 0]))
    settings = SHORT | {"tune": 300, "discard_tuned_samples": False}
    trace = PolyaGammaGP(x, y, 4.0 * RBF(1.0), inducing=15).sample(**settings)
    warm_up = np.isnan(trace.warmup_sample_stats["acceptance_whitened"].to_numpy())
    draws = np.isnan(trace.sample_stats["acceptance_whitened"].to_numpy())
    assert not warm_up[:, :50].any()  # nothing is known yet
    assert (warm_up[:, -50:] != separable).all()
    assert (draws != separable).all()


def test_choice_of_inducing_points():
    points = choose_inducing(7, X)
    assert points.shape == (7, 1)
    assert np.isin(points, X).all()


def test_number_of_inducing_points():
    assert enough_points(30, 1) == 30  # never more than there are rows
    assert enough_points(100_000, 1) == 64
    assert enough_points(100_000, 2) == 133  # log(n)² = 132.5
    assert enough_points(100_000, 50) == 256
    model = PolyaGammaGP(np.arange(90.0)[:, np.newaxis] / 9, np.arange(90) % 2, inducing="auto")
    trace = model.sample(2, tune=2, chains=1, random_seed=1, progressbar=False)
    assert trace.posterior.sizes["component"] == 64


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inducing": "many"}, "inducing must be one of"),
        ({"inducing": 31}, "at most the number of rows, 30, got 31"),
        ({"inducing": 0}, "inducing must be at least 1"),
        ({"inducing": np.zeros((3, 2))}, "inducing must have 1 columns, one for each predictor, got 2"),
        ({"inducing": 5, "approximation": "vfe"}, "approximation must be one of"),
        ({"y": np.arange(30) % 3, "optimize": True}, "optimize=True needs two classes"),
        ({"inducing": HilbertBasis(5), "kernel": RationalQuadratic()}, "needs an RBF or Matern kernel"),
        ({"y": np.arange(30) % 3, "offset": 1.0}, "offset needs two classes"),
        ({"y": X[:, 0]}, "numbers that are not whole"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        PolyaGammaGP(**({"X": X, "y": Y} | arguments))


def test_hilbert_basis_checks():
    with pytest.raises(ValueError, match="boundary must be more than 1"):
        HilbertBasis(5, 1.0)
    with pytest.raises(ValueError, match="at most 3 columns"):
        PolyaGammaGP(np.random.default_rng(1).random((9, 4)), np.arange(9) % 2, inducing=HilbertBasis(5))


def test_hilbert_process_agrees_with_the_full_process():
    new = np.array([[-1.0], [0.3], [1.5]])
    kernel = 4.0 * RBF(1.0)
    draws = []
    for inducing in (None, HilbertBasis(32, 2.5)):
        model = PolyaGammaGP(X, Y, kernel, inducing=inducing, sample_kernel=False)
        trace = model.sample(4000, tune=300, random_seed=11, progressbar=False)
        draws.append(model.predict_draws(trace, new, random_seed=6).to_numpy())
    for j in range(3):
        assert compare(draws[0][..., j], draws[1][..., j]) < LIMIT


@pytest.mark.parametrize("inducing", [None, 3])
@pytest.mark.parametrize("sample_kernel", [pytest.param(True, marks=pytest.mark.slow), False])
def test_functions_of_a_softmax_at_once_agree_with_one_after_the_other(inducing, sample_kernel):
    """Moments of kernel parameters, values and their products: some 70 z-scores of differences in a case.

    Each is beyond 6.2 with probability 6e-10, one of the four cases' with 2e-7 at most.
    """
    X = np.array([[-1.5], [-0.8], [-0.1], [0.4], [1.0], [1.9]])
    model = PolyaGammaGP(
        X, [0, 1, 2, 0, 2, 1], 4.0 * RBF(1.0), inducing=inducing, sample_kernel=sample_kernel
    )
    draws = []
    for kernel, thin in (("auto", 1), ("gibbs", 4)):
        settings = {"kernel": kernel, "thin": thin, "random_seed": 5, "progressbar": False}
        posterior = model.sample(
            3000, tune=500, var_names=["f", *model.kernel_parameters], **settings
        ).posterior
        f = posterior["f"].to_numpy().reshape(4, 3000, -1)
        parameters = [np.log(posterior[name].to_numpy()) for name in model.kernel_parameters]
        parameters = np.concatenate(parameters, axis=-1) if parameters else f[..., :0]
        draws.append(
            np.concatenate([f, f**2, f * np.roll(f, 6, axis=-1), parameters, parameters**2], axis=-1)
        )
    for one, other in zip(*(np.moveaxis(each, -1, 0) for each in draws), strict=True):
        assert abs(mean_z(one, other.mean(), az.mcse(other, method="mean"))) < 6.2
