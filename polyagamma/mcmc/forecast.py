"""How long a run will take, said once its first sweeps are made if it will take long."""

from __future__ import annotations

import time

from polyagamma.mcmc.notices import notice
from polyagamma.mcmc.progress import Display, Progress

LEAST_SECONDS = 2.0  # of sweeps, before they tell how long the others will take
LONG = 600.0  # seconds


class Forecast:
    """A display that also gives notice of a run that will take more than ten minutes.

    Parameters
    ----------
    shown : Display
        What else shows the progress.
    cure : str
        How the run would take less time.
    """

    def __init__(self, shown: Display, cure: str) -> None:
        self._shown, self._cure = shown, cure
        self._started, self._first = time.monotonic(), -1
        self._given = False

    def update(self, progress: Progress) -> None:
        """Show how the run is doing."""
        self._shown.update(progress)
        if self._first < 0:  # a run that goes on has older sweeps; the first round makes one
            self._first = progress.sweeps - 1
        spent = time.monotonic() - self._started
        if self._given or spent < LEAST_SECONDS:
            return
        sweep = spent / (progress.sweeps - self._first)
        left = sweep * (progress.total_sweeps - progress.sweeps)
        if left > LONG:
            self._given = True
            notice(
                f"this run will take about {left / 60:.0f} minutes more: its first sweeps took {sweep:.2g} s "
                f"each. Ctrl-C ends it with the draws made until then; to take less time, {self._cure}"
            )
