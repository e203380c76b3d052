"""One converter for both generations of ArviZ: InferenceData before 1.0, xarray's DataTree since.

Where ArviZ 0.x is installed, `arviz-base` stands for the functions of ArviZ 1.x, which needs Python 3.12.
"""

from functools import cache
from importlib.metadata import version
from itertools import product

import arviz
import arviz_base
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from slow_cases import mostly_slow

from polyagamma import PolyaGammaGP, PolyaGammaLogistic
from polyagamma.traces import trace

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
INSTALLED = version("arviz")
GENERATIONS = ["1.0.0"] if INSTALLED >= "1" else [INSTALLED, "1.0.0"]
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.standard_normal((20, 2)), columns=["age", "dose"])
LABELS = np.array(["ill", "well"])[np.arange(20) % 2]
SHORT = {"draws": 12, "tune": 8, "chains": 2, "random_seed": 1, "progressbar": False}


THREE = np.array(list("abc"))[np.arange(20) % 3]
MODELS = {
    "logistic": lambda: PolyaGammaLogistic(FRAME, LABELS, offset=0.5),
    "gp": lambda: PolyaGammaGP(FRAME, LABELS),
    "gp of three classes": lambda: PolyaGammaGP(FRAME, THREE),
    "sparse gp": lambda: PolyaGammaGP(FRAME, LABELS, inducing=4),
}
GROUPS = {
    "constant_data",
    "log_likelihood",
    "observed_data",
    "posterior",
    "posterior_predictive",
    "predictions",
    "predictions_constant_data",
    "prior",
    "prior_predictive",
    "sample_stats",
    "sampler_state",
    "warmup_posterior",
    "warmup_sample_stats",
}


def full_trace(model):
    """Return a trace of a model with every group that it can have."""
    run = model.sample(**SHORT, compute_log_likelihood=True, discard_tuned_samples=False)
    run = model.sample_posterior_predictive(run, random_seed=2)
    run = model.sample_posterior_predictive(run, FRAME[:3], random_seed=3)
    prior = trace.groups(model.sample_prior_predictive(5, random_seed=4))
    return trace.with_groups(run, {name: prior[name] for name in ("prior", "prior_predictive")})


POSTERIOR_SIZES = {
    "logistic": {"chain": 2, "draw": 12, "feature": 2},
    "gp": {"chain": 2, "draw": 12, "obs_id": 20},
    "gp of three classes": {"chain": 2, "draw": 12, "obs_id": 20, "class": 3},
    "sparse gp": {"chain": 2, "draw": 12, "component": 4},
}
LABELLED = {"feature": ["age", "dose"], "class": ["a", "b", "c"]}


@cache
def make(kind, generation):
    """Return a model and its trace, made as if this ArviZ were installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace, "container", trace.container.__wrapped__)  # which remembers nothing
        patch.setattr(trace, "version", lambda name: generation if name == "arviz" else version(name))
        model = MODELS[kind]()
        return model, full_trace(model)


@pytest.fixture(params=MODELS)
def kind(request):
    return request.param


@pytest.fixture(params=GENERATIONS)
def made(request, kind):
    return make(kind, request.param)


def test_container(kind):
    for generation in GENERATIONS:
        container = xr.DataTree if generation == "1.0.0" else arviz.InferenceData
        assert isinstance(make(kind, generation)[1], container)


def test_every_group_is_there(made):
    assert set(trace.groups(made[1])) == GROUPS


def test_dimensions_and_coordinates(made, kind):
    run = trace.groups(made[1])
    assert POSTERIOR_SIZES[kind].items() <= dict(run["posterior"].sizes).items()
    del run["sampler_state"]
    for name, group in run.items():
        for dim, size in group.sizes.items():
            assert group[dim].to_numpy().tolist() == LABELLED.get(dim, list(range(size))), (name, dim)


def test_attributes(made):
    run = trace.groups(made[1])
    for attrs in (made[1].attrs, run["posterior"].attrs, run["sample_stats"].attrs):
        assert attrs["creation_library"] == attrs["inference_library"] == "polyagamma-gibbs"
        assert {"created_at", "inference_library_version", "sampling_time", "random_seed"} <= set(attrs)
        assert attrs["tuning_steps"] == 8


def test_both_generations_hold_the_same(kind):
    first, *others = (trace.groups(make(kind, generation)[1]) for generation in GENERATIONS)
    for other in others:
        assert set(first) == set(other)
        for name in set(first) - {"sampler_state"}:  # which holds the times of the run
            xr.testing.assert_equal(first[name], other[name])
            assert without_times(first[name].attrs) == without_times(other[name].attrs)
            assert {v: first[name][v].dtype for v in first[name]} == {
                v: other[name][v].dtype for v in other[name]
            }


def without_times(attrs):
    return {name: value for name, value in attrs.items() if not name.endswith(("_time", "_at"))}


def read_netcdf(run, path):
    run.to_netcdf(path)
    return xr.open_datatree(path) if isinstance(run, xr.DataTree) else arviz.from_netcdf(path)


def read_zarr(run, path):
    tree = run if isinstance(run, xr.DataTree) else run.to_datatree()  # as ArviZ 0.23 advises for zarr 3
    tree.to_zarr(path)
    return xr.open_datatree(path, engine="zarr")


QUICK = [("logistic", read_netcdf), ("gp of three classes", read_zarr)]


@pytest.mark.filterwarnings("ignore:.*Zarr V3:FutureWarning")  # zarr: texts and metadata may change
@pytest.mark.filterwarnings("ignore:.*Zarr format 3:UserWarning")
@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    ("kind", "read"),
    mostly_slow(product(MODELS, [read_netcdf, read_zarr]), *QUICK),
)
def test_files_keep_everything(kind, generation, read, tmp_path):
    model, run = make(kind, generation)
    stored = read(run, str(tmp_path / "run"))
    before, after = trace.groups(run), trace.groups(stored)
    assert set(before) == set(after)
    for name in before:
        xr.testing.assert_equal(before[name], after[name])
        assert before[name].attrs == after[name].attrs
    longer, again = (trace.groups(model.extend(idata, 3, progressbar=False)) for idata in (run, stored))
    xr.testing.assert_equal(longer["posterior"], again["posterior"])


def test_functions_of_the_generation(made):
    run = made[1]
    if isinstance(run, xr.DataTree):
        assert arviz_base.convert_to_datatree(run) is run
    extract = arviz_base.extract if isinstance(run, xr.DataTree) else arviz.extract
    for group in ("posterior", "predictions"):
        assert extract(run, group=group).sizes["sample"] == 24
