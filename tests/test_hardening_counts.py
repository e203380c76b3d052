"""Counts without bound, and counts that are none: refused before anything is allocated, with the limit."""

import json
from copy import deepcopy

import numpy as np
import pytest
from sklearn.gaussian_process.kernels import RBF

from polyagamma import (
    HilbertBasis,
    PolyaGammaGP,
    PolyaGammaLogistic,
    PolyaGammaNegativeBinomial,
    ResumeError,
)
from polyagamma.mcmc.settings import Settings
from polyagamma.sklearn import PolyaGammaClassifier

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
X = np.random.default_rng(0).standard_normal((20, 2))
Y = np.arange(20) % 2
MODEL = PolyaGammaLogistic(X, Y)
COUNTS = PolyaGammaNegativeBinomial(X, Y + 1)
PROCESS = PolyaGammaGP(X, Y, RBF(1.0))
SHORT = {"draws": 3, "tune": 3, "chains": 1, "random_seed": 1, "progressbar": False}
TRACE, TRACE_OF_COUNTS = MODEL.sample(**SHORT), COUNTS.sample(**SHORT)


def sampled(**count):
    return MODEL.sample(**SHORT | count)


def first(**count):
    return next(MODEL.iter_draws(**{"tune": 3, "random_seed": 1} | count))


def on_disk(tmp_path, **count):
    return sampled(checkpoint=tmp_path / "run", **count)


def fitted(**count):
    return PolyaGammaClassifier(draws=3, tune=3, chains=1).set_params(**count).fit(X, Y)


MOST = {"draws": 10**12, "tune": 10**9, "chains": 10**4, "thin": 10**6, "cores": 10**4}
USES = {
    "sample": (sampled, ["draws", "tune", "chains", "thin", "cores"]),
    "iter_draws": (first, ["tune", "chains", "thin", "cores"]),
    "estimator": (fitted, ["draws", "tune", "chains"]),
    "extend": (lambda **count: MODEL.extend(TRACE, progressbar=False, **count), ["draws", "cores"]),
    "prior predictive": (MODEL.sample_prior_predictive, ["draws"]),
    "counts": (lambda **count: COUNTS.sample(**SHORT | count), ["draws", "tune", "chains", "thin", "cores"]),
    "counts one by one": (
        lambda **count: next(COUNTS.iter_draws(**{"tune": 3, "random_seed": 1} | count)),
        ["tune", "chains", "thin", "cores"],
    ),
    "extend counts": (
        lambda **count: COUNTS.extend(TRACE_OF_COUNTS, progressbar=False, **count),
        ["draws", "cores"],
    ),
    "prior counts": (COUNTS.sample_prior_predictive, ["draws"]),
    "rootogram": (lambda **count: COUNTS.rootogram(TRACE_OF_COUNTS, **count), ["draws"]),
    "process": (lambda **count: PROCESS.sample(**SHORT | count), ["draws", "tune", "chains", "cores"]),
}
CASES = [(use, name) for use, (_, names) in USES.items() for name in names]


@pytest.fixture(autouse=True)
def nothing_is_made(monkeypatch):
    """No seed is spawned and no array is made for what is refused."""

    def spawned(*_):
        raise AssertionError("streams were spawned")

    monkeypatch.setattr("polyagamma.mcmc.runs.bit_generators", spawned)


@pytest.mark.parametrize("beyond", [1, 10**13, 2**63, 2**64, 10**30], ids=str)
@pytest.mark.parametrize(("use", "name"), CASES)
def test_counts_above_their_limits(use, name, beyond):
    message = rf"^{name} must be at most {MOST[name]}, got \d+: pass a smaller {name}"
    with pytest.raises(ValueError, match=message):
        USES[use][0](**{name: MOST[name] + beyond})


@pytest.mark.parametrize("name", ["thin", "chains"])
def test_ten_millions_in_draws_one_by_one(name):
    with pytest.raises(ValueError, match=rf"^{name} must be at most 10+, got 10000000"):
        first(**{name: 10**7})


NO_COUNTS = [True, False, 2.0, np.nan, np.inf, "3", b"3", None, [3], np.array([3, 4]), 3j, np.float64(3), {}]


@pytest.mark.parametrize("value", NO_COUNTS, ids=repr)
@pytest.mark.parametrize("name", ["draws", "tune", "chains", "thin"])
def test_what_is_no_count(name, value):
    with pytest.raises(TypeError, match=rf"^{name} must be an integer, got .*: pass "):
        sampled(**{name: value})


@pytest.mark.parametrize("value", [0, -1, -(2**70)])
@pytest.mark.parametrize(("use", "name"), [case for case in CASES if case[1] != "tune"])
def test_counts_below_one(use, name, value):
    with pytest.raises(ValueError, match=rf"^{name} must be at least 1, got {value}: pass a larger {name}"):
        USES[use][0](**{name: value})


@pytest.mark.parametrize("value", [10**12 + 1, 2**64])
def test_other_counts(value, tmp_path):
    with pytest.raises(ValueError, match=r"^every must be at most 10{12}, got \d+: pass a smaller every"):
        on_disk(tmp_path, every=value)
    assert not (tmp_path / "run").exists()
    with pytest.raises(ValueError, match=r"^inducing must be at most 10{12}, got"):
        PolyaGammaGP(X, Y, inducing=value)
    with pytest.raises(ValueError, match=r"^n_basis must be at most 10{12}, got"):
        HilbertBasis(value)


STORED = {
    "chains": ("chains", 10**9, "chains must be at most 10000, got 1000000000"),
    "no chains": ("chains", 0, "chains must be at least 1, got 0"),
    "half a chain": ("chains", 0.5, r"chains must be an integer, got 0\.5"),
    "draws": ("draws", 2**64, "draws must be at most"),
    "negative draws": ("draws", -1, "draws must be at least 1"),
    "tune": ("tune", 2**64, "tune must be at most"),
    "negative tune": ("tune", -5, "tune must be at least 0"),
    "thin": ("thin", 10**7, "thin must be at most"),
    "no thin": ("thin", 0, "thin must be at least 1"),
    "every": ("every", 10**13, "every must be at most"),
    "text": ("draws", "9", "draws must be an integer, got '9'"),
    "null": ("draws", None, "draws must be an integer, got None"),
    "truth": ("chains", True, "chains must be an integer, got True"),
}


@pytest.mark.parametrize("case", STORED)
def test_counts_of_stored_runs(case):
    name, value, message = STORED[case]
    trace = deepcopy(TRACE)
    meta = json.loads(trace.sampler_state.attrs["meta"])
    assert name in meta["settings"]
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        Settings.from_plain(meta["settings"] | {name: value})
    meta["settings"][name] = value
    trace.sampler_state.attrs["meta"] = json.dumps(meta)
    with pytest.raises(ResumeError, match="damaged or changed since it was written: sample anew"):
        MODEL.extend(trace, 3, progressbar=False)
    del meta["settings"][name]
    with pytest.raises(KeyError, match=name):
        Settings.from_plain(meta["settings"])


@pytest.mark.parametrize("inducing", [None, 5])
@pytest.mark.parametrize("cores", [2, 64, 10**4])
def test_cores_above_the_number_of_chains_take_no_memory(cores, inducing, monkeypatch):
    monkeypatch.undo()
    process = PolyaGammaGP(X, Y, RBF(1.0), inducing=inducing)
    expected = process.sample(**SHORT, cores=1)
    settings = Settings.check(draws=3, tune=3, chains=1, thin=1, cores=cores, kernel="auto", random_seed=1)
    assert (settings.threads, settings.chain_threads) == (cores, 1)
    needed = []
    monkeypatch.setattr("polyagamma._validation.memory.available_memory", lambda: needed.append(1) or 60_000)
    monkeypatch.setattr("polyagamma.terms.processes.available_memory", lambda: 60_000)
    trace = process.sample(**SHORT, cores=cores)
    assert needed
    assert trace.posterior.equals(expected.posterior)
    with pytest.raises(MemoryError, match=r"needs .* GB"):
        process.sample(**SHORT | {"chains": 64}, cores=64)


def test_draws_one_by_one_are_refused_where_chains_do_not_fit(monkeypatch):
    monkeypatch.setattr("polyagamma._validation.memory.available_memory", lambda: 10_000)
    with pytest.raises(MemoryError, match=r"a run of 10000 chains with 1 draws .*: ask for fewer"):
        first(chains=10**4)


def test_counts_at_their_limits():
    settings = Settings.check(**MOST, kernel="auto", random_seed=1, every=10**12)
    assert settings.to_plain()["thin"] == 10**6
