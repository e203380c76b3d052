"""Rows on the workers of a Dask cluster: the draws of an array, whoever has the rows and whoever dies."""

import os
import signal

import numpy as np
import pandas as pd
import pytest
from slow_cases import mostly_slow
from test_distant_rows import N, X, Y, assert_same_draws, draws_of

from polyagamma import PolyaGammaLogistic, PolyaGammaMultinomial, PolyaGammaNegativeBinomial
from polyagamma.distributed import cluster as pools
from polyagamma.distributed import direct

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
import dask.array as da  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # of the cluster's own, about ports and clocks


@pytest.fixture(scope="module")
def in_memory():
    return draws_of(PolyaGammaLogistic(X, Y))


@pytest.fixture(params=mostly_slow([1, 2, 4], 2))
def cluster(request):
    with (
        distributed.LocalCluster(
            n_workers=request.param, threads_per_worker=1, processes=False, dashboard_address=None
        ) as made,
        distributed.Client(made),
    ):
        yield made


@pytest.fixture
def processes():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as made,
        distributed.Client(made) as client,
    ):
        yield client


@pytest.mark.usefixtures("cluster")
def test_workers_give_the_draws_of_an_array(in_memory):
    model = PolyaGammaLogistic(da.from_array(X, chunks=(700, 2)), da.from_array(Y, chunks=1100))
    assert_same_draws(draws_of(model), in_memory)


def test_without_a_cluster_threads_do_it(in_memory):
    assert_same_draws(draws_of(PolyaGammaLogistic(da.from_array(X, chunks=(999, -1)), Y)), in_memory)


def test_data_frames_give_the_draws_of_theirs(in_memory):
    import dask.dataframe as dd

    frame = pd.DataFrame(X, columns=["age", "dose", "weight", "height"]).assign(ill=Y)
    rows = dd.from_pandas(frame, npartitions=5)
    model = PolyaGammaLogistic(rows.drop(columns="ill"), rows["ill"])
    assert model.feature_names == ["age", "dose", "weight", "height"]
    found = draws_of(model)
    assert found.posterior["feature"].to_numpy().tolist() == model.feature_names
    np.testing.assert_array_equal(found.posterior["beta"], in_memory.posterior["beta"])


def test_ctrl_c_keeps_the_draws_of_distant_rows(in_memory):
    def interrupt(progress):
        if progress.draws >= 10:
            raise KeyboardInterrupt

    model = PolyaGammaLogistic(da.from_array(X, chunks=(999, -1)), Y)
    with pytest.raises(KeyboardInterrupt) as caught:
        draws_of(model, callback=interrupt)
    kept = caught.value.idata.posterior["beta"]
    assert kept.sizes["draw"] >= 10
    np.testing.assert_array_equal(kept, in_memory.posterior["beta"].isel(draw=slice(kept.sizes["draw"])))


@pytest.mark.slow
def test_workers_that_are_killed_change_nothing(in_memory, processes, asked):
    victims = list(processes.run(os.getpid).values())

    def kill_one(progress):
        if victims and progress.sweeps > 30:
            os.kill(victims.pop(), signal.SIGKILL)

    model = PolyaGammaLogistic(da.from_array(X, chunks=(1250, -1)), da.from_array(Y, chunks=1250))
    found = draws_of(model, callback=kill_one)
    assert not victims
    assert len(asked[1]) > 100  # messages that went straight to workers
    assert_same_draws(found, in_memory)


@pytest.fixture
def asked(monkeypatch):
    """Return how often tasks have asked, and messages to workers, in a list each."""
    tasks, messages = [], []

    def counted(of, name, times):
        ask = getattr(of, name)

        def answers(self, *arguments):
            times.append(None)
            return ask(self, *arguments)

        monkeypatch.setattr(of, name, answers)

    for name in ("_answers_of_tasks", "_tasks_in_turn"):
        counted(pools.ClusterPool, name, tasks)
    counted(direct.DirectRounds, "_answered", messages)
    return tasks, messages


def lazy_model():
    return PolyaGammaLogistic(da.from_array(X, chunks=(1250, -1)), da.from_array(Y, chunks=1250))


@pytest.mark.parametrize("threads", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_rounds_go_straight_to_workers(in_memory, asked, monkeypatch, threads):
    monkeypatch.setattr(direct, "TASKS_EVERY", 1e9)
    tasks, messages = asked
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=threads, processes=False, dashboard_address=None
        ) as made,
        distributed.Client(made),
    ):
        assert_same_draws(draws_of(lazy_model()), in_memory)
    assert len(tasks) == 1  # which waits for the shares
    assert len(messages) > 100


@pytest.mark.parametrize("cluster", [2], indirect=True)
@pytest.mark.usefixtures("cluster")
def test_tasks_ask_from_time_to_time(in_memory, asked, monkeypatch):
    monkeypatch.setattr(direct, "TASKS_EVERY", 0.0)
    assert_same_draws(draws_of(lazy_model()), in_memory)
    tasks, messages = asked
    assert len(tasks) > 100
    assert not messages


@pytest.mark.parametrize("cluster", [2], indirect=True)
@pytest.mark.usefixtures("cluster")
def test_tasks_ask_where_workers_cannot_be_reached(in_memory, asked, monkeypatch):
    tried = []

    async def refused(_, address, *__):
        tried.append(address)
        raise OSError

    monkeypatch.setattr(direct.DirectRounds, "_call", refused)
    assert_same_draws(draws_of(lazy_model()), in_memory)
    tasks, _ = asked
    assert len(tasks) > 100
    assert 1 <= len(tried) <= 2  # each worker that has shares once


@pytest.mark.parametrize("cluster", [2], indirect=True)
@pytest.mark.usefixtures("cluster")
def test_shares_that_have_moved_are_found(in_memory, asked, monkeypatch):
    monkeypatch.setattr(direct, "TASKS_EVERY", 1e9)
    monkeypatch.setattr(direct, "REACH_WITHIN", 0.5)
    client = distributed.default_client()
    retired = []

    def retire_one(progress):
        if not retired and progress.sweeps > 30:
            retired.append(next(iter(client.nthreads())))
            client.retire_workers(retired)

    assert_same_draws(draws_of(lazy_model(), callback=retire_one), in_memory)
    tasks, messages = asked
    assert retired
    assert 1 < len(tasks) < 10
    assert len(messages) > 100


def test_block_with_a_missing_value_is_named():
    bad = X.copy()
    bad[3210, 2] = np.nan
    with pytest.raises(ValueError, match=r"got nan in block 4, row 3210, column 'x2'"):
        PolyaGammaLogistic(da.from_array(bad, chunks=(N // 7, -1)), Y)


COUNTS, LABELS = np.floor(np.exp(X[:, 0] + 1)), np.array(["a", "b", "c"])[Y + (X[:, 1] > 1)]


@pytest.mark.parametrize("cluster", [2], indirect=True)
@pytest.mark.parametrize(
    ("of", "y"),
    [
        pytest.param(PolyaGammaMultinomial, LABELS, id="classes"),
        pytest.param(PolyaGammaNegativeBinomial, COUNTS, id="counts", marks=pytest.mark.slow),
    ],
)
@pytest.mark.usefixtures("cluster")
def test_workers_give_the_draws_of_other_likelihoods(of, y):
    short = {"draws": 3, "tune": 20}
    model = of(da.from_array(X, chunks=(700, 2)), da.from_array(y, chunks=1100))
    assert_same_draws(draws_of(model, **short), draws_of(of(X, y), **short))


TABLE = np.random.default_rng(8).multinomial(4, [0.2, 0.3, 0.5], N)
OFFSETS = np.random.default_rng(9).normal(size=(N, 3)) / 4


@pytest.mark.parametrize("cluster", [1, 2], indirect=True)
@pytest.mark.usefixtures("cluster")
def test_workers_give_the_draws_of_augmented_classes():
    short = {"draws": 3, "tune": 4, "kernel": "gibbs"}
    rows = {"weights": np.abs(X[:, 0]) + 0.5, "offset": OFFSETS}
    lazy = {name: da.from_array(values, chunks=1300) for name, values in rows.items()}
    model = PolyaGammaMultinomial(da.from_array(X, chunks=(700, 2)), TABLE, **lazy)
    assert_same_draws(draws_of(model, **short), draws_of(PolyaGammaMultinomial(X, TABLE, **rows), **short))
