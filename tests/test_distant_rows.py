"""Rows that are not in memory: the draws of all sources have the bits of those of an array."""

import numpy as np
import pytest

from polyagamma import Horseshoe, MvNormal, Normal, PolyaGammaLogistic

N, P = 5000, 4  # four strips of vectors and of matrices
rng = np.random.default_rng(20)
X = rng.standard_normal((N, P)) * [1, 2, 0.5, 10] + [0, 1, 0, 3]
Y = (rng.random(N) < 1 / (1 + np.exp(-0.5 - X @ [0.5, -0.25, 1, 0.05]))).astype(int)
TRIALS = rng.integers(1, 6, N)
SUCCESSES = rng.binomial(TRIALS, 0.4)
WEIGHTS = rng.uniform(0.5, 2, N)
OFFSET = rng.normal(size=N)
RUN = {"draws": 30, "tune": 80, "chains": 2, "random_seed": 5, "progressbar": False}


def draws_of(model, **options):
    return model.sample(**RUN | options)


def assert_same_draws(one, other):
    for group in ("posterior", "sample_stats"):
        first, second = one[group], other[group]
        assert set(first.data_vars) == set(second.data_vars)
        for name in first.data_vars:
            np.testing.assert_array_equal(first[name].values, second[name].values, err_msg=name)


@pytest.fixture(scope="module")
def in_memory():
    return draws_of(PolyaGammaLogistic(X, Y))


@pytest.fixture
def memory_map(tmp_path):
    X.tofile(tmp_path / "X.raw")
    return np.memmap(tmp_path / "X.raw", dtype=np.float64, mode="r", shape=X.shape)


def test_memory_map_gives_the_draws_of_an_array(in_memory, memory_map):
    assert_same_draws(draws_of(PolyaGammaLogistic(memory_map, Y, memory_limit="1 GiB")), in_memory)


def test_shares_that_do_not_fit_are_read_in_every_pass(in_memory, memory_map):
    model = PolyaGammaLogistic(memory_map, Y, memory_limit=1_000_000)  # two of four shares
    assert_same_draws(draws_of(model), in_memory)


@pytest.mark.parametrize("kernel", ["gibbs", "hmc"])
def test_kernels(kernel, memory_map):
    expected = draws_of(PolyaGammaLogistic(X, Y), kernel=kernel)
    found = draws_of(PolyaGammaLogistic(memory_map, Y, memory_limit="1 GiB"), kernel=kernel)
    assert_same_draws(found, expected)


def test_all_that_rows_may_have():
    given = {"trials": TRIALS, "weights": WEIGHTS, "offset": OFFSET, "intercept": False}
    prior = MvNormal(cov=np.eye(P) + 0.5)
    expected = draws_of(PolyaGammaLogistic(X, SUCCESSES, prior=prior, **given))
    assert_same_draws(
        draws_of(PolyaGammaLogistic(X, SUCCESSES, prior=prior, memory_limit="1 GB", **given)), expected
    )


def test_zarr_gives_the_draws_of_an_array(in_memory, tmp_path):
    zarr = pytest.importorskip("zarr")
    array = zarr.create_array(tmp_path / "X.zarr", shape=X.shape, chunks=(700, 2), dtype="f8")
    array[:] = X
    assert_same_draws(draws_of(PolyaGammaLogistic(array, Y, memory_limit=10**9)), in_memory)


@pytest.fixture
def parquet(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    columns = {f"x{j}": X[:, j] for j in range(P)} | {"ill": np.where(Y == 1, "yes", "no")}
    for part, rows in enumerate((slice(0, 1700), slice(1700, None))):
        table = pyarrow.table({name: values[rows] for name, values in columns.items()})
        pq.write_table(table, tmp_path / f"{part}.parquet", row_group_size=999)
    return [tmp_path / "0.parquet", tmp_path / "1.parquet"]


def test_parquet_gives_the_draws_of_an_array(in_memory, parquet):
    model = PolyaGammaLogistic(parquet, "ill", success="yes")
    assert model.feature_names == ["x0", "x1", "x2", "x3"]
    assert_same_draws(draws_of(model), in_memory)


def test_columns_of_parquet_are_chosen_by_name(parquet):
    model = PolyaGammaLogistic(parquet, "ill", feature_names=["x2", "x0"], offset="x1", success="yes")
    expected = PolyaGammaLogistic(X[:, [2, 0]], Y, offset=X[:, 1])
    assert_same_draws(draws_of(model), draws_of(expected))


def test_runs_go_on(memory_map, tmp_path):
    model = PolyaGammaLogistic(memory_map, Y, memory_limit="1 GiB")
    whole = model.sample(**RUN)
    half = model.sample(**RUN | {"draws": 15})
    assert_same_draws(model.extend(half, 15, progressbar=False), whole)
    model.sample(**RUN | {"draws": 15}, checkpoint=tmp_path / "run")
    assert_same_draws(model.resume(tmp_path / "run", draws=30, progressbar=False), whole)


def test_many_blocks_have_the_moments_of_an_array():
    n = 70_000  # two blocks of moments
    some = np.random.default_rng(1).standard_normal((n, 2)) + np.array([5, 0])
    labels = (some[:, 1] > np.random.default_rng(2).logistic(size=n)).astype(int)
    run = {"draws": 2, "tune": 10, "kernel": "hmc"}
    expected = draws_of(PolyaGammaLogistic(some, labels), **run)
    assert_same_draws(draws_of(PolyaGammaLogistic(some, labels, memory_limit="1 GiB"), **run), expected)


def test_predictions_of_new_rows(in_memory, memory_map):
    model = PolyaGammaLogistic(memory_map, Y, memory_limit="1 GiB")
    found = model.predict_proba(draws_of(model), X[:9])
    np.testing.assert_array_equal(found, PolyaGammaLogistic(X, Y).predict_proba(in_memory, X[:9]))


def test_missing_value_is_named_by_block_row_and_column():
    bad = X.copy()
    bad[4321, 3] = np.nan
    with pytest.raises(ValueError, match=r"got nan in block 0, row 4321, column 'x3'"):
        PolyaGammaLogistic(bad, Y, memory_limit="1 GiB")


def test_source_that_has_become_shorter_is_refused(memory_map):
    model = PolyaGammaLogistic(memory_map, Y, memory_limit="1 GiB")
    with open(memory_map.filename, "r+b") as file:
        file.truncate(X.nbytes // 2)
    with pytest.raises(ValueError, match="X must stay what it was when the model was made"):
        draws_of(model)


def test_errors_in_mid_run_end_it(memory_map):
    model = PolyaGammaLogistic(memory_map, Y, memory_limit=1_000_000)

    def cut(progress):
        if progress.sweeps > 20:
            with open(memory_map.filename, "r+b") as file:
                file.truncate(X.nbytes // 2)

    with pytest.raises(ValueError, match="a file of 80000 bytes"):
        draws_of(model, callback=cut)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prior": Horseshoe()}, "prior must be Normal or MvNormal"),
        ({"memory_limit": "1 gallon"}, "memory_limit must be a number of bytes or a text"),
        ({"memory_limit": -1}, "memory_limit must be a number of bytes or a text"),
        ({"weights": np.ones(3)}, "weights must have one value for each row of X"),
    ],
)
def test_what_does_not_go_with_distant_rows_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        PolyaGammaLogistic(X, Y, **{"memory_limit": "1 GiB"} | options)


def test_shares_too_large_for_the_limit_are_refused():
    with pytest.raises(MemoryError, match="memory_limit must let two shares"):
        draws_of(PolyaGammaLogistic(X, Y, memory_limit=1000))


def test_what_needs_the_rows_in_memory_is_refused():
    model = PolyaGammaLogistic(X, Y, memory_limit="1 GiB", prior=Normal(0, 1))
    idata = draws_of(model)
    for refused in (
        lambda: model.sample_posterior_predictive(idata),
        lambda: model.sample_prior_predictive(),
        lambda: model.fit(),
        lambda: draws_of(model, compute_log_likelihood=True),
        lambda: draws_of(model, var_names=["omega"]),
    ):
        with pytest.raises(ValueError, match="needs the rows in memory"):
            refused()


def test_fit_reads_parquet(parquet):
    model = PolyaGammaLogistic(X[:100], np.where(Y[:100] == 1, "yes", "no"), success="yes")
    found = model.fit("laplace", data=(parquet, "ill"), progressbar=False)
    expected = model.fit("laplace", data=(X, np.where(Y == 1, "yes", "no")), progressbar=False)
    np.testing.assert_allclose(found.mean, expected.mean, rtol=1e-12)


def test_log_likelihood_is_written_to_disk(in_memory, memory_map, tmp_path):
    zarr = pytest.importorskip("zarr")
    model = PolyaGammaLogistic(memory_map, Y, memory_limit="1 GiB")
    idata = draws_of(model)
    model.log_likelihood_to(idata, tmp_path / "log_likelihood.zarr")
    found = zarr.open_group(tmp_path / "log_likelihood.zarr")["y"][:]
    expected = draws_of(PolyaGammaLogistic(X, Y), compute_log_likelihood=True)["log_likelihood"]["y"].values
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    with pytest.raises(FileExistsError, match="path must be free"):
        model.log_likelihood_to(idata, tmp_path / "log_likelihood.zarr")
    with pytest.raises(ValueError, match="whose rows are"):
        PolyaGammaLogistic(X, Y).log_likelihood_to(in_memory, tmp_path / "other.zarr")
