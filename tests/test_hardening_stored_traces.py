"""Traces that read from a folder: an error where it is gone or damaged; names as they were given."""

import os
import pickle
import shutil

import numpy as np
import pandas as pd
import pytest
from every_model import X, Y
from slow_cases import mostly_slow
from stored_run import MODEL, SETTINGS, WHOLE, assert_goes_on

from polyagamma import PolyaGammaLogistic

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs


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


@pytest.mark.parametrize("change", mostly_slow(["moved", "deleted", "chunks deleted"], "moved"))
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


# ---- names

BAD_NAMES = ["a\0", "\0", "a\0\0", "gr\u00f6\u00dfe\0"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_storage_would_change_are_refused(name):
    with pytest.raises(ValueError, match="feature_names must not end in a NUL character"):
        PolyaGammaLogistic(X, Y, feature_names=["x", name])
    with pytest.raises(ValueError, match="the column names of X must not end in a NUL character"):
        PolyaGammaLogistic(pd.DataFrame(X, columns=["x", name]), Y)


NAMES = ["a\0b", "\0a", "größe", "", " ", "日本", "a/b", "\n", "x" * 300, "😀"]


@pytest.mark.parametrize("name", mostly_slow(NAMES, "a\0b", "", "日本"))
def test_other_names_survive_storage(tmp_path, name):
    model = PolyaGammaLogistic(X, Y, feature_names=["x", name])
    model.sample(6, **SETTINGS, checkpoint=tmp_path / "run", every=4)
    idata = model.resume(tmp_path / "run", progressbar=False)
    assert idata.posterior["feature"].to_numpy().tolist() == ["x", name]
