"""Rounds that go straight to the workers that keep shares, past the scheduler."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from functools import partial
from time import monotonic
from typing import Any

from polyagamma.distributed.plan import Request

HANDLER = "polyagamma_answers"  # of messages to workers
TASKS_EVERY = 2.0  # seconds
REACH_WITHIN = 5.0  # seconds that a connection may take
Call = tuple[str, list[str], Request | None, Any]  # address, keys of shares, request, what those before told


class NotReached(Exception):
    """Tasks have to ask: the worker of a share is not known, does not answer, or has not got it."""


class DirectRounds:
    """Connections to the workers that have the shares, which answer without a task for each round.

    A task goes through the scheduler four times, ten milliseconds in all, a message to a worker takes one or
    two. It needs workers that the driver can reach, as `client.gather` with ``direct=True`` does.

    Every few seconds tasks ask all the same, so that dashboards show a run, and schedulers that shut down
    when there is nothing to do see one.

    Parameters
    ----------
    client : distributed.Client
    shares : list of distributed.Future
    """

    def __init__(self, client: Any, shares: list[Any]) -> None:
        self._client, self._shares = client, shares
        self._workers: dict[str, str] = {}  # the address of one that has it, of each share's key
        self._ever_reached, self._reachable = False, True
        self._next_tasks = -float("inf")

    def answers(self, shares: list[int], request: Request) -> list[Any]:
        """Return what some shares answer; NotReached if tasks have to ask."""
        self._connect()
        keys = defaultdict(list)
        for index in shares:
            key = self._shares[index].key
            keys[self._workers[key]].append(key)
        calls: list[Call] = [(address, own, request, None) for address, own in keys.items()]
        found = dict(zip([key for own in keys.values() for key in own], self._answered(calls), strict=True))
        return [found[self._shares[index].key] for index in shares]

    def answer_in_turn(self, request: Request, before: Any) -> Any:
        """Return what the last share answers after all others; None if one has not got the coordinates.

        NotReached if tasks have to ask.
        """
        self._connect()
        for share in self._shares:
            (before,) = self._answered([(self._workers[share.key], [share.key], request, before)])
            if before is None:
                return None
        return before

    def _connect(self) -> None:
        """Find out where the shares are; NotReached if that cannot be done now."""
        now = monotonic()
        if not self._reachable or now >= self._next_tasks:
            self._next_tasks = now + TASKS_EVERY
            raise NotReached
        if any(share.status != "finished" for share in self._shares):  # as those of dead workers
            self._workers = {}
            raise NotReached
        if not self._workers:
            self._workers = self._found()

    def _found(self) -> dict[str, str]:
        """Return where the shares are, by workers that have been reached."""
        wanted = [share.key for share in self._shares]
        held = self._client.run(serve, wanted, on_error="ignore")
        workers = {key: address for address, keys in held.items() for key in keys}
        if len(workers) < len(wanted):
            raise NotReached
        if (
            self._called([(address, [], None, None) for address in set(workers.values())], REACH_WITHIN)
            is None
        ):
            self._reachable = self._ever_reached  # a network that keeps them from the driver stays
            raise NotReached
        self._ever_reached = True
        return workers

    def _answered(self, calls: list[Call]) -> list[Any]:
        """Return the answers of all calls, one after the other; NotReached if a call failed.

        Whatever the reason: where it is one of the rows, tasks will tell of it.
        """
        answers = self._called(calls)
        if answers is None:
            self._workers = {}
            raise NotReached
        return answers

    def _called(self, calls: list[Call], within: float | None = None) -> list[Any] | None:
        try:
            found = self._client.sync(self._all_of, calls, callback_timeout=within)
        except TimeoutError:
            return None
        return (
            [one for answers in found for one in answers] if all(type(one) is list for one in found) else None
        )

    async def _all_of(self, calls: list[Call]) -> list[Any]:
        """Wait for all, whatever comes of one: no share is asked anew while it still works."""
        return await asyncio.gather(*(self._call(*call) for call in calls), return_exceptions=True)

    async def _call(self, address: str, keys: list[str], request: Request | None, before: Any) -> Any:
        """Return what a worker answers; its connection is opened once."""
        from distributed.core import send_recv

        connections = self._client.rpc
        comm = await connections.connect(address, timeout=REACH_WITHIN)
        try:
            message = await send_recv(
                comm, op=HANDLER, keys=keys, request=in_frames(request), before=in_frames(before)
            )
        finally:
            connections.reuse(address, comm)
        return message and message["answers"]


def serve(wanted: list[str], dask_worker: Any) -> list[str]:
    """Let a worker answer for its shares, and return which of some it has."""

    async def polyagamma_answers(keys: list[str], request: Request, before: Any) -> Any:
        return await _answers(dask_worker, keys, request, before)

    dask_worker.handlers[HANDLER] = polyagamma_answers
    return [key for key in wanted if key in dask_worker.data]


async def _answers(worker: Any, keys: list[str], request: Request, before: Any) -> dict[str, Any] | None:
    """Return what shares of a worker answer, on its threads; None if it no longer has one."""
    try:
        shares = [worker.data[key] for key in keys]
    except KeyError:
        return None
    run = partial(asyncio.get_running_loop().run_in_executor, worker.executor)
    if before is None:
        calls = [run(share.answer, request) for share in shares]
    else:
        calls = [run(share.answer_after, request, before) for share in shares]
    return {"answers": in_frames(await asyncio.gather(*calls))}


def in_frames(value: Any) -> Any:
    """Return a value as messages of ``distributed`` have it, whose arrays are not copied."""
    from distributed.protocol.serialize import to_serialize

    return to_serialize(value)  # type: ignore[no-untyped-call]
