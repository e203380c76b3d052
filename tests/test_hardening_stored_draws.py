"""Draws on disk whose metadata or chunks are damaged, missing or of another run: refused, and left as is."""

import json
import shutil

import numpy as np
import pytest
import xarray as xr
import zarr
from every_model import COUNTS, MODELS, TRIALS, X, Y
from slow_cases import mostly_slow
from stored_run import (
    EVERY,
    MADE,
    MODEL,
    NAMES,
    OF_COUNTS,
    SETTINGS,
    assert_goes_on,
    assert_refused,
    flip,
    make,
)
from trace_groups import posterior_of

from polyagamma import Gamma, HalfNormal, PolyaGammaLogistic, PolyaGammaNegativeBinomial

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
ZARR = tuple(int(part) for part in zarr.__version__.split(".")[:2])


def test_an_undamaged_run_goes_on(run):
    assert_goes_on(run)


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


NOTHING = ["null"] if ZARR < (3, 2) else []  # attributes that are null: damage to newer versions of Zarr


@pytest.mark.parametrize("content", ["no text", "half", "null", "object"])
@pytest.mark.parametrize("file", [".zattrs", "posterior/.zattrs", ".zmetadata"])
def test_damaged_notes_are_refused_or_written_anew(run, file, content):
    """What is only noted for readers does not matter to a run."""
    (run / "draws.zarr" / file).write_bytes(CONTENTS[content])
    if content in ("object", *NOTHING) or file == ".zmetadata":
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
    flip(run / "draws.zarr" / file, place)
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


@pytest.mark.parametrize("kind", mostly_slow(FOREIGN, "other columns", "other model", "other variables"))
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


# ---- counts: what their runs have besides

OF_DISPERSION = ["posterior/r/0.0", "posterior/r/0.1", "posterior/alpha/0.2"]
OF_EXPOSURE = ["constant_data/exposure/0", "constant_data/offset/0"]


@pytest.fixture(scope="module")
def finished_run_of_counts(tmp_path_factory):
    path = tmp_path_factory.mktemp("counts") / "run"
    make(path, OF_COUNTS)
    return path


@pytest.fixture
def counted(finished_run_of_counts, tmp_path):
    return shutil.copytree(finished_run_of_counts, tmp_path / "run")


DAMAGES = {
    "missing": lambda file: file.unlink(),
    "flipped": lambda file: flip(file, 0.5),
    "flipped at its end": lambda file: flip(file, 1.0),
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "empty": lambda file: file.write_bytes(b""),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", OF_DISPERSION + OF_EXPOSURE)
def test_damaged_files_of_counts(counted, file, damage):
    DAMAGES[damage](counted / "draws.zarr" / file)
    assert_refused(counted, model=OF_COUNTS)


@pytest.mark.parametrize("name", ["r", "alpha"])
def test_a_dispersion_is_gone(counted, name):
    shutil.rmtree(counted / "draws.zarr" / "posterior" / name)
    assert_refused(counted, name, model=OF_COUNTS)


def counts(y=COUNTS, **changed):
    rows = {"exposure": TRIALS, "feature_names": NAMES}
    return PolyaGammaNegativeBinomial(X, y, **(rows | changed))


OTHER_COUNTS = {
    "no exposure": lambda: counts(exposure=None),
    "other exposure": lambda: counts(exposure=TRIALS * 1.0000001),
    "exposure in other units": lambda: counts(exposure=TRIALS / 12),
    "exposure backwards": lambda: counts(exposure=TRIALS[::-1]),
    "offset": lambda: counts(offset=0.1),
    "weights": lambda: counts(weights=2),
    "one count more": lambda: counts(COUNTS + (np.arange(24) == 7)),
    "prior of the dispersion": lambda: counts(dispersion_prior=HalfNormal(1.5)),
    "gamma prior": lambda: counts(dispersion_prior=Gamma(0.5, 1)),
    "known dispersion": lambda: counts(dispersion_prior=1.0),
    "other names": lambda: counts(feature_names=["height", "weight"]),
    "logistic": lambda: MODEL,
}


@pytest.mark.parametrize("other", OTHER_COUNTS)
def test_other_counts_do_not_go_on(counted, other):
    assert_refused(counted, "made by a model with other data", model=OTHER_COUNTS[other]())


def test_counts_go_on_in_a_model_that_is_made_again(counted):
    whole = OF_COUNTS.sample(20, **SETTINGS)
    resumed = counts(exposure=TRIALS.astype(float)).resume(counted, draws=20, progressbar=False)
    xr.testing.assert_identical(posterior_of(resumed).drop_attrs(), posterior_of(whole).drop_attrs())
