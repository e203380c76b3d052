"""Where draws go that are not all kept as they are: in single precision, or as summaries."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation.ownership import read_only
from polyagamma.mcmc.memory_backend import MemoryBackend
from polyagamma.mcmc.rounds import Arrays, RunLog
from polyagamma.mcmc.run_state import RunState
from polyagamma.mcmc.running_summary import STATISTICS, RunningSummary
from polyagamma.mcmc.trace_schema import TraceSchema
from polyagamma.traces import trace

FEW = 16  # numbers in a draw of a variable whose draws are kept by default
BLOCK = 1 << 21  # numbers that the core writes before they are looked at
SUMMARY, SUMMARIZED_DRAWS, SUMMARY_STATE = trace.WHOLE


@dataclass
class Kept:
    """The draws so far of a variable in a group of a trace."""

    dims: tuple[str, ...]
    coords: Mapping[str, NDArray[Any]]
    pieces: list[NDArray[Any]] = field(default_factory=list)

    def array(self, may_write: bool) -> xr.DataArray:
        """Return them all."""
        self.pieces[:] = [np.concatenate(self.pieces, axis=1)]
        values = self.pieces[0] if may_write else read_only(self.pieces[0])
        return xr.DataArray(values, dims=self.dims, coords=self.coords)


class CompactBackend:
    """Keeps draws in less memory than they take, as `Settings.store` says.

    ``"float32"`` keeps all of them in single precision. ``"summary"`` keeps those of some variables, and of
    all of them what they amount to.

    Parameters
    ----------
    schema : TraceSchema
    state : RunState
    before : mapping of str to Dataset, optional
        The groups of the trace that the run adds to.
    """

    def __init__(
        self, schema: TraceSchema, state: RunState, before: Mapping[str, xr.Dataset] | None = None
    ) -> None:
        self._schema, self._seen = schema, state.run.draws
        self._summarizes, self._names = state.settings.store == "summary", state.settings.kept
        one = schema.zeros(state.settings.chains, 1)
        most = max(1, BLOCK // max(1, sum(array.size for array in one.values())))
        self._raw = schema.zeros(state.settings.chains, most)
        self._open = True
        self._kept: dict[str, dict[str, Kept]] = {}
        self._dims: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {}
        self._running: dict[str, RunningSummary] = {}
        self._prepare(schema.label(one))
        if before is not None and self._summarizes:
            self._restore(before[SUMMARY_STATE])

    def _prepare(self, labelled: Mapping[str, trace.Variables]) -> None:
        for group, variables in labelled.items():
            self._kept[group] = {}
            for name, (dims, values) in variables.items():
                summarized = group == "posterior" and self._summarizes
                if not summarized or name in self._chosen(variables):
                    self._kept[group][name] = Kept(dims, self._coords(dims))
                if summarized:
                    self._dims[name] = dims[2:], values.shape[2:]
                    self._running[name] = RunningSummary(len(values), values[0, 0].size)

    def _chosen(self, variables: trace.Variables) -> tuple[str, ...]:
        if self._names is not None:
            return self._names
        return tuple(name for name, (_, values) in variables.items() if values[0, 0].size <= FEW)

    def _coords(self, dims: tuple[str, ...]) -> dict[str, NDArray[Any]]:
        return {dim: np.asarray(self._schema.coords[dim]) for dim in dims if dim in self._schema.coords}

    def room(self, draws: int) -> Arrays:
        """Return places for the next draws."""
        return {name: array[:, :draws] for name, array in self._raw.items()}

    def after_round(self, run: RunLog) -> None:
        """Take note of the draws made."""
        new, self._seen = run.draws - self._seen, run.draws
        if new == 0:
            return
        labelled = self._schema.label({name: array[:, :new] for name, array in self._raw.items()})
        for group, variables in self._kept.items():
            for name, kept in variables.items():
                values = labelled[group][name][1]
                single = group == "posterior" and not self._summarizes
                kept.pieces.append(values.astype(np.float32) if single else values.copy())
        for name, running in self._running.items():
            values = labelled["posterior"][name][1]
            running.add(values.reshape(*values.shape[:2], -1))

    def groups(self) -> dict[str, xr.Dataset]:
        """Return the groups of the draws so far."""
        groups = {
            group: xr.Dataset({name: kept.array(not self._open) for name, kept in variables.items()})
            for group, variables in self._kept.items()
        }
        groups = {name: _numbered(group) for name, group in groups.items()}
        return groups | self._summaries() if self._summarizes else groups

    def template(self) -> dict[str, xr.Dataset]:
        """Return the groups whose draws follow those of an older trace, with a draw."""
        labelled = self._schema.label({name: array[:, :1] for name, array in self._raw.items()})
        return {
            group: trace.dataset({name: labelled[group][name] for name in variables}, self._schema.coords)
            for group, variables in self._kept.items()
        }

    def _summaries(self) -> dict[str, xr.Dataset]:
        summary: dict[str, Any] = {}
        sampled: dict[str, Any] = {}
        state: dict[str, NDArray[Any]] = {}
        draws = np.arange(0)
        for name, running in self._running.items():
            dims, shape = self._dims[name]
            summary[name] = ("statistic", *dims), running.statistics().reshape(-1, *shape)
            some, step = running.sampled()
            sampled[name] = (*trace.DRAWS, *dims), some.reshape(*some.shape[:2], *shape)
            draws = step * np.arange(some.shape[1])
            state |= {f"{name}.{part}": array for part, array in running.state().items()}
        coords = {**self._schema.coords, "statistic": list(STATISTICS)}
        return {
            SUMMARY: trace.dataset(summary, coords),
            SUMMARIZED_DRAWS: trace.dataset(sampled, {**self._schema.coords, "draw": draws}),
            SUMMARY_STATE: trace.from_arrays(state),
        }

    def _restore(self, stored: xr.Dataset) -> None:
        arrays = trace.to_arrays(stored)
        for name, running in self._running.items():
            own = f"{name}."
            parts = {part for part in arrays if part.startswith(own)}
            running.set_state({part.removeprefix(own): arrays[part] for part in parts})

    def close(self, attrs: trace.Attributes, resumable: bool) -> None:  # noqa: ARG002
        """Let go of the draws, which live as long as the trace does: it may be written to."""
        self._open = False

    def reading(self) -> AbstractContextManager[Any]:
        """Return a context in which to read many draws."""
        return nullcontext()

    def how_to_add(self, draws: int) -> str:
        """Return the call that adds draws to each chain."""
        return f"model.extend(idata, {draws})"


def bytes_of_draws(store: str, numbers: int, draws: int) -> int:
    """Return what draws of so many numbers each of a chain take, kept as `Settings.store` says."""
    if store == "summary":
        return RunningSummary.bytes_of_a_number() * numbers
    return (4 if store == "float32" else 8) * numbers * draws


def backend_in_memory(
    schema: TraceSchema, state: RunState, before: Mapping[str, xr.Dataset] | None = None
) -> MemoryBackend | CompactBackend:
    """Return where the draws of a run go that is not on disk; `before`: the groups of what it adds to."""
    if state.settings.store == "draws":
        return MemoryBackend(schema, state)
    return CompactBackend(schema, state, before)


def _numbered(group: xr.Dataset) -> xr.Dataset:
    """Return a group whose chains and draws have numbers, as those of other traces."""
    return group.assign_coords(
        {dim: pd.RangeIndex(group.sizes[dim]) for dim in trace.DRAWS if dim in group.dims}
    )
