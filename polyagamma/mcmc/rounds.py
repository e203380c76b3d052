"""What a run is made of: chains, rounds of sweeps of about the same duration, and a place for the draws."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

ROUND_SECONDS = 0.1  # control comes back to Python about this often
ROUND_SWEEPS = 8192  # and after no more sweeps than this
Arrays = Mapping[str, NDArray[Any]]
FloatArray = NDArray[np.float64]


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
        """What the transition kernel is; final after warm-up."""

    def start(self, initial: FloatArray | None) -> None:
        """Put the chains at their starting points, before the first run unless a state is set."""

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`, whose arrays have shape (chains, sweeps, ...).

        Raises
        ------
        FloatingPointError
            If a matrix cannot be factored, or a value is not finite.
        """

    def state(self) -> Arrays:
        """Everything needed to go on with the same bits, except the bit generators."""

    def set_state(self, state: Arrays) -> None:
        """Go on from `state`."""


class WrappedChains:
    """Base of chains that run others, `_core`, in their own way; all else is that of the others."""

    _core: Chains

    @property
    def sweeps_done(self) -> int:
        """Sweeps made so far, warm-up included."""
        return self._core.sweeps_done

    @property
    def stats(self) -> Mapping[str, np.dtype[Any]]:
        """Names and dtypes of what is told of each draw."""
        return self._core.stats

    @property
    def kernel_info(self) -> Mapping[str, str | int | float]:
        """What the transition kernel is; final after warm-up."""
        return self._core.kernel_info

    def start(self, initial: FloatArray | None) -> None:
        """Put the chains at their starting points."""
        self._core.start(initial)

    def state(self) -> Arrays:
        """Return everything needed to go on with the same bits, except the generators' states."""
        return self._core.state()

    def set_state(self, state: Arrays) -> None:
        """Go on from `state`."""
        self._core.set_state(state)


@dataclass
class RunLog:
    """What happened so far: draws of each chain, seconds spent in the chains, whether Ctrl-C ended it."""

    draws: int = 0
    tuning_time: float = 0.0
    sampling_time: float = 0.0
    interrupted: bool = False


class TraceBackend(Protocol):
    """Where draws go."""

    def room(self, draws: int) -> Arrays:
        """Return places, (chains, m, ...) with 1 <= m <= draws, for the draws that come next."""

    def after_round(self, run: RunLog) -> None:
        """Take note of the draws made; may save them."""

    def groups(self) -> Mapping[str, xr.Dataset]:
        """Return the groups of the draws so far."""


class BatchSize:
    """Chooses how many sweeps to make at once, so that a round takes about `ROUND_SECONDS`.

    Attributes
    ----------
    sweeps : int
    slow : bool
        Whether a round may take much longer, because a single sweep does.
    """

    def __init__(self) -> None:
        self.sweeps, self.slow = 1, True

    def update(self, sweeps: int, seconds: float) -> None:
        """Take note of how long `sweeps` took; at most double the number."""
        possible = int(sweeps * ROUND_SECONDS / max(seconds, 1e-9))
        self.sweeps = max(1, min(possible, 2 * self.sweeps, ROUND_SWEEPS))
        self.slow = seconds > 2 * ROUND_SECONDS


def one_blas_thread() -> AbstractContextManager[Any]:
    """Return a context in which BLAS uses one thread: the chains have threads of their own."""
    limit: AbstractContextManager[Any] = _thread_pools().limit(limits=1, user_api="blas")
    return limit


@cache
def _thread_pools() -> ThreadpoolController:
    """Return the thread pools of the libraries loaded so far, BLAS among them: a search of milliseconds."""
    return ThreadpoolController()
