"""What drives a run: rounds of sweeps, with progress, callbacks, interrupts and saving between them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from polyagamma.mcmc.interrupt import GivenUp, Interrupt
from polyagamma.mcmc.progress import Display, Progress
from polyagamma.mcmc.rounds import Arrays, BatchSize, TraceBackend, one_blas_thread
from polyagamma.mcmc.run_state import RunState

Callback = Callable[[Progress], Any]


class Driver:
    """Makes the sweeps of a run.

    Parameters
    ----------
    state : RunState
        Kept up to date.
    backend : TraceBackend
    display : Display
    callback : callable, optional
        Called with a `Progress` after each round; the run stops if it returns something true.
    warmup : mapping of str to ndarray, optional
        Arrays (chains, tune, ...) for the draws of warm-up.

    Attributes
    ----------
    mid_round : bool
        Whether an error ended the run in the middle of a round, so that the chains cannot go on.
    """

    def __init__(
        self,
        state: RunState,
        backend: TraceBackend,
        display: Display,
        callback: Callback | None = None,
        warmup: Arrays | None = None,
    ) -> None:
        self._state, self._backend, self._display = state, backend, display
        self._callback, self._warmup = callback, warmup
        self._batch, self._interrupt, self._stopped = BatchSize(), Interrupt(), False
        self.mid_round = False

    def go(self) -> None:
        """Warm up and draw, as far as that has not been done; until finished, interrupted or stopped.

        Raises
        ------
        KeyboardInterrupt
            If Ctrl-C comes before the first draw, or twice.
        FloatingPointError
            If a chain meets a matrix that it cannot factor, or a value that is not finite.
        """
        run = self._state.run
        with one_blas_thread(), self._interrupt:
            try:
                self._warm_up()
                self._draw()
            except GivenUp:
                self.mid_round = False  # the state is the one that was held
        run.interrupted = self._interrupt.requested and run.draws < self._state.settings.draws
        if run.interrupted and run.draws == 0:
            raise KeyboardInterrupt

    def _warm_up(self) -> None:
        state = self._state
        while self._goes_on() and (left := state.settings.tune - state.chains.sweeps_done) > 0:
            sweeps = min(left, self._batch.sweeps)
            out = self._warmup_room(sweeps)
            state.run.tuning_time += self._sweep(sweeps, out)
            self._after_round(out)

    def _draw(self) -> None:
        settings, run = self._state.settings, self._state.run
        while self._goes_on() and (left := settings.draws - run.draws) > 0:
            out = self._backend.room(min(left, max(1, self._batch.sweeps // settings.thin)))
            run.sampling_time += self._fill(out)
            run.draws += length(out)
            self._after_round(out)

    def _goes_on(self) -> bool:
        return not (self._interrupt.requested or self._stopped)

    def _fill(self, out: Arrays) -> float:
        """Fill `out` with every `thin`-th draw; return the seconds it took."""
        thin = self._state.settings.thin
        sweeps = length(out) * thin
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
        state, slow = self._state, self._batch.slow
        if slow:
            state.hold()
        self.mid_round = True
        start = time.perf_counter()
        self._interrupt.attend(lambda: state.chains.run(sweeps, out), may_give_up=slow)
        seconds = time.perf_counter() - start
        self.mid_round = False
        state.release()
        self._batch.update(sweeps, seconds)
        return seconds

    def _warmup_room(self, sweeps: int) -> Arrays | None:
        done = self._state.chains.sweeps_done
        return self._warmup and {name: array[:, done : done + sweeps] for name, array in self._warmup.items()}

    def _after_round(self, out: Arrays | None) -> None:
        self._backend.after_round(self._state.run)
        settings, sweeps = self._state.settings, self._state.chains.sweeps_done
        progress = Progress(
            tuning=sweeps < settings.tune,
            sweeps=sweeps,
            total_sweeps=settings.tune + settings.thin * settings.draws,
            draws=self._state.run.draws,
            total_draws=settings.draws,
            acceptance=acceptance(out or {}),
            _backend=self._backend,
        )
        self._display.update(progress)
        if self._callback is not None:
            self._stopped = bool(self._callback(progress))


def length(out: Arrays) -> int:
    """Return the number of draws that arrays (chains, draws, ...) have room for."""
    return len(next(iter(out.values()))[0])


def acceptance(out: Arrays) -> float | None:
    """Return the mean acceptance rate of all moves told of; of sweeps without such a move it is NaN."""
    rates = [values.ravel() for name, values in out.items() if name.startswith("acceptance")]
    made = [rate[np.isfinite(rate)] for rate in rates]
    return float(np.concatenate(made).mean()) if any(map(len, made)) else None
