"""How a run is doing, and its live display; the sole importer of rich."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

import xarray as xr

from polyagamma._validation.optional import packages_for
from polyagamma.mcmc.rounds import TraceBackend

STATUS_SECONDS = 1.0  # before a line says how something is doing


@dataclass(frozen=True)
class Progress:
    """What a callback and the display are told after each round (about ten times a second).

    Attributes
    ----------
    tuning : bool
        Whether the chains are still warming up.
    sweeps, total_sweeps : int
        Sweeps each chain has made, and will, warm-up included.
    draws, total_draws : int
        Draws each chain has made, and will.
    acceptance : float or None
        Mean acceptance rate of the round's moves; None where there are none.
    """

    tuning: bool
    sweeps: int
    total_sweeps: int
    draws: int
    total_draws: int
    acceptance: float | None
    _backend: TraceBackend

    @property
    def posterior(self) -> xr.Dataset:
        """The draws so far (of a run on disk: those already written), with names and coordinates."""
        return self._backend.groups()["posterior"]


class Display(Protocol):
    """Shows progress."""

    def update(self, progress: Progress) -> None:
        """Show how the run is doing."""


class Silent:
    """A display that shows nothing."""

    def update(self, progress: Progress) -> None:
        """Do nothing."""


class LiveDisplay(AbstractContextManager["LiveDisplay"]):
    """On a terminal one line for all chains: phase, bar, draws, speed, acceptance, time spent and left."""

    def __init__(self, chains: int) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        self._chains = named(chains)
        self._task = self._progress.add_task("Starting", total=None, told="")

    def __enter__(self) -> LiveDisplay:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def update(self, progress: Progress) -> None:
        """Show how the run is doing."""
        task = self._progress.tasks[0]
        self._progress.update(
            self._task,
            total=progress.total_sweeps,
            completed=progress.sweeps,
            description=f"{phase(progress)} {self._chains}",
            told=described(progress, task.finished_speed or task.speed),
        )


class NotebookDisplay(AbstractContextManager["NotebookDisplay"]):
    """One line of text in the output of a notebook's cell, whatever widgets the notebook has."""

    def __init__(self, chains: int) -> None:
        self._chains = named(chains)
        self._handle: Any = None
        self._started, self._first = 0.0, 0

    def __enter__(self) -> NotebookDisplay:
        from IPython.display import display as show

        self._handle = show({"text/plain": f"Starting {self._chains}"}, raw=True, display_id=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the last line where it is."""

    def update(self, progress: Progress) -> None:
        """Show how the run is doing."""
        now = time.monotonic()
        if not self._started:
            self._started, self._first = now, progress.sweeps
        spent = now - self._started
        speed = (progress.sweeps - self._first) / spent if spent > 0 else None
        line = f"{phase(progress)} {self._chains}: {described(progress, speed)}, {spent:.0f} s"
        if speed:
            line += f", {(progress.total_sweeps - progress.sweeps) / speed:.0f} s left"
        self._handle.update({"text/plain": line}, raw=True)


def named(chains: int) -> str:
    """Return how many chains there are, in words."""
    return f"{chains} chain{'s' * (chains > 1)}"


def phase(progress: Progress) -> str:
    """Return what the chains do."""
    return "Warming up" if progress.tuning else "Sampling"


def described(progress: Progress, speed: float | None) -> str:
    """Return draws, speed in sweeps a second, if known, and acceptance, if there is one."""
    parts = [f"{progress.draws:,}/{progress.total_draws:,} draws"]
    parts += [f"{speed:,.{0 if speed >= 10 else 2}f} sweeps/s"] if speed else []
    parts += [] if progress.acceptance is None else [f"accepted {progress.acceptance:.0%}"]
    return ", ".join(parts)


def display(progressbar: bool, chains: int) -> AbstractContextManager[Display]:
    """Return the live display if it is wanted and there is a terminal or notebook to show it on."""
    if progressbar:
        with packages_for("the display of progress", ", or pass progressbar=False"):
            from rich import get_console

        console = get_console()
        if console.is_jupyter:
            return NotebookDisplay(chains)
        if console.is_terminal:
            return LiveDisplay(chains)
    return nullcontext(Silent())


@contextmanager
def status_line(progressbar: bool) -> Iterator[Callable[[str], None]]:
    """Let a line of text on a terminal say how something is doing, once it has taken a while."""
    shown: Any = None
    started = time.monotonic()

    def say(text: str) -> None:
        nonlocal shown
        if not progressbar or time.monotonic() - started < STATUS_SECONDS:
            return
        if shown is None:
            with packages_for("the display of progress", ", or pass progressbar=False"):
                from rich import get_console

            shown = get_console().status(text)
            shown.start()
        shown.update(text)

    try:
        yield say
    finally:
        if shown is not None:
            shown.stop()
