"""Draws that are kept in single precision, or as summaries."""

import errno
import shutil

import arviz as az
import numpy as np
import pytest
import xarray as xr
from every_model import MODELS, every_model

from polyagamma import (
    PolyaGammaLogistic,
    PolyaGammaMultinomial,
    RegularizedHorseshoe,
    shrinkage_factors,
    summarized_draws,
)
from polyagamma.mcmc import rounds
from polyagamma.mcmc.compact_backend import bytes_of_draws
from polyagamma.mcmc.running_summary import LEVELS, MOST_SAMPLED, QUANTILES, STATISTICS, RunningSummary
from polyagamma.mcmc.settings import Settings
from polyagamma.traces import trace
from polyagamma.traces.columns import places
from polyagamma.traces.store import DrawStore

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
CHAINS = {"tune": 9, "chains": 2, "random_seed": 5}
SETTINGS = CHAINS | {"progressbar": False}
SUMMARIES = ("posterior", "sample_stats", "summary", "summarized_draws")
X = np.random.default_rng(1).standard_normal((60, 20))
Y = (X[:, 0] + np.random.default_rng(2).standard_normal(60) > 0).astype(int)


def assert_same_values(left, right, groups):
    left, right = trace.groups(left), trace.groups(right)
    for name in groups:
        xr.testing.assert_equal(left.get(name, xr.Dataset()), right.get(name, xr.Dataset()))


def summarized(draws, cuts=()):
    running = RunningSummary(draws.shape[0], draws.shape[2])
    for piece in np.split(draws, cuts, axis=1):
        running.add(piece)
    return dict(zip(STATISTICS, running.statistics(), strict=True)), running


def autoregressive(phi, chains, draws, parameters, seed=3):
    """Stationary chains with unit variance, whose effective sample size is (1 − φ)/(1 + φ) of the draws."""
    rng = np.random.default_rng(seed)
    series = np.empty((chains, draws, parameters))
    series[:, 0] = rng.standard_normal((chains, parameters))
    for t in range(1, draws):
        noise = rng.standard_normal((chains, parameters))
        series[:, t] = phi * series[:, t - 1] + np.sqrt(1 - phi**2) * noise
    return series


def test_moments_and_quantiles_are_those_of_the_draws():
    draws = 1.0 + autoregressive(0.5, 3, 777, 4)
    found, running = summarized(draws)
    every = draws.reshape(-1, 4)
    np.testing.assert_allclose(found["mean"], every.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(found["positive"], (every > 0).mean(axis=0), rtol=1e-13)
    some, step = running.sampled()
    assert step == 8
    assert some.shape == (3, 98, 4)
    np.testing.assert_array_equal(some, draws[:, ::step].astype(np.float32))
    expected = np.quantile(some, LEVELS, axis=(0, 1))
    np.testing.assert_allclose([found[name] for name in QUANTILES], expected, rtol=1e-6)


def test_rhat_is_that_of_half_chains():
    # 1024 draws are 32 whole batches: halves are whole, and so it is ArviZ's of the same method.
    draws = autoregressive(0.9, 4, 1024, 3)
    draws[0] += 0.3
    found, _ = summarized(draws)
    expected = [az.rhat(draws[..., j], method="split") for j in range(3)]
    np.testing.assert_allclose(found["r_hat"], expected, rtol=1e-3)  # of the variance within halves
    assert (found["r_hat"] > 1.005).all()


def test_effective_sample_sizes_of_a_known_process():
    # 200 parameters of 4 chains of 4096 draws, 32 batches each of 128: an estimate has a relative standard
    # error of √(2/127) = 0.13, their mean one of 0.009, with a bias of −2φ/((1 − φ²)·128) = −0.03 at φ = 0.8
    # of the variance of means. Five standard errors are a false alarm in 2e6.
    for phi in (0.0, 0.8):
        found, _ = summarized(autoregressive(phi, 4, 4096, 200))
        truth = 4 * 4096 * (1 - phi) / (1 + phi)
        bias = 2 * phi / ((1 - phi**2) * 128)
        assert np.mean(truth / found["ess"]) == pytest.approx(1 - bias, abs=5 * 0.009)


def test_bits_do_not_depend_on_how_a_run_is_cut():
    draws = autoregressive(0.3, 2, 700, 3)
    whole, _ = summarized(draws)
    parts, _ = summarized(draws, cuts=(1, 37, 38, 400, 513))
    for name in STATISTICS:
        np.testing.assert_array_equal(parts[name], whole[name])


def test_a_parameter_that_never_moves_is_said_to_be_stuck():
    found, _ = summarized(np.ones((2, 100, 1)))
    assert (found["ess"], found["r_hat"], found["sd"]) == (0.0, np.inf, 0.0)


@every_model
def test_summaries_of_an_extended_run_are_those_of_a_longer_one(kind, monkeypatch):
    model = MODELS[kind]
    whole = model.sample(40, store="summary", **SETTINGS)
    monkeypatch.setattr(rounds, "ROUND_SWEEPS", 7)
    first = model.sample(25, store="summary", **SETTINGS)
    assert_same_values(model.extend(first, 15, progressbar=False), whole, SUMMARIES)
    draws = trace.groups(model.sample(40, **SETTINGS))["posterior"]
    for name, statistics in trace.groups(whole)["summary"].items():
        mean = draws[name].mean(("chain", "draw"))
        np.testing.assert_allclose(statistics.sel(statistic="mean"), mean, rtol=1e-9, atol=1e-12)


def on_disk(model, store, path, **settings):
    """A run on disk of 25 draws, extended to 40, which end within an interval."""
    model.sample(25, store=store, checkpoint=path, every=10, **SETTINGS | settings)
    return model.resume(path, draws=40, progressbar=False)


@pytest.mark.parametrize("kind", ["logistic", "additive"])
def test_summaries_on_disk_are_those_of_memory_also_when_resumed(kind, tmp_path):
    model = MODELS[kind]
    whole = model.sample(40, store="summary", **SETTINGS)
    resumed = on_disk(model, "summary", tmp_path / "run")
    assert_same_values(resumed, whole, SUMMARIES)
    for name in ("summary", "summarized_draws"):
        stored = xr.open_zarr(tmp_path / "run" / "draws.zarr", group=name)
        xr.testing.assert_equal(stored, trace.groups(whole)[name])
    longer = model.extend(resumed, 9, progressbar=False)
    assert_same_values(longer, model.sample(49, store="summary", **SETTINGS), SUMMARIES)


def test_a_killed_run_of_summaries_goes_on_from_its_checkpoint(tmp_path):
    # The copy is what a process killed then leaves: draws and summaries of 20 draws, chains 5 further on.
    model, run, killed = PolyaGammaLogistic(X, Y), tmp_path / "run", tmp_path / "killed"

    def copy(progress):
        if progress.draws >= 25 and not killed.exists():
            shutil.copytree(run, killed)

    whole = model.sample(40, store="summary", checkpoint=run, every=10, callback=copy, **SETTINGS)
    resumed = model.resume(killed, progressbar=False)
    assert_same_values(resumed, whole, SUMMARIES)


def test_summaries_that_a_second_interrupt_cut_leave_the_last_checkpoint_whole(tmp_path, monkeypatch):
    model, run, add = PolyaGammaLogistic(X, Y), tmp_path / "run", RunningSummary.add

    def cut(self, values):
        add(self, values[:, :3] if self.draws == 10 else values)
        if self.draws == 13:
            raise KeyboardInterrupt

    monkeypatch.setattr(RunningSummary, "add", cut)
    with pytest.raises(KeyboardInterrupt):
        model.sample(40, store="summary", checkpoint=run, every=10, **SETTINGS)
    monkeypatch.setattr(RunningSummary, "add", add)
    whole = model.sample(40, store="summary", **SETTINGS)
    assert_same_values(model.resume(run, progressbar=False), whole, SUMMARIES)


def test_summaries_that_a_full_disk_stops_are_those_of_all_draws(tmp_path, monkeypatch):
    model, append = PolyaGammaLogistic(X, Y), DrawStore.append

    def full(self, groups, start, sums):
        if start == 10:
            raise OSError(errno.ENOSPC, "full")
        return append(self, groups, start, sums)

    monkeypatch.setattr(DrawStore, "append", full)
    with pytest.raises(OSError, match="full") as caught:
        model.sample(40, store="summary", checkpoint=tmp_path / "run", every=10, **SETTINGS)
    expected = model.sample(20, store="summary", **SETTINGS)
    assert_same_values(caught.value.idata, expected, SUMMARIES)


def test_single_precision_on_disk_and_in_warm_up_is_that_of_the_draws(tmp_path):
    model = PolyaGammaLogistic(X, Y)
    draws = model.sample(40, discard_tuned_samples=False, **SETTINGS)
    single = on_disk(model, "float32", tmp_path / "run")
    warm = model.sample(2, store="float32", discard_tuned_samples=False, **SETTINGS)
    for group, found in (("posterior", single), ("warmup_posterior", warm)):
        expected = trace.groups(draws)[group]["beta"].astype(np.float32)
        assert trace.groups(found)[group]["beta"].dtype == np.float32
        np.testing.assert_array_equal(trace.groups(found)[group]["beta"], expected)


def test_small_variables_and_those_that_are_named_keep_their_draws():
    model = PolyaGammaLogistic(X, Y)
    draws = trace.groups(model.sample(20, **SETTINGS))["posterior"]
    by_default = trace.groups(model.sample(20, store="summary", **SETTINGS))["posterior"]
    assert list(by_default) == ["intercept"]
    named = trace.groups(model.sample(20, store="summary", var_names=["beta"], **SETTINGS))["posterior"]
    assert list(named) == ["beta"]
    np.testing.assert_array_equal(named["beta"], draws["beta"])
    np.testing.assert_array_equal(by_default["intercept"], draws["intercept"])


@pytest.mark.parametrize("store", ["draws", "float32", "summary"])
def test_columns_that_are_named_keep_their_draws(store, tmp_path):
    model, names = PolyaGammaMultinomial(X, Y + (X[:, 1] > 0)), ["beta[2, x7]", "intercept"]
    draws = trace.groups(model.sample(40, **SETTINGS))["posterior"]
    settings = {"var_names": names, "store": store, **SETTINGS}
    for idata in (
        model.extend(model.sample(30, **settings), 10, progressbar=False),
        on_disk(model, path=tmp_path / "run", **settings),
    ):
        found = trace.groups(idata)["posterior"]
        assert set(found) == set(names)
        assert found["beta[2, x7]"].dims == ("chain", "draw")
        dtype = np.float32 if store == "float32" else np.float64
        expected = draws["beta"].sel({"class": 2, "feature": "x7"})
        np.testing.assert_array_equal(found["beta[2, x7]"], expected.astype(dtype))
        np.testing.assert_array_equal(found["intercept"], draws["intercept"].astype(dtype))
        assert az.ess(found)["beta[2, x7]"].ndim == 0


def test_columns_are_found_by_their_labels():
    variables = {
        "a": (("chain", "draw", "u", "v"), np.zeros((1, 1, 2, 2))),
        "ab": (("chain", "draw", "w"), np.zeros((1, 1, 3))),
        "s": (("chain", "draw"), np.zeros((1, 1))),
    }
    coords = {"u": ["p", "p, q"], "v": ["q, r", "r"]}
    assert places("a[p, r]", variables, coords) == [("a", (0, 1))]
    assert places("a[p, q, r]", variables, coords) == [("a", (0, 0)), ("a", (1, 1))]
    assert places("ab[2]", variables, coords) == [("ab", (2,))]
    assert [places(name, variables, coords) for name in ("s[0]", "ab[3]", "ab", "a[p]", "b[0]")] == [[]] * 5


@pytest.mark.parametrize(
    ("labels", "name", "words"),
    [(["a/b", "c"], "beta[a/b]", "no column with a slash"), (["a", "c"], "beta[a", "must be some of")],
)
def test_columns_that_no_file_can_hold_are_refused(labels, name, words):
    with pytest.raises(ValueError, match=words):
        PolyaGammaLogistic(X[:, :2], Y, feature_names=labels).sample(5, var_names=[name], **SETTINGS)


def test_single_precision_is_that_of_the_draws_also_when_extended():
    model = PolyaGammaLogistic(X, Y)
    draws = trace.groups(model.sample(20, **SETTINGS))["posterior"]
    single = model.extend(model.sample(12, store="float32", **SETTINGS), 8, progressbar=False)
    for name, values in trace.groups(single)["posterior"].items():
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, draws[name].astype(np.float32))


def test_summarized_draws_serve_predictions_and_shrinkage_factors():
    model = PolyaGammaLogistic(X, Y, prior=RegularizedHorseshoe(expected=2))
    idata = model.sample(2 * MOST_SAMPLED, store="summary", **SETTINGS)
    some = summarized_draws(idata)
    assert some.posterior.sizes["draw"] == MOST_SAMPLED
    assert shrinkage_factors(model, some)["kappa"].shape == (2, MOST_SAMPLED, 20)
    every_other = model.sample(2 * MOST_SAMPLED, **SETTINGS).isel(draw=slice(None, None, 2))
    expected = model.predict_proba(every_other, X)
    np.testing.assert_allclose(model.predict_proba(some, X), expected, rtol=1e-5)
    with pytest.raises(KeyError, match="pass what sample"):
        summarized_draws(every_other)


def test_memory_of_summaries_does_not_grow_with_the_draws():
    summary, single, columns = (
        Settings.check(draws=9, kernel="auto", thin=1, cores=1, **CHAINS | given)
        for given in ({"store": "summary"}, {"store": "float32"}, {"var_names": ["beta[x3]"]})
    )
    assert bytes_of_draws(summary, 20_000, 0, 10**6) == bytes_of_draws(summary, 20_000, 0, 1)
    assert bytes_of_draws(single, 21, 21, 100) == 4 * 21 * 100
    assert bytes_of_draws(columns, 21, 1, 100) == 8 * 100
    model = PolyaGammaLogistic(X, Y)._specification
    assert [model.numbers_kept(settings) for settings in (summary, single, columns)] == [1, 21, 1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"store": "disk"}, "store must be one of"),
        ({"store": "summary", "var_names": ["gamma"]}, "var_names must be some of"),
        ({"var_names": ["beta[x20]"]}, "or columns of parameters by their labels"),
        ({"store": "summary", "var_names": ["beta[x20]", "beta[x0]"]}, r"got \['beta\[x20\]'\]"),
    ],
)
def test_what_cannot_be_stored_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        PolyaGammaLogistic(X, Y).sample(5, **SETTINGS | arguments)
