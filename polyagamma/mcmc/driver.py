"""The loop of a run: rounds of sweeps, with progress, callbacks, interrupts and saving between them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from polyagamma.mcmc.interrupt import GivenUp, Interrupt
from polyagamma.mcmc.progress import Display, Progress
from polyagamma.mcmc.rounds import Arrays, Pace, Sink, advance, one_blas_thread
from polyagamma.mcmc.run_state import Job

Callback = Callable[[Progress], Any]


class Loop:
    """Makes the sweeps of a run.

    Parameters
    ----------
    job : Job
        Kept up to date.
    sink : Sink
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
        job: Job,
        sink: Sink,
        display: Display,
        callback: Callback | None = None,
        warmup: Arrays | None = None,
    ) -> None:
        self._job, self._sink, self._display = job, sink, display
        self._callback, self._warmup = callback, warmup
        self._pace, self._interrupt, self._stopped = Pace(), Interrupt(), False
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
        run = self._job.run
        with one_blas_thread(), self._interrupt:
            try:
                self._warm_up()
                self._draw()
            except GivenUp:
                self.mid_round = False  # the job stands where it held
        run.interrupted = self._interrupt.requested and run.draws < self._job.settings.draws
        if run.interrupted and run.draws == 0:
            raise KeyboardInterrupt

    def _warm_up(self) -> None:
        job = self._job
        while self._goes_on() and (left := job.settings.tune - job.chains.sweeps_done) > 0:
            sweeps = min(left, self._pace.sweeps)
            out = self._warmup_room(sweeps)
            job.run.tuning_time += self._sweep(sweeps, out)
            self._after_round(out)

    def _draw(self) -> None:
        settings, run = self._job.settings, self._job.run
        while self._goes_on() and (left := settings.draws - run.draws) > 0:
            out = self._sink.room(min(left, max(1, self._pace.sweeps // settings.thin)))
            run.sampling_time += self._fill(out)
            run.draws += length(out)
            self._after_round(out)

    def _goes_on(self) -> bool:
        return not (self._interrupt.requested or self._stopped)

    def _fill(self, out: Arrays) -> float:
        """Fill `out` with every `thin`-th draw; return the seconds it took."""
        thin = self._job.settings.thin
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
        job, slow = self._job, self._pace.slow
        if slow:
            job.hold()
        self.mid_round = True
        start = time.perf_counter()
        self._interrupt.attend(lambda: advance(job.chains, sweeps, out), may_give_up=slow)
        seconds = time.perf_counter() - start
        self.mid_round = False
        job.release()
        self._pace.update(sweeps, seconds)
        return seconds

    def _warmup_room(self, sweeps: int) -> Arrays | None:
        done = self._job.chains.sweeps_done
        return self._warmup and {name: array[:, done : done + sweeps] for name, array in self._warmup.items()}

    def _after_round(self, out: Arrays | None) -> None:
        self._sink.after_round(self._job.run)
        settings, sweeps = self._job.settings, self._job.chains.sweeps_done
        progress = Progress(
            tuning=sweeps < settings.tune,
            sweeps=sweeps,
            total_sweeps=settings.tune + settings.thin * settings.draws,
            draws=self._job.run.draws,
            total_draws=settings.draws,
            acceptance=acceptance(out or {}),
            _sink=self._sink,
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
