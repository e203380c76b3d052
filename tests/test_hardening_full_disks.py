"""Disks that are full, and folders in which runs began: no lost draw, and nothing overwritten."""

import errno
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from slow_cases import mostly_slow
from stored_run import MODEL, SETTINGS, WHOLE, assert_goes_on, contents

from polyagamma.mcmc import folder_backend as folder
from polyagamma.traces import store

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs


FULL = {
    "draws": (store, "sync"),
    "checkpoint": (folder, "sync"),
    "end": (store.DrawStore, "finish"),
    "chunks": (store.DrawStore, "_put"),
}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("where", FULL)
@pytest.mark.parametrize("every", mostly_slow([5, 500], 5))
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


@pytest.mark.slow
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
