"""A run on disk to damage: the model that it is of, what it goes on to, and what a refusal must leave."""

import pytest
import xarray as xr
from every_model import COUNTS, TRIALS, X, Y
from trace_groups import posterior_of

from polyagamma import PolyaGammaLogistic, PolyaGammaNegativeBinomial, ResumeError

SETTINGS = {"tune": 4, "chains": 2, "random_seed": 5, "progressbar": False, "cores": 1}
NAMES = ["weight", "height"]
MODEL = PolyaGammaLogistic(X, Y, feature_names=NAMES)
OF_COUNTS = PolyaGammaNegativeBinomial(X, COUNTS, exposure=TRIALS, feature_names=NAMES)
WHOLE = MODEL.sample(20, **SETTINGS)
EVERY, MADE = 5, 12  # draws of the run that most tests start from: three chunks, the last of them not full


def make(path, model=MODEL):
    """Make a run that is finished."""
    model.sample(MADE, **SETTINGS, checkpoint=path, every=EVERY)


def contents(path):
    return {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}


def assert_refused(run, *names, model=MODEL):
    """The error names the folder, or a file in it, and nothing is changed."""
    before = contents(run)
    with pytest.raises(ResumeError) as caught:
        model.resume(run, draws=20, progressbar=False)
    assert str(run) in str(caught.value)
    assert all(name in str(caught.value) for name in names)
    assert contents(run) == before


def assert_goes_on(run):
    resumed = MODEL.resume(run, draws=20, progressbar=False)
    xr.testing.assert_identical(posterior_of(resumed).drop_attrs(), posterior_of(WHOLE).drop_attrs())


def flip(file, place, bit=4):
    """Change a bit of a file, at a share of its length."""
    content = bytearray(file.read_bytes())
    content[int(place * (len(content) - 1))] ^= bit
    file.write_bytes(bytes(content))
