"""Class probabilities of new rows, and their checks."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from polyagamma import PolyaGammaLogistic, prediction

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 3))
Y = (RNG.random(30) < expit(X[:, 0])).astype(int)
MODEL = PolyaGammaLogistic(X, Y)
IDATA = MODEL.sample(50, tune=20, chains=2, random_seed=1, progressbar=False)
NEW, OFFSET = RNG.standard_normal((7, 3)), RNG.standard_normal(7)


def expected(X_new, offset):
    posterior = IDATA.posterior
    eta = posterior["intercept"].to_numpy()[..., None] + posterior["beta"].to_numpy() @ X_new.T
    return expit(eta + offset)


@pytest.mark.parametrize("block", [1, 5, 64, 1 << 21])
def test_draws_and_means(block, monkeypatch):
    monkeypatch.setattr(prediction, "BLOCK", block)
    draws = MODEL.predict_draws(IDATA, NEW, OFFSET)
    assert draws.dims == ("chain", "draw", "obs_id")
    np.testing.assert_allclose(draws, expected(NEW, OFFSET), rtol=1e-12)
    mean = expected(NEW, OFFSET).mean(axis=(0, 1))
    np.testing.assert_allclose(
        MODEL.predict_proba(IDATA, NEW, OFFSET), np.column_stack([1 - mean, mean]), rtol=1e-12
    )


def test_offset_defaults_to_zero():
    np.testing.assert_allclose(MODEL.predict_draws(IDATA, NEW), expected(NEW, 0.0), rtol=1e-12)


def test_no_intercept():
    model = PolyaGammaLogistic(X, Y, intercept=False)
    idata = model.sample(20, tune=5, chains=2, random_seed=1, progressbar=False)
    probabilities = expit(idata.posterior["beta"].to_numpy() @ NEW.T)
    np.testing.assert_allclose(model.predict_draws(idata, NEW), probabilities, rtol=1e-12)


@pytest.mark.parametrize(("n_draws", "n_rows"), [(1, 1), (10, 100_000), (3_000_000, 2), (5000, 5000)])
def test_blocks_cover_everything_once_and_are_bounded(n_draws, n_rows):
    covered = 0
    for draw, row in prediction.blocks(n_draws, n_rows):
        size = len(range(*draw.indices(n_draws))) * len(range(*row.indices(n_rows)))
        assert size <= prediction.BLOCK
        covered += size
    assert covered == n_draws * n_rows


def test_columns_must_match():
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    model = PolyaGammaLogistic(frame, Y)
    idata = model.sample(5, tune=5, chains=2, random_seed=1, progressbar=False)
    by_frame = model.predict_proba(idata, frame)
    np.testing.assert_array_equal(by_frame, model.predict_proba(idata, X))
    with pytest.raises(ValueError, match=r"order, \['a', 'b', 'c'\], got \['b', 'a', 'c'\]: pass X_new\["):
        model.predict_proba(idata, frame[["b", "a", "c"]])
    with pytest.raises(ValueError, match="X_new must have 3 columns, one for each predictor, got 2"):
        model.predict_proba(idata, X[:, :2])
    with pytest.raises(ValueError, match=r"X_new must be finite, got X_new\[0, 1\] = nan"):
        model.predict_proba(idata, np.where(np.arange(90).reshape(30, 3) == 1, np.nan, X))
    with pytest.raises(ValueError, match=r"offset must be one number or have shape \(30,\)"):
        model.predict_proba(idata, X, np.zeros(4))


def test_constant_new_rows_are_welcome():
    assert MODEL.predict_proba(IDATA, np.ones((2, 3))).shape == (2, 2)


def test_huge_result_is_refused(monkeypatch):
    monkeypatch.setattr("polyagamma.memory.available_memory", lambda: 1000)
    with pytest.raises(MemoryError, match="pass fewer rows, or use predict_proba"):
        MODEL.predict_draws(IDATA, NEW)
