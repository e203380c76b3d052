"""How a run is doing, and its live display; the sole importer of rich."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

import xarray as xr

from polyagamma.rounds import Sink


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
    _sink: Sink

    @property
    def posterior(self) -> xr.Dataset:
        """The draws so far (of a run on disk: those already written), with names and coordinates."""
        return self._sink.groups()["posterior"]


class Display(Protocol):
    """Shows progress."""

    def update(self, progress: Progress) -> None:
        """Show how the run is doing."""


class Silent:
    """A display that shows nothing."""

    def update(self, progress: Progress) -> None:
        """Do nothing."""


class LiveDisplay(AbstractContextManager["LiveDisplay"]):
    """One line for all chains, which advance together: phase, bar, draws, speed, acceptance, times."""

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
        self._chains = f"{chains} chain{'s' * (chains > 1)}"
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
            description=f"{'Warming up' if progress.tuning else 'Sampling'} {self._chains}",
            told=described(progress, task.finished_speed or task.speed),
        )


def described(progress: Progress, speed: float | None) -> str:
    """Return draws, speed in sweeps a second, if known, and acceptance, if there is one."""
    parts = [f"{progress.draws:,}/{progress.total_draws:,} draws"]
    parts += [f"{speed:,.{0 if speed >= 10 else 2}f} sweeps/s"] if speed else []
    parts += [] if progress.acceptance is None else [f"accepted {progress.acceptance:.0%}"]
    return ", ".join(parts)


def display(progressbar: bool, chains: int) -> AbstractContextManager[Display]:
    """Return the live display if it is wanted and there is a terminal or notebook to show it on."""
    if progressbar:
        from rich import get_console

        console = get_console()
        if console.is_terminal or console.is_jupyter:
            return LiveDisplay(chains)
    return nullcontext(Silent())
