"""Running chains: seeds, threads, rounds of sweeps, interrupts."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from types import FrameType, TracebackType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from polyagamma import _model_checks as checks
from polyagamma._gibbs import NumericalError
from polyagamma.progress import Display

ROUND_SECONDS = 0.1  # control comes back to Python about this often
Seed = int | Sequence[int] | np.random.SeedSequence | np.random.Generator | None
Arrays = Mapping[str, NDArray[Any]]


class Chains(Protocol):
    """The chains of one run, as the compiled core offers them for every model."""

    @property
    def sweeps_done(self) -> int:
        """Sweeps made so far, warm-up included."""

    def run(self, sweeps: int, out: Arrays | None = None) -> None:
        """Advance every chain, filling `out`, whose arrays have shape (chains, sweeps, ...)."""


class SamplingWarning(UserWarning):
    """Something about a run that its user should know."""


@dataclass(frozen=True)
class Settings:
    """Checked arguments of a run."""

    draws: int
    tune: int
    chains: int
    threads: int
    seed: np.random.SeedSequence

    @classmethod
    def check(cls, draws: int, tune: int, chains: int, cores: int | None, random_seed: Seed) -> Settings:
        """Check what the user gave; TypeError or ValueError name the argument."""
        chains = checks.integer("chains", chains, 1)
        return cls(
            draws=checks.integer("draws", draws, 1),
            tune=checks.integer("tune", tune, 0),
            chains=chains,
            threads=min(chains, available_cores()) if cores is None else checks.integer("cores", cores, 1),
            seed=seed_sequence(random_seed),
        )


@dataclass(frozen=True)
class Run:
    """What happened: draws made by each chain, whether Ctrl-C ended it, seconds of warm-up and of drawing."""

    draws: int
    interrupted: bool
    tuning_time: float
    sampling_time: float


def available_cores() -> int:
    """Return the number of CPUs this process may use (its affinity, where the system has one)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def seed_sequence(random_seed: Seed) -> np.random.SeedSequence:
    """Return the one SeedSequence from which every random number of a run comes.

    Parameters
    ----------
    random_seed : None, int, sequence of int, SeedSequence or Generator
        None takes entropy from the system. A Generator is advanced by four draws, and a SeedSequence by the
        children it spawns, so that a second run with the same object differs.

    Raises
    ------
    TypeError
        If it is none of these, or negative.
    """
    if isinstance(random_seed, np.random.Generator):
        return np.random.SeedSequence(random_seed.integers(2**32, size=4).tolist())
    if isinstance(random_seed, np.random.SeedSequence):
        return random_seed
    try:
        return np.random.SeedSequence(random_seed)
    except (TypeError, ValueError) as error:
        raise TypeError(
            "random_seed must be None, a non-negative int, a sequence of them, a SeedSequence or a "
            f"Generator, got {random_seed!r}: pass an int"
        ) from error


def seed_attributes(seed: np.random.SeedSequence) -> dict[str, str | int | float]:
    """Return what makes `seed` again: ``SeedSequence(**json.loads(value))``."""
    arguments = {
        "entropy": np.asarray(seed.entropy, dtype=object).tolist(),
        "spawn_key": list(seed.spawn_key),
        "n_children_spawned": seed.n_children_spawned,
    }
    return {"random_seed": json.dumps(arguments, default=int)}


def bit_generators(seed: np.random.SeedSequence, chains: int) -> list[np.random.BitGenerator]:
    """Return one bit generator for each chain, by spawning."""
    return [np.random.PCG64DXSM(child) for child in seed.spawn(chains)]


def allocate(settings: Settings, dims: Mapping[str, int], stats: Mapping[str, np.dtype[Any]]) -> Arrays:
    """Return empty arrays: (chains, draws, size) for each of `dims`, (chains, draws) for each of `stats`."""
    shape = (settings.chains, settings.draws)
    vectors = {name: np.empty((*shape, size)) for name, size in dims.items()}
    return vectors | {name: np.empty(shape, dtype) for name, dtype in stats.items()}


def run_chains(chains: Chains, settings: Settings, out: Arrays, display: Display) -> Run:
    """Warm up, then fill `out`, whose arrays have shape (chains, draws, ...).

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C comes before the first draw.
    FloatingPointError
        If a chain meets a matrix that it cannot factor, or a value that is not finite.
    """
    with _thread_pools().limit(limits=1, user_api="blas"), Interrupt() as interrupt:
        start = time.perf_counter()
        pace = Pace()
        _advance(chains, settings.tune, None, pace, interrupt, display)
        tuned = time.perf_counter()
        drawn = _advance(chains, settings.draws, out, pace, interrupt, display)
        done = time.perf_counter()
    if drawn == 0:
        raise KeyboardInterrupt
    return Run(drawn, drawn < settings.draws, tuned - start, done - tuned)


class Pace:
    """Chooses how many sweeps to make at once, so that a round takes about `ROUND_SECONDS`."""

    def __init__(self) -> None:
        self.sweeps = 1

    def update(self, seconds: float) -> None:
        """Take note of how long the last `sweeps` took; at most double their number."""
        factor = ROUND_SECONDS / max(seconds, 1e-9)
        self.sweeps = max(1, int(self.sweeps * min(2.0, factor)))


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


@cache
def _thread_pools() -> ThreadpoolController:
    """Return the thread pools of the libraries loaded so far, BLAS among them: a search of milliseconds."""
    return ThreadpoolController()


def _advance(
    chains: Chains, sweeps: int, out: Arrays | None, pace: Pace, interrupt: Interrupt, display: Display
) -> int:
    """Make `sweeps` sweeps in rounds, unless interrupted; return how many were made."""
    phase = "Warming up" if out is None else "Sampling"
    done = 0
    while done < sweeps and not interrupt.requested:
        size = min(pace.sweeps, sweeps - done)
        start = time.perf_counter()
        _run(chains, size, out and {name: array[:, done : done + size] for name, array in out.items()})
        if size == pace.sweeps:
            pace.update(time.perf_counter() - start)
        done += size
        display.update(chains.sweeps_done, phase)
    return done


def _run(chains: Chains, sweeps: int, out: Arrays | None) -> None:
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


def warn_if_interrupted(run: Run, settings: Settings) -> None:
    """Warn the caller of `sample` that the trace is shorter than asked for."""
    if run.interrupted:
        warnings.warn(
            f"sampling was interrupted after {run.draws} of {settings.draws} draws of each chain: "
            "the trace holds these",
            SamplingWarning,
            stacklevel=3,
        )


def run_attributes(run: Run, settings: Settings) -> dict[str, str | int | float]:
    """Return what a trace says of its run; by ArviZ's names where it has one."""
    return {
        "sampling_time": run.sampling_time,
        "tuning_time": run.tuning_time,
        "tuning_steps": settings.tune,
        "interrupted": int(run.interrupted),
        "threads": settings.threads,
    }
