"""Errors of Gaussian-process models: each names the argument, what it found, what it expects and the cure."""

import re

import numpy as np
import pytest
from scipy.stats import norm, poisson, uniform
from sklearn.gaussian_process.kernels import RBF, CompoundKernel, DotProduct

from polyagamma import HilbertBasis, PolyaGammaGP
from polyagamma.terms.inducing import enough_points
from polyagamma.terms.processes import sparse_doubles

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
RNG = np.random.default_rng(1)
X = RNG.standard_normal((40, 2))
Y = (X[:, 0] > 0).astype(int)
SHORT = {"draws": 12, "tune": 8, "chains": 2, "random_seed": 3, "progressbar": False}


class Broken(RBF):
    def __call__(self, *_):
        raise RuntimeError("this kernel is broken")


class BrokenLater(RBF):
    """Sound at its first length scale only."""

    def __call__(self, X, Y=None):
        if self.length_scale != 1.0:
            raise RuntimeError("this kernel broke")
        return super().__call__(X, Y)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"kernel": "rbf"}, TypeError, "kernel must be a kernel of sklearn.*got 'rbf' without theta.*pass"),
        ({"kernel": RBF}, TypeError, r"got the class RBF: pass RBF\(\)"),
        (
            {"kernel": RBF(2.0, "fixed"), "optimize": True},
            ValueError,
            r"optimize=True needs .* a free parameter, got RBF\(length_scale=2\) with all fixed: pass",
        ),
        (
            {"kernel": RBF(2.0, "fixed"), "optimize": True, "inducing": 5},
            ValueError,
            r"optimize=True needs .* a free parameter, got RBF\(length_scale=2\) with all fixed: pass",
        ),
        ({"kernel": RBF(-1.0)}, ValueError, "kernel must have positive parameters, got RBF.*nan"),
        ({"kernel": RBF([1.0, 1.0, 1.0])}, ValueError, "must take the 2 columns of X, got RBF.*3!=2"),
        ({"kernel": CompoundKernel([RBF(), RBF(2.0)])}, ValueError, r"got .* shapes \(8, 8, 2\)"),
        ({"kernel": Broken()}, RuntimeError, "this kernel is broken"),
        (
            {"kernel_prior": {"scale": norm()}},
            ValueError,
            "kernel_prior names 'scale'.*constant_value, length_scale",
        ),
        ({"kernel_prior": [norm()]}, TypeError, "kernel_prior must be a mapping"),
        ({"kernel_prior": {"length_scale": 2.0}}, TypeError, "frozen SciPy distribution.*got 2.0"),
        ({"kernel_prior": {"length_scale": poisson(3)}}, TypeError, "frozen SciPy distribution"),
        ({"kernel_prior": {"length_scale": [norm()] * 3}}, ValueError, "one for each of 1 elements, got 3"),
        (
            {"kernel": RBF(1.0), "kernel_prior": {"length_scale": uniform(5, 1)}},
            ValueError,
            "kernel must be where the prior is positive, got length_scale = 1, .*: pass",
        ),
        ({"mean": np.nan}, ValueError, "mean must be finite"),
        ({"mean": "a"}, TypeError, "mean must be a real number"),
        ({"mean": lambda inputs: inputs}, ValueError, "mean must be one number or have shape"),
        ({"jitter": -1.0}, ValueError, "jitter must be at least 0"),
        ({"jitter": np.nan}, ValueError, "jitter must be finite"),
        ({"trials": 0}, ValueError, "trials must be positive"),
        ({"trials": 2, "y": 3 * Y}, ValueError, r"y must be an integer from 0 to trials\["),
        ({"weights": -1.0}, ValueError, "weights must be positive"),
        ({"offset": [1.0, 2.0]}, ValueError, r"offset must be one number or have shape \(40,\)"),
        ({"y": [0, 1]}, ValueError, "y must have shape"),
        ({"y": np.where(Y, np.nan, 0.0)}, ValueError, "y must be finite"),
        ({"X": np.full((40, 2), np.nan)}, ValueError, "X must be finite"),
        ({"X": X[:, 0]}, ValueError, "X must be 2-D"),
        ({"inducing": np.full((3, 2), np.nan)}, ValueError, "inducing must be finite"),
        ({"inducing": 2.5}, TypeError, "inducing must be an integer"),
        (
            {"X": np.column_stack([X[:, 0], np.ones(40)]), "inducing": HilbertBasis(4)},
            ValueError,
            r"needs columns of X that vary, got X\[:, 1\] = 1 in every row: drop that column",
        ),
        ({"feature_names": ["a"]}, ValueError, "one name for each of the 2 columns"),
    ],
)
def test_arguments(arguments, error, message):
    with np.errstate(invalid="ignore"), pytest.raises(error, match=message):
        PolyaGammaGP(**({"X": X, "y": Y} | arguments))


@pytest.mark.parametrize("inducing", [None, np.vstack([X[:5], X[:5]])])
@pytest.mark.parametrize("sample_kernel", [False, True])
def test_kernel_that_is_not_positive_definite_is_named(inducing, sample_kernel):
    doubled, kernel = np.vstack([X, X]), 2.0 * RBF(300.0)
    settings = {"inducing": inducing, "sample_kernel": sample_kernel}
    model = PolyaGammaGP(doubled, np.r_[Y, Y], kernel, jitter=0.0, **settings)
    with pytest.raises(FloatingPointError, match=r"constant_value = .*, length_scale = \[") as error:
        model.sample(**SHORT)
    assert "jitter = 0: pass a larger jitter" in str(error.value)
    model = PolyaGammaGP(doubled, np.r_[Y, Y], kernel, **settings)  # the default jitter is enough
    assert model.sample(**SHORT).posterior.attrs["jitter"] == "1e-06"


def test_predictions_where_the_kernel_is_not_positive_definite():
    model = PolyaGammaGP(X, Y, RBF(1.0), jitter=0.0, sample_kernel=False)
    trace = model.sample(**SHORT)
    twice = np.zeros((30, 2))
    with pytest.raises(FloatingPointError, match=r"of X_new is not positive definite.*larger jitter"):
        model.predict_f(trace, twice, joint=True)
    assert np.isfinite(model.predict_f(trace, twice)).all()


@pytest.mark.parametrize("kernel", [BrokenLater(1.0), 2.0 * BrokenLater(1.0)], ids=str)
def test_errors_of_a_kernel_come_through(kernel):
    with pytest.raises(RuntimeError, match="this kernel broke"):
        PolyaGammaGP(X, Y, kernel).sample(**SHORT)


def test_full_process_too_large_for_memory_says_what_it_needs_and_the_sparse_option(monkeypatch):
    model = PolyaGammaGP(X, Y)
    monkeypatch.setattr("polyagamma._validation.memory.available_memory", lambda: 10_000)
    with pytest.raises(MemoryError, match=r"n = 40 rows needs .* GB, 1e-05 GB .* pass inducing="):
        model.sample(**SHORT)
    with pytest.raises(MemoryError, match=r"optimize=True with n = 40 rows needs .* a part of the rows"):
        PolyaGammaGP(X, Y, optimize=True)


@pytest.mark.parametrize("inducing", [30, HilbertBasis(6)])
def test_sparse_process_too_large_for_memory_says_how_many_features_fit(inducing, monkeypatch):
    for module in ("_validation.memory", "terms.inducing", "terms.processes"):
        monkeypatch.setattr(f"polyagamma.{module}.available_memory", lambda: 60_000)
    with pytest.raises(MemoryError, match=r"40 rows and 3[06] features .* pass at most") as error:
        PolyaGammaGP(X, Y, inducing=inducing).sample(chains=1, cores=1, draws=5)
    fit = int(re.search(r"at most (\d+) of them", str(error.value))[1])
    PolyaGammaGP(X, Y, inducing=fit).sample(chains=1, cores=1, draws=5, tune=5, progressbar=False)


def test_inducing_points_chosen_by_themselves_fit_into_memory(monkeypatch):
    x = np.random.default_rng(1).uniform(-3, 3, (400, 3))
    needed = 8 * sparse_doubles(len(x), 100, threads=4, fixed=False)
    for module in ("terms.inducing", "terms.processes"):
        monkeypatch.setattr(f"polyagamma.{module}.available_memory", lambda: needed)
    assert enough_points(*x.shape) > 100
    model = PolyaGammaGP(x, x[:, 0] > 0, inducing="auto")
    trace = model.sample(2, tune=2, chains=1, random_seed=1, progressbar=False)
    assert trace.posterior.sizes["component"] == 100
    for module in ("_validation.memory", "terms.inducing", "terms.processes"):
        monkeypatch.setattr(f"polyagamma.{module}.available_memory", lambda: needed // 2)
    with pytest.raises(MemoryError, match=r"400 rows and 64 features needs .* pass at most [45]\d of them"):
        PolyaGammaGP(x, x[:, 0] > 0, inducing="auto")


def test_hamiltonian_trajectories_need_a_fixed_kernel():
    with pytest.raises(ValueError, match="kernel='hmc' needs sample_kernel=False"):
        PolyaGammaGP(X, Y).sample(kernel="hmc", **SHORT)


def test_initial_values_outside_the_prior():
    model = PolyaGammaGP(X, Y, RBF(1.0, (0.5, 2.0)))
    with pytest.raises(ValueError, match=r"initvals must be where .* length_scale = 50, .*\(0.5, 2\)"):
        model.sample(initvals={"length_scale": 50.0}, **SHORT)


def test_kernels_may_start_outside_their_bounds():
    trace = PolyaGammaGP(X, Y, RBF(10.0, (0.5, 2.0))).sample(**SHORT)
    assert ((trace.posterior["length_scale"] >= 0.5) & (trace.posterior["length_scale"] <= 2.0)).all()


def test_predictions_refuse_what_they_cannot_use():
    model = PolyaGammaGP(X, Y, RBF(1.0))
    trace = model.sample(**SHORT)
    with pytest.raises(ValueError, match="X_new must have 2 columns"):
        model.predict_proba(trace, X[:, :1])
    with pytest.raises(ValueError, match="X_new must be finite"):
        model.predict_f(trace, np.full((1, 2), np.nan))
    with pytest.raises(ValueError, match=r"offset must be one number or have shape \(4,\)"):
        model.predict_draws(trace, X[:4], offset=[1.0, 2.0])
    for names in (["f"], ["length_scale"]):
        with pytest.raises(KeyError, match="idata has no"):
            model.predict_f(model.sample(var_names=names, **SHORT), X)


def test_singular_kernels_work_with_jitter():
    trace = PolyaGammaGP(X, Y, DotProduct()).sample(**SHORT)
    assert np.isfinite(trace.posterior["f"]).all()
