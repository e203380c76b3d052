"""Shares in this process: some stay in memory, the others are read in every pass, ahead of the core."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from threading import Semaphore
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from polyagamma.distributed.plan import Kept, KeptShare, Plan, Request, Share
from polyagamma.sources.table import RowTable

FloatArray = NDArray[np.float64]


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
        self._working = Semaphore(threads)  # one more is read ahead, but does not take a processor from them
        self._in_memory: dict[int, Share] = {}
        self._most_in_memory = len(self._units) if fit else memory // each - self._at_once
        self._files = None if fit else Files(plan)

    def ask(self, request: Request) -> Iterator[FloatArray]:
        """See `Pool`."""
        with self._threads() as threads:
            yield from threads.map(lambda index: self._answer(index, request), range(len(self._units)))

    def ask_in_turn(self, request: Request, before: FloatArray) -> FloatArray:
        """See `Pool`: shares are read ahead."""
        for share in self._ahead(request):
            own = replace(request, arguments=(*request.arguments, before))
            before = answered(share, own).reshape(before.shape)
        return before

    def _answer(self, index: int, request: Request) -> FloatArray:
        share = self._share(index, request)
        with self._working:
            return answered(share, request)

    def _share(self, index: int, request: Request) -> Share | KeptShare:
        """Return a share in the coordinates of a request."""
        if self._files is not None and self._files.have(index, request):
            return KeptShare(self._plan, self._units[index], self._files.kept(index))
        share = self._in_memory.get(index) or self._read(index)
        share.moves_for(request)
        if index < self._most_in_memory:
            self._in_memory[index] = share
        elif self._files is not None:
            self._files.keep(index, share, request)
        return share

    def _read(self, index: int) -> Share:
        units = self._units[index]
        return Share(self._plan, units, self._table.read(*self._plan.rows(*units)))

    def _ahead(self, request: Request) -> Iterator[Share | KeptShare]:
        """Yield the shares in order, while the next ones are read."""
        waiting: deque[Future[Share | KeptShare]] = deque()
        with self._threads() as threads:
            for index in range(len(self._units)):
                if len(waiting) == self._at_once:
                    yield waiting.popleft().result()
                waiting.append(threads.submit(self._share, index, request))
            while waiting:
                yield waiting.popleft().result()

    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._at_once, thread_name_prefix="polyagamma-rows")


class Files:
    """Files of a temporary folder with shares in the coordinates of the last request, if the disk has room.

    Their pages are the shares: none is made of the rows anew, and none copied.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan: Plan) -> None:
        self._folder = Path(mkdtemp(prefix="polyagamma-rows-"))
        finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._has_room = shutil.disk_usage(self._folder).free > 2 * plan.bytes_kept()
        self._versions: dict[int, str | None] = {}
        self._kept: dict[int, Kept] = {}

    def kept(self, index: int) -> Kept:
        """Return the file of a share."""
        return self._kept[index]

    def have(self, index: int, request: Request) -> bool:
        """Whether there is a share in the coordinates of a request."""
        return index in self._versions and self._versions[index] == request.version

    def keep(self, index: int, share: Share, request: Request) -> None:
        """Keep a share that is in the coordinates of a request."""
        if not self._has_room:
            return
        self._versions.pop(index, None)
        self._kept[index] = share.keep(self._folder / str(index))
        self._versions[index] = request.version


def answered(share: Share | KeptShare, request: Request) -> FloatArray:
    """Return the answer of a share that is in the coordinates of the request."""
    answer = share.answer(request)
    assert answer is not None
    return answer
