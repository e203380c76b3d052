"""Containers of both ArviZ generations: groups, dimensions, coordinates, files, ArviZ's own functions."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from polyagamma import PolyaGammaLogistic
from polyagamma.traces import trace

mpl.use("Agg")
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.standard_normal((40, 2)), columns=["age", "dose"])
Y = np.where(RNG.random(40) < 0.5, "well", "ill")
OFFSET = RNG.standard_normal(40)
MODEL = PolyaGammaLogistic(FRAME, Y, offset=OFFSET, weights=2.0)
ARGUMENTS = {"draws": 60, "tune": 20, "random_seed": 1, "progressbar": False, "compute_log_likelihood": True}
GROUPS = {
    "posterior",
    "sample_stats",
    "log_likelihood",
    "observed_data",
    "constant_data",
    "sampler_state",
}


@pytest.fixture(params=["installed ArviZ", "DataTree"])
def idata(request, monkeypatch):
    if request.param == "DataTree":
        monkeypatch.setattr(trace, "to_trace", trace.to_datatree)
    return MODEL.sample(**ARGUMENTS)


def groups(idata):
    return set(idata.children) if isinstance(idata, xr.DataTree) else set(idata.groups())


def test_groups_dimensions_and_coordinates(idata):
    assert groups(idata) == GROUPS
    assert idata["posterior"]["beta"].dims == ("chain", "draw", "feature")
    assert idata["posterior"]["beta"]["feature"].to_numpy().tolist() == ["age", "dose"]
    assert idata["posterior"]["intercept"].shape == (4, 60)
    assert idata["sample_stats"]["lp"].shape == (4, 60)
    assert idata["log_likelihood"]["y"].dims == ("chain", "draw", "obs_id")
    assert idata["constant_data"]["X"].dims == ("obs_id", "feature")


def test_data_as_given(idata):
    np.testing.assert_array_equal(idata["observed_data"]["y"], Y == "well")
    np.testing.assert_array_equal(idata["constant_data"]["X"], FRAME)
    np.testing.assert_array_equal(idata["constant_data"]["offset"], OFFSET)
    np.testing.assert_array_equal(idata["constant_data"]["weights"], np.full(40, 2.0))
    np.testing.assert_array_equal(idata["constant_data"]["trials"], np.ones(40))


def test_attributes(idata):
    for attrs in (idata.attrs, idata["posterior"].attrs):
        assert attrs["inference_library"] == "polyagamma-gibbs"
        assert attrs["tuning_steps"] == 20
        assert attrs["sampling_time"] > 0
        assert attrs["interrupted"] == 0
        assert attrs["classes"] == '["ill", "well"]'
        assert attrs["prior"] == "Normal(mu=0.0, sigma=2.5, standardized=True)"


def test_log_likelihood_only_on_request():
    assert "log_likelihood" not in groups(MODEL.sample(**ARGUMENTS | {"compute_log_likelihood": False}))


def test_prediction_from_either_container(idata):
    draws = MODEL.predict_draws(idata, FRAME)
    np.testing.assert_allclose(MODEL.predict_proba(idata, FRAME)[:, 1], draws.mean(("chain", "draw")))


def test_files_keep_everything(idata, tmp_path):
    idata.to_netcdf(tmp_path / "run.nc")
    for group in GROUPS:
        stored = xr.open_dataset(tmp_path / "run.nc", group=group)
        original = idata[group]
        original = original.to_dataset() if isinstance(original, xr.DataTree) else original
        xr.testing.assert_equal(stored, original)
        stored.close()


@pytest.mark.filterwarnings("ignore::matplotlib.MatplotlibDeprecationWarning")  # of ArviZ 0.23
def test_functions_of_arviz():
    import arviz as az

    idata = PolyaGammaLogistic(FRAME, Y).sample(**ARGUMENTS | {"draws": 500})
    table = az.summary(idata)
    assert table.index.tolist() == ["intercept", "beta[age]", "beta[dose]"]
    loo = az.loo(idata)
    assert np.isfinite(loo.elpd if hasattr(loo, "elpd") else loo.elpd_loo)  # since 1.0 or before
    assert az.plot_trace(idata) is not None
    assert az.plot_forest(idata, combined=True) is not None


def test_coordinates_of_missing_dimensions_are_numbers():
    data = trace.dataset({"a": (("row",), np.ones(3))}, {"column": ["x"]})
    assert data["row"].to_numpy().tolist() == [0, 1, 2]
    assert "column" not in data.coords


def test_foreign_trace_is_refused():
    other = xr.DataTree.from_dict({"posterior": xr.Dataset({"slope": (("chain", "draw"), np.ones((1, 2)))})})
    for foreign in (other, xr.DataTree(), None):
        with pytest.raises(KeyError, match=r"idata has no 'beta' in its posterior: pass what sample\(\)"):
            MODEL.predict_proba(foreign, FRAME)
