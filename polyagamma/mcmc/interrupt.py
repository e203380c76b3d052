"""Ctrl-C during a run: noticed at once, however long the core works; acted on where draws stay whole."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from types import FrameType, TracebackType
from typing import Any, TypeVar

GRACE = 0.2  # seconds that a round may take to end after Ctrl-C before it is given up
POLL = 0.1  # seconds between looks: on Windows a wait does not end at Ctrl-C
Result = TypeVar("Result")


class GivenUp(Exception):
    """The work goes on in its thread to its end, but nobody waits for it."""


class Interrupt(AbstractContextManager["Interrupt"]):
    """Turns the first Ctrl-C into a request to stop, so that a round ends whole; the second acts at once.

    Work is done in a thread of its own meanwhile: Python acts on signals in the main thread only, and not
    while that is in the core. Outside the main thread Ctrl-C never arrives, and nothing is changed; nor is it
    where Ctrl-C is ignored (under nohup, in the background of a shell) or not handled by Python.
    """

    def __init__(self) -> None:
        self._requested_at: float | None = None
        self._work_is_over = False
        self._previous: Any = None
        self._pool: ThreadPoolExecutor | None = None

    @property
    def requested(self) -> bool:
        """Whether there was a Ctrl-C."""
        return self._requested_at is not None

    def __enter__(self) -> Interrupt:
        in_main_thread = threading.current_thread() is threading.main_thread()
        if in_main_thread and signal.getsignal(signal.SIGINT) not in (signal.SIG_IGN, None):
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="polyagamma")
            self._previous = signal.signal(signal.SIGINT, self._request)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            signal.signal(signal.SIGINT, self._previous)
            self._pool.shutdown(wait=False)

    def let_finish(self) -> None:
        """Only take note of Ctrl-C from now on: nothing is left to stop, but there are draws to lose."""
        self._work_is_over = True

    def attend(self, work: Callable[[], Result], *, may_give_up: bool) -> Result:
        """Return what `work` returns.

        Parameters
        ----------
        work : callable
        may_give_up : bool
            Whether to stop waiting for it `GRACE` seconds after Ctrl-C.

        Raises
        ------
        GivenUp
        """
        if self._pool is None:
            return work()
        future = self._pool.submit(work)
        while not _is_done(future):
            if may_give_up and self._is_overdue():
                raise GivenUp
        return future.result()

    def _is_overdue(self) -> bool:
        return self._requested_at is not None and time.monotonic() > self._requested_at + GRACE

    def _request(self, _signum: int, _frame: FrameType | None) -> None:
        if self.requested and not self._work_is_over:
            raise KeyboardInterrupt
        self._requested_at = time.monotonic()


def _is_done(future: Future[Any]) -> bool:
    return bool(wait([future], POLL).done)


def interruptible(work: Callable[[], Result]) -> Result:
    """Return what `work` returns; KeyboardInterrupt within a second after Ctrl-C."""
    with Interrupt() as interrupt:
        try:
            result = interrupt.attend(work, may_give_up=True)
        except GivenUp:
            raise KeyboardInterrupt from None
    if interrupt.requested:
        raise KeyboardInterrupt
    return result
