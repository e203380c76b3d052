"""What is kept of draws: all of them, all in single precision, or some with summaries of every variable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma.mcmc.rounds import Arrays
from polyagamma.mcmc.running_summary import STATISTICS, RunningSummary
from polyagamma.mcmc.settings import Settings
from polyagamma.mcmc.trace_schema import Labelled, TraceSchema
from polyagamma.traces import trace
from polyagamma.traces.columns import Columns

FEW = 16  # numbers in a draw of a variable whose draws are kept by default
SUMMARY, SUMMARIZED_DRAWS, SUMMARY_STATE = trace.WHOLE
TOLD = (SUMMARY, SUMMARIZED_DRAWS)


class Summaries:
    """What the draws of the variables of a posterior amount to.

    Parameters
    ----------
    like : mapping of str to (dims, ndarray)
        Draws of these variables.
    coords : mapping
        Labels of dimensions.

    Attributes
    ----------
    draws : int
        Draws of each chain that they are of; -1 if Ctrl-C came while some were added.
    """

    def __init__(self, like: trace.Variables, coords: Mapping[str, trace.Labels]) -> None:
        self._coords, self.draws = coords, 0
        self._dims = {name: (dims[2:], values.shape[2:]) for name, (dims, values) in like.items()}
        self._running = {
            name: RunningSummary(len(values), values[0, 0].size) for name, (_, values) in like.items()
        }

    def add(self, variables: trace.Variables) -> None:
        """Add draws (chains, draws, ...) of every variable."""
        before, self.draws = self.draws, -1
        for name, running in self._running.items():
            values = variables[name][1]
            running.add(values.reshape(*values.shape[:2], -1))
            done = running.draws
        self.draws = done if before >= 0 else -1

    def groups(self) -> dict[str, xr.Dataset]:
        """Return the groups of a trace that tell of them, and of what it takes to go on."""
        return self.told() | {SUMMARY_STATE: trace.from_arrays(self.state())}

    def told(self) -> dict[str, xr.Dataset]:
        """Return the groups that tell of them."""
        summary: dict[str, Any] = {}
        sampled: dict[str, Any] = {}
        draws = np.arange(0)
        for name, running in self._running.items():
            dims, shape = self._dims[name]
            summary[name] = ("statistic", *dims), running.statistics().reshape(-1, *shape)
            some, step = running.sampled()
            sampled[name] = (*trace.DRAWS, *dims), some.reshape(*some.shape[:2], *shape)
            draws = step * np.arange(some.shape[1])
        return {
            SUMMARY: trace.dataset(summary, {**self._coords, "statistic": list(STATISTICS)}),
            SUMMARIZED_DRAWS: trace.dataset(sampled, {**self._coords, "draw": draws}),
        }

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all numbers, to go on from."""
        return {
            f"{name}.{part}": array
            for name, running in self._running.items()
            for part, array in running.state().items()
        }

    def set_state(self, state: Arrays) -> None:
        """Go on from what `state` returned; KeyError or ValueError if it is of other variables."""
        for name, running in self._running.items():
            own = f"{name}."
            running.set_state(
                {part.removeprefix(own): array for part, array in state.items() if part.startswith(own)}
            )
            self.draws = running.draws


class Compaction:
    """What is kept of the draws of a run, as `Settings.store` says.

    Parameters
    ----------
    schema : TraceSchema
        Of all that the chains tell.
    settings : Settings

    Attributes
    ----------
    schema : TraceSchema
        Of what is kept of it.
    summaries : Summaries or None
    """

    def __init__(self, schema: TraceSchema, settings: Settings) -> None:
        self._settings, self._columns = settings, Columns(schema.coords)
        self.label, self.schema, self.summaries = schema.label, schema.then(self.kept), None
        if settings.store == "summary":
            one = schema.label(schema.zeros(settings.chains, 1))
            self.summaries = Summaries(one["posterior"], schema.coords)

    def kept(self, labelled: Labelled) -> Labelled:
        """Return what is kept of the groups that draws make."""
        return {**labelled, "posterior": kept_of(labelled["posterior"], self._columns, self._settings)}


def kept_of(posterior: trace.Variables, columns: Columns, settings: Settings) -> trace.Variables:
    """Return what is kept of the variables of a posterior."""
    if settings.store == "draws":
        return posterior
    if settings.store == "float32":
        return {name: (dims, values.astype(np.float32)) for name, (dims, values) in posterior.items()}
    if settings.kept is not None:
        return columns.picked(settings.kept, posterior)
    return {name: variable for name, variable in posterior.items() if variable[1][0, 0].size <= FEW}
