"""Runs of every model with every kernel: resumed, extended, iterated, thinned; any of their variables."""

import numpy as np
import pytest
import xarray as xr
from every_model import (
    KERNEL,
    LINEAR_CLASSES,
    MODELS,
    SOFTMAX,
    X,
    Y,
    every_model,
    every_model_and_kernel,
    every_model_on_disk,
)
from sklearn.gaussian_process.kernels import RBF
from trace_groups import posterior_of

from polyagamma import HilbertBasis, PolyaGammaGP, ResumeError, polyagamma_mean
from polyagamma.mcmc import rounds
from polyagamma.traces import trace

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
SETTINGS = {"tune": 9, "chains": 2, "random_seed": 5, "progressbar": False}
DRAWS = 15


def everything(kind):
    """All variables that a posterior can have."""
    model = MODELS[kind]._specification
    has_omega = kind not in SOFTMAX + LINEAR_CLASSES
    return model.parameters + [name for name in model.on_request if name != "omega" or has_omega]


def assert_same_bits(left, right):
    left, right = trace.groups(left), trace.groups(right)
    for name in ("posterior", "sample_stats", "observed_data", "constant_data"):
        xr.testing.assert_equal(left[name], right[name])


@pytest.fixture
def small_rounds(monkeypatch):
    monkeypatch.setattr(rounds, "ROUND_SWEEPS", 4)


@every_model_on_disk
def test_stopped_and_resumed_run_has_the_bits_of_an_unbroken_one(kind, kernel, tmp_path, monkeypatch):
    model, settings = MODELS[kind], SETTINGS | {"kernel": kernel, "var_names": everything(kind)}
    whole = model.sample(DRAWS, **settings)
    monkeypatch.setattr(rounds, "ROUND_SWEEPS", 4)
    on_disk = settings | {"checkpoint": tmp_path / "run", "every": 5}
    first = model.sample(DRAWS, callback=lambda progress: progress.draws >= 6, **on_disk)
    assert 6 <= first.posterior.sizes["draw"] < DRAWS
    assert_same_bits(model.resume(tmp_path / "run", progressbar=False), whole)


@every_model_and_kernel
def test_extended_run_has_the_bits_of_a_longer_one(kind, kernel):
    model, settings = MODELS[kind], SETTINGS | {"kernel": kernel, "var_names": everything(kind)}
    longer = model.extend(model.sample(8, **settings), DRAWS - 8, progressbar=False)
    assert_same_bits(longer, model.sample(DRAWS, **settings))


@every_model
@pytest.mark.usefixtures("small_rounds")
def test_iterated_draws_are_those_of_a_run_until_the_predicate_holds(kind):
    model = MODELS[kind]
    settings = {name: SETTINGS[name] for name in ("tune", "chains", "random_seed")}
    whole = model.sample(DRAWS, **SETTINGS, var_names=everything(kind)).posterior
    states = []
    for state in model.iter_draws(**settings, var_names=everything(kind), until=lambda _: len(states) == 12):
        states.append(state)
    assert len(states) == 12
    for name, values in whole.items():
        np.testing.assert_array_equal(np.stack([state[name] for state in states], axis=1), values[:, :12])


@every_model_and_kernel
def test_thinned_run_keeps_every_third_draw(kind, kernel):
    settings = SETTINGS | {"kernel": kernel}
    thin = posterior_of(MODELS[kind].sample(DRAWS // 3, thin=3, **settings))
    whole = posterior_of(MODELS[kind].sample(DRAWS, **settings)).isel(draw=slice(2, None, 3))
    assert thin.identical(whole.assign_coords(draw=thin["draw"]).assign_attrs(thin.attrs))


@every_model
def test_kept_warmup_changes_no_draw_and_has_all_variables(kind):
    model = MODELS[kind]
    kept = model.sample(DRAWS, **SETTINGS, discard_tuned_samples=False)
    assert_same_bits(kept, model.sample(DRAWS, **SETTINGS))
    assert set(kept.warmup_posterior) == set(kept.posterior)
    assert set(kept.warmup_sample_stats) == set(kept.sample_stats)
    assert kept.warmup_posterior.sizes == dict(kept.posterior.sizes) | {"draw": 9}
    longer = model.extend(kept, 3, progressbar=False)
    xr.testing.assert_identical(longer.warmup_posterior, kept.warmup_posterior)


@pytest.mark.parametrize("kind", ["logistic", "wide", "gp fixed", "hilbert fixed"])
def test_kept_warmup_are_the_sweeps_before_the_draws(kind):
    """Where nothing adapts, the sweeps of warm-up are the first draws of a run without."""
    settings = SETTINGS | {"kernel": "gibbs"}
    kept = MODELS[kind].sample(5, **settings, discard_tuned_samples=False)
    all_sweeps = MODELS[kind].sample(14, **settings | {"tune": 0}).posterior
    for name, values in kept.warmup_posterior.items():
        np.testing.assert_array_equal(values, all_sweeps[name][:, :9])
        np.testing.assert_array_equal(kept.posterior[name], all_sweeps[name][:, 9:])


@every_model
def test_any_variables_are_kept_alone(kind):
    model = MODELS[kind]
    whole = model.sample(DRAWS, **SETTINGS, var_names=everything(kind)).posterior
    for name in everything(kind):
        alone = model.sample(DRAWS, **SETTINGS, var_names=[name])
        assert list(alone.posterior) == [name]
        xr.testing.assert_equal(alone.posterior[name], whole[name])
    assert list(model.sample(5, **SETTINGS).posterior) == model._specification.parameters
    with pytest.raises(ValueError, match=r"var_names must be some of \[.*\], got \['gamma'\]"):
        model.sample(5, **SETTINGS, var_names=["gamma"])


@pytest.mark.parametrize("kind", SOFTMAX)
def test_softmax_has_no_omega(kind):
    with pytest.raises(ValueError, match="which needs two classes or trials: a softmax of 3 classes"):
        MODELS[kind].sample(5, **SETTINGS, var_names=["omega"])


@pytest.mark.parametrize("kind", LINEAR_CLASSES)
def test_linear_models_of_classes_have_no_omega(kind):
    with pytest.raises(ValueError, match="has not, since each row has several, one for each class but one"):
        MODELS[kind].sample(5, **SETTINGS, var_names=["omega"])


@pytest.mark.parametrize("kind", ["logistic", "binomial", "gp binomial", "fitc", "hilbert fixed"])
def test_omega_has_its_distribution_given_the_draws(kind):
    """Sums over 2 x 500 draws of each of 24 rows: within 5.5 standard errors of their exact means."""
    model = MODELS[kind]
    names = [name for name in ("intercept", "beta", "f", "omega") if name in everything(kind)]
    idata = model.sample(500, **SETTINGS, var_names=names)
    draws, rows = idata.posterior, idata.constant_data
    if "beta" in names:
        eta = draws["beta"] @ rows["X"] + (draws["intercept"] if "intercept" in names else 0.0)
    else:
        eta = draws["f"]
    eta = (eta + rows["offset"]).transpose("chain", "draw", "obs_id")
    expected = polyagamma_mean((rows["weights"] * rows["trials"]).to_numpy(), eta.to_numpy())
    excess = draws["omega"].to_numpy() - expected
    z = excess.mean(axis=(0, 1)) / (excess.std(axis=(0, 1)) / np.sqrt(1000))
    assert np.abs(z).max() < 5.5


def test_hmc_is_refused_where_there_is_none():
    for kind in ("gp", "fitc fixed", "classes fixed"):
        with pytest.raises(ValueError, match="kernel='hmc' needs sample_kernel=False, two classes"):
            MODELS[kind].sample(5, **SETTINGS, kernel="hmc")


def test_other_processes_do_not_go_on(tmp_path):
    """Models that differ in nothing but a little of what makes the process."""
    points = X[:5]
    arguments = [
        {"inducing": points},
        {"inducing": points + 1e-9},
        {"inducing": points, "approximation": "dtc"},
        {"inducing": points, "jitter": 2e-6},
        {"inducing": points, "sample_kernel": False},
        {"inducing": points, "mean": 1e-9},
        {},
    ]
    models = [PolyaGammaGP(X, Y, KERNEL, **some) for some in arguments]
    kernels = 2.0 * RBF(1.0 + 1e-9), 2.1 * RBF(1.0), 2.0 * RBF(1.0, "fixed"), 2.0 * RBF(1.0 + 1e-9, "fixed")
    models += [PolyaGammaGP(X, Y, kernel, inducing=points) for kernel in kernels]
    idata = models[0].sample(4, **SETTINGS, checkpoint=tmp_path / "run", every=2)
    for other in models[1:]:
        with pytest.raises(ResumeError, match="made by a model with other data or another prior"):
            other.extend(idata, 3)
        with pytest.raises(ResumeError, match="made by a model with other data or another prior"):
            other.resume(tmp_path / "run", progressbar=False)
    *_, fixed, nearly = models
    assert fixed._specification.fingerprint() != nearly._specification.fingerprint()
    boxes = [PolyaGammaGP(X, Y, KERNEL, inducing=HilbertBasis(4, width)) for width in (1.5, 1.6)]
    assert boxes[0]._specification.fingerprint() != boxes[1]._specification.fingerprint()
