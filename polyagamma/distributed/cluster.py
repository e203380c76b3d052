"""Shares on the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from polyagamma.distributed.direct import DirectRounds, NotReached
from polyagamma.distributed.plan import Plan, Request, Share
from polyagamma.sources.table import RowTable

FloatArray = NDArray[np.float64]


def active_client() -> Any:
    """Return the active client of ``distributed``; None if there is none."""
    try:
        from distributed import default_client
    except ImportError:
        return None
    try:
        return default_client()  # type: ignore[no-untyped-call]
    except ValueError:
        return None


class ClusterPool:
    """A share for every thread of the workers, which keep them.

    A share is the result of a task. Where a worker has died, the scheduler makes its shares again elsewhere
    from what they were made of; they then ask for the coordinates, and all else is as before. Rounds go
    straight to the workers where they can, and are tasks where not.

    Parameters
    ----------
    plan : Plan
    table : RowTable
    client : distributed.Client
    """

    def __init__(self, plan: Plan, table: RowTable, client: Any) -> None:
        self._client, self._name = client, uuid4().hex[:8]
        units = plan.cut(count_threads(client))
        self._shares = [self._made(plan, table, own, index) for index, own in enumerate(units)]
        self._direct = DirectRounds(client, self._shares)

    def _made(self, plan: Plan, table: RowTable, units: tuple[int, int], index: int) -> Any:
        """Return the share that the scheduler finds a place for; a place of our choice might die with it."""
        from dask.delayed import delayed

        share = delayed(Share, pure=False)(
            plan,
            units,
            table.lazy(*plan.rows(*units)),
            dask_key_name=f"polyagamma-rows-{self._name}-{index}",
        )
        return self._client.compute(share)

    def ask(self, request: Request) -> Iterator[FloatArray]:
        """See `Pool`: the coordinates are sent only to shares that do not have them."""
        answers = self._answers(list(range(len(self._shares))), replace(request, coordinates=None))
        late = [index for index, answer in enumerate(answers) if answer is None]
        for index, answer in zip(late, self._answers(late, request) if late else [], strict=True):
            answers[index] = answer
        yield from answers

    def ask_in_turn(self, request: Request, before: FloatArray) -> FloatArray:
        """See `Pool`; with the coordinates once more if a share has not got them."""
        answer = self._in_turn(replace(request, coordinates=None), before)
        if answer is None:
            answer = self._in_turn(request, before)
        return np.asarray(answer).reshape(before.shape)

    def _answers(self, shares: list[int], request: Request) -> list[Any]:
        try:
            return self._direct.answers(shares, request)
        except NotReached:
            return self._answers_of_tasks(shares, request)

    def _in_turn(self, request: Request, before: FloatArray) -> Any:
        try:
            return self._direct.answer_in_turn(request, before)
        except NotReached:
            return self._tasks_in_turn(request, before)

    def _answers_of_tasks(self, shares: list[int], request: Request) -> list[Any]:
        round_name = uuid4().hex[:12]
        futures = [
            self._client.submit(
                Share.answer,
                self._shares[index],
                request,
                key=f"polyagamma-{request.name}-{round_name}-{index}",
            )
            for index in shares
        ]
        return list(self._client.gather(futures))

    def _tasks_in_turn(self, request: Request, before: FloatArray) -> Any:
        """Return the last answer; workers hand the sums on."""
        round_name, last = uuid4().hex[:12], before
        for index, share in enumerate(self._shares):
            key = f"polyagamma-{request.name}-{round_name}-{index}"
            last = self._client.submit(Share.answer_after, share, request, last, key=key)
        return self._client.gather(last)


def count_threads(client: Any) -> int:
    """Return how many threads all workers have, once there is a worker."""
    if not client.nthreads():
        client.wait_for_workers(1, timeout=60)
    return int(sum(client.nthreads().values()))
