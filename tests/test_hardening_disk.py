"""Runs on disk that are damaged, foreign, shared, moved, or have no room: no wrong number, no lost draw."""

import errno
import json
import os
import pickle
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from every_model import MODELS, X, Y

from polyagamma import PolyaGammaLogistic, ResumeError
from polyagamma.mcmc import folder_backend as folder
from polyagamma.mcmc import folder_lock
from polyagamma.traces import store

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
SETTINGS = {"tune": 4, "chains": 2, "random_seed": 5, "progressbar": False, "cores": 1}
MODEL = PolyaGammaLogistic(X, Y, feature_names=["weight", "height"])
WHOLE = MODEL.sample(20, **SETTINGS)
EVERY, MADE = 5, 12  # draws of the run that most tests start from: three chunks, the last of them not full


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "run"
    MODEL.sample(MADE, **SETTINGS, checkpoint=path, every=EVERY)
    return path


@pytest.fixture
def run(made, tmp_path):
    """A copy of a finished run, to damage."""
    return shutil.copytree(made, tmp_path / "run")


def contents(path):
    return {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}


def assert_refused(run, *names):
    """The error names the folder, or a file in it, and nothing is changed."""
    before = contents(run)
    with pytest.raises(ResumeError) as caught:
        MODEL.resume(run, draws=20, progressbar=False)
    assert str(run) in str(caught.value)
    assert all(name in str(caught.value) for name in names)
    assert contents(run) == before


def assert_goes_on(run):
    resumed = MODEL.resume(run, draws=20, progressbar=False)
    xr.testing.assert_identical(resumed.posterior.drop_attrs(), WHOLE.posterior.drop_attrs())


def test_an_undamaged_run_goes_on(run):
    assert_goes_on(run)


# ---- metadata and chunks of the draws

SAMPLED = ["posterior/beta", "posterior/intercept", "sample_stats/lp"]
LABELS = ["posterior/feature", "posterior/chain", "posterior/draw", "sample_stats/chain"]
DATA = ["constant_data/X", "constant_data/feature", "observed_data/y"]
METADATA = [f"{name}/{file}" for name in SAMPLED + LABELS + DATA for file in (".zarray", ".zattrs")]
GROUPS = [".zgroup", "posterior/.zgroup", "sample_stats/.zgroup", "constant_data/.zgroup"]
CHUNKS = [
    *("posterior/beta/0.0.0", "posterior/beta/0.1.0", "posterior/beta/0.2.0", "posterior/intercept/0.1"),
    *("sample_stats/lp/0.2", "posterior/feature/0", "posterior/draw/1", "posterior/chain/0"),
    *("constant_data/X/0.0", "constant_data/feature/0", "constant_data/trials/0", "observed_data/y/0"),
]
CONTENTS = {
    "empty": b"",
    "zeros": b"\0" * 100,
    "no text": b"\xff\xfe\xfa" * 9,
    "half": b'{"shape": [2, 12',
    "number": b"7",
    "null": b"null",
    "list": b"[]",
    "object": b"{}",
    "nested": b"[" * 100_000,
}


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("file", ["posterior/beta/.zarray", "posterior/beta/.zattrs", ".zgroup"])
def test_damaged_metadata(run, file, content):
    (run / "draws.zarr" / file).write_bytes(CONTENTS[content])
    if content == "object" and file.endswith(".zattrs"):
        assert_refused(run, file.split("/")[1])
    else:
        assert_refused(run)


@pytest.mark.parametrize("content", ["no text", "half", "null", "object"])
@pytest.mark.parametrize("file", [".zattrs", "posterior/.zattrs", ".zmetadata"])
def test_damaged_notes_are_refused_or_written_anew(run, file, content):
    """What is only noted for readers does not matter to a run."""
    (run / "draws.zarr" / file).write_bytes(CONTENTS[content])
    if content in ("object", "null") or file == ".zmetadata":
        assert_goes_on(run)
        assert b"inference_library" in (run / "draws.zarr" / file).read_bytes()
    else:
        assert_refused(run)


@pytest.mark.parametrize("file", [*METADATA, *GROUPS, *CHUNKS])
def test_missing_files(run, file):
    (run / "draws.zarr" / file).unlink()
    assert_refused(run)


@pytest.mark.parametrize("place", [0.0, 1.0])
@pytest.mark.parametrize("file", CHUNKS[1:9])
def test_flipped_chunks(run, file, place):
    path = run / "draws.zarr" / file
    content = bytearray(path.read_bytes())
    content[int(place * (len(content) - 1))] ^= 4
    path.write_bytes(bytes(content))
    assert_refused(run)


@pytest.mark.parametrize("cut", [0, -1])
@pytest.mark.parametrize("file", CHUNKS[2:10])
def test_truncated_chunks(run, file, cut):
    path = run / "draws.zarr" / file
    path.write_bytes(path.read_bytes()[:cut])
    assert_refused(run)


CHANGES = {
    "huge": {"shape": [10**12, 10**12, 2]},
    "negative": {"shape": [2, -12, 2]},
    "fewer draws": {"shape": [2, 11, 2]},
    "more chains": {"shape": [3, 12, 2]},
    "more columns": {"shape": [2, 12, 3]},
    "text in shape": {"shape": "many"},
    "huge chunks": {"chunks": [2, 10**12, 2]},
    "other chunks": {"chunks": [2, 6, 2]},
    "float32": {"dtype": "<f4"},
    "integers": {"dtype": "<i8"},
    "objects": {"dtype": "|O"},
    "big endian": {"dtype": ">f8"},
    "no dtype": {"dtype": "<f99"},
    "masked": {"fill_value": 0.0},
    "no checksum": {"filters": None},
    "compressed": {"compressor": {"id": "zlib", "level": 1}},
    "unknown filter": {"filters": [{"id": "nothing"}]},
    "transposed": {"order": "F"},
    "separator": {"dimension_separator": "/"},
    "version": {"zarr_format": 3},
}


@pytest.mark.parametrize("kind", CHANGES)
def test_changed_metadata(run, kind):
    file = run / "draws.zarr" / "posterior" / "beta" / ".zarray"
    file.write_text(json.dumps(json.loads(file.read_text()) | CHANGES[kind]))
    assert_refused(run)


ATTRIBUTES = {
    "other dimensions": {"_ARRAY_DIMENSIONS": ["draw", "chain", "feature"]},
    "too few dimensions": {"_ARRAY_DIMENSIONS": ["chain", "draw"]},
    "scaled": {"_ARRAY_DIMENSIONS": ["chain", "draw", "feature"], "scale_factor": 2.0},
    "dates": {"_ARRAY_DIMENSIONS": ["chain", "draw", "feature"], "units": "days since 2000-01-01"},
    "masked": {"_ARRAY_DIMENSIONS": ["chain", "draw", "feature"], "missing_value": 0.0},
}


@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_changed_attributes(run, kind):
    (run / "draws.zarr" / "posterior" / "beta" / ".zattrs").write_text(json.dumps(ATTRIBUTES[kind]))
    assert_refused(run, "beta")


def test_a_variable_more(run):
    posterior = run / "draws.zarr" / "posterior"
    shutil.copytree(posterior / "beta", posterior / "gamma")
    assert_refused(run, "gamma")


FOREIGN = {
    "other seed": (MODEL, {"random_seed": 6}),
    "more draws": (MODEL, {"random_seed": 6, "draws": 20}),
    "fewer draws": (MODEL, {"draws": 10}),
    "other interval": (MODEL, {"every": 4}),
    "other chains": (MODEL, {"chains": 3}),
    "other names": (PolyaGammaLogistic(X, Y, feature_names=["height", "weight"]), {}),
    "other data": (PolyaGammaLogistic(X, 1 - Y, feature_names=["weight", "height"]), {}),
    "other columns": (PolyaGammaLogistic(X[:, :1], Y), {}),
    "other model": (MODELS["gp"], {}),
    "other variables": (MODEL, {"var_names": ["beta"]}),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_draws_of_another_run(run, tmp_path, kind):
    model, settings = FOREIGN[kind]
    model.sample(**{"draws": MADE, "every": EVERY, **SETTINGS, **settings}, checkpoint=tmp_path / "other")
    shutil.rmtree(run / "draws.zarr")
    shutil.copytree(tmp_path / "other" / "draws.zarr", run / "draws.zarr")
    assert_refused(run)


@pytest.mark.parametrize("kind", ["posterior/beta", "sample_stats/lp", "observed_data"])
def test_a_whole_variable_or_group_is_gone(run, kind):
    shutil.rmtree(run / "draws.zarr" / kind)
    assert_refused(run)


# ---- checkpoints

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


@pytest.mark.parametrize("kind", STATES)
def test_changed_states_of_traces(kind):
    """The state in a trace is guarded like that in a checkpoint."""
    idata = MODEL.sample(6, **SETTINGS)
    group = idata.sampler_state
    state = {"u": group["u"].to_numpy(), "sweeps_done": group["sweeps_done"].to_numpy()}
    state["digest"] = np.array(group.attrs["digest"])
    STATES[kind](state)
    texts = {name: str(value) for name, value in state.items() if value.dtype.kind == "U"}
    arrays = {n: ([f"{n}_{a}" for a in range(v.ndim)], v) for n, v in state.items() if n not in texts}
    rest = group.drop_vars(["u", "sweeps_done"])
    attrs = {"meta": group.attrs["meta"], **texts}
    del idata.sampler_state
    idata.add_groups(sampler_state=xr.Dataset({**rest.data_vars, **arrays}, attrs=attrs))
    with pytest.raises(ResumeError, match="damaged or changed"):
        MODEL.extend(idata, 5, progressbar=False)


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


# ---- traces whose folder changes

READS = {
    "values": lambda idata: idata.posterior["beta"].to_numpy(),
    "mean": lambda idata: float(idata.posterior["intercept"].mean()),
    "statistics": lambda idata: idata.sample_stats["lp"].to_numpy(),
    "probabilities": lambda idata: MODEL.predict_proba(idata, X),
    "draws of probabilities": lambda idata: MODEL.predict_draws(idata, X),
    "posterior predictive": lambda idata: MODEL.sample_posterior_predictive(idata, random_seed=1),
    "predictions": lambda idata: MODEL.sample_posterior_predictive(idata, X[:3], random_seed=1),
    "a pickle": lambda idata: pickle.loads(pickle.dumps(idata)).posterior["beta"].to_numpy(),
    "a copy": lambda idata: idata.copy().posterior["beta"].to_numpy(),
}


@pytest.mark.parametrize("change", ["moved", "deleted", "chunks deleted"])
@pytest.mark.parametrize("read", READS)
def test_traces_of_a_folder_that_is_gone(run, tmp_path, read, change):
    idata = MODEL.resume(run, progressbar=False)
    if change == "moved":
        run.rename(tmp_path / "elsewhere")
    elif change == "deleted":
        shutil.rmtree(run)
    else:
        for chunk in (run / "draws.zarr").glob("*/*/0.*"):
            chunk.unlink()
    with pytest.raises(FileNotFoundError, match=r"run was moved, deleted or damaged: .*run"):
        READS[read](idata)


@pytest.mark.parametrize("kind", ["flipped", "truncated", "empty"])
@pytest.mark.parametrize("read", ["values", "probabilities", "predictions"])
def test_traces_whose_chunks_are_damaged(run, read, kind):
    idata = MODEL.resume(run, progressbar=False)
    chunk = run / "draws.zarr" / "posterior" / "beta" / "0.1.0"
    content = chunk.read_bytes()
    flipped = content[:40] + bytes([content[40] ^ 1]) + content[41:]
    chunk.write_bytes({"flipped": flipped, "truncated": content[:-3], "empty": b""}[kind])
    with pytest.raises(ValueError, match=r"run/draws.zarr/posterior/beta/0\.1\.0 is damaged"):
        READS[read](idata)


def test_a_moved_run_goes_on_in_its_new_place(run, tmp_path):
    run.rename(tmp_path / "elsewhere")
    assert_goes_on(tmp_path / "elsewhere")


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("use", ["sample", "resume"])
def test_relative_paths_hold_when_the_working_directory_changes(tmp_path, monkeypatch, use):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()

    def leave(progress):
        if progress.draws >= 6:
            os.chdir(tmp_path / "other")

    if use == "sample":
        idata = MODEL.sample(20, **SETTINGS, checkpoint="new", every=4, callback=leave)
    else:
        idata = MODEL.resume("run", draws=20, progressbar=False, callback=leave)
    np.testing.assert_array_equal(idata.posterior["beta"], WHOLE.posterior["beta"])
    assert not list((tmp_path / "other").iterdir())


# ---- locks

RESUMING = """
    import sys, warnings
    import numpy as np
    warnings.simplefilter("ignore")
    sys.path.insert(0, sys.argv[2])
    from every_model import X, Y
    from polyagamma import PolyaGammaLogistic, ResumeError
    model = PolyaGammaLogistic(X, Y, feature_names=["weight", "height"])
    try:
        print(model.resume(sys.argv[1], draws=20, progressbar=False).posterior.sizes["draw"])
    except ResumeError as error:
        print(error)
"""


def resumed_elsewhere(run):
    script = [sys.executable, "-c", textwrap.dedent(RESUMING), run, os.path.dirname(__file__)]
    return subprocess.run(script, capture_output=True, text=True, check=True).stdout.strip()


def test_another_process_cannot_go_on_with_a_run_meanwhile(run):
    found = []

    def resume(progress):
        if not found:
            found.append(resumed_elsewhere(run))
        return progress.draws < 0

    MODEL.resume(run, draws=20, progressbar=False, callback=resume)
    assert found == [f"another run works on {run}: wait until it has ended, or end it"]
    assert resumed_elsewhere(run) == "20"


@pytest.mark.parametrize("first", ["sample", "resume"])
@pytest.mark.parametrize("second", ["sample", "resume"])
def test_runs_of_one_process_lock_each_other_out(run, tmp_path, first, second):
    place = run if first == "resume" else tmp_path / "new"

    def interfere(progress):
        if progress.draws <= 0:
            return
        error = ResumeError if second == "resume" else FileExistsError
        with pytest.raises(error, match="another run works on" if second == "resume" else "exists"):
            begin(second, place)

    def begin(which, path, **options):
        if which == "sample":
            return MODEL.sample(20, **SETTINGS, checkpoint=path, every=5, **options)
        return MODEL.resume(path, draws=20, progressbar=False, **options)

    idata = begin(first, place, callback=interfere)
    np.testing.assert_array_equal(idata.posterior["beta"], WHOLE.posterior["beta"])


def test_two_runs_that_begin_in_one_folder(tmp_path):
    (tmp_path / "run").mkdir()
    with (
        folder_lock.FolderLock(tmp_path / "run"),
        pytest.raises(FileExistsError, match="another run works on"),
    ):
        MODEL.sample(20, **SETTINGS, checkpoint=tmp_path / "run")
    MODEL.sample(5, **SETTINGS, checkpoint=tmp_path / "run")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_the_lock_is_released_after_an_error(run, error):
    def fail(_):
        raise error

    with pytest.raises(error):
        MODEL.resume(run, draws=20, progressbar=False, callback=fail)
    assert_goes_on(run)


def test_a_process_forked_meanwhile_does_not_keep_the_lock(run):
    """As of a pool of workers, which have the open files of their parent."""
    lock = folder_lock.FolderLock(run)
    heir = os.dup(lock._file.fileno())
    lock.release()
    assert_goes_on(run)
    os.close(heir)


@pytest.mark.parametrize("code", folder_lock.NO_LOCKS)
def test_file_systems_without_locks(run, monkeypatch, code):
    def refuse(_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(folder_lock, "_lock", refuse)
    assert_goes_on(run)


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_folders_that_cannot_be_written_to(run, monkeypatch, code):
    def refuse(path):
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(folder, "FolderLock", refuse)
    with pytest.raises(ResumeError, match=r"run cannot be written to .*: allow it, or copy the folder"):
        MODEL.resume(run, progressbar=False)


# ---- full disks

FULL = {
    "draws": (store, "sync"),
    "checkpoint": (folder, "sync"),
    "end": (store.DrawStore, "finish"),
    "chunks": (store.DrawStore, "_put"),
}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("where", FULL)
@pytest.mark.parametrize("every", [5, 500])
def test_full_disks_lose_no_draw(monkeypatch, tmp_path, where, code, every):
    """Full from the 10th draw on: the error has all of them; with room again the run goes on."""
    owner, name = FULL[where]
    function, full = getattr(owner, name), []

    def write(*arguments):
        if full:
            raise OSError(code, os.strerror(code))
        return function(*arguments)

    def fill(progress):
        if progress.draws >= 10:
            full.append(True)

    monkeypatch.setattr(owner, name, write)
    monkeypatch.setattr("polyagamma.mcmc.rounds.ROUND_SWEEPS", 3)
    with pytest.raises(OSError, match=r"\[Errno") as caught:
        MODEL.sample(20, **SETTINGS, checkpoint=tmp_path / "run", every=every, callback=fill)
    error = caught.value
    assert error.errno == code
    draws = error.idata.posterior.sizes["draw"]
    assert 10 <= draws <= 20
    for variable in ("beta", "intercept"):
        np.testing.assert_array_equal(error.idata.posterior[variable], WHOLE.posterior[variable][:, :draws])
    np.testing.assert_array_equal(error.idata.posterior["feature"], ["weight", "height"])
    notes = "\n".join(error.__notes__)
    assert f"The run in {tmp_path / 'run'} could not be written" in notes
    assert f"The {draws} draws of each chain made before are a trace" in notes
    monkeypatch.undo()
    assert_goes_on(tmp_path / "run")


LIMITED = """
    import resource, sys, warnings
    warnings.simplefilter("ignore")
    sys.path.insert(0, sys.argv[2])
    from every_model import X, Y
    from polyagamma import PolyaGammaLogistic
    model = PolyaGammaLogistic(X, Y, feature_names=["weight", "height"])
    def limit(progress):
        if progress.draws >= 6:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
    try:
        model.sample(20, tune=4, chains=2, random_seed=5, progressbar=False, checkpoint=sys.argv[1], every=5,
                     callback=limit)
    except OSError as error:
        print(error.errno, error.idata.posterior.sizes["draw"], float(error.idata.posterior["beta"].sum()))
"""


def test_a_real_limit_of_file_sizes(tmp_path):
    script = [sys.executable, "-c", textwrap.dedent(LIMITED), tmp_path / "run", os.path.dirname(__file__)]
    done = subprocess.run(script, capture_output=True, text=True, check=True)
    code, draws, total = done.stdout.split()
    assert int(code) == errno.EFBIG
    assert float(total) == pytest.approx(float(WHOLE.posterior["beta"][:, : int(draws)].sum()), rel=1e-12)
    assert int(draws) >= 6
    assert_goes_on(tmp_path / "run")


def test_draws_are_on_the_disk_before_the_checkpoint_that_counts_them(monkeypatch, tmp_path):
    log = []
    monkeypatch.setattr(store, "sync", lambda *paths: log.extend(path.name for path in paths))
    write = folder.write_checkpoint
    monkeypatch.setattr(folder, "write_checkpoint", lambda *some: log.append("checkpoint") or write(*some))
    MODEL.sample(6, **SETTINGS, checkpoint=tmp_path / "run", every=3)
    first, second = (log.index(chunk) for chunk in ("0.0.0", "0.1.0"))
    assert log.index("checkpoint") < first < log.index("checkpoint", first) < second
    assert {"beta", "intercept", "lp", "draw", ".zarray", "0.0", "0"} <= set(log)
    assert log[-1] == "checkpoint"


def test_the_cost_of_an_interval_does_not_grow(monkeypatch, tmp_path):
    """Files that are read and written for each of 40 intervals."""
    from zarr.storage import LocalStore

    touched, counts = [], []
    for name in ("get", "set"):
        function = getattr(LocalStore, name)

        def counted(self, key, *arguments, _function=function, **options):
            touched.append(key)
            return _function(self, key, *arguments, **options)

        monkeypatch.setattr(LocalStore, name, counted)
    monkeypatch.setattr("polyagamma.mcmc.rounds.ROUND_SWEEPS", 1)
    MODEL.sample(
        40, **SETTINGS, checkpoint=tmp_path / "run", every=1, callback=lambda _: counts.append(len(touched))
    )
    each = np.diff(counts[SETTINGS["tune"] + 1 :])
    assert len(each) >= 35
    assert (each == each[0]).all()


# ---- beginnings

BEGINNINGS = {
    "nothing": [],
    "lock": ["run.lock"],
    "group": ["run.lock", "draws.zarr/.zgroup"],
    "no draws": ["run.lock", "draws.zarr/.zgroup", "draws.zarr/posterior/beta/.zarray"],
    "data": ["run.lock", "draws.zarr/posterior/feature/0", "draws.zarr/constant_data/X/0.0"],
    "half a checkpoint": ["run.lock", "draws.zarr/.zgroup", "checkpoint.npz.new"],
}
IN_THE_WAY = {
    "draws": ["run.lock", "draws.zarr/.zgroup", "draws.zarr/posterior/beta/0.0.0"],
    "checkpoint": ["checkpoint.npz"],
    "a store of others": ["draws.zarr/.zgroup", "draws.zarr/temperature/0.0"],
    "something": ["run.lock", "notes.txt"],
    "folder": ["mine/notes.txt"],
    "hidden": [".git/config"],
}


def lay(path, files):
    path.mkdir()
    for file in files:
        (path / file).parent.mkdir(parents=True, exist_ok=True)
        (path / file).write_bytes(b"?")


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_a_run_that_ended_before_its_first_checkpoint_leaves_a_folder_to_use_again(tmp_path, kind):
    lay(tmp_path / "run", BEGINNINGS[kind])
    with pytest.raises(FileNotFoundError, match=r"sample anew if that run ended before its first checkpoint"):
        MODEL.resume(tmp_path / "run")
    MODEL.sample(12, **SETTINGS, checkpoint=tmp_path / "run", every=5)
    assert_goes_on(tmp_path / "run")


@pytest.mark.parametrize("kind", IN_THE_WAY)
def test_what_a_folder_holds_is_not_overwritten(tmp_path, kind):
    lay(tmp_path / "run", IN_THE_WAY[kind])
    before = contents(tmp_path / "run")
    with pytest.raises(FileExistsError, match=r"run exists: continue that run .* or pass another folder"):
        MODEL.sample(12, **SETTINGS, checkpoint=tmp_path / "run", every=5)
    assert contents(tmp_path / "run") == before


@pytest.mark.parametrize("moment", ["create", "_save"])
def test_a_disk_that_is_full_from_the_start(monkeypatch, tmp_path, moment):
    owner = store.DrawStore if moment == "create" else folder.FolderBackend

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(owner, moment, fail)
    with pytest.raises(OSError, match="No space left") as caught:
        MODEL.sample(12, **SETTINGS, checkpoint=tmp_path / "run", every=5)
    assert "make room there" in caught.value.__notes__[0]
    monkeypatch.undo()
    MODEL.sample(12, **SETTINGS, checkpoint=tmp_path / "run", every=5)
    assert_goes_on(tmp_path / "run")


@pytest.mark.parametrize("use", ["sample", "resume"])
def test_without_zarr_there_is_no_folder(monkeypatch, tmp_path, use):
    monkeypatch.setitem(sys.modules, "zarr", None)
    options = SETTINGS | {"checkpoint": tmp_path / "run"} if use == "sample" else {}
    with pytest.raises(ImportError, match="a run on disk needs zarr: pip install"):
        MODEL.sample(12, **options) if options else MODEL.resume(tmp_path / "run")
    assert not (tmp_path / "run").exists()


# ---- names

NAMES = ["a\0", "\0", "a\0\0", "gr\u00f6\u00dfe\0"]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_storage_would_change_are_refused(name):
    with pytest.raises(ValueError, match="feature_names must not end in a NUL character"):
        PolyaGammaLogistic(X, Y, feature_names=["x", name])
    with pytest.raises(ValueError, match="the column names of X must not end in a NUL character"):
        PolyaGammaLogistic(pd.DataFrame(X, columns=["x", name]), Y)


@pytest.mark.parametrize("name", ["a\0b", "\0a", "größe", "", " ", "日本", "a/b", "\n", "x" * 300, "😀"])
def test_other_names_survive_storage(tmp_path, name):
    model = PolyaGammaLogistic(X, Y, feature_names=["x", name])
    model.sample(6, **SETTINGS, checkpoint=tmp_path / "run", every=4)
    idata = model.resume(tmp_path / "run", progressbar=False)
    assert idata.posterior["feature"].to_numpy().tolist() == ["x", name]
