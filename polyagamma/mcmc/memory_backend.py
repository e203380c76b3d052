"""Where draws go while a run lasts: arrays in memory (a folder on disk is in `folder_backend`)."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import xarray as xr

from polyagamma._validation.ownership import read_only
from polyagamma.mcmc.rounds import Arrays, RunLog
from polyagamma.mcmc.run_state import RunState
from polyagamma.mcmc.trace_schema import TraceSchema
from polyagamma.traces import trace


class MemoryBackend:
    """Keeps the draws that a run still has to make in memory.

    While the run lasts, those who look at the draws cannot write to them.
    """

    def __init__(self, schema: TraceSchema, state: RunState) -> None:
        self._schema, self._first, self._filled = schema, state.run.draws, 0
        self._running = True
        self._raw = schema.zeros(state.settings.chains, state.settings.draws - self._first)

    def room(self, draws: int) -> Arrays:
        """Return places for the next draws."""
        return {name: array[:, self._filled : self._filled + draws] for name, array in self._raw.items()}

    def after_round(self, run: RunLog) -> None:
        """Take note of the draws made."""
        self._filled = run.draws - self._first

    def drawn(self) -> Arrays:
        """Return the draws so far, as the chains told them."""
        return {name: array[:, : self._filled] for name, array in self._raw.items()}

    def groups(self) -> dict[str, xr.Dataset]:
        """Return the groups of the draws so far."""
        raw = self.drawn()
        if self._running:
            raw = {name: read_only(array) for name, array in raw.items()}
        return self._schema.datasets(raw)

    def template(self) -> dict[str, xr.Dataset]:
        """Return the groups whose draws follow those of an older trace, with a draw."""
        return self._schema.datasets(self._schema.zeros(len(next(iter(self._raw.values()))), 1))

    def close(self, attrs: trace.Attributes, resumable: bool) -> None:  # noqa: ARG002
        """Let go of the arrays, which live as long as the trace does: it may be written to."""
        self._running = False

    def reading(self) -> AbstractContextManager[Any]:
        """Return a context in which to read many draws."""
        return nullcontext()

    def how_to_add(self, draws: int) -> str:
        """Return the call that adds draws to each chain."""
        return f"model.extend(idata, {draws})"
