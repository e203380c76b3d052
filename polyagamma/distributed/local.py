"""Shares in this process: those that fit are kept, the others are read in every pass, ahead of the core."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from polyagamma.distributed.plan import Plan, Request, Share
from polyagamma.sources.table import RowTable

FloatArray = NDArray[np.float64]
Found = TypeVar("Found")


class LocalPool:
    """Shares of one unit each, worked on by threads.

    Parameters
    ----------
    plan : Plan
    table : RowTable
    memory : int
        Bytes that shares may take.
    threads : int
    """

    def __init__(self, plan: Plan, table: RowTable, memory: int, threads: int) -> None:
        self._plan, self._table = plan, table
        self._units = plan.cut(len(plan.units))
        each = max(plan.bytes_of(*units) for units in self._units)
        if memory < 2 * each:
            raise MemoryError(
                f"memory_limit must let two shares of the rows be in memory, {2 * each / 1e6:.1f} MB, got "
                f"{memory / 1e6:.1f} MB: allow as much"
            )
        fit = memory // each >= len(self._units)
        self._at_once = max(1, min(threads + (not fit), memory // each))
        self._kept: dict[int, Share] = {}
        self._to_keep = len(self._units) if fit else memory // each - self._at_once

    def ask(self, request: Request) -> Iterator[FloatArray]:
        """See `Pool`."""
        yield from self._ahead(lambda index: answered(self._share(index), request))

    def ask_in_turn(self, request: Request, before: FloatArray) -> FloatArray:
        """See `Pool`: shares are read ahead."""
        for share in self._ahead(self._share):
            own = Request(request.name, (*request.arguments, before), request.version, request.coordinates)
            before = answered(share, own).reshape(before.shape)
        return before

    def _share(self, index: int) -> Share:
        if (kept := self._kept.get(index)) is not None:
            return kept
        units = self._units[index]
        share = Share(self._plan, units, self._table.read(*self._plan.rows(*units)))
        if index < self._to_keep:
            self._kept[index] = share
        return share

    def _ahead(self, work: Callable[[int], Found]) -> Iterator[Found]:
        """Yield `work` of each share in order, with that of the next ones under way."""
        waiting: deque[Future[Found]] = deque()
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="polyagamma-rows") as threads:
            for index in range(len(self._units)):
                if len(waiting) == self._at_once:
                    yield waiting.popleft().result()
                waiting.append(threads.submit(work, index))
            while waiting:
                yield waiting.popleft().result()


def answered(share: Share, request: Request) -> FloatArray:
    """Return the answer to a request that tells the coordinates."""
    answer = share.answer(request)
    assert answer is not None
    return answer
