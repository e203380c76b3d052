"""Who works on which share of rows that are not in memory, and when."""

from threading import Event, Lock

import numpy as np
import pytest
from test_distant_rows import N, P, X, Y

from polyagamma.distributed import direct, local
from polyagamma.distributed.local import LocalPool
from polyagamma.distributed.plan import Plan
from polyagamma.distributed.pool import SharedRows
from polyagamma.likelihoods.elsewhere import BinomialKind
from polyagamma.sources.arrays import ArraySource
from polyagamma.sources.table import RowTable

PLAN = Plan(N, P + 1, np.zeros(P), True, BinomialKind(np.array([0, 1])))
SHARES = len(PLAN.units)
EACH = max(PLAN.bytes_of(*units) for units in PLAN.cut(SHARES))
POINT, NONE = np.full((1, P + 1), 0.1), np.empty(0)


def local_pool(memory, threads):
    return LocalPool(PLAN, RowTable(ArraySource("X", X), ArraySource("y", Y)), memory, threads)


def gradients_of(pool):
    rows = SharedRows(PLAN, pool)
    rows.assign(np.zeros(P + 1), np.eye(P + 1))
    return rows.gradients(POINT, NONE, True)


def test_what_is_read_ahead_waits_for_a_processor(monkeypatch):
    answered, lock, waiting = local.answered, Lock(), Event()
    at_work, most = 0, 0

    def counted(share, request):
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        waiting.wait(0.05)  # for another to come
        with lock:
            at_work -= 1
        return answered(share, request)

    monkeypatch.setattr(local, "answered", counted)
    pool = local_pool(3 * EACH, 1)  # of more shares than that: two at once
    expected = gradients_of(local_pool(2**30, 1))
    np.testing.assert_array_equal(gradients_of(pool), expected)
    assert most == 1


def test_a_slow_share_does_not_hold_up_the_others(monkeypatch):
    answered, lock, others = local.answered, Lock(), Event()
    begun = 0

    def first_is_slow(share, request):
        nonlocal begun
        with lock:
            begun += 1
            own = begun
        if own == 1:
            assert others.wait(30)
        if own == SHARES:
            others.set()
        return answered(share, request)

    monkeypatch.setattr(local, "answered", first_is_slow)
    gradients_of(local_pool(2**30, 2))
    assert begun == SHARES == 4


def test_sums_in_turn_end_where_coordinates_are_missing(monkeypatch):
    pytest.importorskip("dask")
    distributed = pytest.importorskip("distributed")
    import dask.array as da

    from polyagamma.distributed.cluster import ClusterPool
    from polyagamma.sources.dask_arrays import DaskSource

    monkeypatch.setattr(direct, "TASKS_EVERY", 1e9)
    monkeypatch.setattr(ClusterPool, "_tasks_in_turn", None)  # not called
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with distributed.LocalCluster(**options) as made, distributed.Client(made) as client:
        table = RowTable(DaskSource("X", da.from_array(X)), DaskSource("y", da.from_array(Y)))
        pool = ClusterPool(PLAN, table, client)
        rows, expected = SharedRows(PLAN, pool), SharedRows(PLAN, local_pool(2**30, 1))
        for scale in (1.0, 0.5):
            for one in (rows, expected):
                one.assign(np.zeros(P + 1), scale * np.eye(P + 1))
            pool._answers([1], rows._request("gradients", POINT, NONE, True))  # one of two is told
            found, other = (one.add_curvature(POINT, NONE, np.eye(P + 1).ravel()) for one in (rows, expected))
            np.testing.assert_array_equal(found, other)
