"""Predictions of rows that are read block by block, and written so."""

import numpy as np
import pytest
from test_distant_rows import TRIALS, N, P, X, Y, draws_of

from polyagamma import PolyaGammaLogistic, PolyaGammaMultinomial, PolyaGammaNegativeBinomial

zarr = pytest.importorskip("zarr")
SHORT = {"draws": 10, "tune": 40}
rng = np.random.default_rng(41)
EXPOSURE = rng.uniform(0.5, 2, N)
OFFSETS = rng.normal(size=(N, 3))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Let there be several blocks, the last of them short."""
    monkeypatch.setattr("polyagamma.models.distant_output.MOST_ROWS", 1300)


@pytest.fixture(scope="module")
def logistic():
    model = PolyaGammaLogistic(X[:200], Y[:200])
    return model, draws_of(model, **SHORT)


@pytest.fixture
def memory_map(tmp_path):
    X.tofile(tmp_path / "X.raw")
    return np.memmap(tmp_path / "X.raw", dtype=np.float64, mode="r", shape=X.shape)


def test_probabilities_of_a_memory_map(logistic, memory_map, tmp_path):
    model, idata = logistic
    model.predictions_to(idata, tmp_path / "p.zarr", memory_map, offset=EXPOSURE)
    found = zarr.open_group(tmp_path / "p.zarr")
    np.testing.assert_allclose(found["probability"][:], model.predict_proba(idata, X, EXPOSURE), rtol=1e-12)
    assert found.attrs["class"] == [0, 1]


def test_probabilities_of_a_zarr_array_by_a_model_of_rows_elsewhere(memory_map, tmp_path):
    model = PolyaGammaMultinomial(memory_map, np.arange(N) % 3, memory_limit="1 GiB")
    idata = draws_of(model, **SHORT)
    array = zarr.create_array(tmp_path / "X.zarr", shape=X.shape, chunks=(999, 2), dtype="f8")
    array[:] = X
    model.predictions_to(idata, tmp_path / "p.zarr", array, offset=OFFSETS)
    found = zarr.open_group(tmp_path / "p.zarr")["probability"][:]
    np.testing.assert_allclose(found, model.predict_proba(idata, X, OFFSETS), rtol=1e-12)


def test_mean_counts_of_parquet_and_dask(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    da = pytest.importorskip("dask.array")
    model = PolyaGammaNegativeBinomial(X[:200], TRIALS[:200])
    idata = draws_of(model, **SHORT)
    expected = model.predict(idata, X, exposure=EXPOSURE)
    columns = {"days": EXPOSURE} | {f"x{j}": X[:, j] for j in reversed(range(P))}
    pq.write_table(pyarrow.table(columns), tmp_path / "new.parquet", row_group_size=700)
    model.predictions_to(idata, tmp_path / "1.zarr", tmp_path / "new.parquet", exposure="days")
    model.predictions_to(idata, tmp_path / "2.zarr", da.from_array(X, chunks=(999, 2)), exposure=EXPOSURE)
    for name in ("1.zarr", "2.zarr"):
        np.testing.assert_allclose(zarr.open_group(tmp_path / name)["mean"][:], expected, rtol=1e-12)


def test_simulated_rows_have_their_trials_and_means(logistic, memory_map, tmp_path):
    model, idata = logistic
    model.posterior_predictive_to(idata, tmp_path / "y.zarr", memory_map, trials=TRIALS, random_seed=1)
    y = zarr.open_group(tmp_path / "y.zarr")["y"][:]
    assert y.shape == (2, SHORT["draws"], N)
    probability = model.predict_draws(idata, X).values
    expected, variance = TRIALS * probability, TRIALS * probability * (1 - probability)
    assert (y <= TRIALS).all()
    # 100 000 independent counts: beyond 5 standard errors with a probability of 6e-7.
    assert abs((y - expected).sum()) < 5 * np.sqrt(variance.sum())
    model.posterior_predictive_to(idata, tmp_path / "again.zarr", X, trials=TRIALS, random_seed=1)
    np.testing.assert_array_equal(zarr.open_group(tmp_path / "again.zarr")["y"][:], y)


def test_what_does_not_fit_is_refused(logistic, tmp_path):
    model, idata = logistic
    bad = X.copy()
    bad[4000, 1] = np.nan
    for X_new, options, message in (
        (bad, {}, "rows are counted from row 3900 of all"),
        (X[:, :2], {}, "X_new must have 4 columns"),
        (X, {"offset": EXPOSURE[:9]}, "offset must have one value for each row"),
        (X, {"exposure": EXPOSURE}, "exposure does not go with PolyaGammaLogistic"),
    ):
        with pytest.raises(ValueError, match=message):
            model.predictions_to(idata, tmp_path / f"{message[:9]}.zarr", X_new, **options)
    (tmp_path / "taken").mkdir()
    with pytest.raises(FileExistsError, match="path must be free"):
        model.predictions_to(idata, tmp_path / "taken", X)
