"""Groups prior, prior_predictive, posterior_predictive and predictions of every model."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from every_model import (
    CLASSES,
    COUNTS,
    KERNEL,
    LINEAR_CLASSES,
    MODELS,
    TRIALS,
    X,
    Y,
    every_model,
    new_rows,
)
from scipy.special import expit, roots_hermitenorm, softmax
from scipy.stats import norm, truncnorm, uniform
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

from polyagamma import HilbertBasis, PolyaGammaGP
from polyagamma.terms import term
from polyagamma.terms.features import InducingPoints
from polyagamma.terms.kernel_priors import LogParameterPrior
from polyagamma.traces import trace

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
SETTINGS = {"tune": 9, "chains": 2, "random_seed": 5, "progressbar": False}
LIMIT = 5.5  # standard errors: 4e-8 a comparison, below 1e-5 for the 200 of this file
NEW = np.array([[0.3, -0.2], [1.5, 0.4], [0.0, 0.0]])
NODES, WEIGHTS = roots_hermitenorm(64)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def all_variables(kind):
    model = MODELS[kind]._specification
    return model.parameters + [name for name in model.on_request if name != "omega"]


def columns(kind):
    return slice(0, len(MODELS[kind].feature_names))


@every_model
def test_prior_and_prior_predictive_groups(kind):
    model = MODELS[kind]
    idata = model.sample_prior_predictive(40, random_seed=1)
    assert set(trace.groups(idata)) == {"prior", "prior_predictive", "observed_data", "constant_data"}
    posterior = model.sample(4, **SETTINGS, var_names=all_variables(kind)).posterior
    assert set(idata.prior) == set(posterior)
    for name, values in posterior.items():
        assert idata.prior[name].dims == values.dims
        assert idata.prior[name].shape == (1, 40, *values.shape[2:])
        assert np.isfinite(idata.prior[name]).all()
    for dim in {"feature", "class"} & set(posterior.dims):
        np.testing.assert_array_equal(idata.prior[dim], posterior[dim])
    y, observed = idata.prior_predictive["y"], idata.observed_data["y"]
    assert y.dims == ("chain", "draw", *observed.dims)
    assert y.dtype.kind == "i"
    assert y.shape == (1, 40, *observed.shape)
    assert idata.attrs["model"] == type(model).__name__
    again = model.sample_prior_predictive(40, random_seed=1)
    xr.testing.assert_equal(again.prior, idata.prior)
    xr.testing.assert_equal(again.prior_predictive, idata.prior_predictive)


@every_model
def test_posterior_predictive_extends_the_trace(kind):
    model = MODELS[kind]
    idata = model.sample(30, **SETTINGS, var_names=all_variables(kind))
    more = model.sample_posterior_predictive(idata, random_seed=2)
    assert set(trace.groups(more)) - set(trace.groups(idata)) == {"posterior_predictive"}
    y, observed = more.posterior_predictive["y"], idata.observed_data["y"]
    assert y.dims == ("chain", "draw", *observed.dims)
    assert y.shape == (2, 30, *observed.shape)
    most = {"classes": 2, "counts": np.inf}.get(kind.split()[0], idata.constant_data.get("trials"))
    if kind in LINEAR_CLASSES and observed.ndim == 1:
        most = len(model.classes_) - 1
    assert bool(((y >= 0) & (y <= most)).all())
    rows = new_rows(kind, NEW)
    new = model.sample_posterior_predictive(more, rows, random_seed=2)
    assert set(trace.groups(new)) - set(trace.groups(more)) == {"predictions", "predictions_constant_data"}
    assert new.predictions["y"].shape == (2, 30, 3, *observed.shape[1:])
    assert new.predictions["y"].dims[:2] == ("chain", "draw")
    kept = model._specification.term.predictors.check_new(rows)
    if "sparse" in kind:
        assert "X" not in new.predictions_constant_data
    else:
        np.testing.assert_array_equal(new.predictions_constant_data["X"], kept)


@every_model
def test_pieces_bound_the_memory_and_change_little(kind, monkeypatch):
    """Linear predictors of 2 chains a draw at a time; all rows together are 2 x 30 times as many."""
    model = MODELS[kind]
    idata = model.sample(30, **SETTINGS, var_names=all_variables(kind))
    whole = [eta for _, _, eta in model._specification.row_predictors(idata.posterior)]
    monkeypatch.setattr(term, "BLOCK", 1)
    pieces = [eta for _, _, eta in model._specification.row_predictors(idata.posterior)]
    assert [piece.shape[1] for piece in pieces] == [1] * 30
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole[0], rtol=1e-12)


def z_of_means(values, expected, variance):
    """z-scores of means over draws (draws, ...)."""
    return (values.mean(axis=0) - expected) / np.sqrt(variance / len(values))


def test_prior_of_a_fixed_kernel_has_its_covariance():
    """20,000 draws: all means, variances and covariances of f within 5.5 standard errors."""
    model = PolyaGammaGP(X[:5], Y[:5], KERNEL, mean=lambda inputs: inputs[:, 0], sample_kernel=False)
    f = model.sample_prior_predictive(20_000, random_seed=1).prior["f"].to_numpy()[0]
    K = KERNEL(X[:5]) + 2e-6 * np.eye(5)
    assert np.abs(z_of_means(f, X[:5, 0], np.diag(K))).max() < LIMIT
    g = f - X[:5, 0]
    products = g[:, :, np.newaxis] * g[:, np.newaxis]
    variance = np.outer(np.diag(K), np.diag(K)) + K**2  # Isserlis
    assert np.abs(z_of_means(products, K, variance)).max() < LIMIT


@pytest.mark.parametrize("approximation", ["fitc", "dtc", "hilbert"])
def test_prior_of_sparse_processes(approximation):
    """20,000 draws of f: covariance ``M M' + diag(variance)``, that of v the identity."""
    inputs = X[:6, :1]
    points = HilbertBasis(5) if approximation == "hilbert" else inputs[:3]
    kind = "fitc" if approximation == "hilbert" else approximation
    model = PolyaGammaGP(inputs, Y[:6], KERNEL, inducing=points, approximation=kind, sample_kernel=False)
    prior = model.sample_prior_predictive(20_000, random_seed=1).prior
    basis = model._specification.term.process().process._basis
    features = basis.training(KERNEL, inputs)
    K = features.matrix @ features.matrix.T + np.diag(features.variance)
    for values, covariance in ((prior["f"], K), (prior["v"], np.eye(prior.sizes["component"]))):
        g = values.to_numpy()[0]
        variance = np.outer(np.diag(covariance), np.diag(covariance)) + covariance**2
        products = g[:, :, np.newaxis] * g[:, np.newaxis]
        assert np.abs(z_of_means(products, covariance, variance)).max() < LIMIT
    residual = prior["f"].to_numpy()[0] - prior["v"].to_numpy()[0] @ features.matrix.T
    assert np.abs(z_of_means(residual**2, features.variance, 2 * features.variance**2 + 1e-30)).max() < LIMIT
    assert isinstance(model._specification.term.process().process._basis, InducingPoints) == (
        approximation != "hilbert"
    )


@pytest.mark.slow
def test_prior_of_kernel_parameters_is_that_between_the_bounds():
    """10,000 draws of log parameters, against the moments of truncated distributions."""
    kernel = ConstantKernel(2.0, (0.5, 3.0)) * RBF([1.0, 1.0], (0.1, 10.0))
    priors = {"length_scale": [uniform(-5, 6), norm(0.3, 2.0)]}
    model = PolyaGammaGP(X[:3], Y[:3], kernel, kernel_prior=priors)
    prior = model.sample_prior_predictive(10_000, random_seed=1).prior
    low, high = np.log(0.1), np.log(10.0)
    truths = [
        truncnorm(np.log(0.5) - np.log(2), np.log(3) - np.log(2), np.log(2), 1),
        uniform(low, 1.0 - low),
        truncnorm((low - 0.3) / 2, (high - 0.3) / 2, 0.3, 2.0),
    ]
    draws = [prior["constant_value"][0], *prior["length_scale"][0].transpose("feature", "draw")]
    for values, truth in zip(draws, truths, strict=True):
        logs = np.log(values.to_numpy())
        assert abs(logs.mean() - truth.mean()) / truth.std() * 100 < LIMIT
        fourth = truth.expect(lambda x, truth=truth: (x - truth.mean()) ** 4)
        assert abs(logs.var() - truth.var()) / np.sqrt(fourth - truth.var() ** 2) * 100 < LIMIT


def test_prior_predictive_of_a_binomial_process_has_its_moments():
    """20,000 draws: E[y] = n E[expit(eta)], its variance and E[y_i y_j] by quadrature."""
    model = PolyaGammaGP(
        X[:4], COUNTS[:4], KERNEL, trials=TRIALS[:4], offset=0.4, mean=-0.2, sample_kernel=False
    )
    y = model.sample_prior_predictive(20_000, random_seed=1).prior_predictive["y"].to_numpy()[0]
    p = expit(0.2 + np.sqrt(2.0) * NODES)
    mean, square = WEIGHTS @ p, WEIGHTS @ p**2
    n = TRIALS[:4]
    variance = n * mean + n * (n - 1) * square - (n * mean) ** 2
    assert np.abs(z_of_means(y, n * mean, variance)).max() < LIMIT
    correlation = RBF(1.0)(X[:1], X[1:2])[0, 0]
    second = expit(
        0.2 + np.sqrt(2.0) * (correlation * NODES[:, np.newaxis] + np.sqrt(1 - correlation**2) * NODES)
    )
    product = WEIGHTS @ (p[:, np.newaxis] * second) @ WEIGHTS * n[0] * n[1]
    both = y[:, 0] * y[:, 1]
    assert abs(z_of_means(both, product, both.var())) < LIMIT


def test_prior_predictive_of_classes():
    """Three exchangeable classes, 20,000 draws: a third each, and two rows agree as often as they should."""
    model = PolyaGammaGP(X[:3], CLASSES[[0, 1, 2]] * 0 + [0, 1, 2], KERNEL, sample_kernel=False)
    y = model.sample_prior_predictive(20_000, random_seed=1).prior_predictive["y"].to_numpy()[0]
    for j in range(3):
        assert np.abs(z_of_means(y == j, 1 / 3, 2 / 9)).max() < LIMIT
    rng = np.random.default_rng(2)
    f = np.sqrt(2.0) * rng.standard_normal((10**6, 3))
    g = RBF(1.0)(X[:1], X[1:2])[0, 0] * f + np.sqrt(
        2 * (1 - RBF(1.0)(X[:1], X[1:2])[0, 0] ** 2)
    ) * rng.standard_normal(f.shape)
    agreement = (softmax(f, axis=1) * softmax(g, axis=1)).sum(axis=1).mean()  # standard error 2e-4
    assert abs(z_of_means(y[:, 0] == y[:, 1], agreement, agreement * (1 - agreement) * 1.05)) < LIMIT


@every_model
def test_posterior_predictive_has_its_moments_given_the_draws(kind):
    """60 x 2 draws: sums over draws of each row (of each class) within 5.5 standard errors of the exact."""
    model = MODELS[kind]
    idata = model.sample(60, **SETTINGS, var_names=all_variables(kind))
    (eta,) = [eta for _, _, eta in model._specification.row_predictors(idata.posterior)]
    y = model.sample_posterior_predictive(idata, random_seed=8).posterior_predictive["y"].to_numpy()
    if "classes" in kind:
        probability, trials = softmax(eta, axis=2), 1
        y = y[:, :, np.newaxis] == np.arange(3)[:, np.newaxis]
    elif "counts" in kind:
        mean, r = np.exp(eta[:, :, 0]), model._specification.likelihood.given(idata.posterior).r
        standard_error = np.sqrt((mean + mean**2 / r).sum(axis=(0, 1)))
        assert np.abs((y - mean).sum(axis=(0, 1)) / standard_error).max() < LIMIT
        return
    elif kind in LINEAR_CLASSES:
        likelihood = model._specification.likelihood
        probability, trials = likelihood.mean(eta), likelihood.trials
        is_table = y.ndim == 4
        classes = np.arange(probability.shape[2])[:, np.newaxis]
        y = np.moveaxis(y, 3, 2) if is_table else y[:, :, np.newaxis] == classes
    else:
        probability, trials = expit(eta[:, :, 0]), idata.constant_data["trials"].to_numpy()
        f = idata.posterior["f"].to_numpy() if "f" in idata.posterior else None
        if f is not None:
            np.testing.assert_allclose(eta[:, :, 0], f + idata.constant_data["offset"].to_numpy())
    variance = (trials * probability * (1 - probability)).sum(axis=(0, 1))
    assert np.abs((y - trials * probability).sum(axis=(0, 1)) / np.sqrt(variance + 1e-9)).max() < LIMIT


def test_predictions_of_new_rows_have_their_moments():
    """400 draws of 20 trials: means over draws of y against those of predict_proba, with its own noise."""
    model = MODELS["gp binomial"]
    idata = model.sample(200, **SETTINGS)
    new = model.sample_posterior_predictive(idata, NEW, offset=0.5, trials=20, random_seed=3)
    y, probability = (
        new.predictions["y"].to_numpy(),
        model.predict_proba(idata, NEW, 0.5, random_seed=4)[:, 1],
    )
    standard_error = y.std(axis=(0, 1)) / 20 * np.sqrt(2)
    assert np.abs((y.mean(axis=(0, 1)) - 20 * probability) / standard_error).max() < LIMIT
    assert new.predictions["y"].dims == ("chain", "draw", "pred_id")
    np.testing.assert_array_equal(new.predictions_constant_data["trials"], [20, 20, 20])


def test_dimensions_of_data_frames():
    frame = pd.DataFrame(X, columns=["age", "dose"])
    model = PolyaGammaGP(frame, np.array(["a", "b", "c"])[CLASSES], 2.0 * RBF([1.0, 1.0]))
    idata = model.sample_prior_predictive(3, random_seed=1)
    assert idata.prior["length_scale"].dims == ("chain", "draw", "class", "feature")
    assert idata.prior["class"].to_numpy().tolist() == ["a", "b", "c"]
    assert idata.prior["feature"].to_numpy().tolist() == ["age", "dose"]
    assert set(np.unique(idata.prior_predictive["y"])) <= {0, 1, 2}


def test_groups_join_a_trace_and_survive_files_and_arviz(tmp_path):
    import arviz as az

    model = MODELS["gp"]
    idata = model.sample_posterior_predictive(model.sample(20, **SETTINGS), random_seed=1)
    join = idata.update if isinstance(idata, xr.DataTree) else idata.extend  # since ArviZ 1.0, or before
    join(model.sample_prior_predictive(30, random_seed=1))
    idata.to_netcdf(str(tmp_path / "run.nc"))
    stored = az.from_netcdf(tmp_path / "run.nc")
    wanted = {"prior", "prior_predictive", "posterior_predictive", "posterior"}
    assert wanted <= set(trace.groups(stored))
    longer = model.extend(stored, 5, progressbar=False)
    assert {"prior", "prior_predictive"} <= set(trace.groups(longer))  # they hold for the longer run too
    assert "posterior_predictive" not in trace.groups(longer)


def test_errors():
    sparse, classes = MODELS["fitc"], MODELS["classes"]
    idata = sparse.sample(4, **SETTINGS)
    with pytest.raises(KeyError, match=r"no 'f' in its posterior: pass what .* with it among var_names"):
        sparse.sample_posterior_predictive(idata)
    assert sparse.sample_posterior_predictive(idata, NEW).predictions["y"].shape == (2, 4, 3)
    idata = classes.sample(4, **SETTINGS)
    with pytest.raises(ValueError, match="trials must be 1 for 3 classes, got 5"):
        classes.sample_posterior_predictive(idata, NEW, trials=5)
    with pytest.raises(ValueError, match="draws must be at least 1"):
        sparse.sample_prior_predictive(0)
    far = LogParameterPrior(2.0 * RBF(1e30, (1e-2, 1e2)), {})  # the default prior is about the kernel's value
    with pytest.raises(
        ValueError, match=r"kernel_prior\['length_scale'\] has no mass between the kernel's b"
    ):
        far.draw(np.random.default_rng(1), (5,))

    class OnlyDensity:
        def logpdf(self, x):
            return -0.5 * x**2

    bare = PolyaGammaGP(X, Y, KERNEL, kernel_prior={"length_scale": OnlyDensity()})
    with pytest.raises(
        TypeError, match="from which nothing can be drawn: pass a frozen distribution of SciPy"
    ):
        bare.sample_prior_predictive(5)
    doubled = PolyaGammaGP(np.vstack([X, X]), np.r_[Y, Y], 2.0 * RBF(3.0), sample_kernel=False, jitter=0.0)
    with pytest.raises(FloatingPointError, match="kernel matrix is not positive definite"):
        doubled.sample_prior_predictive(5)


def test_huge_results_are_refused(monkeypatch):
    idata = MODELS["gp"].sample(4, **SETTINGS)
    monkeypatch.setattr("polyagamma._validation.memory.available_memory", lambda: 1000)
    with pytest.raises(MemoryError, match="ask for fewer draws"):
        MODELS["gp"].sample_prior_predictive(1000)
    with pytest.raises(MemoryError, match="pass fewer rows, or a part of the draws"):
        MODELS["gp"].sample_posterior_predictive(idata)
