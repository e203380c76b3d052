"""The loop of a run: rounds of sweeps, with progress, callbacks, interrupts and saving between them."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from types import FrameType, TracebackType
from typing import Any, Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from polyagamma._gibbs import NumericalError
from polyagamma.progress import Display
from polyagamma.sampling import Settings

ROUND_SECONDS = 0.1  # control comes back to Python about this often
ROUND_SWEEPS = 8192  # and after no more sweeps than this
Arrays = Mapping[str, NDArray[Any]]


class Chains(Protocol):
    """The chains of one run, as the compiled core offers them for every model."""

    @property
    def sweeps_done(self) -> int:
        """Sweeps made so far, warm-up included."""

    @property
    def stats(self) -> Mapping[str, np.dtype[Any]]:
        """Names and dtypes of what is told of each draw."""

    @property
    def kernel_info(self) -> Mapping[str, str | int | float]:
        """What the kernel is; final after warm-up."""

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`, whose arrays have shape (chains, sweeps, ...)."""

    def state(self) -> Arrays:
        """Everything needed to go on with the same bits, except the bit generators."""

    def set_state(self, state: Arrays) -> None:
        """Go on from `state`."""


@dataclass
class Run:
    """What happened so far: draws of each chain, seconds spent in the chains, whether Ctrl-C ended it."""

    draws: int = 0
    tuning_time: float = 0.0
    sampling_time: float = 0.0
    interrupted: bool = False


class Sink(Protocol):
    """Where draws go."""

    def room(self, draws: int) -> Arrays:
        """Return places, (chains, m, ...) with 1 <= m <= draws, for the draws that come next."""

    def after_round(self, run: Run) -> None:
        """Take note of the draws made; may save them."""

    def groups(self) -> Mapping[str, xr.Dataset]:
        """Return the groups of the draws so far."""


@dataclass(frozen=True)
class Progress:
    """What a callback is told after each round (about ten times a second).

    Attributes
    ----------
    tuning : bool
        Whether the chains are still warming up.
    sweeps : int
        Sweeps each chain has made, warm-up included.
    draws, total_draws : int
        Draws each chain has made, and will.
    """

    tuning: bool
    sweeps: int
    draws: int
    total_draws: int
    _sink: Sink

    @property
    def posterior(self) -> xr.Dataset:
        """The draws so far (of a run on disk: those already written), with names and coordinates."""
        return self._sink.groups()["posterior"]


Callback = Callable[[Progress], Any]


class Loop:
    """Makes the sweeps of a run.

    Parameters
    ----------
    chains : Chains
    settings : Settings
    sink : Sink
    display : Display
    callback : callable, optional
        Called with a `Progress` after each round; the run stops if it returns something true.
    run : Run
        Where the run stands; kept up to date.
    """

    def __init__(
        self,
        chains: Chains,
        settings: Settings,
        sink: Sink,
        display: Display,
        callback: Callback | None,
        run: Run,
    ) -> None:
        self._chains, self._settings, self._sink, self._run = chains, settings, sink, run
        self._display, self._callback = display, callback
        self._pace, self._interrupt, self._stopped = Pace(), Interrupt(), False

    def go(self) -> None:
        """Warm up and draw, as far as that has not been done; until finished, interrupted or stopped.

        Raises
        ------
        KeyboardInterrupt
            If Ctrl-C comes before the first draw.
        FloatingPointError
            If a chain meets a matrix that it cannot factor, or a value that is not finite.
        """
        settings, run = self._settings, self._run
        with one_blas_thread(), self._interrupt:
            while self._goes_on() and (left := settings.tune - self._chains.sweeps_done) > 0:
                run.tuning_time += self._sweep(min(left, self._pace.sweeps), None)
                self._after_round("Warming up")
            while self._goes_on() and (left := settings.draws - run.draws) > 0:
                out = self._sink.room(min(left, max(1, self._pace.sweeps // settings.thin)))
                run.sampling_time += self._draw(out)
                run.draws += len(next(iter(out.values()))[0])
                self._after_round("Sampling")
        run.interrupted = self._interrupt.requested and run.draws < settings.draws
        if run.interrupted and run.draws == 0:
            raise KeyboardInterrupt

    def _goes_on(self) -> bool:
        return not (self._interrupt.requested or self._stopped)

    def _draw(self, out: Arrays) -> float:
        """Fill `out` with every `thin`-th draw; return the seconds it took."""
        thin = self._settings.thin
        sweeps = len(next(iter(out.values()))[0]) * thin
        if thin == 1:
            return self._sweep(sweeps, out)
        every = {
            name: np.empty((len(array), sweeps, *array.shape[2:]), array.dtype) for name, array in out.items()
        }
        seconds = self._sweep(sweeps, every)
        for name, array in out.items():
            array[:] = every[name][:, thin - 1 :: thin]
        return seconds

    def _sweep(self, sweeps: int, out: Arrays | None) -> float:
        start = time.perf_counter()
        advance(self._chains, sweeps, out)
        seconds = time.perf_counter() - start
        self._pace.update(sweeps, seconds)
        return seconds

    def _after_round(self, phase: str) -> None:
        self._sink.after_round(self._run)
        self._display.update(self._chains.sweeps_done, phase)
        if self._callback is not None:
            self._stopped = bool(self._callback(self._progress()))

    def _progress(self) -> Progress:
        sweeps, settings = self._chains.sweeps_done, self._settings
        return Progress(sweeps < settings.tune, sweeps, self._run.draws, settings.draws, self._sink)


class Pace:
    """Chooses how many sweeps to make at once, so that a round takes about `ROUND_SECONDS`."""

    def __init__(self) -> None:
        self.sweeps = 1

    def update(self, sweeps: int, seconds: float) -> None:
        """Take note of how long `sweeps` took; at most double the number."""
        possible = int(sweeps * ROUND_SECONDS / max(seconds, 1e-9))
        self.sweeps = max(1, min(possible, 2 * self.sweeps, ROUND_SWEEPS))


class Interrupt(AbstractContextManager["Interrupt"]):
    """Turns the first Ctrl-C into a request to stop, so that a round ends whole; the second acts at once.

    Outside the main thread Ctrl-C never arrives, and nothing is changed.
    """

    def __init__(self) -> None:
        self.requested = False
        self._previous: Any = None

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            self._previous = signal.signal(signal.SIGINT, self._request)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)

    def _request(self, _signum: int, _frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True


def one_blas_thread() -> AbstractContextManager[Any]:
    """Return a context in which BLAS uses one thread: the chains have threads of their own."""
    limit: AbstractContextManager[Any] = _thread_pools().limit(limits=1, user_api="blas")
    return limit


@cache
def _thread_pools() -> ThreadpoolController:
    """Return the thread pools of the libraries loaded so far, BLAS among them: a search of milliseconds."""
    return ThreadpoolController()


def advance(chains: Chains, sweeps: int, out: Arrays | None) -> None:
    """Make `sweeps` sweeps; FloatingPointError says in words what kept a chain from going on."""
    first = chains.sweeps_done
    try:
        chains.run(sweeps, out)
    except NumericalError as error:
        kind, chain, sweep, index = error.args
        what = {
            "not_positive_definite": f"the posterior precision is not positive definite in row {index}",
            "not_finite": f"the value at index {index} is not finite",
        }[kind]
        raise FloatingPointError(
            f"chain {chain} stopped at sweep {first + sweep}: {what}. The scales of predictors or priors are "
            "too far apart for double precision: centre and scale X, or use a narrower prior"
        ) from error
