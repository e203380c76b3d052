"""Where draws go while a run lasts: arrays in memory (a folder on disk is in `folder_backend`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import xarray as xr

from polyagamma.mcmc.rounds import Arrays, Run
from polyagamma.mcmc.run_state import Job
from polyagamma.traces import trace

Labelled = dict[str, trace.Variables]  # by group: what the chains' arrays mean


class Layout:
    """What the chains of a model tell, and what it means.

    Parameters
    ----------
    outputs : mapping of str to tuple of int
        Names and shapes of what the chains tell of each draw.
    stats : mapping of str to dtype
        Names and dtypes of the numbers they tell of each draw besides.
    label : callable
        Turns arrays of draws, (chains, draws, ...), into the variables of each group of a trace.
    coords : mapping
        Labels of dimensions.
    """

    def __init__(
        self,
        outputs: Mapping[str, tuple[int, ...]],
        stats: Mapping[str, np.dtype[Any]],
        label: Callable[[Arrays], Labelled],
        coords: Mapping[str, list[Any]],
    ) -> None:
        self._outputs, self._stats, self.label, self.coords = outputs, stats, label, coords

    def zeros(self, chains: int, draws: int) -> Arrays:
        """Return arrays for so many draws, filled with zeros."""
        arrays = {name: np.zeros((chains, draws, *shape)) for name, shape in self._outputs.items()}
        return arrays | {name: np.zeros((chains, draws), dtype) for name, dtype in self._stats.items()}

    def datasets(self, raw: Arrays) -> dict[str, xr.Dataset]:
        """Return the groups that the draws in `raw` make."""
        return {group: trace.dataset(variables, self.coords) for group, variables in self.label(raw).items()}


class MemorySink:
    """Keeps the draws that a job still has to make in memory."""

    def __init__(self, layout: Layout, job: Job) -> None:
        self._layout, self._first, self._filled = layout, job.run.draws, 0
        self._raw = layout.zeros(job.settings.chains, job.settings.draws - self._first)

    def room(self, draws: int) -> Arrays:
        """Return places for the next draws."""
        return {name: array[:, self._filled : self._filled + draws] for name, array in self._raw.items()}

    def after_round(self, run: Run) -> None:
        """Take note of the draws made."""
        self._filled = run.draws - self._first

    def drawn(self) -> Arrays:
        """Return the draws so far, as the chains told them."""
        return {name: array[:, : self._filled] for name, array in self._raw.items()}

    def groups(self) -> dict[str, xr.Dataset]:
        """Return the groups of the draws so far."""
        return self._layout.datasets(self.drawn())

    def close(self, attrs: trace.Attributes, resumable: bool) -> None:
        """Do nothing: the arrays live as long as the trace does."""

    def reading(self) -> AbstractContextManager[Any]:
        """Return a context in which to read many draws."""
        return nullcontext()

    def how_to_add(self, draws: int) -> str:
        """Return the call that adds draws to each chain."""
        return f"model.extend(idata, {draws})"
