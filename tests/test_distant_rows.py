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
RUN = {"draws": 30, "tune": 120, "chains": 2, "random_seed": 5, "progressbar": False}


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
