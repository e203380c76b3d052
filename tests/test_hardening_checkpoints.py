"""Checkpoints that are damaged, forged or no checkpoints at all: refused before anything is made of them."""

import json

import numpy as np
import pytest
import xarray as xr
from every_model import X, Y
from stored_run import MADE, MODEL, OF_COUNTS, SETTINGS, WHOLE, assert_refused

from polyagamma import PolyaGammaLogistic, ResumeError
from polyagamma.mcmc import folder_backend as folder
from polyagamma.traces import trace

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs


META = {
    "more draws": ("run", {"draws": 20}),
    "fewer draws": ("run", {"draws": 7}),
    "negative draws": ("run", {"draws": -1}),
    "huge draws": ("run", {"draws": 10**30}),
    "draws in text": ("run", {"draws": "12"}),
    "no times": ("run", {"tuning_time": None}),
    "unknown": ("run", {"left": 3}),
    "many chains": ("settings", {"chains": 10**9}),
    "no chains": ("settings", {"chains": 0}),
    "huge interval": ("settings", {"every": 2**62}),
    "interval of zero": ("settings", {"every": 0}),
    "negative warm-up": ("settings", {"tune": -4}),
    "huge thinning": ("settings", {"thin": 10**18}),
    "other kernel": ("settings", {"kernel": "hmc"}),
    "other names": ("settings", {"var_names": ["gamma"]}),
    "other seed": ("settings", {"seed": {"entropy": -1, "spawn_key": [], "n_children_spawned": 0}}),
    "other sums": ("sums", {"posterior/beta": [0, 0]}),
    "no generators": ("generators", []),
    "settings in a list": ("settings", []),
}


def forge(run, change):
    """Put a checkpoint in place that is whole as a file, and has other content."""
    snapshot = folder.read_checkpoint(run)
    change(snapshot)
    np.savez(run / "checkpoint.npz", **snapshot)


@pytest.mark.parametrize("kind", META)
def test_changed_metadata_of_checkpoints(run, kind):
    def change(snapshot):
        meta, (key, value) = json.loads(str(snapshot["meta"])), META[kind]
        meta[key] = meta[key] | value if isinstance(value, dict) else value
        snapshot["meta"] = np.array(json.dumps(meta))

    forge(run, change)
    assert_refused(run, "damaged or changed")


STATES = {
    "NaN": lambda state: state.update(u=state["u"] * np.nan),
    "other sign": lambda state: state.update(u=-state["u"]),
    "float32": lambda state: state.update(u=state["u"].astype(np.float32)),
    "integers": lambda state: state.update(u=state["u"].astype(int)),
    "other shape": lambda state: state.update(u=state["u"][np.newaxis]),
    "longer": lambda state: state.update(u=np.tile(state["u"], 2)),
    "scalar": lambda state: state.update(u=np.array(1.0)),
    "text": lambda state: state.update(u=np.array("u")),
    "missing": lambda state: state.pop("u"),
    "renamed": lambda state: state.update(v=state.pop("u")),
    "one more": lambda state: state.update(v=np.zeros(3)),
    "no digest": lambda state: state.pop("digest"),
    "other digest": lambda state: state.update(digest=np.array("0" * 32)),
    "sweeps": lambda state: state.update(sweeps_done=state["sweeps_done"] + 1),
    "huge sweeps": lambda state: state.update(sweeps_done=np.array([2**64 - 1], np.uint64)),
}


@pytest.mark.parametrize("kind", STATES)
def test_changed_states(run, kind):
    forge(run, STATES[kind])
    assert_refused(run, "checkpoint.npz", "damaged or changed")


@pytest.mark.parametrize("model", [MODEL, OF_COUNTS], ids=["logistic", "counts"])
@pytest.mark.parametrize("kind", STATES)
def test_changed_states_of_traces(kind, model):
    """The state in a trace is guarded like that in a checkpoint."""
    idata = model.sample(6, **SETTINGS)
    groups = trace.groups(idata)
    group = groups["sampler_state"]
    state = {"u": group["u"].to_numpy(), "sweeps_done": group["sweeps_done"].to_numpy()}
    state["digest"] = np.array(group.attrs["digest"])
    STATES[kind](state)
    texts = {name: str(value) for name, value in state.items() if value.dtype.kind == "U"}
    arrays = {n: ([f"{n}_{a}" for a in range(v.ndim)], v) for n, v in state.items() if n not in texts}
    rest = group.drop_vars(["u", "sweeps_done"])
    attrs = {"meta": group.attrs["meta"], **texts}
    forged = groups | {"sampler_state": xr.Dataset({**rest.data_vars, **arrays}, attrs=attrs)}
    with pytest.raises(ResumeError, match="damaged or changed"):
        model.extend(trace.to_trace(forged, idata.attrs), 5, progressbar=False)


FILES = {
    "empty": b"",
    "array": None,
    "zeros": bytes(5000),
    "zip without members": b"PK\x05\x06" + bytes(18),
    "text": b"draws: 12\n" * 50,
}


@pytest.mark.parametrize("kind", FILES)
def test_files_that_are_no_checkpoints(run, kind):
    file = run / "checkpoint.npz"
    if kind == "array":
        with file.open("wb") as stream:
            np.save(stream, np.ones(3))
    else:
        file.write_bytes(FILES[kind])
    assert_refused(run, "checkpoint.npz")


@pytest.mark.parametrize("place", np.linspace(0.02, 0.98, 15).round(2))
def test_flipped_checkpoints_are_refused_or_mean_the_same(run, place):
    """Some bytes of a ZIP file, as of dates, mean nothing."""
    file = run / "checkpoint.npz"
    content = bytearray(file.read_bytes())
    content[int(place * len(content))] ^= 16
    file.write_bytes(bytes(content))
    try:
        folder.read_checkpoint(run)
    except ResumeError:
        assert_refused(run, "checkpoint.npz")
    else:
        resumed = MODEL.resume(run, progressbar=False)
        np.testing.assert_array_equal(resumed.posterior["beta"], WHOLE.posterior["beta"][:, :MADE])


def test_other_models_are_named_with_the_folder(run):
    with pytest.raises(ResumeError, match=r"run: the run was made by a model with other data"):
        PolyaGammaLogistic(X, 1 - Y).resume(run, progressbar=False)
