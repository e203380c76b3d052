"""Runs that go on: checkpoints, resuming after kill -9, extending, iterating; damaged and foreign files."""

import json
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import tracemalloc

import numpy as np
import pytest
import xarray as xr
from slow_cases import mostly_slow

from polyagamma import Normal, PolyaGammaGP, PolyaGammaLogistic, ResumeError, SamplingWarning
from polyagamma.mcmc import folder_backend as folder
from polyagamma.mcmc import rounds
from polyagamma.traces import trace

pytestmark = pytest.mark.filterwarnings("ignore:the chains have mixed:polyagamma.SamplingWarning")
RNG = np.random.default_rng(0)
X = RNG.standard_normal((40, 3))
Y = (RNG.random(40) < 0.5).astype(int)
MODEL = PolyaGammaLogistic(X, Y)
SETTINGS = {"tune": 30, "random_seed": 4, "progressbar": False, "compute_log_likelihood": True}
GROUPS = ["posterior", "sample_stats", "observed_data", "constant_data"]


@pytest.fixture(scope="module", params=mostly_slow(["gibbs", "auto"], "auto"))
def kernel(request):
    return request.param


@pytest.fixture(scope="module")
def settings(kernel):
    return SETTINGS | {"kernel": kernel}


@pytest.fixture(scope="module")
def whole(settings):
    return MODEL.sample(90, **settings)


@pytest.fixture
def small_rounds(monkeypatch):
    monkeypatch.setattr(rounds, "ROUND_SWEEPS", 7)


def assert_same_draws(left, right):
    """Same bits; of the log-likelihoods, which BLAS computes interval by interval, the last may differ."""
    left, right = trace.groups(left), trace.groups(right)
    for name in GROUPS:
        xr.testing.assert_equal(left[name], right[name])
    np.testing.assert_allclose(left["log_likelihood"]["y"], right["log_likelihood"]["y"], rtol=1e-13)


def stop_at(draws):
    return lambda progress: progress.draws >= draws


@pytest.mark.usefixtures("small_rounds")
@pytest.mark.parametrize("every", mostly_slow([7, 20, 64, 500], 20))
@pytest.mark.parametrize("stopped", [3, 61])
def test_resumed_run_has_the_bits_of_an_uninterrupted_one(whole, tmp_path, every, stopped, settings):
    path = tmp_path / "run"
    first = MODEL.sample(90, **settings, checkpoint=path, every=every, callback=stop_at(stopped))
    assert stopped <= first.posterior.sizes["draw"] < 90
    assert_same_draws(MODEL.resume(path, progressbar=False), whole)


def test_finished_run_on_disk_is_the_one_in_memory(whole, tmp_path, settings):
    on_disk = MODEL.sample(90, **settings, checkpoint=tmp_path / "run", every=25)
    assert_same_draws(on_disk, whole)
    assert on_disk.posterior.attrs["random_seed"] == whole.posterior.attrs["random_seed"]


def test_resuming_a_finished_run_changes_nothing(whole, tmp_path, settings):
    MODEL.sample(90, **settings, checkpoint=tmp_path / "run", every=25)
    assert_same_draws(MODEL.resume(tmp_path / "run", progressbar=False), whole)


def test_resuming_with_more_draws(whole, tmp_path, settings):
    MODEL.sample(35, **settings, checkpoint=tmp_path / "run", every=25)
    assert_same_draws(MODEL.resume(tmp_path / "run", draws=90, progressbar=False, cores=1), whole)


def test_store_is_read_by_xarray_and_closed_runs_have_no_gaps(whole, tmp_path, settings):
    MODEL.sample(90, **settings, checkpoint=tmp_path / "run", every=25, callback=stop_at(40))
    tree = xr.open_datatree(tmp_path / "run" / "draws.zarr", engine="zarr", chunks=None)
    draws = tree["posterior"].sizes["draw"]
    assert 40 <= draws < 90
    np.testing.assert_array_equal(tree["posterior"]["beta"], whole.posterior["beta"][:, :draws])
    np.testing.assert_array_equal(tree["constant_data"]["X"], X)
    assert tree["posterior"].attrs["tuning_steps"] == 30
    tree.close()


def test_draws_are_read_from_disk_only_when_used(tmp_path):
    on_disk = MODEL.sample(90, **SETTINGS, checkpoint=tmp_path / "run", every=25)
    assert not on_disk.posterior["beta"].variable._in_memory


@pytest.mark.usefixtures("small_rounds")
def test_warmup_is_saved_too(whole, tmp_path, settings):
    def stop(progress):
        return progress.sweeps >= 20

    path = tmp_path / "run"
    MODEL.sample(90, **settings, checkpoint=path, every=5, callback=stop)
    assert json.loads(str(folder.read_checkpoint(path)["meta"]))["run"]["draws"] == 0
    assert_same_draws(MODEL.resume(path, progressbar=False), whole)


KILLED = """
    import sys
    import numpy as np
    from polyagamma import PolyaGammaGP, PolyaGammaLogistic
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 3))
    y = (rng.random(40) < 0.5).astype(int)
    model = {"logistic": PolyaGammaLogistic, "gp": PolyaGammaGP}[sys.argv[2]](X, y)
    model.sample(
        10**7, tune=30, random_seed=4, compute_log_likelihood=True, checkpoint=sys.argv[1], every=20,
        callback=lambda progress: print(progress.draws, flush=True))
"""


@pytest.mark.parametrize("kind", ["logistic", pytest.param("gp", marks=pytest.mark.slow)])
def test_kill_9_loses_at_most_one_interval(kind, tmp_path):
    """A subprocess is killed while it draws; the run goes on to the bits of one that never was."""
    path = tmp_path / "run"
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), path, kind], stdout=subprocess.PIPE, text=True
    )
    told = 0
    while told < 90:
        told = int(process.stdout.readline())
    time.sleep(0.05)
    process.kill()
    told = max([told, *(int(line) for line in process.communicate()[0].split())])
    assert process.returncode != 0
    saved = json.loads(str(folder.read_checkpoint(path)["meta"]))["run"]["draws"]
    assert saved > told - 20
    model = MODEL if kind == "logistic" else PolyaGammaGP(X, Y)
    resumed = model.resume(path, draws=saved + 33, progressbar=False)
    assert_same_draws(resumed, model.sample(saved + 33, **SETTINGS))


def test_death_between_the_length_of_an_array_and_its_chunk(whole, tmp_path, settings):
    """All arrays are longer than the checkpoint counts, coordinates too, and the chunks are not there."""
    import zarr

    path = tmp_path / "run"
    MODEL.sample(50, **settings, checkpoint=path, every=25)
    root = zarr.open_group(path / "draws.zarr", mode="r+", zarr_format=2, use_consolidated=False)
    longer = 0
    for group in ("posterior", "sample_stats"):
        for _, array in root[group].arrays():
            dims = array.attrs["_ARRAY_DIMENSIONS"]
            array.resize([size + 25 * (dim == "draw") for dim, size in zip(dims, array.shape, strict=True)])
            longer += "draw" in dims
    assert longer > 4
    assert_same_draws(MODEL.resume(path, draws=90, progressbar=False, cores=1), whole)


@pytest.mark.parametrize("moment", ["draws written", "checkpoint half written"])
def test_death_between_writes(whole, tmp_path, monkeypatch, moment, settings):
    """The process dies after a flush's draws but before its checkpoint: the flush is made again."""
    path, written = tmp_path / "run", []

    def die(target, snapshot):
        written.append(target)
        if len(written) == 3:
            if moment == "checkpoint half written":
                (target / "checkpoint.npz.new").write_bytes(b"PK\x03\x04 half")
            raise SystemExit
        write(target, snapshot)

    write = folder.write_checkpoint
    monkeypatch.setattr(folder, "write_checkpoint", die)
    with pytest.raises(SystemExit):
        MODEL.sample(90, **settings, checkpoint=path, every=20)
    monkeypatch.undo()
    assert_same_draws(MODEL.resume(path, progressbar=False), whole)


@pytest.fixture
def stopped_run(tmp_path):
    path = tmp_path / "run"
    MODEL.sample(90, **SETTINGS, checkpoint=path, every=20, callback=stop_at(40))
    return path


def damage(path, kind):
    checkpoint, chunk = path / "checkpoint.npz", path / "draws.zarr" / "posterior" / "beta" / "0.1.0"
    if kind == "truncated checkpoint":
        checkpoint.write_bytes(checkpoint.read_bytes()[:-200])
    elif kind == "flipped checkpoint":
        content = bytearray(checkpoint.read_bytes())
        content[len(content) // 3] ^= 1
        checkpoint.write_bytes(bytes(content))
    elif kind == "foreign checkpoint":
        np.savez(checkpoint, a=np.ones(3))
    elif kind == "text":
        checkpoint.write_text("not a checkpoint")
    elif kind == "pickle":
        np.savez(checkpoint, meta=np.array([{}], dtype=object), allow_pickle=True)
    elif kind == "missing chunk":
        chunk.unlink()
    elif kind == "truncated chunk":
        chunk.write_bytes(chunk.read_bytes()[:-8])
    elif kind == "flipped chunk":
        content = bytearray(chunk.read_bytes())
        content[100] ^= 1
        chunk.write_bytes(bytes(content))
    elif kind == "missing draws":
        shutil.rmtree(path / "draws.zarr")
    else:
        meta = json.loads(str(folder.read_checkpoint(path)["meta"])) | {"version": 99}
        np.savez(checkpoint, meta=np.array(json.dumps(meta)))


DAMAGES = {
    "truncated checkpoint": "is damaged or no checkpoint",
    "flipped checkpoint": "is damaged or no checkpoint",
    "foreign checkpoint": "not a stored run of polyagamma-gibbs",
    "text": "is damaged or no checkpoint",
    "pickle": "is damaged or no checkpoint",
    "missing chunk": r"draws in .* are damaged \(.*0\.1\.0 is missing\)",
    "truncated chunk": "draws in .* are damaged",
    "flipped chunk": "draws in .* are damaged",
    "missing draws": "draws in .* are damaged",
    "version": r"stored as \('polyagamma-gibbs run', 99\), this version reads",
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_damaged_and_foreign_runs_are_refused_and_left_alone(stopped_run, kind):
    damage(stopped_run, kind)
    before = contents(stopped_run)
    with pytest.raises(ResumeError, match=DAMAGES[kind]):
        MODEL.resume(stopped_run, progressbar=False)
    with pytest.raises(FileExistsError, match="exists: continue that run with resume"):
        MODEL.sample(90, **SETTINGS, checkpoint=stopped_run)
    assert contents(stopped_run) == before


def contents(path):
    return {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}


def test_other_models_are_refused(stopped_run, whole):
    others = [
        PolyaGammaLogistic(X, 1 - Y),
        PolyaGammaLogistic(X + 1e-15, Y),
        PolyaGammaLogistic(X, Y, weights=2),
        PolyaGammaLogistic(X, Y, offset=1e-9),
        PolyaGammaLogistic(X, Y, prior=Normal(0, 2)),
        PolyaGammaLogistic(X[:, ::-1], Y),
        PolyaGammaLogistic(X, Y, intercept=False),
    ]
    for other in others:
        with pytest.raises(ResumeError, match="made by a model with other data or another prior"):
            other.resume(stopped_run, progressbar=False)
        with pytest.raises(ResumeError, match="made by a model with other data or another prior"):
            other.extend(whole, 5, progressbar=False)


def test_no_checkpoint(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"has no checkpoint.npz: pass the folder that sample"):
        MODEL.resume(tmp_path)


def test_file_in_the_way_is_not_overwritten(tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(FileExistsError, match="pass another folder"):
        MODEL.sample(90, **SETTINGS, checkpoint=tmp_path / "run")
    assert (tmp_path / "run").read_text() == "mine"


def test_fewer_draws_than_made(stopped_run):
    with pytest.raises(ValueError, match="draws must be at least"):
        MODEL.resume(stopped_run, draws=5)


@pytest.mark.parametrize("thin", [1, 3])
def test_extended_trace_has_the_bits_of_a_longer_one(thin, settings):
    first = MODEL.sample(40, **settings, thin=thin)
    kept = first.posterior["beta"].copy()
    longer = MODEL.extend(MODEL.extend(first, 30, progressbar=False), 20, cores=1, progressbar=False)
    assert_same_draws(longer, MODEL.sample(90, **settings, thin=thin))
    assert longer.posterior.attrs["sampling_time"] > first.posterior.attrs["sampling_time"]
    xr.testing.assert_equal(first.posterior["beta"], kept)


def test_trace_from_a_file_can_be_extended(whole, tmp_path, settings):
    import arviz as az

    MODEL.sample(40, **settings).to_netcdf(str(tmp_path / "run.nc"))
    assert_same_draws(MODEL.extend(az.from_netcdf(tmp_path / "run.nc"), 50, progressbar=False), whole)


def test_trace_without_state_cannot_be_extended(whole):
    stripped = trace.to_trace({"posterior": trace.groups(whole)["posterior"]}, {})
    with pytest.raises(ResumeError, match="not a stored run of polyagamma-gibbs"):
        MODEL.extend(stripped, 5)


def test_interrupted_extension_keeps_what_was_drawn(whole, settings):
    def interrupt(progress):
        if progress.draws > 95:
            signal.raise_signal(signal.SIGINT)

    with pytest.warns(SamplingWarning, match="interrupted after"):
        longer = MODEL.extend(whole, 10**6, progressbar=False, callback=interrupt)
    np.testing.assert_array_equal(longer.posterior["beta"][:, :90], whole.posterior["beta"])
    assert_same_draws(
        MODEL.extend(longer, 3, progressbar=False),
        MODEL.sample(longer.posterior.sizes["draw"] + 3, **settings),
    )


@pytest.mark.parametrize("thin", [1, 2])
def test_iterated_draws_are_those_of_a_run(thin, kernel):
    settings = {"tune": 30, "random_seed": 4, "chains": 2, "thin": thin, "kernel": kernel}
    run = MODEL.sample(60, **settings, progressbar=False).posterior
    draws = MODEL.iter_draws(**settings)
    for position, draw in zip(range(60), draws, strict=False):
        np.testing.assert_array_equal(draw["beta"], run["beta"][:, position])
        np.testing.assert_array_equal(draw["intercept"], run["intercept"][:, position])


def test_iteration_checks_its_arguments_at_once():
    with pytest.raises(ValueError, match="chains must be at least 1"):
        MODEL.iter_draws(chains=0)


def test_kept_warmup_precedes_the_draws(whole, settings):
    """Where the kernel does not adapt, its sweeps are the first draws of a run without warm-up."""
    kept = MODEL.sample(90, **settings, discard_tuned_samples=False)
    assert_same_draws(kept, whole)
    assert kept.warmup_posterior["beta"].shape == (4, 30, 3)
    assert kept.warmup_sample_stats["lp"].shape == (4, 30)
    if settings["kernel"] == "gibbs":
        all_draws = MODEL.sample(120, **settings | {"tune": 0})
        np.testing.assert_array_equal(kept.warmup_posterior["beta"], all_draws.posterior["beta"][:, :30])


def test_warmup_cannot_be_kept_on_disk(tmp_path):
    with pytest.raises(ValueError, match="a run on disk cannot keep its warm-up"):
        MODEL.sample(90, **SETTINGS, discard_tuned_samples=False, checkpoint=tmp_path / "run")


def test_only_some_parameters_are_kept(whole, settings, tmp_path):
    some = MODEL.sample(90, **settings, var_names=["beta"], checkpoint=tmp_path / "run", every=40)
    assert list(some.posterior.data_vars) == ["beta"]
    np.testing.assert_array_equal(some.posterior["beta"], whole.posterior["beta"])
    assert list(MODEL.extend(some, 5, progressbar=False).posterior.data_vars) == ["beta"]
    with pytest.raises(
        ValueError, match=r"var_names must be some of \['intercept', 'beta', 'omega'\], got \['b'\]"
    ):
        MODEL.sample(90, **settings, var_names=["b"])


def test_runs_on_disk_are_refused_by_what_they_hold_at_once(tmp_path, monkeypatch):
    """A run whose draws would need 6 MB has 2 MB: on disk it is accepted, in memory refused."""
    monkeypatch.setattr("polyagamma._validation.memory.available_memory", lambda: 2_000_000)
    with pytest.raises(MemoryError, match="ask for fewer draws"):
        MODEL.sample(40_000, tune=1, progressbar=False)
    MODEL.sample(40_000, tune=1, progressbar=False, checkpoint=tmp_path / "run", callback=stop_at(1))


@pytest.mark.slow
def test_memory_of_a_run_on_disk_is_bounded(tmp_path):
    """6,000 draws of 4 chains of 600 omega are 115 MB, 250 of them 5; the advice at the end looks at 8."""
    import arviz as az

    model = PolyaGammaLogistic(RNG.standard_normal((600, 2)), RNG.random(600) < 0.5)
    settings = SETTINGS | {"var_names": ["beta", "omega"], "compute_log_likelihood": False, "every": 250}
    model.sample(300, **settings, checkpoint=tmp_path / "first")  # loads all that is loaded once
    tracemalloc.start()
    idata = model.sample(6000, **settings, checkpoint=tmp_path / "run")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40e6
    assert not idata.posterior["omega"].variable._in_memory
    tree = xr.open_datatree(tmp_path / "run" / "draws.zarr", engine="zarr", chunks=None)
    stored = az.InferenceData.from_datatree(tree) if hasattr(az, "InferenceData") else tree
    np.testing.assert_array_equal(stored.posterior["omega"][:, ::3000], idata.posterior["omega"][:, ::3000])
    assert not stored.posterior["omega"].variable._in_memory
