"""Gaussian-process models as users meet them: arguments, errors, traces, predictions, reproducibility."""

import arviz as az
import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm, uniform
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, RationalQuadratic, WhiteKernel

from polyagamma import HilbertBasis, PolyaGammaGP, ResumeError, _gibbs
from polyagamma.models import gaussian_process as models
from polyagamma.terms import core_processes
from polyagamma.terms import gaussian_process as terms
from polyagamma.terms.kernel_priors import LogParameterPrior
from polyagamma.terms.kernels import TrainingCovariance, compiled, parameter_groups
from polyagamma.traces.trace import groups

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
RNG = np.random.default_rng(1)
X = RNG.standard_normal((40, 2))
Y = (RNG.random(40) < expit(2 * X[:, 0])).astype(int)
SHORT = {"draws": 12, "tune": 8, "chains": 2, "random_seed": 3, "progressbar": False}
COMPILED = [
    RBF(2.0),
    4.0 * RBF([1.0, 2.0]),
    Matern(2.0, nu=0.5) * ConstantKernel(3.0),
    2.0 * Matern([1.0, 3.0], nu=1.5),
    Matern(1.5, nu=2.5),
    Matern(1.5, nu=np.inf),
    ConstantKernel(2.0, "fixed") * RBF(1.5),
    2.0 * RBF(1.5, "fixed"),
]
OTHER = [RBF() + RBF(), 2.0 * Matern(nu=0.7), 2.0 * RationalQuadratic(), 3.0 * (RBF() * 2.0), WhiteKernel()]


@pytest.mark.parametrize("kernel", COMPILED, ids=str)
def test_compiled_kernels_sample_as_the_objects_do(kernel, monkeypatch):
    ours = PolyaGammaGP(X, Y, kernel).sample(**SHORT).posterior
    monkeypatch.setattr(core_processes, "compiled", lambda _: None)
    theirs = PolyaGammaGP(X, Y, kernel).sample(**SHORT).posterior
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kernel", OTHER, ids=str)
def test_other_kernels_are_left_to_python(kernel):
    assert compiled(kernel) is None
    assert np.isfinite(PolyaGammaGP(X, Y, kernel).sample(**SHORT).posterior["f"]).all()


@pytest.mark.parametrize("sparse", [False, True])
def test_constant_columns_change_no_draw(sparse):
    wider = np.column_stack([np.ones(40), X, np.full(40, -7.5)])
    draws = []
    for inputs in (X, wider):
        model = PolyaGammaGP(inputs, Y, 4.0 * RBF(1.0), inducing=inputs[:10] if sparse else None)
        trace = model.sample(**SHORT)
        draws.append(model.predict_draws(trace, inputs[:5], random_seed=4))
    np.testing.assert_array_equal(*draws)


def test_draws_do_not_depend_on_threads_or_rounds():
    model = PolyaGammaGP(X, Y, 2.0 * RBF(1.0))
    settings = SHORT | {"chains": 3}
    one, two = (model.sample(cores=cores, **settings).posterior for cores in (1, 2))
    assert one.equals(two)
    kernel = Matern(1.0)
    draws = []
    for rounds in ([20], [1, 7, 12]):
        covariance = TrainingCovariance(kernel, X, 1e-6)
        core = _gibbs.process_chains(
            process=_gibbs.FullProcess(
                n_rows=40, n_theta=1, covariance=core_processes.core_covariance(covariance, fixed=False)
            ),
            b=np.ones(40),
            kappa=(Y - 0.5)[np.newaxis],
            offset=np.zeros((1, 40)),
            log_prior=core_processes.core_log_prior(LogParameterPrior(kernel, {}), n_theta=1),
            bit_generators=[np.random.PCG64(1), np.random.PCG64(2)],
            tune=9,
            steps=(1, 1, 1, 1, 1),
            complete_every=2,
            threads=1,
        )
        core.start(np.zeros((2, 1, 1)))
        out = np.empty((2, 20, 40))
        for start, size in zip(np.cumsum([0, *rounds[:-1]]), rounds, strict=True):
            core.run(size, {"f": out[:, start : start + size]})
        assert core.sweeps_done == 20
        draws.append(out)
    np.testing.assert_array_equal(*draws)


@pytest.mark.parametrize("dimensions", [1, 7, 8, 17])
def test_the_standard_prior_of_the_core_is_pythons(dimensions):
    kernel = RBF(np.geomspace(0.5, 2.0, dimensions), (0.3, 4.0))
    inputs = np.random.default_rng(3).normal(size=(40, dimensions))
    prior, covariance = LogParameterPrior(kernel, {}), TrainingCovariance(kernel, inputs, 1e-6)
    told = []
    for own in (
        core_processes.core_log_prior(prior, dimensions),
        _gibbs.CallbackLogPrior(n_theta=dimensions, function=prior),
    ):
        core = _gibbs.process_chains(
            process=_gibbs.FullProcess(
                n_rows=40,
                n_theta=dimensions,
                covariance=core_processes.core_covariance(covariance, fixed=False),
            ),
            b=np.ones(40),
            kappa=(Y - 0.5)[np.newaxis],
            offset=np.zeros((1, 40)),
            log_prior=own,
            bit_generators=[np.random.PCG64(1)],
            tune=20,
            steps=(3, 1, 1, 1, 1),
            complete_every=2,
            threads=1,
        )
        core.start(np.zeros((1, 1, dimensions)))
        out = {"theta": np.empty((1, 40, dimensions)), "lp": np.empty((1, 40))}
        core.run(40, out)
        assert np.ptp(out["theta"]) > 0.1
        told.append(out)
    for name in ("theta", "lp"):
        np.testing.assert_array_equal(*(out[name] for out in told))


def test_trace():
    import pandas as pd

    frame = pd.DataFrame(X, columns=["width", "height"])
    model = PolyaGammaGP(frame, Y, 2.0 * RBF([1.0, 1.0]) + ConstantKernel(0.5), mean=0.5)
    trace = model.sample(compute_log_likelihood=True, **SHORT)
    assert model.kernel_parameters == ["k1__k1__constant_value", "length_scale", "k2__constant_value"]
    assert trace.posterior["length_scale"].dims == ("chain", "draw", "feature")
    assert trace.posterior["feature"].to_numpy().tolist() == ["width", "height"]
    assert trace.posterior["f"].dims == ("chain", "draw", "obs_id")
    f = trace.posterior["f"].to_numpy()
    np.testing.assert_allclose(trace.log_likelihood["y"], Y * f - np.logaddexp(0, f))
    moves = ("collapsed", "whitened", "surrogate", "independent", "trajectory")
    assert set(trace.sample_stats) == {"lp", *(f"acceptance_{move}" for move in moves)}
    assert trace.posterior.attrs["jitter"] == "1e-06"
    assert len(az.summary(trace, var_names=model.kernel_parameters)) == 4
    assert set(trace.constant_data) == {"X", "trials", "weights", "offset"}


def test_lp_is_the_joint_density_of_data_whitened_f_and_log_parameters():
    kernel = 2.0 * RBF(1.0)
    trace = PolyaGammaGP(X, Y, kernel, mean=0.3, offset=0.1).sample(**SHORT)
    lp = []
    for c in range(2):
        for s in range(12):
            draw = trace.posterior.isel(chain=c, draw=s)
            theta = np.log([float(draw["constant_value"]), float(draw["length_scale"])])
            K = kernel.clone_with_theta(theta)(X)
            g = draw["f"].to_numpy() - 0.3
            nu = np.linalg.solve(np.linalg.cholesky(K + 1e-6 * np.diag(np.diag(K))), g)
            eta = g + 0.4
            prior = norm.logpdf(theta, kernel.theta, 1.0).sum()
            lp.append(Y @ eta - np.logaddexp(0, eta).sum() - 0.5 * nu @ nu + prior)
    difference = trace.sample_stats["lp"].to_numpy().ravel() - np.array(lp)
    assert np.ptp(difference) < 1e-6 * np.abs(lp).max()


def test_predictions_at_training_inputs_are_the_draws():
    model = PolyaGammaGP(X, Y, mean=lambda inputs: inputs[:, 0])
    trace = model.sample(**SHORT)
    f = model.predict_f(trace, X, random_seed=1)
    assert np.abs(f.to_numpy() - trace.posterior["f"].to_numpy()).max() < 0.05


def test_predictions_agree_with_each_other():
    model = PolyaGammaGP(X, Y)
    trace = model.sample(**SHORT)
    new, offset = X[:7] + 0.1, np.linspace(-1, 1, 7)
    draws = model.predict_draws(trace, new, offset, random_seed=5)
    f = model.predict_f(trace, new, random_seed=5)
    np.testing.assert_allclose(draws, expit(f + offset))
    probability = model.predict_proba(trace, new, offset, random_seed=5)
    for row in range(7):
        alone = model.predict_draws(trace, new[[row]], offset[[row]], random_seed=5)
        np.testing.assert_allclose(probability[row, 1], alone.mean())
    np.testing.assert_allclose(probability.sum(axis=1), 1.0)
    both = model.add_predictions(trace, new, offset, joint=True, random_seed=6)
    assert set(groups(both)) - set(groups(trace)) == {"predictions", "predictions_constant_data"}
    assert both.predictions["f"].dims == ("chain", "draw", "pred_id")


@pytest.mark.parametrize("inducing", [None, 7])
def test_batches_of_new_inputs_change_nothing(inducing, monkeypatch):
    class NoNoise:
        def standard_normal(self, size):
            return np.zeros(size)

    model = PolyaGammaGP(X, Y, inducing=inducing)
    trace = model.sample(**SHORT)
    monkeypatch.setattr(models, "generator", lambda _: NoNoise())
    whole = model.predict_f(trace, X[:7] + 0.1), model.predict_proba(trace, X[:7] + 0.1)
    monkeypatch.setattr(terms, "BATCH", 3 * 24)
    cut = model.predict_f(trace, X[:7] + 0.1), model.predict_proba(trace, X[:7] + 0.1)
    for one, other in zip(whole, cut, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-8)


def test_fixed_parameters_stay():
    model = PolyaGammaGP(X, Y, ConstantKernel(2.0, "fixed") * RBF(1.0, "fixed"))
    assert model.kernel_parameters == []
    posterior = model.sample(**SHORT).posterior
    assert list(posterior) == ["f"]
    assert list(PolyaGammaGP(X, Y, 2.0 * RBF(1.0), sample_kernel=False).sample(**SHORT).posterior) == ["f"]


def test_prior_of_log_parameters():
    kernel = 2.0 * RBF([1.0, 3.0])
    prior = LogParameterPrior(kernel, {"length_scale": [norm(0.5, 2.0), uniform(-1, 2)]})
    theta = np.array([0.3, 0.1, 0.2])
    expected = norm.logpdf(0.3, np.log(2.0)) + norm.logpdf(0.1, 0.5, 2.0) + np.log(0.5)
    assert prior(theta) == pytest.approx(expected)
    assert prior(np.array([0.3, 0.1, 1.2])) == -np.inf
    assert prior(np.array([12.0, 0.1, 0.2])) == -np.inf
    starts = prior.start(theta, np.random.default_rng(1), (50, 1))
    assert np.isfinite([prior(start) for start in starts[:, 0]]).all()


def test_names_of_parameters():
    groups = parameter_groups(2.0 * RBF([1.0, 3.0]) + Matern(1.0, "fixed") * RationalQuadratic())
    assert [(group.name, group.where) for group in groups] == [
        ("constant_value", slice(0, 1)),
        ("k1__k2__length_scale", slice(1, 3)),
        ("alpha", slice(3, 4)),
        ("k2__k2__length_scale", slice(4, 5)),
    ]


THIRDS = np.digitize(X[:, 0], [-0.5, 0.5])


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({}, id="full"),
        pytest.param({"sample_kernel": False}, id="fixed", marks=pytest.mark.slow),
        pytest.param({"inducing": 5}, id="sparse", marks=pytest.mark.slow),
        pytest.param({"inducing": HilbertBasis(4)}, id="basis", marks=pytest.mark.slow),
        pytest.param({"inducing": HilbertBasis(4), "sample_kernel": False}, id="fixed basis"),
        pytest.param({"y": THIRDS}, id="softmax", marks=pytest.mark.slow),
        pytest.param({"y": THIRDS, "inducing": 5, "sample_kernel": False}, id="sparse softmax"),
    ],
)
def test_runs_go_on_to_the_same_bits(arguments, tmp_path):
    model = PolyaGammaGP(**{"X": X, "y": Y, "kernel": 2.0 * Matern(1.0, nu=1.5)} | arguments)
    settings = SHORT | {"draws": 20, "compute_log_likelihood": True}
    whole = model.sample(**settings)
    half = model.sample(**settings | {"draws": 9})
    extended = model.extend(half, 11, progressbar=False)
    calls = iter([False, False, True])
    with_checkpoint = settings | {"checkpoint": tmp_path / "run", "every": 2}
    model.sample(callback=lambda _: next(calls, True), **with_checkpoint)
    resumed = model.resume(tmp_path / "run", progressbar=False)
    for trace in (extended, resumed):
        for group in ("posterior", "log_likelihood", "sample_stats"):
            for name in whole[group]:
                np.testing.assert_array_equal(trace[group][name], whole[group][name])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"kernel": 2.0 * Matern(1.0)}, {"kernel": 2.0 * Matern(1.0001)}),
        ({"kernel": RBF(1.0, "fixed") * 2.0}, {"kernel": RBF(1.0001, "fixed") * 2.0}),
        ({}, {"kernel_prior": {"length_scale": norm(0, 2)}}),
        ({"sample_kernel": False}, {"sample_kernel": False, "jitter": 1e-5}),
        ({"inducing": X[:4]}, {"inducing": X[1:5]}),
        ({"inducing": X[:4]}, {"inducing": X[:4], "approximation": "dtc"}),
        ({"inducing": HilbertBasis(3, 1.5)}, {"inducing": HilbertBasis(3, 1.6)}),
        ({}, {"mean": 0.1}),
        ({}, {"weights": 2.0}),
    ],
)
def test_another_model_does_not_go_on(first, second):
    half = PolyaGammaGP(X, Y, **first).sample(**SHORT)
    with pytest.raises(ResumeError):
        PolyaGammaGP(X, Y, **second).extend(half)


def test_parameters_to_keep():
    model = PolyaGammaGP(X, Y, 2.0 * RBF(1.0))
    trace = model.sample(var_names=["length_scale"], compute_log_likelihood=True, **SHORT)
    assert list(trace.posterior) == ["length_scale"]
    assert trace.log_likelihood["y"].shape == (2, 12, 40)
    with pytest.raises(ValueError, match="var_names must be some of"):
        model.sample(var_names=["scale"], **SHORT)


def test_thinned_draws_and_warm_up():
    model = PolyaGammaGP(X, Y, 2.0 * RBF(1.0), inducing=5)
    every = model.sample(**SHORT | {"draws": 12}, discard_tuned_samples=False)
    third = model.sample(**SHORT | {"draws": 4}, thin=3).posterior
    np.testing.assert_array_equal(third["v"], every.posterior["v"][:, 2::3])
    assert every.warmup_posterior.sizes["draw"] == 8
    assert {"v", "length_scale"} <= set(every.warmup_posterior)


def test_draws_near_a_separable_optimum_are_finite():
    """A start far from the data, a prior without a mode near it: everything stays finite."""
    model = PolyaGammaGP(X, np.ones(40, int), 1e4 * RBF(1e-2))
    trace = model.sample(**SHORT)
    assert np.isfinite(trace.posterior["f"]).all()
    assert np.isfinite(trace.sample_stats["lp"]).all()


def test_initial_values():
    model = PolyaGammaGP(X, Y, 2.0 * RBF([1.0, 2.0]))
    values = {"constant_value": 1e-3, "length_scale": [1e3, 1e3]}
    first = next(model.iter_draws(tune=0, random_seed=1, initvals=values))
    assert (first["constant_value"] < 1).all()
    assert (first["length_scale"] > 10).all()
    with pytest.raises(ValueError, match="initvals"):
        model.sample(initvals={"constant_value": 1.0}, **SHORT)
