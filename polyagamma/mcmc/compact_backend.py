"""Where draws go that are not all kept as they are: in single precision, or as summaries."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from polyagamma._validation.ownership import read_only
from polyagamma.mcmc.compaction import SUMMARY_STATE, Compaction
from polyagamma.mcmc.memory_backend import MemoryBackend
from polyagamma.mcmc.rounds import Arrays, RunLog
from polyagamma.mcmc.run_state import RunState
from polyagamma.mcmc.running_summary import RunningSummary
from polyagamma.mcmc.settings import Settings
from polyagamma.mcmc.trace_schema import TraceSchema
from polyagamma.traces import trace

BLOCK = 1 << 21  # numbers that the core writes before they are looked at


class CompactBackend:
    """Keeps draws in less memory than those that chains tell would take: see `Compaction`.

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
        self._compaction, self._seen = Compaction(schema, state.settings), state.run.draws
        one = schema.zeros(state.settings.chains, 1)
        most = max(1, BLOCK // max(1, sum(array.size for array in one.values())))
        self._raw = schema.zeros(state.settings.chains, most)
        self._open = True
        self._like = self._compaction.schema.label(one)
        self._pieces: dict[tuple[str, str], list[NDArray[Any]]] = {
            (group, name): [values[:, :0]]
            for group, variables in self._like.items()
            for name, (_, values) in variables.items()
        }
        if before is not None and self._compaction.summaries is not None:
            self._compaction.summaries.set_state(trace.to_arrays(before[SUMMARY_STATE]))

    def room(self, draws: int) -> Arrays:
        """Return places for the next draws."""
        return {name: array[:, :draws] for name, array in self._raw.items()}

    def after_round(self, run: RunLog) -> None:
        """Take note of the draws made."""
        new, self._seen = run.draws - self._seen, run.draws
        if new == 0:
            return
        labelled = self._compaction.label({name: array[:, :new] for name, array in self._raw.items()})
        for group, variables in self._compaction.kept(labelled).items():
            for name, (_, values) in variables.items():
                self._pieces[group, name].append(values.copy())
        if self._compaction.summaries is not None:
            self._compaction.summaries.add(labelled["posterior"])

    def groups(self) -> dict[str, xr.Dataset]:
        """Return the groups of the draws so far."""
        coords = self._compaction.schema.coords
        groups = {
            group: trace.dataset(
                {name: (dims, self._values(group, name)) for name, (dims, _) in variables.items()}, coords
            )
            for group, variables in self._like.items()
        }
        summaries = self._compaction.summaries
        return groups if summaries is None else groups | summaries.groups()

    def _values(self, group: str, name: str) -> NDArray[Any]:
        pieces = self._pieces[group, name]
        pieces[:] = [np.concatenate(pieces, axis=1)]
        return read_only(pieces[0]) if self._open else pieces[0]

    def template(self) -> dict[str, xr.Dataset]:
        """Return the groups whose draws follow those of an older trace, with a draw."""
        coords = self._compaction.schema.coords
        return {group: trace.dataset(variables, coords) for group, variables in self._like.items()}

    def close(self, attrs: trace.Attributes, resumable: bool) -> None:  # noqa: ARG002
        """Let go of the draws, which live as long as the trace does: it may be written to."""
        self._open = False

    def reading(self) -> AbstractContextManager[Any]:
        """Return a context in which to read many draws."""
        return nullcontext()

    def how_to_add(self, draws: int) -> str:
        """Return the call that adds draws to each chain."""
        return f"model.extend(idata, {draws})"


def bytes_of_draws(settings: Settings, numbers: int, kept: int, draws: int) -> int:
    """Return what draws of a chain take, of which it tells so many numbers each, and so many are kept."""
    if settings.store == "summary":
        return RunningSummary.bytes_of_a_number() * numbers + 8 * kept * draws
    if settings.store == "float32":
        return 4 * kept * draws
    return 8 * (kept if settings.picks_columns else numbers) * draws


def backend_in_memory(
    schema: TraceSchema, state: RunState, before: Mapping[str, xr.Dataset] | None = None
) -> MemoryBackend | CompactBackend:
    """Return where the draws of a run go that is not on disk; `before`: the groups of what it adds to."""
    if state.settings.store == "draws" and not state.settings.picks_columns:
        return MemoryBackend(schema, state)
    return CompactBackend(schema, state, before)
