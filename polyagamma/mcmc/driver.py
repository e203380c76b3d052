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
    interrupt : Interrupt
        Entered by the caller, who may have more to do when the sweeps are over.
    callback : callable, optional
        Called with a `Progress` after each round; the run stops if it returns something true.
    warmup : mapping of str to ndarray, optional
        Arrays (chains, tune, ...) for the draws of warm-up.
    """

    def __init__(
        self,
        state: RunState,
        backend: TraceBackend,
        display: Display,
        interrupt: Interrupt,
        callback: Callback | None = None,
        warmup: Arrays | None = None,
    ) -> None:
        self._state, self._backend, self._display = state, backend, display
        self._callback, self._warmup = callback, warmup
        self._batch, self._interrupt, self._stopped = BatchSize(), interrupt, False

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
        try:
            with one_blas_thread():
                self._warm_up()
                self._draw()
        except GivenUp:
            self._state.mid_round = False  # the state is the one that was held
        finally:
            stopped = self._interrupt.requested
            self._interrupt.let_finish()
        run.interrupted = stopped and run.draws < self._state.settings.draws
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
            done = (self._state.chains.sweeps_done - settings.tune) % settings.thin  # since the last draw
            sweeps = self._batch.sweeps
            out = self._backend.room(min(left, max(1, (done + sweeps) // settings.thin)))
            told = self._swept(out, done, sweeps)
            run.draws += (done + length(told)) // settings.thin
            self._after_round(told)

    def _goes_on(self) -> bool:
        return not (self._interrupt.requested or self._stopped)

    def _swept(self, out: Arrays, done: int, most: int) -> Arrays:
        """Make the sweeps that fill `out`, or `most`, of which a draw may take several rounds.

        Parameters
        ----------
        out : mapping of str to ndarray
            Places for draws, each the last of `thin` sweeps.
        done : int
            Sweeps made since the last draw.
        most : int

        Returns
        -------
        mapping of str to ndarray
            What the chains told of every sweep.
        """
        run, thin = self._state.run, self._state.settings.thin
        if thin == 1:
            run.sampling_time += self._sweep(length(out), out)
            return out
        sweeps = min(length(out) * thin - done, most)
        every = {
            name: np.empty((len(array), sweeps, *array.shape[2:]), array.dtype) for name, array in out.items()
        }
        run.sampling_time += self._sweep(sweeps, every)
        draws = (done + sweeps) // thin
        for name, array in out.items():
            array[:, :draws] = every[name][:, thin - 1 - done :: thin]
        return every

    def _sweep(self, sweeps: int, out: Arrays | None) -> float:
        state, slow = self._state, self._batch.slow
        if slow:
            state.hold()
        state.mid_round = True
        start = time.perf_counter()
        self._interrupt.attend(lambda: state.chains.run(sweeps, out), may_give_up=slow)
        seconds = time.perf_counter() - start
        state.mid_round = False
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
