"""What the chains of a model tell, and what it means in a trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from polyagamma.mcmc.rounds import Arrays
from polyagamma.traces import trace

Labelled = dict[str, trace.Variables]  # by group: what the chains' arrays mean


class TraceSchema:
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
        coords: Mapping[str, trace.Labels],
    ) -> None:
        self._outputs, self._stats, self.label, self.coords = outputs, stats, label, coords

    def then(self, change: Callable[[Labelled], Labelled]) -> TraceSchema:
        """Return the schema of the same chains whose variables are changed by a function of them."""
        return TraceSchema(self._outputs, self._stats, lambda raw: change(self.label(raw)), self.coords)

    def zeros(self, chains: int, draws: int) -> Arrays:
        """Return arrays for so many draws, filled with zeros."""
        arrays = {name: np.zeros((chains, draws, *shape)) for name, shape in self._outputs.items()}
        return arrays | {name: np.zeros((chains, draws), dtype) for name, dtype in self._stats.items()}

    def datasets(self, raw: Arrays) -> dict[str, xr.Dataset]:
        """Return the groups that the draws in `raw` make."""
        return {group: trace.dataset(variables, self.coords) for group, variables in self.label(raw).items()}
