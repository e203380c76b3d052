"""The live display of a run; the sole importer of rich."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Protocol


class Display(Protocol):
    """What a run tells its display."""

    def update(self, sweeps: int, phase: str) -> None:
        """Tell how many sweeps of a chain are done, and what the chains are doing."""


class Silent:
    """A display that shows nothing."""

    def update(self, sweeps: int, phase: str) -> None:
        """Do nothing."""


class LiveDisplay(AbstractContextManager["LiveDisplay"]):
    """One line for all chains, which advance together: phase, bar, sweeps, speed, time left."""

    def __init__(self, chains: int, total: int) -> None:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        self._chains = f"{chains} chain{'s' * (chains > 1)}"
        self._task = self._progress.add_task("Starting", total=total, speed="")

    def __enter__(self) -> LiveDisplay:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def update(self, sweeps: int, phase: str) -> None:
        """Show that each chain has done `sweeps` sweeps in all, and now does `phase`."""
        speed = self._progress.tasks[0].finished_speed or self._progress.tasks[0].speed
        self._progress.update(
            self._task,
            completed=sweeps,
            description=f"{phase} {self._chains}",
            speed=f"{speed:,.0f} sweeps/s" if speed else "",
        )


def display(progressbar: bool, chains: int, total: int) -> AbstractContextManager[Display]:
    """Return the live display if it is wanted and there is a terminal or notebook to show it on."""
    if progressbar:
        from rich import get_console

        console = get_console()
        if console.is_terminal or console.is_jupyter:
            return LiveDisplay(chains, total)
    return nullcontext(Silent())
